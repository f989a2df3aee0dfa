/* grip-http-transport.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <unistd.h>

#include "grip-http-answer.h"
#include "grip-http-monitor.h"
#include "grip-http-session.h"
#include "grip-http-transport.h"
#include "grip-http-uri.h"

#define DEFAULT_REQUEST_TIMEOUT 10.0
/* While the proxy reads one full batch, the next ones are on their way. */
#define MAX_IN_FLIGHT           4
#define DEFAULT_STREAM_TIMEOUT  60.0

/* Posts items to a proxy's control URI (protocol 4.1). */
struct _GripHttpTransport
{
  GripBaseTransport  parent_instance;

  GUri              *uri;
  GripHttpSession   *session;
  GripHttpMonitor   *monitor;      /* with require_subscribers */
  GError            *broken;
  double             request_timeout;
  double             stream_timeout;
  pid_t              pid;
};

enum
{
  PROP_0,
  PROP_REQUEST_TIMEOUT,
  PROP_STREAM_TIMEOUT,
  PROP_SUBSCRIPTIONS_KNOWN,
  PROP_SUBSCRIPTIONS_ERROR,
  PROP_SUBSCRIPTIONS_GIVEN_UP,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void control_iface_init (GripHttpControlInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GripHttpTransport, grip_http_transport, GRIP_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_HTTP_CONTROL, control_iface_init))

/* A publish under way. */
typedef struct
{
  GripHttpTransport *self;
  GripDelivery      *delivery;
} Publish;

/* An endpoint that cannot be used says so at every delivery. */
static gboolean
set_up (GripHttpTransport  *self,
        GError            **error)
{
  GripEndpoint      *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (self));
  const char        *ca_file;
  g_autoptr(GError)  local_error = NULL;

  if (endpoint == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "there is no endpoint");
      return FALSE;
    }

  self->uri = grip_http_uri_parse (grip_endpoint_get_publish_uri (endpoint), error);
  if (self->uri == NULL)
    return FALSE;

  ca_file = grip_endpoint_get_ca_file (endpoint);
  self->session = grip_http_session_new (self->uri, ca_file, &local_error);
  if (self->session == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG,
                   "ca_file '%s' cannot be used: %s", ca_file, local_error->message);
      return FALSE;
    }

  if (grip_endpoint_get_require_subscribers (endpoint))
    self->monitor = grip_http_monitor_new ();

  return TRUE;
}

static gint64
get_time_limit (GripHttpTransport *self)
{
  return self->request_timeout * G_USEC_PER_SEC;
}

/* A forked child would write into the connections of its parent. */
static gboolean
check_usable (GripHttpTransport  *self,
              GError            **error)
{
  if (self->broken != NULL)
    {
      g_propagate_error (error, g_error_copy (self->broken));
      return FALSE;
    }
  if (self->pid != getpid ())
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED,
                   "the process was forked: its transports must be made anew");
      return FALSE;
    }

  return TRUE;
}

static gboolean
grip_http_transport_is_subscribed (GripBaseTransport *base,
                                   const char        *channel)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (base);

  return self->monitor == NULL ||
         grip_http_subscribers_may_have (grip_http_monitor_get_subscribers (self->monitor), channel);
}

/* Leaves out what certainly nobody has subscribed to. Returns: how many messages there are to send */
static guint
skip_unwanted (GripHttpTransport *self,
               GripDelivery      *delivery)
{
  guint n = grip_delivery_get_n_messages (delivery);
  guint n_wanted = n;

  for (guint i = 0; i < n && self->monitor != NULL; i++)
    if (!grip_http_transport_is_subscribed (GRIP_BASE_TRANSPORT (self),
                                            grip_delivery_get_channel (delivery, i)))
      {
        grip_delivery_skip_message (delivery, i);
        n_wanted--;
      }

  return n_wanted;
}

/* Returns: (nullable): %NULL when the delivery is answered: there is nothing to send, or another try would
 * end here too */
static GripHttpRequest *
make_request (GripHttpTransport *self,
              GripDelivery      *delivery)
{
  g_autoptr(GripHttpRequest)  request = NULL;
  g_autoptr(GError)           error = NULL;

  if (check_usable (self, &error))
    {
      if (skip_unwanted (self, delivery) == 0)
        {
          grip_delivery_complete (delivery);
          return NULL;
        }

      request = grip_http_request_new (self->uri, SOUP_METHOD_POST);
      grip_http_request_set_connections (request, grip_http_session_get_connections (self->session));
      if (grip_http_request_set_authorization (request, grip_delivery_get_authorization (delivery),
                                               &error))
        {
          grip_http_request_set_body_parts (request, "application/json", grip_delivery_dup_body_parts (delivery));
          return g_steal_pointer (&request);
        }
    }

  grip_delivery_fail_with_fate (delivery, GRIP_FATE_REFUSED, error);

  return NULL;
}

