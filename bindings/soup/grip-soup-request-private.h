/* grip-soup-request-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-handling-private.h"
#include "grip-soup-request.h"
#include "grip-soup-watch-private.h"

G_BEGIN_DECLS

typedef enum
{
  GRIP_SOUP_TRUST_UNCHECKED,   /* no key: the header alone counts */
  GRIP_SOUP_TRUST_VALID,
  GRIP_SOUP_TRUST_INVALID,
} GripSoupTrust;

/* A real WebSocket that the origin has: with a proxy, which takes the control messages, or with a
 * client. Each message is a request with the same context. */
typedef struct _GripSoupWebSocket GripSoupWebSocket;

/* What the origin says to a request of its own: an instruct, or nothing but a response. */
typedef void (*GripSoupAnswerFunc) (GripInstruct *instruct,
                                    GripResponse *response,
                                    GUri         *uri,
                                    gpointer      user_data);

struct _GripSoupRequest
{
  GObject               parent_instance;

  SoupServerMessage    *message;         /* NULL for one that the origin makes itself */
  GUri                 *uri;
  char                 *method;
  GripWebSocketContext *context;
  GripSoupWebSocket    *opening;         /* a real WebSocket that is not accepted yet */
  GripSoupHandling     *handling;        /* when the origin holds the client itself */
  GripSoupWatch        *watch;
  GCancellable         *cancellable;
  GPtrArray            *last;
  char                 *last_header;     /* instead of that of the message */
  char                 *channel_prefix;
  GripSoupTrust         trust;

  GripSoupAnswerFunc    answer_func;
  gpointer              answer_data;
  GDestroyNotify        answer_destroy;

  guint                 live : 1;
  guint                 deferred : 1;
  guint                 paused : 1;
  guint                 answered : 1;
  guint                 gone : 1;
};

GripSoupRequest *grip_soup_request_new            (SoupServerMessage    *message,
                                                   GripSoupTrust         trust,
                                                   const char           *channel_prefix);
GripSoupRequest *grip_soup_request_new_live       (SoupServerMessage    *message,
                                                   GripSoupTrust         trust,
                                                   GripWebSocketContext *context);
GripSoupRequest *grip_soup_request_new_opening    (GripSoupWebSocket    *websocket,
                                                   SoupServerMessage    *message,
                                                   GripSoupTrust         trust,
                                                   GripWebSocketContext *context);
/* For a request that came through no proxy. */
void             grip_soup_request_set_handling   (GripSoupRequest      *self,
                                                   GripSoupHandling     *handling);
gboolean         grip_soup_request_open_websocket (GripSoupRequest      *self,
                                                   GError              **error);
/* It will be answered in another way. */
void             grip_soup_request_release        (GripSoupRequest      *self);
gboolean         grip_soup_request_is_deferred    (GripSoupRequest      *self);
void             grip_soup_request_returned       (GripSoupRequest      *self);

/* Asks the handler once more for a client that is held, with the ids that it had last. The message is
 * paused. */
void             grip_soup_request_run_again      (SoupServerMessage    *message,
                                                   GripSoupHandling     *handling,
                                                   GPtrArray            *last);
/* A Grip-Last. */
char            *grip_soup_request_write_last    (GPtrArray            *last);
/* A request of the origin to itself. FALSE when no handler is for it: @user_data is freed then. */
gboolean         grip_soup_request_fetch          (GripSoupHandling     *handling,
                                                   const char           *method,
                                                   GUri                 *uri,
                                                   GPtrArray            *last,
                                                   GripSoupAnswerFunc    func,
                                                   gpointer              user_data,
                                                   GDestroyNotify        destroy);

G_END_DECLS
