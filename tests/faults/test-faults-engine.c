/* test-faults-engine.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"

/* F12 and F15 to F20: what a publisher promises whatever happens around it. */

typedef struct
{
  GripTestSink *sink;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->sink = grip_test_sink_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  grip_test_sink_free (fixture->sink);
}

static GripPubControl *
make_control (Fixture *fixture)
{
  return faults_control_new (grip_test_sink_get_uri (fixture->sink), 0, 0);
}

/* The last reference goes while publishes are under way: each still ends, once. */
static void
test_unref (Fixture       *fixture,
            gconstpointer  data)
{
  GripPubControl *control = make_control (fixture);
  gpointer        weak = control;
  Fate            fates[20];

  g_object_add_weak_pointer (G_OBJECT (control), &weak);
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  for (guint i = 0; i < 20; i++)
    faults_publish (control, "<x>", NULL, NULL, &fates[i]);
  g_object_unref (control);
  faults_wait_requests (fixture->sink, 1);
  grip_test_sink_release (fixture->sink);
  faults_wait (fates, 20);
  for (guint i = 0; i < 20; i++)
    faults_assert (&fates[i], NULL);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<x>"), ==, 20);
  while (g_atomic_pointer_get (&weak) != NULL)
    g_main_context_iteration (NULL, FALSE);
}

/* Where a publish is when it is cancelled, and what may be said of it then. */
typedef struct
{
  const char     *name;
  GripTestAnswer  answer;       /* what the server does with it */
  gboolean        silent;       /* the server never sees it: do not wait for that */
  gboolean        large;
  const char     *fate;
} Await;

static const Await awaits[] = {
  { "not-reachable", { 0 }, TRUE, FALSE, NOT_SENT },
  { "sending", { .read = 1000, .silent = TRUE, .end = GRIP_TEST_END_STALL }, FALSE, TRUE, UNKNOWN },
  { "waiting", { .silent = TRUE, .end = GRIP_TEST_END_STALL }, FALSE, FALSE, UNKNOWN },
  { "reading-head", { .cut = 20, .end = GRIP_TEST_END_STALL }, FALSE, FALSE, UNKNOWN },
  { "reading-body", { .content_length = 99, .end = GRIP_TEST_END_STALL }, FALSE, FALSE, UNKNOWN },
};

static void
cancel_at (const Await *await)
{
  g_autoptr(GripTestSink)  sink = grip_test_sink_new ();
  GripPubControl          *control = faults_control_new (grip_test_sink_get_uri (sink), 0, 0);
  g_autoptr(GCancellable)  cancellable = g_cancellable_new ();
  g_autofree char         *content = g_strnfill (await->large ? 900000 : 10, 'x');
  Fate                     cancelled;
  Fate                     mate;

  g_test_message ("%s", await->name);
  if (await->silent)
    grip_test_sink_set_listening (sink, FALSE);
  else
    grip_test_sink_push (sink, &await->answer);
  faults_publish (control, content, NULL, cancellable, &cancelled);
  if (!await->silent)
    faults_wait_requests (sink, 1);
  faults_publish (control, "mate", NULL, NULL, &mate);
  g_cancellable_cancel (cancellable);
  faults_wait (&cancelled, 1);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  faults_assert (&cancelled, await->fate);

  if (await->silent)
    grip_test_sink_set_listening (sink, TRUE);
  faults_wait (&mate, 1);
  faults_assert (&mate, NULL);
  faults_drop (control);
  g_assert_cmpuint (cancelled.n_callbacks, ==, 1);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (awaits); i++)
    cancel_at (&awaits[i]);
}

