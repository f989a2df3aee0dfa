/* mock-transport.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

G_BEGIN_DECLS

/* A transport that records what it gets and answers by script. */

typedef enum
{
  MOCK_COMPLETE,
  MOCK_FAIL_UNKNOWN,
  MOCK_FAIL_NOT_SENT,
  MOCK_REFUSED,
  MOCK_DEFER,
  MOCK_REFUSE_BAD,      /* refuses a batch that has a message to channel "bad" */
  MOCK_DROP,            /* no answer, the delivery is dropped */
  MOCK_KEEP,            /* no answer until mock_transport_release() */
  MOCK_TWICE,
  MOCK_TAKE_ONE,        /* takes the first message and is not ready any more */
  MOCK_TAKE_NONE,       /* gives all back, and stays ready */
  MOCK_FAIL_SECOND,     /* fails the second message of a batch, completes the others */
} MockAnswer;

#define MOCK_TYPE_TRANSPORT (mock_transport_get_type ())
G_DECLARE_FINAL_TYPE (MockTransport, mock_transport, MOCK, TRANSPORT, GripBaseTransport)

MockTransport *mock_transport_new         (const char    *uri);
void           mock_transport_script      (MockTransport *self,
                                           MockAnswer     answer,
                                           guint          times);
void           mock_transport_set_default (MockTransport *self,
                                           MockAnswer     answer);
char          *mock_transport_dup_log     (MockTransport *self);
guint          mock_transport_get_batches (MockTransport *self);
guint          mock_transport_get_closed  (MockTransport *self);
guint          mock_transport_get_kept    (MockTransport *self);
void           mock_transport_release     (MockTransport *self,
                                           MockAnswer     answer);
void           mock_transport_keep_first  (MockTransport *self,
                                           guint          nth,
                                           guint          n_messages);
void           mock_transport_release_nth (MockTransport *self,
                                           guint          nth,
                                           MockAnswer     answer);

G_END_DECLS
