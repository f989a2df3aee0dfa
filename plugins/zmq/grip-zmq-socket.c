/* grip-zmq-socket.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include <libgrip/grip.h>

#include "grip-zmq-context.h"
#include "grip-zmq-socket.h"

/* How long what is not sent yet is kept when a socket is closed. It is the default of libzmq that
 * waits for ever. */
#define LINGER_MSEC          1000
#define RECONNECT_MSEC       100
#define RECONNECT_MAX_MSEC   2000

struct _GripZmqSocket
{
  void    *handle;
  GSource *source;
  short    events;
  gboolean wants_work;
  gboolean is_used;     /* since its events were last asked for */
  pid_t    pid;
};

typedef struct
{
  GSource        parent;
  GripZmqSocket *socket;
  int            fd;
  gpointer       tag;
  gboolean       has_worked;
  gboolean       has_found;     /* one of the events, and nobody was told yet */
  gboolean       is_busy;       /* in the callback */
} SocketSource;

/* Any call may do what libzmq has to do in this thread. */
static void *
use (GripZmqSocket *self)
{
  self->is_used = TRUE;

  return self->handle;
}

static void
set_default_options (GripZmqSocket *self)
{
  grip_zmq_socket_set_integer (self, ZMQ_LINGER, LINGER_MSEC);
  grip_zmq_socket_set_integer (self, ZMQ_RECONNECT_IVL, RECONNECT_MSEC);
  grip_zmq_socket_set_integer (self, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MSEC);
  grip_zmq_socket_set_integer (self, ZMQ_TCP_KEEPALIVE, 1);
}

/* Returns: (nullable): %NULL with an error, such as when the process has too many open files */
GripZmqSocket *
grip_zmq_socket_new (int      type,
                     GError **error)
{
  void          *context = grip_zmq_context_get (error);
  void          *handle;
  GripZmqSocket *self;

  if (context == NULL)
    return NULL;

  handle = zmq_socket (context, type);
  if (handle == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_FAILED,
                   "cannot make a ZMQ socket: %s", zmq_strerror (zmq_errno ()));
      return NULL;
    }

  grip_zmq_context_hold ();
  self = g_new0 (GripZmqSocket, 1);
  self->handle = handle;
  self->pid = getpid ();
  set_default_options (self);

  return self;
}

static void
unwatch (GripZmqSocket *self)
{
  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

void
grip_zmq_socket_free (GripZmqSocket *self)
{
  unwatch (self);
  /* What a forked child has inherited is its parent's. */
  if (!grip_zmq_context_is_foreign (self->pid))
    {
      zmq_close (self->handle);
      grip_zmq_context_release ();
    }
  g_free (self);
}

void
grip_zmq_socket_set_integer (GripZmqSocket *self,
                             int            option,
                             int            value)
{
  if (zmq_setsockopt (use (self), option, &value, sizeof value) != 0)
    g_critical ("libzmq knows no option %d: %s", option, zmq_strerror (zmq_errno ()));
}

/* A peer that sends more in one frame is disconnected. */
void
grip_zmq_socket_set_max_size (GripZmqSocket *self,
                              gint64         bytes)
{
  zmq_setsockopt (use (self), ZMQ_MAXMSGSIZE, &bytes, sizeof bytes);
}

static gboolean
set_text (GripZmqSocket  *self,
          int             option,
          const char     *what,
          const char     *text,
          GError        **error)
{
  if (text == NULL || zmq_setsockopt (use (self), option, text, strlen (text)) == 0)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
               "libzmq does not take the %s: %s", what, zmq_strerror (zmq_errno ()));

  return FALSE;
}

gboolean
grip_zmq_socket_subscribe (GripZmqSocket  *self,
                           const char     *prefix,
                           GError        **error)
{
  return set_text (self, ZMQ_SUBSCRIBE, "subscription", prefix, error);
}

