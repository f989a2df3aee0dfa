/* grip-test-zmq-wire-connection.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "grip-test-zmq-wire-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING 64
#define CHUNK    65536

#define FLAG_MORE    1
#define FLAG_LONG    2
#define FLAG_COMMAND 4

typedef struct
{
  guint8  flags;
  GBytes *body;
} Frame;

static gboolean
read_all (GripTestWireConnection *self,
          guint8                 *data,
          gsize                   length)
{
  for (gsize n = 0; n < length;)
    {
      gssize got = recv (self->fd, data + n, MIN (length - n, CHUNK), 0);

      if (got <= 0)
        return FALSE;
      n += (gsize) got;
    }

  return TRUE;
}

static gboolean
write_all (GripTestWireConnection *self,
           const void             *data,
           gsize                   length)
{
  for (gsize n = 0; n < length;)
    {
      gssize put = send (self->fd, (const guint8 *) data + n, length - n, MSG_NOSIGNAL);

      if (put <= 0)
        return FALSE;
      n += (gsize) put;
    }

  return TRUE;
}

static gboolean
read_frame (GripTestWireConnection *self,
            Frame                  *frame)
{
  guint8  head[8];
  guint64 length;
  guint8 *data;

  if (!read_all (self, &frame->flags, 1) || !read_all (self, head, frame->flags & FLAG_LONG ? 8 : 1))
    return FALSE;

  memcpy (&length, head, 8);
  length = frame->flags & FLAG_LONG ? GUINT64_FROM_BE (length) : head[0];
  data = g_malloc (length);
  frame->body = g_bytes_new_take (data, length);
  if (read_all (self, data, length))
    return TRUE;

  g_bytes_unref (frame->body);

  return FALSE;
}

static gboolean
write_frame (GripTestWireConnection *self,
             guint8                  flags,
             const void             *data,
             gsize                   length)
{
  guint8 head[2] = { flags, (guint8) length };

  g_assert_cmpuint (length, <, 256);

  return write_all (self, head, sizeof head) && write_all (self, data, length);
}

/* What a well peer says first: the greeting and the READY command. */
static GByteArray *
make_handshake (GripTestWireConnection *self)
{
  static const char *const types[] = { "PULL", "SUB", "REP" };
  const char              *type = types[self->type];
  GByteArray              *bytes = g_byte_array_new ();
  guint8                   greeting[GREETING] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'N', 'U', 'L', 'L' };
  static const guint8      ready[] = "\x05READY\x0bSocket-Type";
  guint8                   length[4] = { 0, 0, 0, (guint8) strlen (type) };
  guint8                   head[2] = { FLAG_COMMAND, (guint8) (sizeof ready - 1 + 4 + strlen (type)) };

  g_byte_array_append (bytes, greeting, sizeof greeting);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, ready, sizeof ready - 1);
  g_byte_array_append (bytes, length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) type, strlen (type));

  return bytes;
}

static gboolean
subscribe (GripTestWireConnection *self)
{
  g_autofree char *frame = g_strconcat ("\x01", self->channel, NULL);

  return write_frame (self, 0, frame, strlen (frame));
}

/* Returns: whether there is a handshake and it went well */
static gboolean
shake_hands (GripTestWireConnection *self)
{
  g_autoptr(GByteArray) said = make_handshake (self);
  guint8                heard[GREETING];
  Frame                 ready;

  if (self->fault.raw != NULL || self->fault.cut > 0)
    {
      const void *data = self->fault.raw != NULL ? self->fault.raw : (const char *) said->data;

      write_all (self, data, self->fault.raw != NULL ? strlen (data) : self->fault.cut);
      return FALSE;
    }
  if (!write_all (self, said->data, said->len) || !read_all (self, heard, sizeof heard) || !read_frame (self, &ready))
    return FALSE;
  g_bytes_unref (ready.body);

  return self->type != GRIP_TEST_WIRE_SUB || subscribe (self);
}