/* Before it is queued, and in the queue: never sent, and those beside it in the batch are. */
static void
test_cancel_queued (Fixture       *fixture,
                    gconstpointer  data)
{
  GripPubControl          *control = make_control (fixture);
  g_autoptr(GCancellable)  cancellable = g_cancellable_new ();
  Fate                     fates[9];
  Fate                     before;

  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  grip_test_sink_push (fixture->sink, &(GripTestAnswer) { .held = TRUE });
  for (guint i = 0; i < 9; i++)
    {
      faults_publish (control, i % 3 == 1 ? "<bad>" : "<good>", NULL, i % 3 == 1 ? cancellable : NULL, &fates[i]);
      if (i == 0)
        faults_wait_requests (fixture->sink, 1);
    }
  g_cancellable_cancel (cancellable);
  faults_publish (control, "<bad>", NULL, cancellable, &before);
  faults_wait (&before, 1);
  g_assert_error (before.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&before.error);
  for (guint i = 1; i < 9; i += 3)
    {
      faults_wait (&fates[i], 1);
      g_assert_error (fates[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  grip_test_sink_release (fixture->sink);
  while (grip_test_sink_count (fixture->sink, "<good>") < 6)
    {
      grip_test_sink_release (fixture->sink);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  grip_test_sink_release (fixture->sink);
  faults_wait (fates, 9);
  for (guint i = 0; i < 9; i++)
    if (i % 3 != 1)
      faults_assert (&fates[i], NULL);
    else
      g_clear_error (&fates[i].error);
  faults_drop (control);
}

/* Cancelled at any time: one callback each, and no lie: what was not seen is not accepted, and what is
 * said not to have been sent was not. */
static void
test_cancel_storm (Fixture       *fixture,
                   gconstpointer  data)
{
  enum { N = 400 };
  GripPubControl *control = make_control (fixture);
  GCancellable   *cancellables[N];
  Fate            fates[N];

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);

      cancellables[i] = g_cancellable_new ();
      faults_publish (control, content, NULL, cancellables[i], &fates[i]);
      if (i >= 20)
        g_cancellable_cancel (cancellables[g_test_rand_int_range (i - 20, i + 1)]);
      if (i % 7 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  faults_wait (fates, N);
  faults_drop (control);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u>", i);
      guint            n_seen = grip_test_sink_count (fixture->sink, content);

      g_assert_cmpuint (fates[i].n_callbacks, ==, 1);
      g_assert_cmpuint (n_seen, <=, 1);
      if (fates[i].error == NULL)
        g_assert_cmpuint (n_seen, ==, 1);
      else if (strstr (fates[i].error->message, NOT_SENT) != NULL)
        g_assert_cmpuint (n_seen, ==, 0);
      g_clear_error (&fates[i].error);
      g_object_unref (cancellables[i]);
    }
}

#define N_EACH 300

typedef struct
{
  GripPubControl *control;
  guint           number;
  GThread        *thread;
  GMainContext   *context;
  guint           n_pending;
} Publisher;

static void
in_own_context_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Publisher         *self = user_data;
  g_autoptr(GError)  error = NULL;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &error);
  g_assert_no_error (error);
  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_true (g_thread_self () == self->thread);
  self->n_pending--;
}

static gpointer
publisher_thread (gpointer data)
{
  Publisher *self = data;

  self->thread = g_thread_self ();
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  for (guint i = 0; i < N_EACH; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u:%04u>", self->number, i);

      self->n_pending++;
      grip_pub_control_publish_http_stream_async (self->control, "c", content, NULL, NULL, NULL,
                                                  in_own_context_cb, self);
    }
  while (self->n_pending > 0)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);

  return NULL;
}

/* What the sink saw of one thread is in the order in which that thread published it. */
static void
assert_order (const char *all,
              guint       number)
{
  const char *at = all;

  for (guint i = 0; i < N_EACH; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%u:%04u>", number, i);

      at = strstr (at, content);
      g_assert_nonnull (at);
      g_assert_null (strstr (at + 1, content));
    }
}