/* Without a key pair one is made up: the server then knows that nobody listens in, but not who we are. */
gboolean
grip_zmq_socket_set_curve (GripZmqSocket  *self,
                           const char     *server_key,
                           const char     *public_key,
                           const char     *secret_key,
                           GError        **error)
{
  char     made_public[41];
  char     made_secret[41];
  gboolean ok;

  if (server_key == NULL)
    return TRUE;

  if (secret_key == NULL && zmq_curve_keypair (made_public, made_secret) != 0)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                   "libzmq cannot make a CURVE key: %s", zmq_strerror (zmq_errno ()));
      return FALSE;
    }

  ok = set_text (self, ZMQ_CURVE_SERVERKEY, "key of the server", server_key, error) &&
       set_text (self, ZMQ_CURVE_PUBLICKEY, "public key", secret_key != NULL ? public_key : made_public, error) &&
       set_text (self, ZMQ_CURVE_SECRETKEY, "secret key", secret_key != NULL ? secret_key : made_secret, error);
  explicit_bzero (made_secret, sizeof made_secret);

  return ok;
}

/* For a socket to which others connect. Whoever knows our public key is let in. */
gboolean
grip_zmq_socket_set_curve_server (GripZmqSocket  *self,
                                  const char     *secret_key,
                                  GError        **error)
{
  if (secret_key == NULL)
    return TRUE;

  grip_zmq_socket_set_integer (self, ZMQ_CURVE_SERVER, 1);

  return set_text (self, ZMQ_CURVE_SECRETKEY, "secret key", secret_key, error);
}

static gboolean
check_address (const char  *address,
               const char  *verb,
               int          result,
               GError     **error)
{
  int code = zmq_errno ();

  if (result == 0)
    return TRUE;

  g_set_error (error, GRIP_ERROR,
               code == EINVAL || code == ENODEV || code == EPROTONOSUPPORT ? GRIP_ERROR_INVALID_CONFIG
                                                                           : GRIP_ERROR_NOT_CONNECTED,
               "cannot %s %s: %s", verb, address, zmq_strerror (code));

  return FALSE;
}

/* Where IPv6 is on, libzmq looks names up as IPv6 only; see GripZmqFamily. */
static void
choose_family (GripZmqSocket *self,
               const char    *address)
{
  grip_zmq_socket_set_integer (self, ZMQ_IPV6, strchr (address, '[') != NULL);
}

/* The connection is made, and made again when it breaks, by libzmq's own thread. */
gboolean
grip_zmq_socket_connect (GripZmqSocket  *self,
                         const char     *address,
                         GError        **error)
{
  choose_family (self, address);

  return check_address (address, "connect to", zmq_connect (use (self), address), error);
}

/* Lets the host name in @address, which is being connected to, be looked up as IPv6 or not. @n_times, how often
 * that was done, makes the pauses between two tries longer. */
void
grip_zmq_socket_connect_again (GripZmqSocket *self,
                               const char    *address,
                               gboolean       is_ipv6,
                               guint          n_times)
{
  int pause = RECONNECT_MSEC << MIN (n_times, 4);

  zmq_disconnect (use (self), address);
  grip_zmq_socket_set_integer (self, ZMQ_IPV6, is_ipv6);
  grip_zmq_socket_set_integer (self, ZMQ_RECONNECT_IVL, MIN (pause, RECONNECT_MAX_MSEC));
  zmq_connect (use (self), address);
}

gboolean
grip_zmq_socket_bind (GripZmqSocket  *self,
                      const char     *address,
                      GError        **error)
{
  choose_family (self, address);

  return check_address (address, "bind to", zmq_bind (use (self), address), error);
}

void *
grip_zmq_socket_get_handle (GripZmqSocket *self)
{
  return use (self);
}

/* The address that was last bound or connected to, with the port that a bind to port 0 got. */
char *
grip_zmq_socket_dup_address (GripZmqSocket *self)
{
  char  address[512];
  gsize size = sizeof address;

  if (zmq_getsockopt (use (self), ZMQ_LAST_ENDPOINT, address, &size) != 0)
    return NULL;

  return g_strdup (address);
}

/* Asking lets libzmq also do what is waiting to be done in this thread. */
short
grip_zmq_socket_get_events (GripZmqSocket *self)
{
  int   events = 0;
  gsize size = sizeof events;

  if (zmq_getsockopt (use (self), ZMQ_EVENTS, &events, &size) != 0)
    return 0;

  return (short) events;
}

/* The descriptor only says that something has changed, once, and any other call may take that: so after one
 * the events are asked for before the poll, too. Each question is a system call. */

