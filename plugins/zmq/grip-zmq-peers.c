/* grip-zmq-peers.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-zmq-peers.h"

typedef struct
{
  int       fd;
  char     *address;
  gboolean  is_ours;
  gboolean  has_greeted;
} Peer;

struct _GripZmqPeers
{
  GQueue peers;         /* the newest first */
};

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_free (peer->address);
  g_free (peer);
}

GripZmqPeers *
grip_zmq_peers_new (void)
{
  GripZmqPeers *self = g_new0 (GripZmqPeers, 1);

  g_queue_init (&self->peers);

  return self;
}

void
grip_zmq_peers_free (GripZmqPeers *self)
{
  g_queue_clear_full (&self->peers, peer_free);
  g_free (self);
}

static GList *
find_fd (GripZmqPeers *self,
         int           fd)
{
  GList *link = self->peers.head;

  while (link != NULL && ((Peer *) link->data)->fd != fd)
    link = link->next;

  return link;
}

/* @is_ours: whether we have connected, and not the other side */
void
grip_zmq_peers_opened (GripZmqPeers *self,
                       int           fd,
                       const char   *address,
                       gboolean      is_ours)
{
  GList *link = find_fd (self, fd);
  Peer  *peer;

  /* Of the end of what we have left ourselves nothing is told. */
  if (link != NULL)
    {
      peer_free (link->data);
      g_queue_delete_link (&self->peers, link);
    }

  peer = g_new0 (Peer, 1);
  peer->fd = fd;
  peer->address = g_strdup (address);
  peer->is_ours = is_ours;
  g_queue_push_head (&self->peers, peer);
}

/* Of those who have connected to one address of ours it is not told which it was. What hangs on for long without
 * a handshake is no proxy: so it is the newest. Returns: whether there was one */
static gboolean
greet (GripZmqPeers *self,
       const char   *address)
{
  for (GList *link = self->peers.head; link != NULL; link = link->next)
    {
      Peer *peer = link->data;

      if (!peer->has_greeted && g_str_equal (peer->address, address))
        {
          peer->has_greeted = TRUE;
          return TRUE;
        }
    }

  return FALSE;
}

void
grip_zmq_peers_greeted (GripZmqPeers *self,
                        const char   *address)
{
  greet (self, address);
}

/* @has_failed: whether its handshake is known to have failed. @is_ours: (out): whether we had connected. Returns:
 * whether one is gone that had a handshake behind it */
gboolean
grip_zmq_peers_closed (GripZmqPeers *self,
                       int           fd,
                       gboolean      has_failed,
                       gboolean     *is_ours)
{
  GList    *link = find_fd (self, fd);
  Peer     *peer;
  gboolean  has_greeted;

  *is_ours = FALSE;
  if (link == NULL)
    return !has_failed;

  peer = link->data;
  g_queue_delete_link (&self->peers, link);
  *is_ours = peer->is_ours;
  has_greeted = peer->has_greeted;
  /* Then it was another one that had greeted; one that is gone already when there is none. */
  if (has_greeted && has_failed)
    has_greeted = !greet (self, peer->address);
  peer_free (peer);

  return has_greeted;
}