static void
test_threads (Fixture       *fixture,
              gconstpointer  data)
{
  GripPubControl       *control = make_control (fixture);
  g_autoptr(GPtrArray)  bodies = NULL;
  g_autoptr(GString)    all = g_string_new (NULL);
  Publisher             publishers[8] = { { 0 } };
  GThread              *threads[8];

  for (guint i = 0; i < 8; i++)
    {
      publishers[i] = (Publisher) { .control = control, .number = i };
      threads[i] = g_thread_new ("publisher", publisher_thread, &publishers[i]);
    }
  for (guint i = 0; i < 8; i++)
    g_thread_join (threads[i]);
  bodies = grip_test_sink_dup_bodies (fixture->sink);
  for (guint i = 0; i < bodies->len; i++)
    g_string_append_len (all, g_bytes_get_data (bodies->pdata[i], NULL), g_bytes_get_size (bodies->pdata[i]));
  for (guint i = 0; i < 8; i++)
    assert_order (all->str, i);
  faults_drop (control);
}

static gboolean
not_now_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_CONTINUE;
}

static void
sync_in_callback_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  GripPubControl    *control = GRIP_PUB_CONTROL (source);
  g_autoptr(GError)  error = NULL;

  grip_pub_control_publish_http_stream (control, "c", "<inner>", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (grip_pub_control_flush (control, NULL, &error));
  g_assert_no_error (error);
  *(guint *) user_data += 1;
}

/* A blocking call never iterates the caller's context, works in a callback, and where the context is
 * one that nobody iterates. */
static void
test_contexts (Fixture       *fixture,
               gconstpointer  data)
{
  GripPubControl          *control = make_control (fixture);
  g_autoptr(GMainContext)  context = g_main_context_new ();
  g_autoptr(GSource)       idle = g_idle_source_new ();
  g_autoptr(GError)        error = NULL;
  gboolean                 iterated = FALSE;
  guint                    n = 0;

  g_source_set_callback (idle, not_now_cb, &iterated, NULL);
  g_source_attach (idle, context);
  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 5; i++)
    {
      grip_pub_control_publish_http_stream (control, "c", "<pushed>", NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  /* Its result has no way to come: that holds nothing up. */
  grip_pub_control_publish_http_stream_async (control, "c", "<never>", NULL, NULL, NULL, sync_in_callback_cb, &n);
  g_main_context_pop_thread_default (context);
  g_assert_true (grip_pub_control_flush (control, NULL, &error));
  g_assert_false (iterated);
  g_source_destroy (idle);

  grip_pub_control_publish_http_stream_async (control, "c", "<outer>", NULL, NULL, NULL, sync_in_callback_cb, &n);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<pushed>"), ==, 5);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<inner>"), ==, 1);
  while (n == 1)
    g_main_context_iteration (context, TRUE);
  faults_drop (control);
}

typedef struct
{
  Fixture        *fixture;
  GripPubControl *control;
  GripItem       *item;
} Inherited;

/* The child may not write into the parent's connections, nor wait for threads that it has not got. It makes
 * no GObject: GLib's own locks may be held by a thread that was not copied. */
static int
use_in_child (gpointer data,
              guint    number)
{
  Inherited        *inherited = data;
  GripPubControl   *control = inherited->control;
  g_autoptr(GError) published = NULL;
  g_autoptr(GError) flushed = NULL;
  g_autoptr(GError) closed = NULL;

  if (grip_pub_control_publish (control, "c", inherited->item, NULL, &published)
      || published == NULL || published->domain != GRIP_ERROR || strstr (published->message, "fork") == NULL)
    return 1;
  if (grip_pub_control_flush (control, NULL, &flushed) || flushed == NULL)
    return 2;
  if (grip_pub_control_close (control, NULL, &closed) || closed == NULL)
    return 3;

  return 0;
}

/* A fork may catch a thread of the parent while it has a lock of GLib's, which nobody in the child will open:
 * the child waits for ever there. That is GLib's, so another one is made then; @func is told which it is. */
