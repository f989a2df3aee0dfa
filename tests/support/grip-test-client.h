/* grip-test-client.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A client that a proxy holds, in a thread of its own. What it receives is collected as it comes;
 * the waiting functions return FALSE when it did not come within the given milliseconds. A client
 * never fails by itself: a refused connection shows as closed, with status 0. */
typedef struct _GripTestClient GripTestClient;

/* Long enough for a busy machine, short enough to see which wait it was. */
#define GRIP_TEST_PATIENCE 60000

typedef enum
{
  GRIP_TEST_FRAME_TEXT = 1,
  GRIP_TEST_FRAME_BINARY = 2,
  GRIP_TEST_FRAME_CLOSE = 8,
  GRIP_TEST_FRAME_PING = 9,
  GRIP_TEST_FRAME_PONG = 10,
} GripTestFrameKind;

GripTestClient    *grip_test_client_new_get         (const char        *uri);
/* With a header of the request, "NAME: VALUE". */
GripTestClient    *grip_test_client_new_get_with    (const char        *uri,
                                                     const char        *header);
GripTestClient    *grip_test_client_new_websocket   (const char        *uri);
void               grip_test_client_free            (GripTestClient    *self);

gboolean           grip_test_client_wait_open       (GripTestClient    *self,
                                                     guint              milliseconds);
gboolean           grip_test_client_wait_bytes      (GripTestClient    *self,
                                                     gsize              n_bytes,
                                                     guint              milliseconds);
gboolean           grip_test_client_wait_frames     (GripTestClient    *self,
                                                     guint              n_frames,
                                                     guint              milliseconds);
gboolean           grip_test_client_wait_closed     (GripTestClient    *self,
                                                     guint              milliseconds);

/* Wait for as much as is expected, and compare it with all that has come. A @length of -1 is that of a string. */
void               grip_test_client_assert_body     (GripTestClient    *self,
                                                     gconstpointer      expected,
                                                     gssize             length);
void               grip_test_client_assert_frame    (GripTestClient    *self,
                                                     guint              index,
                                                     GripTestFrameKind  kind,
                                                     gconstpointer      expected,
                                                     gssize             length);

guint              grip_test_client_get_status      (GripTestClient    *self);
/* ":reason" is that of the status line of a GET. */
char              *grip_test_client_dup_header      (GripTestClient    *self,
                                                     const char        *name);
GBytes            *grip_test_client_dup_body        (GripTestClient    *self);

/* Frames of a WebSocket, fragments put together; control frames are in the list too. The payload of
 * a close frame is what stood in it: two bytes of code, then the reason. */
guint              grip_test_client_get_n_frames    (GripTestClient    *self);
GripTestFrameKind  grip_test_client_get_frame_kind  (GripTestClient    *self,
                                                     guint              index);
GBytes            *grip_test_client_dup_frame       (GripTestClient    *self,
                                                     guint              index);
gboolean           grip_test_client_send_frame      (GripTestClient    *self,
                                                     GripTestFrameKind  kind,
                                                     const char        *data,
                                                     gsize              length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestClient, grip_test_client_free)

G_END_DECLS
