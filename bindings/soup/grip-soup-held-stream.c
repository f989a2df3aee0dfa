/* grip-soup-held-stream.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-answer-private.h"
#include "grip-soup-held-stream-private.h"
#include "grip-soup-link-private.h"
#include "grip-soup-outlet-private.h"

/* As Pushpin has them. */
#define DEFAULT_KEEP_ALIVE 55
#define DEFAULT_LINK       120
#define MAX_KEPT           100

/* How soon a page is asked for again when the client has not taken the last one. */
#define PAGE_WAIT (50 * 1000)

/* What a client may send that nobody reads. */
#define MAX_IGNORED (64 * 1024)

typedef struct
{
  char             *channel;
  GripSoupRendered *rendered;
} Kept;

struct _GripSoupHeldStream
{
  GripSoupClient    parent_instance;

  GripSoupOutlet   *outlet;
  GripSoupPolled   *polled;           /* while it is read from, or */
  GSource          *readable;
  GripInstruct     *instruct;
  GripSoupHandling *handling;
  GUri             *home;             /* what the client asked for */
  GUri             *uri;              /* what the next link is relative to */
  char             *gone_link;        /* of the first instruct, as Pushpin has it */
  GBytes           *keep_alive;       /* as it goes out */
  GQueue            kept;             /* items that came while the origin was asked */
  gint64            keep_alive_due;
  gint64            link_due;
  guint             n_ignored;
  guint             is_chunked : 1;
  guint             asking : 1;
  guint             ask_again : 1;
};

G_DEFINE_FINAL_TYPE (GripSoupHeldStream, grip_soup_held_stream, GRIP_SOUP_TYPE_CLIENT)

static void ask (GripSoupHeldStream *self);

static void
kept_free (gpointer data)
{
  Kept *self = data;

  g_free (self->channel);
  grip_soup_rendered_unref (self->rendered);
  g_free (self);
}

static void
stop_reading (GripSoupHeldStream *self)
{
  g_clear_pointer (&self->polled, grip_soup_polled_free);
  if (self->readable == NULL)
    return;

  g_source_destroy (self->readable);
  g_clear_pointer (&self->readable, g_source_unref);
}

/* The connection is closed at once: there is no end of the response. */
static void
drop (GripSoupHeldStream *self)
{
  grip_soup_outlet_forget (self->outlet);
  grip_soup_outlet_cut (self->outlet);
  stop_reading (self);
  grip_soup_client_leave (GRIP_SOUP_CLIENT (self));
}

static void
broken_cb (gpointer user_data)
{
  g_autoptr(GripSoupHeldStream) self = g_object_ref (user_data);

  drop (self);
}

static void
end (GripSoupHeldStream *self)
{
  if (self->is_chunked)
    {
      g_autoptr(GBytes) last = g_bytes_new_static ("0\r\n\r\n", 5);

      grip_soup_outlet_push (self->outlet, last);
    }

  grip_soup_outlet_finish (self->outlet);
  stop_reading (self);
  grip_soup_client_leave (GRIP_SOUP_CLIENT (self));
}

static void
update_due (GripSoupHeldStream *self)
{
  gint64 due = self->keep_alive_due;

  if (due < 0 || (self->link_due >= 0 && self->link_due < due))
    due = self->link_due;
  grip_soup_client_set_due (GRIP_SOUP_CLIENT (self), due);
}

static void
start_keep_alive (GripSoupHeldStream *self)
{
  int timeout = grip_instruct_get_keep_alive_timeout (self->instruct);

  self->keep_alive_due = -1;
  if (self->keep_alive != NULL)
    self->keep_alive_due = g_get_monotonic_time () +
                           MAX (timeout >= 0 ? timeout : DEFAULT_KEEP_ALIVE, 1) * G_USEC_PER_SEC;
}

static void
start_link (GripSoupHeldStream *self)
{
  int timeout = grip_instruct_get_next_link_timeout (self->instruct);

  self->link_due = -1;
  if (grip_instruct_get_next_link (self->instruct) != NULL)
    self->link_due = g_get_monotonic_time () +
                     (timeout >= 0 ? timeout : DEFAULT_LINK) * G_USEC_PER_SEC;
}

/* FALSE when the client was dropped. */
static gboolean
write_out (GripSoupHeldStream *self,
           GBytes             *wire)
{
  if (!grip_soup_outlet_push (self->outlet, wire))
    {
      g_message ("A held stream was dropped: its client is %" G_GSIZE_FORMAT " bytes behind",
                 grip_soup_outlet_get_backlog (self->outlet));
      drop (self);
      return FALSE;
    }

  grip_soup_client_mark (GRIP_SOUP_CLIENT (self));
  return TRUE;
}