static int
run_child (int (*func) (gpointer data,
                        guint    number),
           gpointer  data,
           guint    *number)
{
  int status = 0;

  for (*number = 0; *number < 10; (*number)++)
    {
      pid_t child = fork ();

      if (child == 0)
        {
          alarm (10);
          /* The end of a test program is not to be gone through twice. */
          _exit (func (data, *number));
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      if (!WIFSIGNALED (status) || WTERMSIG (status) != SIGALRM)
        break;
    }

  return status;
}

static void
test_fork (Fixture       *fixture,
           gconstpointer  data)
{
  GripPubControl                  *control = make_control (fixture);
  g_autoptr(GripHttpStreamFormat)  format = grip_http_stream_format_new_text ("<child>");
  g_autoptr(GripItem)              item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, NULL);
  Inherited                        inherited = { fixture, control, item };
  Fate                             fates[20];
  guint                            number;

  g_assert_no_error (faults_try (control, "warm", NULL));
  for (guint i = 0; i < 20; i++)
    {
      faults_publish (control, "<parent>", NULL, NULL, &fates[i]);
      g_assert_cmpint (run_child (use_in_child, &inherited, &number), ==, 0);
    }
  faults_wait (fates, 20);
  for (guint i = 0; i < 20; i++)
    faults_assert (&fates[i], NULL);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<parent>"), ==, 20);
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<child>"), ==, 0);
  faults_drop (control);
}

static int
make_anew_in_child (gpointer data,
                    guint    number)
{
  Inherited         *inherited = data;
  GripPubControl    *own = make_control (inherited->fixture);
  g_autoptr(GError)  error = NULL;
  char               content[] = "<child 0>";

  content[7] += number;
  g_object_unref (inherited->control);
  grip_pub_control_publish_http_stream (own, "c", content, NULL, NULL, NULL, &error);

  return error == NULL && grip_pub_control_close (own, NULL, NULL) ? 0 : 1;
}

/* A child that makes a publisher of its own, and drops the parent's: that sends nothing and closes
 * nothing. */
static void
test_fork_anew (Fixture       *fixture,
                gconstpointer  data)
{
  GripPubControl *control = make_control (fixture);
  Inherited       inherited = { fixture, control, NULL };
  char            content[] = "<child 0>";
  guint           number;

  g_assert_no_error (faults_try (control, "<parent>", NULL));
  g_assert_cmpint (run_child (make_anew_in_child, &inherited, &number), ==, 0);
  content[7] += number;
  g_assert_cmpuint (grip_test_sink_count (fixture->sink, content), ==, 1);
  g_assert_no_error (faults_try (control, "<parent>", NULL));
  faults_drop (control);
}

static void
fill (GripPubControl *control,
      const char     *content,
      guint           n_room,
      guint           n_over)
{
  g_autofree Fate *fates = g_new0 (Fate, n_room + n_over);

  for (guint i = 0; i < n_room + n_over; i++)
    faults_publish (control, content, NULL, NULL, &fates[i]);
  faults_wait (fates + n_room, n_over);
  for (guint i = 0; i < n_over; i++)
    {
      g_assert_error (fates[n_room + i].error, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL);
      faults_assert (&fates[n_room + i], NOT_SENT);
    }
  for (guint i = 0; i < n_room; i++)
    {
      g_assert_no_error (fates[i].error);
      g_assert_cmpuint (fates[i].n_callbacks, ==, 0);
    }
  grip_pub_control_set_timeout (control, 0.2);
  faults_drop (control);
  faults_wait (fates, n_room);
  for (guint i = 0; i < n_room; i++)
    g_clear_error (&fates[i].error);
}

static gsize
encoded_size (const char *content)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text (content);
  g_autoptr(GripItem)             item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, NULL);
  g_autoptr(GBytes)               bytes = grip_item_encode (item, "c", GRIP_ENCODING_JSON, NULL);

  return g_bytes_get_size (bytes);
}

/* Full is full exactly at the bound, by items and by bytes. */
static void
test_queue_full (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *content = g_strnfill (1000, 'x');
  GripPubControl  *control = make_control (fixture);

  grip_test_sink_set_default (fixture->sink, &(GripTestAnswer) { .silent = TRUE, .end = GRIP_TEST_END_STALL });
  grip_pub_control_set_max_queue_items (control, 100);
  fill (control, "x", 100, 3);

  control = make_control (fixture);
  grip_pub_control_set_max_queue_bytes (control, 10 * encoded_size (content));
  fill (control, content, 10, 3);
  control = make_control (fixture);
  grip_pub_control_set_max_queue_bytes (control, 10 * encoded_size (content) - 1);
  fill (control, content, 9, 3);
}

