/* test-faults-zmq-pressure.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "faults.h"
#include "grip-test-zmq-wire.h"

/* F21 and F26: PUSH and XPUB at the high-water mark, against a proxy that has connected and does not read.
 * Between it and us there are the kernel's buffers and the 1000 messages that libzmq may hold. */

#define MANY    3000
#define FILLING 10000
#define HIGH_WATER_MARK 1000
/* libzmq's, with what the kernel may have of this size, and more. */
#define HELD    2000
#define LARGE   (12 * 1024 * 1024)

typedef struct
{
  GripTestZmqWire *wire;
  GripPubControl  *control;
  Fate            *fates;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  mode)
{
  gboolean                is_push = g_str_equal (mode, "push");
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)       error = NULL;
  g_autofree char        *json = NULL;

  fixture->fates = g_new0 (Fate, MANY);
  fixture->wire = grip_test_zmq_wire_new_refusing (is_push ? GRIP_TEST_WIRE_PULL : GRIP_TEST_WIRE_SUB);
  json = g_strdup_printf ("{\"control_zmq_%s_uri\":\"%s\",\"grace_time\":60}", (const char *) mode,
                          grip_test_zmq_wire_get_address (fixture->wire));
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  fixture->control = grip_pub_control_new ();
  grip_pub_control_set_max_queue_bytes (fixture->control, G_GUINT64_CONSTANT (1) << 30);
  grip_pub_control_set_timeout (fixture->control, PATIENCE / 1000);
  grip_pub_control_add_endpoint (fixture->control, endpoint, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  mode)
{
  faults_drop (fixture->control);
  grip_test_zmq_wire_free (fixture->wire);
  g_free (fixture->fates);
}

/* The proxy is there, and reads no message. */
static void
stall (Fixture *fixture)
{
  grip_test_zmq_wire_push (fixture->wire, &(GripTestWireFault) { .end = GRIP_TEST_WIRE_STALL });
  grip_test_zmq_wire_listen (fixture->wire);
  while (grip_test_zmq_wire_get_n_stalled (fixture->wire) == 0)
    g_usleep (1000);
}

static void
publish_many (Fixture *fixture)
{
  g_autofree char *filling = g_strnfill (FILLING, 'x');

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *content = g_strdup_printf ("<%05u>%s", i, filling);

      faults_publish (fixture->control, content, NULL, NULL, &fixture->fates[i]);
    }
}

