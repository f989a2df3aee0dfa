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
#define TRIES 2

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
  GQueue         lost;          /* addresses of connections that libzmq is about to make again, or has given up */
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

static guint64
get_port (const char *address)
{
  const char *colon = strrchr (address, ':');

  return colon != NULL ? g_ascii_strtoull (colon + 1, NULL, 10) : 0;
}

/* As libzmq writes it when it has read it: an IPv6 address has many spellings. */
static char *
dup_canonical (const char *address)
{
  const char              *start = address + strlen ("tcp://");
  const char              *colon = strrchr (address, ':');
  g_autofree char         *host = NULL;
  g_autofree char         *canonical = NULL;
  g_autoptr(GInetAddress)  number = NULL;

  if (!g_str_has_prefix (address, "tcp://") || colon <= start)
    return g_strdup (address);

  host = *start == '[' ? g_strndup (start + 1, (gsize) (colon - start) - 2) : g_strndup (start, (gsize) (colon - start));
  number = g_inet_address_new_from_string (host);
  canonical = number != NULL ? g_inet_address_to_string (number) : g_steal_pointer (&host);

  return g_strdup_printf ("tcp://%s:%" G_GUINT64_FORMAT, canonical, get_port (address));
}

/* Returns: whether @address had been lost, under this name */
static gboolean
take_lost (GripZmqFamily *self,
           const char    *address)
{
  const char      *name = get_name (self, address);
  g_autofree char *canonical = dup_canonical (name != NULL ? name : address);

  for (GList *link = self->lost.head; link != NULL; link = link->next)
    {
      g_autofree char *other = dup_canonical (link->data);

      if (g_str_equal (other, canonical))
        {
          g_free (link->data);
          g_queue_delete_link (&self->lost, link);
          return TRUE;
        }
    }

  return FALSE;
}

/* What is lost now is looked for without a pause at first. */
void
grip_zmq_family_connected (GripZmqFamily *self,
                           const char    *address)
{
  GHashTableIter iter;
  gpointer       turn;

  take_lost (self, address);
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
}

static void
find_name (GripZmqFamily *self,
           const char    *address)
{
  if (take_lost (self, address) || has_name (address))
    return;

  for (GList *link = self->lost.head; link != NULL; link = link->next)
    if (has_name (link->data) && get_port (link->data) == get_port (address))
      {
        g_hash_table_insert (self->names, g_strdup (address), link->data);
        g_queue_delete_link (&self->lost, link);
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

/* Makes the connections again that libzmq has given up, which it does for ever when the other side breaks the
 * protocol: be it another kind of socket, which may have had the address for a moment. All that is lost has to be
 * left behind before anything new is connected to: libzmq knows what it has given up by a pointer, which may be
 * the new one's then. Returns: how many they were */
guint
grip_zmq_family_revive (GripZmqFamily *self)
{
  guint  n = self->lost.length;
  char  *name;

  for (GList *link = self->lost.head; link != NULL; link = link->next)
    zmq_disconnect (grip_zmq_socket_get_handle (self->socket), link->data);

  while ((name = g_queue_pop_head (&self->lost)) != NULL)
    {
      Turn *turn = g_hash_table_lookup (self->turns, name);

      grip_zmq_socket_connect_again (self->socket, name, turn != NULL ? turn->is_ipv6 : strchr (name, '[') != NULL, 0);
      g_free (name);
    }

  return n;
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

  grip_zmq_family_revive (self);
  turn->n_failed = 0;
  turn->is_ipv6 = !turn->is_ipv6;
  grip_zmq_socket_connect_again (self->socket, name, turn->is_ipv6, turn->n_turns++);
}
