/* grip-zmq-family.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "grip-zmq-family.h"

/* So often one is tried before it is the other's turn. */
#define TRIES     2
/* Of what is not tried again, as those who had connected to us, nothing more is told. */
#define MOST_LOST 1000

typedef struct
{
  guint    n_failed;
  guint    n_turns;
  gboolean is_ipv6;
} Turn;

struct _GripZmqFamily
{
  GripZmqSocket *socket;
  GHashTable    *turns;         /* of the addresses with a host name */
  GHashTable    *names;         /* such an address, for the numeric one that it was looked up as */
  GQueue         lost;          /* addresses of connections that libzmq is about to make again */
};

GripZmqFamily *
grip_zmq_family_new (GripZmqSocket *socket)
{
  GripZmqFamily *self = g_new0 (GripZmqFamily, 1);

  self->socket = socket;
  self->turns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->lost);

  return self;
}

void
grip_zmq_family_free (GripZmqFamily *self)
{
  g_hash_table_unref (self->turns);
  g_hash_table_unref (self->names);
  g_queue_clear_full (&self->lost, g_free);
  g_free (self);
}

static gboolean
has_name (const char *address)
{
  const char      *start = address + strlen ("tcp://");
  const char      *colon = strrchr (address, ':');
  g_autofree char *host = NULL;

  if (!g_str_has_prefix (address, "tcp://") || *start == '[' || colon < start)
    return FALSE;

  host = g_strndup (start, (gsize) (colon - start));

  return !g_hostname_is_ip_address (host);
}

static const char *
get_name (GripZmqFamily *self,
          const char    *address)
{
  return has_name (address) ? address : g_hash_table_lookup (self->names, address);
}

/* What is lost now is looked for without a pause at first. */
void
grip_zmq_family_connected (GripZmqFamily *self)
{
  GHashTableIter iter;
  gpointer       turn;

  g_hash_table_iter_init (&iter, self->turns);
  while (g_hash_table_iter_next (&iter, NULL, &turn))
    ((Turn *) turn)->n_turns = 0;
}

/* libzmq was told of a name, and tells of the tries to make the connection again by the number that it had
 * found for that: in the order in which it has told of the ends. */
void
grip_zmq_family_disconnected (GripZmqFamily *self,
                              const char    *address)
{
  const char *name = get_name (self, address);

  g_queue_push_tail (&self->lost, g_strdup (name != NULL ? name : address));
  if (self->lost.length > MOST_LOST)
    g_free (g_queue_pop_head (&self->lost));
}

static gboolean
is_same_port (const char *a,
              const char *b)
{
  return g_strcmp0 (strrchr (a, ':'), strrchr (b, ':')) == 0;
}

static void
find_name (GripZmqFamily *self,
           const char    *address)
{
  for (GList *link = self->lost.head; link != NULL; link = link->next)
    if (is_same_port (link->data, address))
      {
        g_autofree char *lost = link->data;

        g_queue_delete_link (&self->lost, link);
        if (!has_name (address) && has_name (lost))
          g_hash_table_insert (self->names, g_strdup (address), g_steal_pointer (&lost));
        return;
      }
}

static Turn *
get_turn (GripZmqFamily *self,
          const char    *name)
{
  Turn *turn = g_hash_table_lookup (self->turns, name);

  if (turn == NULL)
    {
      turn = g_new0 (Turn, 1);
      g_hash_table_insert (self->turns, g_strdup (name), turn);
    }

  return turn;
}

/* libzmq will try it again as before. */
void
grip_zmq_family_failed (GripZmqFamily *self,
                        const char    *address)
{
  const char *name;
  Turn       *turn;

  find_name (self, address);
  name = get_name (self, address);
  turn = name != NULL ? get_turn (self, name) : NULL;
  if (turn == NULL || ++turn->n_failed < TRIES)
    return;

  turn->n_failed = 0;
  turn->is_ipv6 = !turn->is_ipv6;
  grip_zmq_socket_connect_again (self->socket, name, turn->is_ipv6, turn->n_turns++);
}
