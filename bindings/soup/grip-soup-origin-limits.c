/* grip-soup-origin-limits.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-body-private.h"
#include "grip-soup-origin-private.h"

static void
head_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  GripSoupOrigin *self = grip_soup_handling_get_origin (user_data);

  if (self != NULL)
    grip_soup_limit_body (message, self->max_body_bytes);
}

void
grip_soup_origin_limit_path (GripSoupOrigin   *self,
                             const char       *path,
                             GripSoupHandling *handling)
{
  soup_server_add_early_handler (self->server, path, head_cb, grip_soup_handling_ref (handling),
                                 (GDestroyNotify) grip_soup_handling_unref);
}

static void
not_found_cb (SoupServer        *server,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

/* Of a request that no handler is for libsoup would keep all of the body. */
void
grip_soup_origin_limit_unhandled (GripSoupOrigin *self)
{
  g_autoptr(GripSoupHandling) nothing = grip_soup_handling_new (self, "/", NULL, NULL, NULL);

  grip_soup_origin_limit_path (self, NULL, nothing);
  soup_server_add_handler (self->server, NULL, not_found_cb, NULL, NULL);
}

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