static void
iterate (guint milliseconds)
{
  for (guint i = 0; i < milliseconds; i++)
    {
      g_usleep (1000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static guint
count_answered (Fixture *fixture)
{
  guint n = 0;

  for (guint i = 0; i < MANY; i++)
    n += fixture->fates[i].n_callbacks > 0;

  return n;
}

/* Ends when all that was sent has been read, as what was published last is read last. */
static void
read_on (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  grip_test_zmq_wire_release (fixture->wire);
  grip_pub_control_set_timeout (fixture->control, PATIENCE / 1000);
  error = faults_try (fixture->control, "<end>", NULL);
  g_assert_no_error (error);
  while (grip_test_zmq_wire_count (fixture->wire, "<end>") == 0)
    g_usleep (1000);
}

/* In order, none twice; every one that was accepted, none that was not sent. */
static void
assert_read (Fixture *fixture)
{
  g_autofree guint8 *read = g_new0 (guint8, MANY);
  int                last = -1;

  for (guint i = 0; i < grip_test_zmq_wire_get_n_messages (fixture->wire); i++)
    {
      g_autoptr(GBytes)  message = grip_test_zmq_wire_dup_message (fixture->wire, i);
      gssize             length = (gssize) g_bytes_get_size (message);
      const char        *at = g_strstr_len (g_bytes_get_data (message, NULL), length, "<");
      int                number = 0;

      g_assert_nonnull (at);
      if (memcmp (at, "<end>", 5) == 0)
        break;
      for (at++; *at != '>'; at++)
        number = number * 10 + g_ascii_digit_value (*at);
      g_assert_cmpint (number, >, last);
      read[number] = TRUE;
      last = number;
    }

  for (guint i = 0; i < MANY; i++)
    {
      const Fate *fate = &fixture->fates[i];

      g_assert_cmpuint (fate->n_callbacks, ==, 1);
      if (fate->error == NULL || strstr (fate->error->message, UNKNOWN) == NULL)
        g_assert_cmpuint (read[i], ==, fate->error == NULL);
    }
}

static guint
count_errors (Fixture    *fixture,
              int         code,
              const char *fate)
{
  guint n = 0;

  for (guint i = 0; i < MANY; i++)
    n += g_error_matches (fixture->fates[i].error, GRIP_ERROR, code) &&
         strstr (fixture->fates[i].error->message, fate) != NULL;

  return n;
}

static void
clear_errors (Fixture *fixture)
{
  for (guint i = 0; i < MANY; i++)
    g_clear_error (&fixture->fates[i].error);
}

/* What has no room waits in the lane, whose queue is long here; nothing is lost, and all is in order. */
static void
test_waits (Fixture       *fixture,
            gconstpointer  mode)
{
  stall (fixture);
  publish_many (fixture);
  iterate (1000);
  g_assert_cmpuint (count_answered (fixture), <, HELD);

  read_on (fixture);
  faults_wait (fixture->fates, MANY);
  g_assert_cmpuint (count_errors (fixture, GRIP_ERROR_TIMED_OUT, ""), ==, 0);
  for (guint i = 0; i < MANY; i++)
    g_assert_no_error (fixture->fates[i].error);
  assert_read (fixture);
}

/* A short queue is full at once, and says so; what it had taken is sent. */
static void
test_queue_full (Fixture       *fixture,
                 gconstpointer  mode)
{
  guint n_full;

  grip_pub_control_set_max_queue_items (fixture->control, 100);
  stall (fixture);
  publish_many (fixture);
  iterate (300);
  n_full = count_errors (fixture, GRIP_ERROR_QUEUE_FULL, NOT_SENT);
  g_assert_cmpuint (n_full, >, MANY - HELD);
  g_assert_cmpuint (n_full, <=, MANY - 100);

  grip_test_zmq_wire_release (fixture->wire);
  faults_wait (fixture->fates, MANY);
  g_assert_cmpuint (count_errors (fixture, GRIP_ERROR_QUEUE_FULL, NOT_SENT), ==, n_full);
  read_on (fixture);
  assert_read (fixture);
  clear_errors (fixture);
}

/* Nobody reads for as long as an item may wait: what is behind is not sent, and not sent later either. */
static void
test_times_out (Fixture       *fixture,
                gconstpointer  mode)
{
  grip_pub_control_set_timeout (fixture->control, 3);
  stall (fixture);
  publish_many (fixture);
  faults_wait (fixture->fates, MANY);
  g_assert_cmpuint (count_errors (fixture, GRIP_ERROR_TIMED_OUT, NOT_SENT), >, MANY - HELD);

  read_on (fixture);
  assert_read (fixture);
  clear_errors (fixture);
}

static guint64
count_queued (Fixture *fixture)
{
  g_autoptr(GripStatistics) statistics = grip_pub_control_get_statistics (fixture->control);

  return grip_statistics_get_n_queued (statistics);
}

/* The proxy is killed in the middle of the first message. What libzmq had by then is told as unknown and not as
 * accepted, though what was behind it had gone back to the queue; that is sent to the proxy that comes next. */
static void
test_killed (Fixture       *fixture,
             gconstpointer  mode)
{
  publish_many (fixture);
  grip_test_zmq_wire_push (fixture->wire, &(GripTestWireFault) { .n_bytes = 1000, .end = GRIP_TEST_WIRE_STALL });
  grip_test_zmq_wire_listen (fixture->wire);
  while (grip_test_zmq_wire_get_n_stalled (fixture->wire) == 0 || count_queued (fixture) == 0)
    iterate (1);

  grip_test_zmq_wire_drop (fixture->wire);
  read_on (fixture);
  faults_wait (fixture->fates, MANY);
  assert_read (fixture);
  for (guint i = 0; i < MANY; i++)
    if (i < HIGH_WATER_MARK || fixture->fates[i].error != NULL)
      faults_assert (&fixture->fates[i], UNKNOWN);
  faults_assert (&fixture->fates[MANY - 1], NULL);
}

/* A delivery is answered when libzmq has written its last message, not when it has queued that. The ones
 * before are read; of the last, which is larger than all buffers, only a part is. */
static void
test_last_of_many (Fixture       *fixture,
                   gconstpointer  mode)
{
  g_autofree char *filling = g_strnfill (LARGE, 'x');
  guint            n = 5;

  grip_test_zmq_wire_push (fixture->wire, &(GripTestWireFault) { .n_messages = n, .n_bytes = 1000,
                                                                 .end = GRIP_TEST_WIRE_STALL });
  for (guint i = 0; i <= n; i++)
    faults_publish (fixture->control, i == n ? filling : "small", NULL, NULL, &fixture->fates[i]);
  grip_test_zmq_wire_listen (fixture->wire);
  while (grip_test_zmq_wire_get_n_stalled (fixture->wire) == 0)
    iterate (1);
  grip_pub_control_set_timeout (fixture->control, 2);
  faults_wait (fixture->fates, n + 1);
  g_assert_cmpuint (grip_test_zmq_wire_count (fixture->wire, "small"), ==, n);
  faults_assert (&fixture->fates[n], UNKNOWN);
  clear_errors (fixture);
}

static void
published_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fate *fate = user_data;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (object), result, &fate->error);
  fate->n_callbacks++;
}

/* The same, where the last message goes to another proxy, which has read it. */
static void
test_last_of_each (void)
{
  g_autoptr(GripTestZmqWire)  stalls = grip_test_zmq_wire_new_refusing (GRIP_TEST_WIRE_SUB);
  g_autoptr(GripTestZmqWire)  reads = grip_test_zmq_wire_new_refusing (GRIP_TEST_WIRE_SUB);
  g_autoptr(GripEndpoint)     endpoint = NULL;
  g_autoptr(GError)           error = NULL;
  g_autofree char            *filling = g_strnfill (LARGE, 'x');
  g_autofree char            *json = NULL;
  GripPubControl             *control = grip_pub_control_new ();
  Fate                        large;
  Fate                        small = { 0 };

  json = g_strdup_printf ("{\"control_zmq_pub_uri\":[\"%s\",\"%s\"],\"grace_time\":60}",
                          grip_test_zmq_wire_get_address (stalls), grip_test_zmq_wire_get_address (reads));
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);
  grip_pub_control_set_timeout (control, PATIENCE / 1000);
  faults_publish (control, filling, NULL, NULL, &large);
  grip_pub_control_publish_http_stream_async (control, "d", "small", NULL, NULL, NULL, published_cb, &small);
  grip_test_zmq_wire_push (stalls, &(GripTestWireFault) { .n_bytes = 1000, .end = GRIP_TEST_WIRE_STALL });
  grip_test_zmq_wire_set_channel (reads, "d");
  grip_test_zmq_wire_listen (stalls);
  grip_test_zmq_wire_listen (reads);
  while (grip_test_zmq_wire_get_n_stalled (stalls) == 0 || grip_test_zmq_wire_count (reads, "small") == 0)
    iterate (1);
  grip_pub_control_set_timeout (control, 2);
  faults_wait (&large, 1);
  faults_wait (&small, 1);
  g_assert_cmpuint (grip_test_zmq_wire_count (reads, "small"), ==, 1);
  faults_assert (&large, UNKNOWN);
  g_clear_error (&small.error);
  faults_drop (control);
}