static void
look (SocketSource *self)
{
  short events = grip_zmq_socket_get_events (self->socket);

  self->socket->is_used = FALSE;
  self->has_found = (events & self->socket->events) != 0;
}

static gboolean
source_prepare (GSource *source,
                int     *timeout)
{
  SocketSource *self = (SocketSource *) source;
  GPollFD       poll = { .fd = self->fd, .events = G_IO_IN };

  *timeout = -1;
  if (self->is_busy)
    return FALSE;
  if (!self->socket->is_used)
    return self->has_found || self->has_worked;

  /* Asking for the events takes the news from the descriptor. */
  if (self->socket->wants_work && g_poll (&poll, 1, 0) > 0)
    self->has_worked = TRUE;
  look (self);

  return self->has_found || self->has_worked;
}

static gboolean
source_check (GSource *source)
{
  SocketSource *self = (SocketSource *) source;
  gboolean      has_news = g_source_query_unix_fd (source, self->tag) != 0;

  if (self->is_busy)
    return FALSE;

  if (self->socket->wants_work && has_news)
    self->has_worked = TRUE;

  if (has_news)
    look (self);

  return self->has_found || self->has_worked;
}

static gboolean
source_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  SocketSource  *self = (SocketSource *) source;
  GripZmqSocket *socket = self->socket;
  short          events;

  /* GLib takes a ready descriptor for enough. */
  if (!self->has_found && !self->has_worked)
    return G_SOURCE_CONTINUE;

  events = grip_zmq_socket_get_events (socket) & socket->events;
  if (events == 0 && !self->has_worked)
    return G_SOURCE_CONTINUE;

  self->has_found = FALSE;
  self->has_worked = FALSE;
  self->is_busy = TRUE;
  ((GripZmqSocketFunc) (void (*) (void)) callback) (socket, events, user_data);
  self->is_busy = FALSE;

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
};

/* Calls @func in @context when one of @events, ZMQ_POLLIN and ZMQ_POLLOUT, has come. */
void
grip_zmq_socket_watch (GripZmqSocket     *self,
                       GMainContext      *context,
                       short              events,
                       GripZmqSocketFunc  func,
                       gpointer           user_data)
{
  int           fd = -1;
  gsize         size = sizeof fd;
  SocketSource *source;

  unwatch (self);
  self->events = events;
  zmq_getsockopt (use (self), ZMQ_FD, &fd, &size);

  self->source = g_source_new (&source_funcs, sizeof (SocketSource));
  source = (SocketSource *) self->source;
  source->socket = self;
  source->fd = fd;
  source->tag = g_source_add_unix_fd (self->source, fd, G_IO_IN);
  g_source_set_static_name (self->source, "ZMQ socket");
  /* GLib 2.74 spends four system calls to keep a source with a descriptor from recursing. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, G_SOURCE_FUNC (func), user_data, NULL);
  g_source_attach (self->source, context);
}

/* Changes what is waited for, in the thread of the context. */
void
grip_zmq_socket_set_events (GripZmqSocket *self,
                            short          events)
{
  self->is_used |= events != self->events;
  self->events = events;
}

/* Whether the function is also called, mostly without events, when libzmq has done anything in the socket: an
 * XPUB socket has no event for room in one of its pipes. It costs a system call in each round. */
void
grip_zmq_socket_set_wants_work (GripZmqSocket *self,
                                gboolean       wants_work)
{
  self->wants_work = wants_work;
}

/* Returns: whether libzmq took @message; if not, it is still the caller's, and errno tells why */
gboolean
grip_zmq_socket_send (GripZmqSocket *self,
                      zmq_msg_t     *message,
                      gboolean       more)
{
  int result;

  do
    result = zmq_msg_send (message, use (self), ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0));
  while (result < 0 && zmq_errno () == EINTR);

  return result >= 0;
}

/* Takes one frame. Returns: whether there was one; then the caller closes @message */
gboolean
grip_zmq_socket_receive (GripZmqSocket *self,
                         zmq_msg_t     *message)
{
  int result;

  zmq_msg_init (message);
  do
    result = zmq_msg_recv (message, use (self), ZMQ_DONTWAIT);
  while (result < 0 && zmq_errno () == EINTR);

  if (result < 0)
    zmq_msg_close (message);

  return result >= 0;
}