static void
send_sync (GripHttpTransport  *self,
           GripHttpRequest    *request,
           GripDelivery       *delivery,
           GCancellable       *own,
           GError            **error)
{
  GMainContext *context = grip_http_session_push_context (self->session);

  grip_http_request_send (request, grip_http_session_begin (self->session), get_time_limit (self), own,
                          grip_delivery_get_cancellable (delivery), error);
  grip_http_session_end (self->session);
  grip_http_session_pop_context (self->session, context);
}

static void
grip_http_transport_deliver_sync (GripBaseTransport *base,
                                  GripDelivery      *delivery)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (base);
  GripHttpRequest   *request = make_request (self, delivery);
  GCancellable      *own;
  g_autoptr(GError)  error = NULL;

  if (request == NULL)
    return;

  own = grip_http_session_take_cancellable (self->session, &error);
  if (own != NULL)
    send_sync (self, request, delivery, own, &error);
  grip_http_answer (delivery, request, error);

  grip_http_request_free (request);
  if (own != NULL)
    grip_http_session_give_cancellable (self->session, own);
}

static void
publish_done_cb (GripHttpRequest *request,
                 const GError    *error,
                 gpointer         user_data)
{
  Publish *publish = user_data;

  grip_http_session_end (publish->self->session);
  grip_http_answer (publish->delivery, request, error);

  grip_http_request_free (request);
  g_object_unref (publish->delivery);
  g_object_unref (publish->self);
  g_free (publish);
}

static void
grip_http_transport_deliver (GripBaseTransport *base,
                             GripDelivery      *delivery)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (base);
  GripHttpRequest   *request = make_request (self, delivery);
  Publish           *publish;

  if (request == NULL)
    return;

  publish = g_new (Publish, 1);
  publish->self = g_object_ref (self);
  publish->delivery = g_object_ref (delivery);
  grip_http_request_send_async (request, grip_http_session_begin (self->session),
                                get_time_limit (self), grip_delivery_get_cancellable (delivery),
                                publish_done_cb, publish);
}

/* The other calls of the control API */

typedef struct
{
  GripHttpTransport *self;
  GripHttpCall      *call;
} Call;

static void
call_done_cb (GripHttpRequest *request,
              const GError    *error,
              gpointer         user_data)
{
  Call              *data = user_data;
  g_autoptr(GBytes)  reply = NULL;

  grip_http_session_end (data->self->session);
  if (error != NULL)
    grip_http_call_fail (data->call, error);
  else
    {
      reply = grip_http_request_dup_reply (request);
      grip_http_call_respond (data->call, grip_http_request_get_status (request), reply);
    }

  grip_http_request_free (request);
  g_object_unref (data->call);
  g_object_unref (data->self);
  g_free (data);
}

static GripHttpRequest *
make_call_request (GripHttpTransport  *self,
                   GripHttpCall       *call,
                   GError            **error)
{
  GripEndpoint               *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (self));
  g_autoptr(GripHttpRequest)  request = NULL;
  g_autoptr(GUri)             uri = NULL;
  g_autofree char            *text = NULL;

  if (!check_usable (self, error))
    return NULL;

  text = grip_endpoint_build_control_uri (endpoint, grip_http_call_get_path (call));
  uri = grip_http_uri_parse (text, error);
  if (uri == NULL)
    return NULL;

  request = grip_http_request_new (uri, grip_http_call_get_method (call));
  grip_http_request_set_connections (request, grip_http_session_get_connections (self->session));
  if (!grip_http_request_set_authorization (request, grip_http_call_get_authorization (call), error))
    return NULL;
  if (grip_http_call_get_body (call) != NULL)
    grip_http_request_set_body (request, grip_http_call_get_content_type (call), grip_http_call_get_body (call));

  return g_steal_pointer (&request);
}

static void
grip_http_transport_send_call (GripHttpControl *control,
                               GripHttpCall    *call)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (control);
  g_autoptr(GError)  error = NULL;
  GripHttpRequest   *request = make_call_request (self, call, &error);
  Call              *data;

  if (request == NULL)
    {
      grip_http_call_fail (call, error);
      return;
    }

  data = g_new (Call, 1);
  data->self = g_object_ref (self);
  data->call = g_object_ref (call);
  grip_http_request_send_async (request, grip_http_session_begin (self->session), get_time_limit (self),
                                grip_http_call_get_cancellable (call), call_done_cb, data);
}

static void
control_iface_init (GripHttpControlInterface *iface)
{
  iface->send_call = grip_http_transport_send_call;
}

static void
grip_http_transport_open (GripBaseTransport *base)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (base);

  if (self->monitor != NULL && self->pid == getpid ())
    grip_http_monitor_start (self->monitor, base, self->request_timeout, self->stream_timeout);
}

static void
grip_http_transport_close (GripBaseTransport *base)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (base);

  if (self->monitor != NULL && self->pid == getpid ())
    grip_http_monitor_stop (self->monitor);
  if (self->session != NULL && self->pid == getpid ())
    grip_http_session_abort (self->session);
}