/* A proxy whose machine is gone says nothing, and closes nothing: heartbeats tell, in 20 s. */
static void
test_no_farewell (Fixture       *fixture,
                  gconstpointer  mode)
{
  stall (fixture);
  while (grip_test_zmq_wire_get_n_connections (fixture->wire) < 2)
    iterate (10);
  read_on (fixture);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const modes[] = { "push", "pub" };

  faults_init (&argc, &argv, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      const char      *row = i == 0 ? "F21" : "F26";
      g_autofree char *waits = g_strdup_printf ("/faults/%s-%s-waits", row, modes[i]);
      g_autofree char *full = g_strdup_printf ("/faults/%s-%s-queue-full", row, modes[i]);
      g_autofree char *late = g_strdup_printf ("/faults/%s-%s-times-out", row, modes[i]);
      g_autofree char *killed = g_strdup_printf ("/faults/%s-%s-killed", row, modes[i]);
      g_autofree char *last = g_strdup_printf ("/faults/%s-%s-last-of-many", row, modes[i]);
      g_autofree char *farewell = g_strdup_printf ("/faults/F22-%s-no-farewell", modes[i]);

      g_test_add (farewell, Fixture, modes[i], set_up, test_no_farewell, tear_down);
      g_test_add (waits, Fixture, modes[i], set_up, test_waits, tear_down);
      g_test_add (full, Fixture, modes[i], set_up, test_queue_full, tear_down);
      g_test_add (late, Fixture, modes[i], set_up, test_times_out, tear_down);
      g_test_add (killed, Fixture, modes[i], set_up, test_killed, tear_down);
      g_test_add (last, Fixture, modes[i], set_up, test_last_of_many, tear_down);
    }

  g_test_add_func ("/faults/F26-pub-last-of-each", test_last_of_each);

  return g_test_run ();
}