/* A resolver that a test holds in its hand. */
typedef struct
{
  GResolver parent_instance;
  int       n_failures;
  int       n_lookups;
  int       code;
} TestResolver;

typedef GResolverClass TestResolverClass;

GType test_resolver_get_type (void);
G_DEFINE_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
resolve_async (GResolver                *resolver,
               const char               *hostname,
               GResolverNameLookupFlags  flags,
               GCancellable             *cancellable,
               GAsyncReadyCallback       callback,
               gpointer                  user_data)
{
  TestResolver     *self = (TestResolver *) resolver;
  g_autoptr(GTask)  task = g_task_new (resolver, cancellable, callback, user_data);
  GList            *addresses;

  if (g_atomic_int_add (&self->n_lookups, 1) < self->n_failures)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, self->code, "no address for %s", hostname);
      return;
    }
  addresses = g_list_prepend (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  g_task_return_pointer (task, addresses, NULL);
}

static void
lookup_async (GResolver           *resolver,
              const char          *hostname,
              GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  resolve_async (resolver, hostname, 0, cancellable, callback, user_data);
}

static GList *
lookup_finish (GResolver     *resolver,
               GAsyncResult  *result,
               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  klass->lookup_by_name_async = lookup_async;
  klass->lookup_by_name_finish = lookup_finish;
  klass->lookup_by_name_with_flags_async = resolve_async;
  klass->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

/* A name that does not resolve is tried again: in a container the proxy's may come a little later. Each
 * try asks anew, so a change is seen. */
static void
test_resolve (Fixture       *fixture,
              gconstpointer  data)
{
  static const int      codes[] = { G_RESOLVER_ERROR_NOT_FOUND, G_RESOLVER_ERROR_TEMPORARY_FAILURE,
                                    G_RESOLVER_ERROR_INTERNAL };
  g_autoptr(GResolver)  before = g_resolver_get_default ();
  g_autofree char      *uri = g_strdup_printf ("http://proxy.example:%u", grip_test_sink_get_port (fixture->sink));

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr(GResolver)  resolver = g_object_new (test_resolver_get_type (), NULL);
      TestResolver         *self = (TestResolver *) resolver;
      GripPubControl       *control = faults_control_new (uri, 0, 0);
      Fate                  fate;

      g_resolver_set_default (resolver);
      grip_test_sink_forget (fixture->sink);
      self->code = codes[i];
      self->n_failures = 3;
      faults_publish (control, "<x>", NULL, NULL, &fate);
      faults_wait (&fate, 1);
      faults_assert (&fate, NULL);
      g_assert_cmpint (self->n_lookups, >=, 4);
      g_assert_cmpuint (grip_test_sink_count (fixture->sink, "<x>"), ==, 1);
      faults_drop (control);

      control = faults_control_new (uri, 0.5, 0);
      self->n_failures = G_MAXINT;
      faults_publish (control, "<x>", NULL, NULL, &fate);
      faults_wait (&fate, 1);
      faults_assert (&fate, NOT_SENT);
      faults_drop (control);
      g_resolver_set_default (before);
    }
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

#define ADD(path, function) g_test_add ("/faults/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("F12-resolve", test_resolve);
  ADD ("F15-unref", test_unref);
  ADD ("F16-cancel", test_cancel);
  ADD ("F16-cancel-queued", test_cancel_queued);
  ADD ("F16-cancel-storm", test_cancel_storm);
  ADD ("F17-threads", test_threads);
  ADD ("F18-contexts", test_contexts);
  ADD ("F19-fork", test_fork);
  ADD ("F19-fork-anew", test_fork_anew);
  ADD ("F20-queue-full", test_queue_full);
#undef ADD

  return g_test_run ();
}