static void
grip_http_transport_constructed (GObject *object)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (object);

  G_OBJECT_CLASS (grip_http_transport_parent_class)->constructed (object);

  set_up (self, &self->broken);
  grip_base_transport_set_opens_early (GRIP_BASE_TRANSPORT (self), self->monitor != NULL);
}

static void
grip_http_transport_finalize (GObject *object)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (object);

  /* Closing what a forked child has inherited would speak into the parent's connections. */
  if (self->pid == getpid ())
    g_clear_pointer (&self->session, grip_http_session_free);
  g_clear_pointer (&self->monitor, grip_http_monitor_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_error (&self->broken);

  G_OBJECT_CLASS (grip_http_transport_parent_class)->finalize (object);
}

static void
grip_http_transport_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_REQUEST_TIMEOUT:
      g_value_set_double (value, self->request_timeout);
      break;
    case PROP_STREAM_TIMEOUT:
      g_value_set_double (value, self->stream_timeout);
      break;
    case PROP_SUBSCRIPTIONS_KNOWN:
      g_value_set_boolean (value, self->monitor != NULL &&
                           grip_http_subscribers_is_known (grip_http_monitor_get_subscribers (self->monitor)));
      break;
    case PROP_SUBSCRIPTIONS_ERROR:
      if (self->monitor != NULL)
        g_value_take_boxed (value, grip_http_subscribers_dup_error (grip_http_monitor_get_subscribers (self->monitor)));
      break;
    case PROP_SUBSCRIPTIONS_GIVEN_UP:
      g_value_set_boolean (value, self->monitor != NULL &&
                           grip_http_subscribers_is_given_up (grip_http_monitor_get_subscribers (self->monitor)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_http_transport_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  GripHttpTransport *self = GRIP_HTTP_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_REQUEST_TIMEOUT:
      if (self->request_timeout != g_value_get_double (value))
        {
          self->request_timeout = g_value_get_double (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_STREAM_TIMEOUT:
      if (self->stream_timeout != g_value_get_double (value))
        {
          self->stream_timeout = g_value_get_double (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grip_http_transport_class_init (GripHttpTransportClass *klass)
{
  GObjectClass           *object_class = G_OBJECT_CLASS (klass);
  GripBaseTransportClass *transport_class = GRIP_BASE_TRANSPORT_CLASS (klass);

  object_class->constructed = grip_http_transport_constructed;
  object_class->finalize = grip_http_transport_finalize;
  object_class->get_property = grip_http_transport_get_property;
  object_class->set_property = grip_http_transport_set_property;

  transport_class->deliver = grip_http_transport_deliver;
  transport_class->deliver_sync = grip_http_transport_deliver_sync;
  transport_class->open = grip_http_transport_open;
  transport_class->close = grip_http_transport_close;
  transport_class->is_subscribed = grip_http_transport_is_subscribed;

  /**
   * GripHttpTransport:request-timeout:
   *
   * How many seconds one request may take, from the look-up of the host to the last byte of the reply.
   *
   * Set it before the first publish.
   */
  properties[PROP_REQUEST_TIMEOUT] =
    g_param_spec_double ("request-timeout", NULL, NULL,
                         0.001, 86400, DEFAULT_REQUEST_TIMEOUT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpTransport:stream-timeout:
   *
   * How many seconds the stream of subscriptions may be quiet, before it is opened anew.
   *
   * Set it before a publisher has the transport.
   */
  properties[PROP_STREAM_TIMEOUT] =
    g_param_spec_double ("stream-timeout", NULL, NULL,
                         0.001, 86400, DEFAULT_STREAM_TIMEOUT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpTransport:subscriptions-known:
   *
   * Whether it is known which channels have subscribers; as long as it is not, every item is sent.
   * Notified in the transport's context.
   */
  properties[PROP_SUBSCRIPTIONS_KNOWN] =
    g_param_spec_boolean ("subscriptions-known", NULL, NULL,
                          FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpTransport:subscriptions-error:
   *
   * Why the subscriptions are not known; %NULL when there is no fault. Notified in the transport's
   * context.
   */
  properties[PROP_SUBSCRIPTIONS_ERROR] =
    g_param_spec_boxed ("subscriptions-error", NULL, NULL,
                        G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GripHttpTransport:subscriptions-given-up:
   *
   * Whether the subscriptions will never be known, because of the error.
   */
  properties[PROP_SUBSCRIPTIONS_GIVEN_UP] =
    g_param_spec_boolean ("subscriptions-given-up", NULL, NULL,
                          FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grip_http_transport_init (GripHttpTransport *self)
{
  self->request_timeout = DEFAULT_REQUEST_TIMEOUT;
  self->stream_timeout = DEFAULT_STREAM_TIMEOUT;
  self->pid = getpid ();

  grip_base_transport_set_max_batch_bytes (GRIP_BASE_TRANSPORT (self), GRIP_HTTP_USUAL_LIMIT);
  grip_base_transport_set_max_in_flight (GRIP_BASE_TRANSPORT (self), MAX_IN_FLIGHT);
}
