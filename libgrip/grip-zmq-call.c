/* grip-zmq-call.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-writer-private.h"
#include "grip-zmq-call-private.h"

/**
 * GripZmqCall:
 *
 * A request to the command socket of a proxy, on its way through a transport: see
 * [iface@Grip.ZmqControl].
 *
 * The transport answers it once, with [method@Grip.ZmqCall.respond] or [method@Grip.ZmqCall.fail]. A call
 * that is dropped without an answer fails.
 *
 * Since: 1.0
 */

struct _GripZmqCall
{
  GObject  parent_instance;

  GTask   *task;
  char    *method;
  GBytes  *request;
};

G_DEFINE_FINAL_TYPE (GripZmqCall, grip_zmq_call, G_TYPE_OBJECT)

static void
grip_zmq_call_dispose (GObject *object)
{
  GripZmqCall      *self = GRIP_ZMQ_CALL (object);
  g_autoptr(GTask)  task = g_steal_pointer (&self->task);

  if (task != NULL)
    g_task_return_new_error (task, GRIP_ERROR, GRIP_ERROR_FAILED,
                             "the transport dropped the call without an answer");

  G_OBJECT_CLASS (grip_zmq_call_parent_class)->dispose (object);
}

static void
grip_zmq_call_finalize (GObject *object)
{
  GripZmqCall *self = GRIP_ZMQ_CALL (object);

  g_free (self->method);
  g_clear_pointer (&self->request, g_bytes_unref);

  G_OBJECT_CLASS (grip_zmq_call_parent_class)->finalize (object);
}

static void
grip_zmq_call_class_init (GripZmqCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = grip_zmq_call_dispose;
  object_class->finalize = grip_zmq_call_finalize;
}

static void
grip_zmq_call_init (GripZmqCall *self)
{
}

static void
describe (GripWriter *writer,
          const char *method,
          GVariant   *args)
{
  grip_writer_begin_dict (writer);
  grip_writer_member (writer, "id", "1");
  grip_writer_member (writer, "method", method);
  grip_writer_key (writer, "args");
  if (args != NULL)
    {
      grip_writer_variant (writer, args, GRIP_CONTENT_HTTP);
    }
  else
    {
      grip_writer_begin_dict (writer);
      grip_writer_end_dict (writer);
    }
  grip_writer_end_dict (writer);
}

GripZmqCall *
grip_zmq_call_new (GTask      *task,
                   const char *method,
                   GVariant   *args)
{
  GripZmqCall *self = g_object_new (GRIP_TYPE_ZMQ_CALL, NULL);
  GripWriter   writer;

  self->task = g_object_ref (task);
  self->method = g_strdup (method);

  grip_writer_init_measure (&writer);
  describe (&writer, method, args);
  grip_writer_start_tnetstring (&writer);
  describe (&writer, method, args);
  self->request = grip_writer_steal_bytes (&writer);

  return self;
}

/**
 * grip_zmq_call_get_method:
 * @self: a call
 *
 * Gets the method.
 *
 * Returns: the method, such as `conncheck`
 *
 * Since: 1.0
 */
const char *
grip_zmq_call_get_method (GripZmqCall *self)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CALL (self), NULL);

  return self->method;
}

/**
 * grip_zmq_call_get_request:
 * @self: a call
 *
 * Gets the finished bytes of the request (protocol 5.1).
 *
 * Returns: (transfer none): a tnetstring
 *
 * Since: 1.0
 */
GBytes *
grip_zmq_call_get_request (GripZmqCall *self)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CALL (self), NULL);

  return self->request;
}

/**
 * grip_zmq_call_get_cancellable:
 * @self: a call that is not answered yet
 *
 * Gets what is cancelled when nobody wants the reply any more.
 *
 * Returns: (transfer none) (nullable): a cancellable
 *
 * Since: 1.0
 */
GCancellable *
grip_zmq_call_get_cancellable (GripZmqCall *self)
{
  g_return_val_if_fail (GRIP_IS_ZMQ_CALL (self), NULL);

  return self->task != NULL ? g_task_get_cancellable (self->task) : NULL;
}

/**
 * grip_zmq_call_respond:
 * @self: a call that is not answered yet
 * @value: the `value` of a reply that tells of success, an empty `mv` when there is none
 *
 * Answers with a reply.
 *
 * A floating @value is consumed.
 *
 * Since: 1.0
 */
void
grip_zmq_call_respond (GripZmqCall *self,
                       GVariant    *value)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (GRIP_IS_ZMQ_CALL (self));
  g_return_if_fail (self->task != NULL);
  g_return_if_fail (value != NULL);

  task = g_steal_pointer (&self->task);
  g_task_return_pointer (task, g_variant_ref_sink (value), (GDestroyNotify) g_variant_unref);
}

/**
 * grip_zmq_call_fail:
 * @self: a call that is not answered yet
 * @error: why
 *
 * Answers that there is no reply, or one that tells of a failure.
 *
 * Since: 1.0
 */
void
grip_zmq_call_fail (GripZmqCall  *self,
                    const GError *error)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (GRIP_IS_ZMQ_CALL (self));
  g_return_if_fail (self->task != NULL);
  g_return_if_fail (error != NULL);

  task = g_steal_pointer (&self->task);
  g_task_return_error (task, g_error_copy (error));
}
