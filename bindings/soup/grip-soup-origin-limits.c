/* grip-soup-origin-limits.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-origin-private.h"

/**
 * grip_soup_origin_get_n_clients: (get-property n-clients)
 * @self: an origin
 *
 * Tells how many clients the origin holds itself.
 *
 * Returns: the number of clients
 *
 * Since: 1.0
 */
guint
grip_soup_origin_get_n_clients (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), 0);

  return grip_soup_holder_get_n_clients (self->holder);
}

/**
 * grip_soup_origin_get_max_client_bytes: (get-property max-client-bytes)
 * @self: an origin
 *
 * Tells how many bytes a held client may be behind.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
gsize
grip_soup_origin_get_max_client_bytes (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), 0);

  return grip_soup_holder_get_limit (self->holder);
}

/**
 * grip_soup_origin_set_max_client_bytes: (set-property max-client-bytes)
 * @self: an origin
 * @bytes: the limit
 *
 * Sets how many bytes a held client may be behind before it is dropped, with a line in the log.
 *
 * Since: 1.0
 */
void
grip_soup_origin_set_max_client_bytes (GripSoupOrigin *self,
                                       gsize           bytes)
{
  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));

  if (grip_soup_holder_get_limit (self->holder) == bytes)
    return;

  grip_soup_holder_set_limit (self->holder, bytes);
  g_object_notify (G_OBJECT (self), "max-client-bytes");
}

/**
 * grip_soup_origin_get_max_body_bytes: (get-property max-body-bytes)
 * @self: an origin
 *
 * Tells how many bytes the body of a request may have.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
gsize
grip_soup_origin_get_max_body_bytes (GripSoupOrigin *self)
{
  g_return_val_if_fail (GRIP_SOUP_IS_ORIGIN (self), 0);

  return self->max_body_bytes;
}

/**
 * grip_soup_origin_set_max_body_bytes: (set-property max-body-bytes)
 * @self: an origin
 * @bytes: the limit
 *
 * Sets how many bytes the body of a request may have before it is answered with the code 413.
 *
 * Since: 1.0
 */
void
grip_soup_origin_set_max_body_bytes (GripSoupOrigin *self,
                                     gsize           bytes)
{
  g_return_if_fail (GRIP_SOUP_IS_ORIGIN (self));

  if (self->max_body_bytes == bytes)
    return;

  self->max_body_bytes = bytes;
  g_object_notify (G_OBJECT (self), "max-body-bytes");
}