static GBytes *
make_wire (GripSoupHeldStream *self,
           GBytes             *content)
{
  return self->is_chunked ? grip_soup_make_chunk (content) : g_bytes_ref (content);
}

static GripSoupPart *
grip_soup_held_stream_get_part (GripSoupClient   *client,
                                GripSoupRendered *rendered)
{
  return &rendered->stream;
}

static void
grip_soup_held_stream_send (GripSoupClient *client,
                            GripSoupPart   *part,
                            GBytes         *content)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (client);
  g_autoptr(GBytes) wire = NULL;

  if (content == part->content && self->is_chunked)
    wire = g_bytes_ref (part->wire);
  else
    wire = make_wire (self, content);

  if (!write_out (self, wire))
    return;

  if (grip_instruct_get_keep_alive_mode (self->instruct) == GRIP_KEEP_ALIVE_MODE_IDLE)
    start_keep_alive (self);
  if (!self->asking)
    start_link (self);
  update_due (self);
}

static void
grip_soup_held_stream_act (GripSoupClient *client,
                           GripSoupPart   *part)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (client);

  if (part->action == GRIP_SOUP_ACTION_CLOSE)
    end (self);
  else if (part->action == GRIP_SOUP_ACTION_HINT)
    ask (self);
}

static void
grip_soup_held_stream_recover (GripSoupClient *client)
{
  ask (GRIP_SOUP_HELD_STREAM (client));
}

static gboolean
grip_soup_held_stream_keep (GripSoupClient   *client,
                            const char       *channel,
                            GripSoupRendered *rendered)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (client);
  Kept *kept = NULL;

  if (!self->asking)
    return FALSE;

  if (self->kept.length >= MAX_KEPT)
    return TRUE;

  kept = g_new0 (Kept, 1);
  kept->channel = g_strdup (channel);
  kept->rendered = grip_soup_rendered_ref (rendered);
  g_queue_push_tail (&self->kept, kept);

  return TRUE;
}

static gboolean
follows (GripSoupHeldStream *self,
         Kept               *kept)
{
  GPtrArray *subscriptions = grip_soup_client_get_subscriptions (GRIP_SOUP_CLIENT (self));

  for (guint i = 0; i < subscriptions->len; i++)
    {
      GripSoupSubscription *subscription = g_ptr_array_index (subscriptions, i);

      if (strcmp (subscription->name, kept->channel) == 0)
        return subscription->prev_id == NULL ||
               g_strcmp0 (subscription->prev_id, kept->rendered->prev_id) == 0;
    }

  return FALSE;
}

/* Those that the origin's answer has in it already are left out. */
static void
deliver_kept (GripSoupHeldStream *self)
{
  Kept *kept = NULL;

  while ((kept = g_queue_peek_head (&self->kept)) != NULL && !follows (self, kept))
    kept_free (g_queue_pop_head (&self->kept));

  while (!self->asking && (kept = g_queue_pop_head (&self->kept)) != NULL)
    {
      grip_soup_client_deliver (GRIP_SOUP_CLIENT (self), kept->channel, kept->rendered);
      kept_free (kept);
    }
}

static void
take_instruct (GripSoupHeldStream *self,
               GripInstruct       *instruct)
{
  GBytes *content = grip_instruct_get_keep_alive (instruct);

  g_set_object (&self->instruct, instruct);
  g_clear_pointer (&self->keep_alive, g_bytes_unref);
  if (content != NULL)
    self->keep_alive = make_wire (self, content);
  grip_soup_client_copy_meta (GRIP_SOUP_CLIENT (self), instruct);
}

static void
hold_on (GripSoupHeldStream *self)
{
  self->asking = FALSE;
  grip_soup_client_set_channels (GRIP_SOUP_CLIENT (self), self->instruct);
  start_keep_alive (self);
  start_link (self);
  update_due (self);

  deliver_kept (self);
  if (self->ask_again)
    {
      self->ask_again = FALSE;
      ask (self);
    }
}

