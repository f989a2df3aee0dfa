/* grip-http-connections.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-http-connections.h"

struct _GripHttpConnections
{
  GMutex     lock;
  GPtrArray *entries;
};

typedef struct
{
  guint64  id;
  GWeakRef connection;
} Entry;

static Entry *
entry_new (guint64    id,
           GIOStream *connection)
{
  Entry *self = g_new0 (Entry, 1);

  self->id = id;
  g_weak_ref_init (&self->connection, connection);

  return self;
}

static void
entry_free (Entry *self)
{
  g_weak_ref_clear (&self->connection);
  g_free (self);
}

GripHttpConnections *
grip_http_connections_new (void)
{
  GripHttpConnections *self = g_new0 (GripHttpConnections, 1);

  g_mutex_init (&self->lock);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);

  return self;
}

void
grip_http_connections_free (GripHttpConnections *self)
{
  g_ptr_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* As many are kept as libsoup has: those that are gone make room.
 *
 * @held: where those that are not go. To let go of one may be to close it, which is a system call: that is
 * for when the lock is free again. */
static void
forget_gone (GripHttpConnections *self,
             GPtrArray           *held)
{
  for (guint i = self->entries->len; i > 0; i--)
    {
      Entry     *entry = g_ptr_array_index (self->entries, i - 1);
      GIOStream *connection = g_weak_ref_get (&entry->connection);

      if (connection != NULL)
        g_ptr_array_add (held, connection);
      else
        g_ptr_array_remove_index_fast (self->entries, i - 1);
    }
}

void
grip_http_connections_add (GripHttpConnections *self,
                           guint64              id,
                           GIOStream           *connection)
{
  g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  forget_gone (self, held);
  g_ptr_array_add (self->entries, entry_new (id, connection));
  g_mutex_unlock (&self->lock);
}

guint
grip_http_connections_get_n_kept (GripHttpConnections *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->entries->len;
  g_mutex_unlock (&self->lock);

  return n;
}

/* Returns: (transfer full) (nullable): %NULL when it is not known or is gone */
GIOStream *
grip_http_connections_dup (GripHttpConnections *self,
                           guint64              id)
{
  GIOStream *connection = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len && connection == NULL; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->id == id)
        connection = g_weak_ref_get (&entry->connection);
    }
  g_mutex_unlock (&self->lock);

  return connection;
}

/* Has a TLS connection, which is about to be closed, be closed at once. By itself it writes what is left of its last
 * record, and waits for a peer that does not read: up to a minute, whosever thread it is. */
void
grip_http_connections_shut (GripHttpConnections *self,
                            guint64              id)
{
  g_autoptr(GIOStream) connection = grip_http_connections_dup (self, id);
  g_autoptr(GIOStream) base = NULL;

  if (connection == NULL || !G_IS_TLS_CONNECTION (connection))
    return;

  g_object_get (connection, "base-io-stream", &base, NULL);
  if (G_IS_SOCKET_CONNECTION (base))
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), FALSE, TRUE, NULL);
}
