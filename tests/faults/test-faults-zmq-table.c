/* test-faults-zmq-table.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "faults.h"
#include "grip-test-zmq-wire.h"

/* Each fault of a ZMQ peer against each promise, in each mode, as test-faults-table.c has it for HTTP. A fault
 * happens to the first connection; after it all is well.
 *
 * PUSH and XPUB are at most once: what libzmq had written when the peer went away was accepted or is
 * unknown, whichever was seen first. Where the fate is to be certain the item is too large for all buffers
 * between. */

/* libzmq may hold nothing of it back: the kernel's buffers are smaller. */
#define LARGE         (12 * 1024 * 1024)
#define LARGE_COMMAND (500 * 1000)
/* For what has to be waited out: never to be met, and to be met first. */
#define SHORT         1.5

#define PUSH    1
#define PUB     2
#define COMMAND 4
#define SOCKETS (PUSH | PUB)
#define ALL     (SOCKETS | COMMAND)

/* Ends otherwise than as accepted. */
#define EITHER "accepted or unknown"

typedef struct
{
  const char *fate;             /* NULL: accepted */
  guint       least;            /* is read so many times at least */
  guint       most;
} End;

typedef struct
{
  const char        *name;
  guint              modes;
  GripTestWireFault  fault;
  End                without_id;
  End                with_id;
  gboolean           is_large;
  gboolean           is_short;  /* nothing but time ends it */
  gboolean           refuses;
} Row;

#define ONCE      { NULL, 1, 1 }
#define TWICE     { NULL, 2, 2 }
#define PASSES    ONCE, ONCE
#define HALF      { UNKNOWN, 0, 0 }, ONCE
#define LOSES     { UNKNOWN, 1, 1 }, TWICE
#define REFUSES   { REFUSED, 1, 1 }, { REFUSED, 1, 1 }

static const char two_frames[] = { 1, 1, 'x', 0, 1, 'y' };
static const char half_frame[] = { 0, 50, '4', '7' };
static const char huge_frame[] = { 2, 0, 0, 0, 0x7f, 0, 0, 0, 0, 'x' };