/* The origin's answer to a next link: a piece of the stream, and an instruct. */
static void
answer_cb (GripInstruct *instruct,
           GripResponse *response,
           GUri         *uri,
           gpointer      user_data)
{
  GripSoupHeldStream *self = user_data;
  GBytes *body = response != NULL ? grip_response_get_body (response) : NULL;
  int code = response != NULL ? grip_response_get_code (response) : 200;
  GripHoldMode mode = instruct != NULL ? grip_instruct_get_hold_mode (instruct) : GRIP_HOLD_MODE_NONE;

  if (grip_soup_client_get_holder (GRIP_SOUP_CLIENT (self)) == NULL)
    return;

  if (code < 200 || code >= 300 || mode == GRIP_HOLD_MODE_RESPONSE)
    {
      g_message ("A held stream has ended: its next link was answered with %d", code);
      end (self);
      return;
    }

  g_uri_unref (self->uri);
  self->uri = g_uri_ref (uri);
  if (body != NULL)
    {
      g_autoptr(GBytes) wire = make_wire (self, body);

      if (!write_out (self, wire))
        return;
    }

  if (instruct != NULL)
    take_instruct (self, instruct);

  if (mode == GRIP_HOLD_MODE_STREAM)
    hold_on (self);
  else if (instruct != NULL && grip_instruct_get_next_link (instruct) != NULL)
    {
      self->asking = FALSE;
      ask (self);
    }
  else
    end (self);

  /* This comes from the origin's handler, in whatever turn. */
  if (grip_soup_client_take_mark (GRIP_SOUP_CLIENT (self)) && !grip_soup_outlet_flush (self->outlet))
    drop (self);
}

static void
ask_now (gpointer object)
{
  GripSoupHeldStream *self = object;
  GripSoupHolder *holder = grip_soup_client_get_holder (object);
  const char *link = grip_instruct_get_next_link (self->instruct);
  g_autoptr(GPtrArray) last = NULL;

  if (holder == NULL || link == NULL)
    return;

  /* No page is made for a client that has not taken the last one. */
  if (grip_soup_outlet_get_backlog (self->outlet) > grip_soup_holder_get_limit (holder) / 2)
    {
      self->link_due = g_get_monotonic_time () + PAGE_WAIT;
      update_due (self);
      return;
    }

  last = grip_soup_client_dup_last (object);
  if (!grip_soup_link_follow (holder, self->handling, self->home, self->uri, link, last, answer_cb,
                              g_object_ref (self), g_object_unref))
    {
      g_message ("A held stream has ended: its next link leads nowhere");
      end (self);
    }
}

/* Fetches the next link, unless that is being done. */
static void
ask (GripSoupHeldStream *self)
{
  GripSoupHolder *holder = grip_soup_client_get_holder (GRIP_SOUP_CLIENT (self));

  if (self->asking)
    {
      self->ask_again = TRUE;
      return;
    }

  if (holder == NULL || grip_instruct_get_next_link (self->instruct) == NULL)
    return;

  self->asking = TRUE;
  self->link_due = -1;
  update_due (self);
  grip_soup_holder_later (holder, ask_now, g_object_ref (self), g_object_unref);
}

static void
grip_soup_held_stream_expire (GripSoupClient *client,
                              gint64          now)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (client);

  if (self->keep_alive_due >= 0 && self->keep_alive_due <= now)
    {
      if (!write_out (self, self->keep_alive))
        return;
      start_keep_alive (self);
    }

  if (self->link_due >= 0 && self->link_due <= now)
    {
      self->link_due = -1;
      if (self->asking)
        ask_now (self);
      else
        ask (self);
    }

  if (grip_soup_client_get_holder (client) != NULL)
    update_due (self);
}

static void
grip_soup_held_stream_flush (GripSoupClient *client)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (client);

  if (!grip_soup_outlet_flush (self->outlet))
    drop (self);
}

static void
grip_soup_held_stream_left (GripSoupClient *client,
                            GripSoupHolder *holder)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (client);

  if (self->gone_link != NULL)
    grip_soup_link_leave (holder, self->handling, self->home, self->gone_link);
}

static void
grip_soup_held_stream_cut (GripSoupClient *client)
{
  drop (GRIP_SOUP_HELD_STREAM (client));
}

static void
grip_soup_held_stream_finalize (GObject *object)
{
  GripSoupHeldStream *self = GRIP_SOUP_HELD_STREAM (object);

  stop_reading (self);
  if (self->outlet != NULL)
    grip_soup_outlet_forget (self->outlet);
  g_clear_pointer (&self->outlet, grip_soup_outlet_unref);
  g_clear_object (&self->instruct);
  g_clear_pointer (&self->handling, grip_soup_handling_unref);
  g_clear_pointer (&self->home, g_uri_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->gone_link, g_free);
  g_clear_pointer (&self->keep_alive, g_bytes_unref);
  g_queue_clear_full (&self->kept, kept_free);

  G_OBJECT_CLASS (grip_soup_held_stream_parent_class)->finalize (object);
}

