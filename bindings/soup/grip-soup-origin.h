/* grip-soup-origin.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip-soup/grip-soup-request.h>

G_BEGIN_DECLS

/**
 * GripSoupSignaturePolicy:
 * @GRIP_SOUP_SIGNATURE_POLICY_NONE: signatures are not looked at: whatever has one counts as proxied
 * @GRIP_SOUP_SIGNATURE_POLICY_ACCEPT: requests with and without a valid signature are handled, but for
 *   WebSocket-over-HTTP: only a proxy posts events and tells the meta data of a connection, so without a
 *   valid signature they get the code 501
 * @GRIP_SOUP_SIGNATURE_POLICY_REQUIRED: a request without a valid signature gets the code 501
 *
 * What becomes of requests that did not come through a proxy.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_SOUP_SIGNATURE_POLICY_NONE,
  GRIP_SOUP_SIGNATURE_POLICY_ACCEPT,
  GRIP_SOUP_SIGNATURE_POLICY_REQUIRED,
} GripSoupSignaturePolicy;

#define GRIP_SOUP_TYPE_ORIGIN (grip_soup_origin_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripSoupOrigin, grip_soup_origin, GRIP_SOUP, ORIGIN, GripBaseTransport)

/**
 * GripSoupHandler:
 * @origin: the origin
 * @request: a request
 * @user_data: the data of [method@GripSoup.Origin.add_handler]
 *
 * Handles a request: answers it, or keeps a reference to answer it later.
 *
 * Since: 1.0
 */
typedef void (*GripSoupHandler) (GripSoupOrigin  *origin,
                                 GripSoupRequest *request,
                                 gpointer         user_data);

GRIP_AVAILABLE_IN_1_0
GripSoupOrigin *grip_soup_origin_new                  (SoupServer               *server) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
SoupServer     *grip_soup_origin_get_server           (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
const char     *grip_soup_origin_get_channel_prefix   (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_set_channel_prefix   (GripSoupOrigin           *self,
                                                       const char               *channel_prefix);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_set_verification     (GripSoupOrigin           *self,
                                                       GripSoupSignaturePolicy   policy,
                                                       GripKey                  *key,
                                                       const char               *iss);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_verify_with          (GripSoupOrigin           *self,
                                                       GripSoupSignaturePolicy   policy,
                                                       GripPubControl           *control);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_soup_origin_get_embedded         (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_set_embedded         (GripSoupOrigin           *self,
                                                       gboolean                  embedded);
GRIP_AVAILABLE_IN_1_0
guint           grip_soup_origin_get_n_clients        (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
gsize           grip_soup_origin_get_max_client_bytes (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_set_max_client_bytes (GripSoupOrigin           *self,
                                                       gsize                     bytes);
GRIP_AVAILABLE_IN_1_0
gsize           grip_soup_origin_get_max_body_bytes   (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_set_max_body_bytes   (GripSoupOrigin           *self,
                                                       gsize                     bytes);
GRIP_AVAILABLE_IN_1_0
gboolean        grip_soup_origin_listen               (GripSoupOrigin           *self,
                                                       guint                     port,
                                                       GError                  **error);
GRIP_AVAILABLE_IN_1_0
guint           grip_soup_origin_get_port             (GripSoupOrigin           *self);
GRIP_AVAILABLE_IN_1_0
void            grip_soup_origin_add_handler          (GripSoupOrigin           *self,
                                                       const char               *path,
                                                       GripSoupHandler           handler,
                                                       gpointer                  user_data,
                                                       GDestroyNotify            destroy);

G_END_DECLS