/* A heartbeat: the PONG has what came behind the time of the PING. */
static gboolean
answer_command (GripTestWireConnection *self,
                GBytes                 *command)
{
  gsize         length;
  const guint8 *data = g_bytes_get_data (command, &length);
  guint8        pong[64] = "\x04PONG";

  if (length < 7 || length - 7 > sizeof pong - 5 || memcmp (data, "\x04PING", 5) != 0)
    return TRUE;
  memcpy (pong + 5, data + 7, length - 7);

  return write_frame (self, FLAG_COMMAND, pong, 5 + length - 7);
}

/* Commands are not messages. Returns: (nullable): the last frame of the next message */
static GBytes *
read_message (GripTestWireConnection *self)
{
  Frame frame;

  while (read_frame (self, &frame))
    {
      if ((frame.flags & (FLAG_COMMAND | FLAG_MORE)) == 0)
        return frame.body;
      if ((frame.flags & FLAG_COMMAND) != 0)
        answer_command (self, frame.body);
      g_bytes_unref (frame.body);
    }

  return NULL;
}

/* {"id":…,"success":true} with the id of the request. */
static char *
dup_success (GBytes *request)
{
  gsize            length;
  const char      *data = g_bytes_get_data (request, &length);
  const char      *id = g_strstr_len (data, (gssize) length, "2:id,");
  g_autofree char *body = NULL;
  char            *value;
  gsize            n;

  g_assert_nonnull (id);
  n = g_ascii_strtoull (id + strlen ("2:id,"), &value, 10);
  body = g_strdup_printf ("2:id,%" G_GSIZE_FORMAT ":%.*s,7:success,4:true!", n, (int) n, value + 1);

  return g_strdup_printf ("%" G_GSIZE_FORMAT ":%s}", strlen (body), body);
}

static gboolean
answer_request (GripTestWireConnection *self,
                GBytes                 *request)
{
  g_autofree char *success = NULL;
  const char      *reply = self->fault.reply;

  if (self->fault.silent)
    return TRUE;
  if (!write_frame (self, FLAG_MORE, "", 0))
    return FALSE;
  if (self->fault.raw_reply != NULL)
    return write_all (self, self->fault.raw_reply, self->fault.raw_length);

  if (reply == NULL)
    reply = success = dup_success (request);

  return write_frame (self, 0, reply, strlen (reply));
}

static gboolean
take_message (GripTestWireConnection *self)
{
  GBytes   *message = read_message (self);
  gboolean  answered;

  if (message == NULL)
    return FALSE;

  grip_test_zmq_wire_record (self->wire, g_bytes_ref (message));
  answered = self->type != GRIP_TEST_WIRE_REP || answer_request (self, message);
  g_bytes_unref (message);

  return answered;
}

static void
reset (GripTestWireConnection *self)
{
  struct linger none = { 1, 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

/* Returns: whether the connection goes on */
static gboolean
end (GripTestWireConnection *self)
{
  if (self->fault.end == GRIP_TEST_WIRE_STALL)
    return grip_test_zmq_wire_stall (self->wire);
  if (self->fault.end == GRIP_TEST_WIRE_RESET)
    reset (self);

  return self->fault.end == GRIP_TEST_WIRE_GO_ON;
}

/* A message of which a part was read here cannot be gone on with. */
static gboolean
serve_fault (GripTestWireConnection *self)
{
  g_autofree guint8 *part = g_malloc (self->fault.n_bytes + 1);

  for (guint i = 0; i < self->fault.n_messages; i++)
    if (!take_message (self))
      return FALSE;

  if (self->fault.n_bytes > 0 && !read_all (self, part, self->fault.n_bytes))
    return FALSE;

  return end (self) && self->fault.n_bytes == 0;
}

void
grip_test_wire_connection_serve (GripTestWireConnection *self)
{
  if (!shake_hands (self))
    {
      end (self);
      return;
    }
  if (self->fault.end != GRIP_TEST_WIRE_GO_ON && !serve_fault (self))
    return;

  while (take_message (self))
    ;
}