static const Row rows[] = {
  { "well", ALL, { 0 }, PASSES },
  { "refuses", ALL, { 0 }, PASSES, .refuses = TRUE },
  { "garbage", ALL, { .raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "http", ALL, { .raw = "HTTP/1.1 400 Bad Request\r\n\r\n", .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "closes-unheard", ALL, { .raw = "", .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "resets-unheard", ALL, { .raw = "", .end = GRIP_TEST_WIRE_RESET }, PASSES },
  { "cut-in-signature", ALL, { .cut = 5, .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "cut-in-greeting", ALL, { .cut = 40, .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "reset-in-greeting", ALL, { .cut = 40, .end = GRIP_TEST_WIRE_RESET }, PASSES },
  { "cut-before-ready", ALL, { .cut = 64, .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "cut-in-ready", ALL, { .cut = 75, .end = GRIP_TEST_WIRE_CLOSE }, PASSES },
  { "mute", ALL, { .raw = "", .end = GRIP_TEST_WIRE_STALL }, { NOT_SENT, 0, 0 }, { NOT_SENT, 0, 0 }, .is_short = TRUE },
  { "stalls-in-greeting", ALL, { .cut = 40, .end = GRIP_TEST_WIRE_STALL }, { NOT_SENT, 0, 0 }, { NOT_SENT, 0, 0 },
    .is_short = TRUE },
  { "closes-in-message", ALL, { .n_bytes = 2000, .end = GRIP_TEST_WIRE_CLOSE }, HALF, .is_large = TRUE },
  { "resets-in-message", ALL, { .n_bytes = 2000, .end = GRIP_TEST_WIRE_RESET }, HALF, .is_large = TRUE },
  { "stalls-in-message", SOCKETS, { .n_bytes = 2000, .end = GRIP_TEST_WIRE_STALL }, { UNKNOWN, 0, 0 }, { UNKNOWN, 0, 0 },
    .is_large = TRUE, .is_short = TRUE },
  { "closes-after-message", SOCKETS, { .n_messages = 1, .end = GRIP_TEST_WIRE_CLOSE }, { EITHER, 1, 1 }, { NULL, 1, 2 } },
  { "resets-after-message", SOCKETS, { .n_messages = 1, .end = GRIP_TEST_WIRE_RESET }, { EITHER, 0, 1 }, { NULL, 0, 2 } },
  { "closes-unanswered", COMMAND, { .n_messages = 1, .silent = TRUE, .end = GRIP_TEST_WIRE_CLOSE }, LOSES },
  { "resets-unanswered", COMMAND, { .n_messages = 1, .silent = TRUE, .end = GRIP_TEST_WIRE_RESET }, LOSES },
  { "never-answers", COMMAND, { .silent = TRUE }, { UNKNOWN, 1, 1 }, { NULL, 2, 99 }, .is_short = TRUE },
  { "answers-nothing", COMMAND, { .reply = "" }, LOSES },
  { "answers-garbage", COMMAND, { .reply = "garbage" }, LOSES },
  { "answers-half", COMMAND, { .reply = "99:2:id,1:1,7:suc" }, LOSES },
  { "answers-another", COMMAND, { .reply = "32:2:id,7:another,7:success,4:true!}" }, LOSES },
  { "answers-in-two-frames", COMMAND, { .n_messages = 1, .raw_reply = two_frames, .raw_length = sizeof two_frames,
                                        .end = GRIP_TEST_WIRE_CLOSE }, LOSES },
  { "cut-in-answer", COMMAND, { .n_messages = 1, .raw_reply = half_frame, .raw_length = sizeof half_frame,
                                .end = GRIP_TEST_WIRE_CLOSE }, LOSES },
  { "answers-hugely", COMMAND, { .n_messages = 1, .raw_reply = huge_frame, .raw_length = sizeof huge_frame,
                                 .end = GRIP_TEST_WIRE_STALL }, LOSES },
  { "says-no", COMMAND, { .reply = "41:7:success,5:false!9:condition,8:bad-item,}" }, REFUSES },
};

typedef struct
{
  const Row *row;
  guint      mode;
} Case;

static const char *
name_mode (guint mode)
{
  return mode == PUSH ? "push" : mode == PUB ? "pub" : "command";
}

static GripTestZmqWire *
make_wire (const Case *test)
{
  GripTestWireType  type = test->mode == PUSH  ? GRIP_TEST_WIRE_PULL
                           : test->mode == PUB ? GRIP_TEST_WIRE_SUB
                                               : GRIP_TEST_WIRE_REP;
  GripTestZmqWire  *wire = grip_test_zmq_wire_new_refusing (type);

  grip_test_zmq_wire_push (wire, &test->row->fault);
  if (!test->row->refuses)
    grip_test_zmq_wire_listen (wire);

  return wire;
}

static void
add_wire (GripPubControl  *control,
          const Case      *test,
          GripTestZmqWire *wire)
{
  static const char *const formats[] = {
    "{\"control_zmq_push_uri\":\"%s\"}",
    "{\"control_zmq_pub_uri\":\"%s\",\"require_subscribers\":true,\"grace_time\":60}",
    "{\"control_zmq_uri\":\"%s\",\"control_zmq_mode\":\"command\"}",
  };
  g_auto(GStrv)           parts = g_strsplit (formats[test->mode / 2], "%s", 2);
  g_autofree char        *json = g_strconcat (parts[0], grip_test_zmq_wire_get_address (wire), parts[1], NULL);
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GObject)      transport = NULL;
  g_autoptr(GError)       error = NULL;

  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);
  transport = g_list_model_get_item (G_LIST_MODEL (control), g_list_model_get_n_items (G_LIST_MODEL (control)) - 1);
  g_object_set (transport, "request-timeout", test->row->is_short ? SHORT : PATIENCE / 1000.0, NULL);
}

static GripPubControl *
make_control (const Case      *test,
              GripTestZmqWire *wire)
{
  GripPubControl *control = grip_pub_control_new ();

  add_wire (control, test, wire);
  grip_pub_control_set_timeout (control, PATIENCE / 1000);
  if (test->mode == COMMAND && g_strcmp0 (test->row->with_id.fate, NOT_SENT) == 0)
    grip_pub_control_set_retry_limit (control, 0);

  return control;
}

static char *
make_content (const Case *test,
              const char *token)
{
  g_autofree char *filling = NULL;

  if (!test->row->is_large)
    return g_strdup (token);

  filling = g_strnfill (test->mode == COMMAND ? LARGE_COMMAND : LARGE, 'x');

  return g_strconcat (filling, token, NULL);
}

static void
let_time_pass (guint milliseconds)
{
  for (guint i = 0; i < milliseconds; i++)
    {
      g_usleep (1000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

/* The time is short only when it is for the stall: before, on a busy machine, it could be over too early. A
 * request has a limit of its own. */
static void
wait_for_stall (const Case      *test,
                GripTestZmqWire *wire,
                GripPubControl  *control)
{
  if (!test->row->is_short || test->mode == COMMAND)
    return;

  while (grip_test_zmq_wire_get_n_stalled (wire) == 0)
    let_time_pass (1);
  grip_pub_control_set_timeout (control, SHORT);
}

/* Ends with the fault behind us: what is published is read, on a connection that is well, and so all that
 * was ever going to be read was read before. */
static void
get_well (const Case      *test,
          GripTestZmqWire *wire,
          GripPubControl  *control)
{
  grip_test_zmq_wire_release (wire);
  grip_pub_control_set_timeout (control, PATIENCE / 1000);
  while (grip_test_zmq_wire_count (wire, "<well>") == 0)
    {
      g_autoptr(GError) error = faults_try (control, "<well>", "well");

      g_assert_true (error == NULL || g_str_equal (test->row->name, "says-no"));
      if (error != NULL)
        break;
      for (guint i = 0; i < 100 && grip_test_zmq_wire_count (wire, "<well>") == 0; i++)
        let_time_pass (1);
    }
}

static void
assert_end (const End       *end,
            GripTestZmqWire *wire,
            const char      *token,
            Fate            *fate)
{
  guint n_read = grip_test_zmq_wire_count (wire, token);

  g_test_message ("'%s': %s, read %u times", token, fate->error != NULL ? fate->error->message : "accepted", n_read);
  if (g_strcmp0 (end->fate, EITHER) == 0)
    faults_assert (fate, fate->error != NULL ? UNKNOWN : NULL);
  else
    faults_assert (fate, end->fate);
  g_assert_cmpuint (n_read, >=, end->least);
  g_assert_cmpuint (n_read, <=, end->most);
}

static void
test_single (const Case *test,
             const char *id,
             const End  *end)
{
  g_autoptr(GripTestZmqWire)  wire = make_wire (test);
  GripPubControl             *control = make_control (test, wire);
  g_autofree char            *content = make_content (test, "<1>");
  Fate                        fate;

  faults_publish (control, content, id, NULL, &fate);
  if (test->row->refuses)
    {
      let_time_pass (300);
      grip_test_zmq_wire_listen (wire);
    }
  wait_for_stall (test, wire, control);
  faults_wait (&fate, 1);
  get_well (test, wire, control);
  assert_end (end, wire, "<1>", &fate);
  faults_drop (control);
}

static void
test_without_id (gconstpointer data)
{
  const Case *test = data;

  test_single (test, NULL, &test->row->without_id);
}

static void
test_with_id (gconstpointer data)
{
  const Case *test = data;

  test_single (test, "id", &test->row->with_id);
}

/* Of those with an id, which all were read in the end. */
static void
assert_order (GripTestZmqWire *wire)
{
  guint next = 1;

  for (guint i = 0; i < grip_test_zmq_wire_get_n_messages (wire); i++)
    {
      g_autoptr(GBytes)  message = grip_test_zmq_wire_dup_message (wire, i);
      g_autofree char   *token = g_strdup_printf ("<%u>", next);
      gssize             length = (gssize) g_bytes_get_size (message);

      if (g_strstr_len (g_bytes_get_data (message, NULL), length, token) != NULL)
        next += 2;
    }
  g_assert_cmpuint (next, ==, 7);
}

/* Six items wait together; each ends as it would alone, those with an id are tried again, and in order. */
static void
test_batch (gconstpointer data)
{
  const Case                 *test = data;
  g_autoptr(GripTestZmqWire)  wire = NULL;
  GripPubControl             *control;
  Row                         row = *test->row;
  Case                        waiting = { &row, test->mode };
  Fate                        fates[6];

  row.refuses = TRUE;
  wire = make_wire (&waiting);
  control = make_control (test, wire);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *token = g_strdup_printf ("<%u>", i);
      g_autofree char *content = i == 0 ? make_content (test, token) : g_strdup (token);

      faults_publish (control, content, i % 2 == 0 ? NULL : token, NULL, &fates[i]);
    }
  grip_test_zmq_wire_listen (wire);
  wait_for_stall (test, wire, control);
  faults_wait (fates, 6);
  get_well (test, wire, control);

  /* Which of them were written before the end of the connection is not certain. */
  if (g_strcmp0 (row.without_id.fate, EITHER) == 0)
    row.without_id.least = row.with_id.least = 0;
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *token = g_strdup_printf ("<%u>", i);

      assert_end (i % 2 == 0 ? &row.without_id : &row.with_id, wire, token, &fates[i]);
    }
  if (row.with_id.least > 0)
    assert_order (wire);
  faults_drop (control);
}

/* The other endpoint gets it once, without waiting, and is not named. */
static void
test_two_endpoints (gconstpointer data)
{
  static const Row            well = { "well", ALL, { 0 }, PASSES };
  const Case                 *test = data;
  Case                        other_test = { &well, test->mode };
  g_autoptr(GripTestZmqWire)  wire = make_wire (test);
  g_autoptr(GripTestZmqWire)  other = make_wire (&other_test);
  GripPubControl             *control = make_control (test, wire);
  g_autofree char            *content = make_content (test, "<1>");
  Fate                        fate;

  add_wire (control, &other_test, other);
  faults_publish (control, content, NULL, NULL, &fate);
  /* The first one is still refusing where it does that. */
  while (grip_test_zmq_wire_count (other, "<1>") == 0)
    let_time_pass (1);
  if (test->row->refuses)
    grip_test_zmq_wire_listen (wire);
  wait_for_stall (test, wire, control);
  faults_wait (&fate, 1);
  if (fate.error != NULL)
    {
      g_assert_nonnull (strstr (fate.error->message, "1 of 2 failed: "));
      g_assert_nonnull (strstr (fate.error->message, grip_test_zmq_wire_get_address (wire)));
      g_assert_null (strstr (fate.error->message, grip_test_zmq_wire_get_address (other)));
    }
  get_well (test, wire, control);
  assert_end (&test->row->without_id, wire, "<1>", &fate);
  g_assert_cmpuint (grip_test_zmq_wire_count (other, "<1>"), ==, 1);
  faults_drop (control);
}

static void
add_case (const Case *test)
{
  static const struct
  {
    const char     *name;
    GTestDataFunc   func;
    guint           modes;
  } columns[] = {
    { "without-id", test_without_id, ALL },
    { "with-id", test_with_id, ALL },
    /* The first of a command socket goes alone; see the batches in test-zmq-command.c. */
    { "batch", test_batch, SOCKETS },
    { "two-endpoints", test_two_endpoints, ALL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *path = g_strdup_printf ("/faults/zmq-table/%s/%s-%s", columns[i].name, name_mode (test->mode),
                                               test->row->name);

      if ((columns[i].modes & test->mode) != 0)
        g_test_add_data_func (path, test, columns[i].func);
    }
}

int
main (int   argc,
      char *argv[])
{
  static Case cases[G_N_ELEMENTS (rows)][COMMAND + 1];

  faults_init (&argc, &argv, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint mode = PUSH; mode <= COMMAND; mode *= 2)
      {
        cases[i][mode] = (Case) { &rows[i], mode };
        if ((rows[i].modes & mode) != 0)
          add_case (&cases[i][mode]);
      }

  return g_test_run ();
}
