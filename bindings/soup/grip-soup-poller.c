/* grip-soup-poller.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-poller-private.h"

#ifdef __linux__

#include <sys/epoll.h>
#include <unistd.h>

/* So many are told in one turn of the loop. */
#define MAX_EVENTS 64

struct _GripSoupPoller
{
  GSource    *source;
  GHashTable *polled;   /* set: what was freed in this turn is told nothing */
  int         fd;
};

struct _GripSoupPolled
{
  GripSoupPoller     *poller;
  GSocket            *socket;
  GripSoupPolledFunc  func;
  gpointer            user_data;
};

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs poller_funcs = { .dispatch = dispatch };

static gboolean
ready_cb (gpointer user_data)
{
  g_autoptr(GripSoupPoller) self = grip_soup_poller_ref (user_data);
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->fd, events, MAX_EVENTS, 0);

  for (int i = 0; i < n; i++)
    {
      GripSoupPolled *polled = events[i].data.ptr;

      if (g_hash_table_contains (self->polled, polled))
        polled->func (polled->user_data);
    }

  return G_SOURCE_CONTINUE;
}

GripSoupPoller *
grip_soup_poller_new (GMainContext *context)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);
  GripSoupPoller *self = NULL;

  if (fd < 0)
    return NULL;

  self = g_rc_box_new0 (GripSoupPoller);
  self->fd = fd;
  self->polled = g_hash_table_new (NULL, NULL);
  self->source = g_source_new (&poller_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "GripSoupPoller");
  g_source_add_unix_fd (self->source, fd, G_IO_IN);
  /* One that may not recurse is taken out of the loop's own descriptors for the time of a call. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, ready_cb, self, NULL);
  g_source_attach (self->source, context);

  return self;
}

GripSoupPoller *
grip_soup_poller_ref (GripSoupPoller *self)
{
  return g_rc_box_acquire (self);
}

static void
poller_clear (gpointer data)
{
  GripSoupPoller *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_hash_table_unref (self->polled);
  close (self->fd);
}

void
grip_soup_poller_unref (GripSoupPoller *self)
{
  g_rc_box_release_full (self, poller_clear);
}

GripSoupPolled *
grip_soup_poller_watch (GripSoupPoller     *self,
                        GSocket            *socket,
                        GripSoupPolledFunc  func,
                        gpointer            user_data)
{
  GripSoupPolled *polled = g_new0 (GripSoupPolled, 1);
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = polled };

  if (epoll_ctl (self->fd, EPOLL_CTL_ADD, g_socket_get_fd (socket), &event) < 0)
    {
      g_free (polled);
      return NULL;
    }

  polled->poller = grip_soup_poller_ref (self);
  polled->socket = g_object_ref (socket);
  polled->func = func;
  polled->user_data = user_data;
  g_hash_table_add (self->polled, polled);

  return polled;
}

void
grip_soup_polled_free (GripSoupPolled *self)
{
  /* A socket that was closed all the same is in it no more. */
  if (!g_socket_is_closed (self->socket))
    epoll_ctl (self->poller->fd, EPOLL_CTL_DEL, g_socket_get_fd (self->socket), NULL);
  g_hash_table_remove (self->poller->polled, self);
  grip_soup_poller_unref (self->poller);
  g_object_unref (self->socket);
  g_free (self);
}

#else

GripSoupPoller *
grip_soup_poller_new (GMainContext *context)
{
  return NULL;
}

GripSoupPoller *
grip_soup_poller_ref (GripSoupPoller *self)
{
  return self;
}

void
grip_soup_poller_unref (GripSoupPoller *self)
{
}

GripSoupPolled *
grip_soup_poller_watch (GripSoupPoller     *self,
                        GSocket            *socket,
                        GripSoupPolledFunc  func,
                        gpointer            user_data)
{
  return NULL;
}

void
grip_soup_polled_free (GripSoupPolled *self)
{
}

#endif