static void
grip_soup_held_stream_class_init (GripSoupHeldStreamClass *klass)
{
  GripSoupClientClass *client_class = GRIP_SOUP_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grip_soup_held_stream_finalize;
  client_class->get_part = grip_soup_held_stream_get_part;
  client_class->send = grip_soup_held_stream_send;
  client_class->act = grip_soup_held_stream_act;
  client_class->recover = grip_soup_held_stream_recover;
  client_class->keep = grip_soup_held_stream_keep;
  client_class->expire = grip_soup_held_stream_expire;
  client_class->flush = grip_soup_held_stream_flush;
  client_class->left = grip_soup_held_stream_left;
  client_class->cut = grip_soup_held_stream_cut;
}

static void
grip_soup_held_stream_init (GripSoupHeldStream *self)
{
  g_queue_init (&self->kept);
  self->keep_alive_due = -1;
  self->link_due = -1;
}

/* Nothing more comes from a client but its end. */
static void
read_on (gpointer user_data)
{
  g_autoptr(GripSoupHeldStream) self = g_object_ref (user_data);
  GInputStream *input = g_io_stream_get_input_stream (grip_soup_outlet_get_stream (self->outlet));
  char buffer[512];
  g_autoptr(GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer,
                                                       sizeof buffer, NULL, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return;

  self->n_ignored += MAX (n, 0);
  if (n <= 0 || self->n_ignored > MAX_IGNORED)
    drop (self);
}

static gboolean
readable_cb (GObject  *stream,
             gpointer  user_data)
{
  read_on (user_data);

  return G_SOURCE_CONTINUE;
}

static void
start_reading (GripSoupHeldStream *self,
               GIOStream          *stream,
               GSocket            *socket,
               GripSoupPoller     *poller)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);

  if (poller != NULL)
    self->polled = grip_soup_poller_watch (poller, socket, read_on, self);
  if (self->polled != NULL)
    return;

  self->readable = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->readable, g_main_context_get_thread_default ());
}

/* FALSE when the client has gone. */
static gboolean
take_connection (GripSoupHeldStream *self,
                 GripSoupHolder     *holder,
                 SoupServerMessage  *message)
{
  GripSoupPoller *poller = grip_soup_holder_get_poller (holder, message);
  GSocket *socket = soup_server_message_get_socket (message);
  g_autoptr(GSocket) kept = socket != NULL ? g_object_ref (socket) : NULL;
  g_autoptr(GIOStream) stream = NULL;

  /* With a status libsoup asks no further handler. */
  soup_server_message_set_status (message, 200, NULL);
  self->is_chunked = soup_server_message_get_http_version (message) != SOUP_HTTP_1_0;
  self->home = g_uri_ref (soup_server_message_get_uri (message));
  self->uri = g_uri_ref (self->home);
  stream = soup_server_message_steal_connection (message);
  if (stream == NULL)
    return FALSE;

  self->outlet = grip_soup_outlet_new (stream, kept, grip_soup_holder_get_limit (holder), broken_cb, self);
  start_reading (self, stream, kept, poller);

  return TRUE;
}

static void
write_first (GripSoupHeldStream *self)
{
  g_autoptr(GripResponse) first = grip_soup_make_first (self->instruct);
  g_autoptr(GBytes) head = grip_soup_make_head (first, self->is_chunked);
  GBytes *body = grip_response_get_body (first);

  grip_soup_outlet_push (self->outlet, head);
  if (body != NULL && g_bytes_get_size (body) > 0)
    {
      g_autoptr(GBytes) wire = make_wire (self, body);

      grip_soup_outlet_push (self->outlet, wire);
    }
}

void
grip_soup_held_stream_hold (GripSoupHolder    *holder,
                            SoupServerMessage *message,
                            GripInstruct      *instruct,
                            GripSoupHandling  *handling)
{
  g_autoptr(SoupServerMessage) kept = g_object_ref (message);
  g_autoptr(GripSoupHeldStream) self = g_object_new (GRIP_SOUP_TYPE_HELD_STREAM, NULL);
  GripSoupClient *client = GRIP_SOUP_CLIENT (self);
  gboolean is_head = strcmp (soup_server_message_get_method (message), "HEAD") == 0;

  self->handling = grip_soup_handling_ref (handling);
  if (!take_connection (self, holder, message))
    return;

  take_instruct (self, instruct);
  self->gone_link = g_strdup (grip_instruct_get_gone_link (instruct));
  write_first (self);
  if (is_head)
    {
      self->is_chunked = FALSE;
      end (self);
      return;
    }

  grip_soup_client_set_channels (client, instruct);
  grip_soup_client_hold (client, holder);
  start_keep_alive (self);
  start_link (self);
  update_due (self);
  if (grip_instruct_get_hold_mode (instruct) == GRIP_HOLD_MODE_NONE || grip_soup_client_find_conflict (client))
    ask (self);
  if (!grip_soup_outlet_flush (self->outlet))
    drop (self);
}
