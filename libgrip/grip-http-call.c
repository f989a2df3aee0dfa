/* grip-http-call.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-http-call-private.h"

/**
 * GripHttpCall:
 *
 * A request to the control API of a proxy, on its way through a transport: see
 * [iface@Grip.HttpControl].
 *
 * The transport answers it once, with [method@Grip.HttpCall.respond] or [method@Grip.HttpCall.fail]. A call
 * that is dropped without an answer fails.
 *
 * Since: 1.0
 */

struct _GripHttpCall
{
  GObject   parent_instance;

  GTask    *task;
  char     *method;
  char     *path;
  char     *content_type;
  char     *authorization;
  GBytes   *body;
};

G_DEFINE_FINAL_TYPE (GripHttpCall, grip_http_call, G_TYPE_OBJECT)

static void
grip_http_call_dispose (GObject *object)
{
  GripHttpCall     *self = GRIP_HTTP_CALL (object);
  g_autoptr(GTask)  task = g_steal_pointer (&self->task);

  if (task != NULL)
    g_task_return_new_error (task, GRIP_ERROR, GRIP_ERROR_FAILED,
                             "the transport dropped the call without an answer");

  G_OBJECT_CLASS (grip_http_call_parent_class)->dispose (object);
}

static void
grip_http_call_finalize (GObject *object)
{
  GripHttpCall *self = GRIP_HTTP_CALL (object);

  g_free (self->method);
  g_free (self->path);
  g_free (self->content_type);
  g_free (self->authorization);
  g_clear_pointer (&self->body, g_bytes_unref);

  G_OBJECT_CLASS (grip_http_call_parent_class)->finalize (object);
}

static void
grip_http_call_class_init (GripHttpCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = grip_http_call_dispose;
  object_class->finalize = grip_http_call_finalize;
}

static void
grip_http_call_init (GripHttpCall *self)
{
}

void
grip_http_reply_free (GripHttpReply *reply)
{
  g_bytes_unref (reply->reply);
  g_free (reply);
}

/* Returns: (transfer full) (nullable): %NULL with an error when the endpoint's credentials cannot be
 * used */
GripHttpCall *
grip_http_call_new (GTask         *task,
                    GripEndpoint  *endpoint,
                    const char    *method,
                    const char    *path,
                    const char    *content_type,
                    GBytes        *body,
                    GError       **error)
{
  g_autoptr(GripHttpCall)  self = g_object_new (GRIP_TYPE_HTTP_CALL, NULL);
  g_autoptr(GError)        local_error = NULL;

  self->authorization = grip_endpoint_dup_authorization (endpoint, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  self->task = g_object_ref (task);
  self->method = g_strdup (method);
  self->path = g_strdup (path);
  self->content_type = g_strdup (content_type);
  self->body = body != NULL ? g_bytes_ref (body) : NULL;

  return g_steal_pointer (&self);
}

/**
 * grip_http_call_get_method:
 * @self: a call
 *
 * Gets the method.
 *
 * Returns: the method, such as `POST`
 *
 * Since: 1.0
 */
const char *
grip_http_call_get_method (GripHttpCall *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CALL (self), NULL);

  return self->method;
}

/**
 * grip_http_call_get_path:
 * @self: a call
 *
 * Gets the path, which goes behind the path of the endpoint's control URI.
 *
 * Returns: the path, without a slash at its beginning
 *
 * Since: 1.0
 */
const char *
grip_http_call_get_path (GripHttpCall *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CALL (self), NULL);

  return self->path;
}

/**
 * grip_http_call_get_content_type:
 * @self: a call
 *
 * Gets the type of the body.
 *
 * Returns: (nullable): the type, %NULL without a body
 *
 * Since: 1.0
 */
const char *
grip_http_call_get_content_type (GripHttpCall *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CALL (self), NULL);

  return self->content_type;
}

/**
 * grip_http_call_get_body:
 * @self: a call
 *
 * Gets the body.
 *
 * Returns: (transfer none) (nullable): the body
 *
 * Since: 1.0
 */
GBytes *
grip_http_call_get_body (GripHttpCall *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CALL (self), NULL);

  return self->body;
}

/**
 * grip_http_call_get_authorization:
 * @self: a call
 *
 * Gets the value of the Authorization header. It is a secret: it must not be logged.
 *
 * Returns: (nullable): the value, %NULL when the endpoint has no credentials
 *
 * Since: 1.0
 */
const char *
grip_http_call_get_authorization (GripHttpCall *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CALL (self), NULL);

  return self->authorization;
}

/**
 * grip_http_call_get_cancellable:
 * @self: a call that is not answered yet
 *
 * Gets what is cancelled when nobody wants the reply any more.
 *
 * Returns: (transfer none) (nullable): a cancellable
 *
 * Since: 1.0
 */
GCancellable *
grip_http_call_get_cancellable (GripHttpCall *self)
{
  g_return_val_if_fail (GRIP_IS_HTTP_CALL (self), NULL);

  return self->task != NULL ? g_task_get_cancellable (self->task) : NULL;
}

/**
 * grip_http_call_respond:
 * @self: a call that is not answered yet
 * @status: the status of the reply
 * @reply: its body
 *
 * Answers with a reply, whatever its status.
 *
 * Since: 1.0
 */
void
grip_http_call_respond (GripHttpCall *self,
                        guint         status,
                        GBytes       *reply)
{
  g_autoptr(GTask)  task = NULL;
  GripHttpReply    *answer;

  g_return_if_fail (GRIP_IS_HTTP_CALL (self));
  g_return_if_fail (self->task != NULL);
  g_return_if_fail (reply != NULL);

  answer = g_new (GripHttpReply, 1);
  answer->status = status;
  answer->reply = g_bytes_ref (reply);

  task = g_steal_pointer (&self->task);
  g_task_return_pointer (task, answer, (GDestroyNotify) grip_http_reply_free);
}

/**
 * grip_http_call_fail:
 * @self: a call that is not answered yet
 * @error: why
 *
 * Answers that there is no reply.
 *
 * Since: 1.0
 */
void
grip_http_call_fail (GripHttpCall *self,
                     const GError *error)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (GRIP_IS_HTTP_CALL (self));
  g_return_if_fail (self->task != NULL);
  g_return_if_fail (error != NULL);

  task = g_steal_pointer (&self->task);
  g_task_return_error (task, g_error_copy (error));
}
