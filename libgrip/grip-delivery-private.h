/* grip-delivery-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-delivery.h"
#include "grip-lane-private.h"

G_BEGIN_DECLS

typedef enum
{
  GRIP_ANSWER_NONE,
  GRIP_ANSWER_COMPLETE,
  GRIP_ANSWER_GIVE_BACK,
  GRIP_ANSWER_FAIL,
  GRIP_ANSWER_REFUSE,
  GRIP_ANSWER_DEFER,
} GripAnswer;

typedef struct
{
  GError   *error;
  GripFate  fate;
} GripMessageFailure;

struct _GripDelivery
{
  GObject              parent_instance;

  GripLane            *lane;
  GripEntry          **entries;
  guint                n_entries;
  guint                n_awaited;      /* messages with an outcome */
  gboolean             is_touched;     /* one of the messages was answered ahead; under the lane's lock */
  gsize                bytes;
  GripEncoding         encoding;
  char                *authorization;

  GBytes             **payloads;       /* for those who want GBytes */

  GMutex               lock;
  GCancellable        *cancellable;
  gboolean             cancelled;
  gboolean             abandoned;
  GripAnswer           answer;
  guint                n_taken;        /* with GRIP_ANSWER_GIVE_BACK */
  GripMessageFailure   failure;
  GripMessageFailure  *single_failures;
  gboolean            *skipped;
  double               deferral;
};

GripDelivery  *grip_delivery_new                (GripLane      *lane,
                                                 GripEntry    **entries,
                                                 guint          n_entries,
                                                 guint          n_awaited,
                                                 gsize          bytes,
                                                 GripEncoding   encoding);
gboolean       grip_delivery_prepare            (GripDelivery  *self,
                                                 GripEndpoint  *endpoint,
                                                 GError       **error);
GripEntry    **grip_delivery_get_entries        (GripDelivery  *self,
                                                 guint         *n_entries);
GripAnswer     grip_delivery_get_answer         (GripDelivery  *self,
                                                 guint          index,
                                                 GripFate      *fate,
                                                 const GError **error);
gboolean       grip_delivery_is_plain           (GripDelivery  *self);
double         grip_delivery_get_deferral       (GripDelivery  *self);
gboolean       grip_delivery_gives_all_back     (GripDelivery  *self);
void           grip_delivery_abandon            (GripDelivery  *self);
void           grip_delivery_cancel             (GripDelivery  *self);

G_END_DECLS
