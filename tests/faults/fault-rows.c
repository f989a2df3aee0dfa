/* fault-rows.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fault-rows.h"

#define ACCEPTED_ONCE { NULL, 1 }
#define TRIED_AGAIN   { NULL, 2 }
#define LOST_ONCE     { UNKNOWN, 1 }
#define REFUSED_ONCE  { REFUSED, 1 }

#define PASSES  ACCEPTED_ONCE, ACCEPTED_ONCE, ACCEPTED_ONCE
#define DEFERS  TRIED_AGAIN, TRIED_AGAIN, TRIED_AGAIN
#define LOSES   LOST_ONCE, TRIED_AGAIN, LOST_ONCE
#define REFUSES REFUSED_ONCE, REFUSED_ONCE, REFUSED_ONCE
/* A batch is split, and its items are good. */
#define SPLITS  REFUSED_ONCE, REFUSED_ONCE, TRIED_AGAIN

const Row fault_rows[] = {
  { "ok", { 0 }, PASSES },
  { "close", { .end = GRIP_TEST_END_CLOSE }, PASSES },
  { "delay", { .delay = 300 }, PASSES },
  { "byte-by-byte", { .byte_delay = 1 }, PASSES },
  { "three-1xx", { .n_informational = 3 }, PASSES },
  { "201", { .status = 201 }, PASSES },
  { "408", { .status = 408 }, DEFERS },
  { "425", { .status = 425 }, DEFERS },
  { "429", { .status = 429 }, DEFERS },
  { "500", { .status = 500 }, DEFERS },
  { "502", { .status = 502, .end = GRIP_TEST_END_CLOSE }, DEFERS },
  { "503", { .status = 503 }, DEFERS },
  { "503-and-drop", { .status = 503, .end = GRIP_TEST_END_DROP }, DEFERS },
  { "504", { .status = 504 }, DEFERS },
  { "400", { .status = 400 }, SPLITS },
  { "413", { .status = 413 }, SPLITS },
  { "401", { .status = 401 }, REFUSES },
  { "403", { .status = 403 }, REFUSES },
  { "404", { .status = 404 }, REFUSES },
  { "405", { .status = 405 }, REFUSES },
  { "406", { .status = 406 }, REFUSES },
  { "411", { .status = 411 }, REFUSES },
  { "302", { .status = 302, .headers = "Location: http://other.example/\r\n" }, REFUSES },
  { "307", { .status = 307, .headers = "Location: http://other.example/\r\n" }, REFUSES },
  { "drop", { .silent = TRUE, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset", { .silent = TRUE, .end = GRIP_TEST_END_RESET }, LOSES },
  { "cut-in-status-line", { .cut = 12, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset-in-status-line", { .cut = 12, .end = GRIP_TEST_END_RESET }, LOSES },
  { "cut-in-headers", { .cut = 25, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset-in-headers", { .cut = 25, .end = GRIP_TEST_END_RESET }, LOSES },
  { "cut-in-body", { .content_length = 99, .end = GRIP_TEST_END_DROP }, LOSES },
  { "reset-in-body", { .content_length = 99, .end = GRIP_TEST_END_RESET }, LOSES },
  { "stall-before-head", { .silent = TRUE, .end = GRIP_TEST_END_STALL }, LOSES },
  { "stall-in-head", { .cut = 25, .end = GRIP_TEST_END_STALL }, LOSES },
  { "stall-after-head", { .content_length = 99, .end = GRIP_TEST_END_STALL }, LOSES },
  { "endless-1xx", { .n_informational = 5000 }, LOSES },
  { "garbage", { .raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = GRIP_TEST_END_DROP }, LOSES },
};

const guint n_fault_rows = G_N_ELEMENTS (fault_rows);

/* A stall has to be waited out; everything else has time, on a busy machine too. */
#define STALL_TIMEOUT   1.0
#define REQUEST_TIMEOUT 60.0

/* What is under way ends in its time, what comes after it has more. */
static void
stalled_cb (gpointer transport)
{
  g_object_set (transport, "request-timeout", REQUEST_TIMEOUT, NULL);
}

GripPubControl *
fault_rows_control (const Row    *row,
                    GripTestSink *sink)
{
  gboolean           stalls = row != NULL && row->answer.end == GRIP_TEST_END_STALL;
  GripPubControl    *control = faults_control_new (grip_test_sink_get_uri (sink), 120,
                                                   stalls ? STALL_TIMEOUT : REQUEST_TIMEOUT);
  g_autoptr(GObject) transport = g_list_model_get_item (G_LIST_MODEL (control), 0);

  if (stalls)
    grip_test_sink_set_stall_func (sink, stalled_cb, g_object_ref (transport), g_object_unref);

  /* One request at a time, so that a batch can be had. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (transport), "max-in-flight") != NULL)
    g_object_set (transport, "max-in-flight", 1, NULL);

  return control;
}

void
fault_rows_add (const char    *group,
                const char    *column,
                GTestDataFunc  func)
{
  for (guint i = 0; i < n_fault_rows; i++)
    {
      g_autofree char *path = g_strdup_printf ("/faults/%s/%s/%s", group, column, fault_rows[i].name);

      g_test_add_data_func (path, &fault_rows[i], func);
    }
}
