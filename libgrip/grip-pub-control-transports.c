/* grip-pub-control-transports.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport.h"
#include "grip-error.h"
#include "grip-pub-control-private.h"
#include "grip-transport-loader-private.h"

/* Endpoints and transports */

static GPtrArray *
copy_lanes_locked (GripPubControlPrivate *priv)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);

  for (guint i = 0; i < priv->lanes->len; i++)
    g_ptr_array_add (copy, grip_lane_ref (g_ptr_array_index (priv->lanes, i)));

  return copy;
}

static void
replace_lanes_locked (GripPubControlPrivate *priv,
                      GPtrArray             *lanes)
{
  g_ptr_array_unref (priv->lanes);
  priv->lanes = lanes;
}

static GripLane *
make_lane (GripPubControl *self,
           GripTransport  *transport)
{
  GripPubControlPrivate *priv = grip_pub_control_get_private (self);
  GMainContext          *context = NULL;
  GripWorker            *worker = NULL;
  GripLimits             limits;
  GripLane              *lane;

  if (GRIP_IS_BASE_TRANSPORT (transport))
    {
      context = grip_base_transport_get_main_context (GRIP_BASE_TRANSPORT (transport));
      grip_pub_events_watch (priv->events, GRIP_BASE_TRANSPORT (transport));
    }
  if (context == grip_worker_get_context (priv->worker))
    worker = priv->worker;

  g_mutex_lock (&priv->lock);
  limits = priv->limits;
  g_mutex_unlock (&priv->lock);

  lane = grip_lane_new (transport, worker, &limits);
  grip_lane_set_monitors (lane, priv->monitors);
  grip_pub_events_observe (priv->events, lane);

  return lane;
}

static GripTransport *
make_transport (GripPubControl  *self,
                GripEndpoint    *endpoint,
                GError         **error)
{
  if (!grip_worker_check_descriptors (error))
    return NULL;

  return grip_transport_new_in_context (endpoint, grip_worker_get_context (grip_pub_control_get_private (self)->worker), error);
}

static gboolean
add_endpoints (GripPubControl  *self,
               GPtrArray       *endpoints,
               GError         **error)
{
  g_autoptr(GPtrArray) transports = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < endpoints->len; i++)
    {
      GripTransport *transport = make_transport (self, g_ptr_array_index (endpoints, i), error);

      if (transport == NULL)
        return FALSE;
      g_ptr_array_add (transports, transport);
    }

  for (guint i = 0; i < transports->len; i++)
    grip_pub_control_add_transport (self, g_ptr_array_index (transports, i));

  return TRUE;
}

/**
 * grip_pub_control_apply_config:
 * @self: a publisher
 * @config: a `a{sv}` for one endpoint, or a list of them for several
 * @error: return location for an error
 *
 * Adds endpoints from a configuration (protocol 2.1): all of them, or none when there is an error.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, `GRIP_ERROR_NO_TRANSPORT`; `GRIP_ERROR_FAILED` when the process has no
 * descriptors left.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_apply_config (GripPubControl  *self,
                               GVariant        *config,
                               GError         **error)
{
  g_autoptr(GPtrArray) endpoints = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (config != NULL, FALSE);

  endpoints = grip_endpoints_new_from_variant (config, error);

  return endpoints != NULL && add_endpoints (self, endpoints, error);
}

/**
 * grip_pub_control_apply_uri:
 * @self: a publisher
 * @uri: a GRIP URI
 * @error: return location for an error
 *
 * Adds the endpoint of a GRIP URI (protocol 2.2).
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, `GRIP_ERROR_NO_TRANSPORT`; `GRIP_ERROR_FAILED` when the process has no
 * descriptors left.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_apply_uri (GripPubControl  *self,
                            const char      *uri,
                            GError         **error)
{
  g_autoptr(GripEndpoint) endpoint = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (uri != NULL, FALSE);

  endpoint = grip_endpoint_new_for_uri (uri, error);

  return endpoint != NULL && grip_pub_control_add_endpoint (self, endpoint, error);
}

/**
 * grip_pub_control_apply_environment:
 * @self: a publisher
 * @error: return location for an error
 *
 * Adds the endpoint of the GRIP URI in the environment variable `GRIP_URL`.
 *
 * Errors: `GRIP_ERROR_INVALID_CONFIG`, also when the variable is not set; `GRIP_ERROR_NO_TRANSPORT`.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_apply_environment (GripPubControl  *self,
                                    GError         **error)
{
  const char *uri = g_getenv ("GRIP_URL");

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);

  if (uri != NULL && *uri != '\0')
    return grip_pub_control_apply_uri (self, uri, error);

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "the environment variable GRIP_URL is not set");

  return FALSE;
}

/**
 * grip_pub_control_add_endpoint:
 * @self: a publisher
 * @endpoint: an endpoint
 * @error: return location for an error
 *
 * Adds an endpoint, with the transport that it needs.
 *
 * Errors: `GRIP_ERROR_NO_TRANSPORT`; `GRIP_ERROR_FAILED` when the process has no descriptors left.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_add_endpoint (GripPubControl  *self,
                               GripEndpoint    *endpoint,
                               GError         **error)
{
  g_autoptr(GripTransport) transport = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_ENDPOINT (endpoint), FALSE);

  transport = make_transport (self, endpoint, error);
  if (transport == NULL)
    return FALSE;

  grip_pub_control_add_transport (self, transport);

  return TRUE;
}

/**
 * grip_pub_control_add_transport:
 * @self: a publisher that is not closed
 * @transport: a transport that no publisher has
 *
 * Adds a transport.
 *
 * Since: 1.0
 */
void
grip_pub_control_add_transport (GripPubControl *self,
                                GripTransport  *transport)
{
  GripPubControlPrivate *priv;
  GPtrArray             *lanes;
  GripLane              *lane;
  guint                  position;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (GRIP_IS_TRANSPORT (transport));

  priv = grip_pub_control_get_private (self);
  lane = make_lane (self, transport);

  g_mutex_lock (&priv->lock);
  lanes = copy_lanes_locked (priv);
  position = lanes->len;
  g_ptr_array_add (lanes, grip_lane_ref (lane));
  replace_lanes_locked (priv, lanes);
  g_mutex_unlock (&priv->lock);

  grip_lane_start (lane);
  grip_lane_unref (lane);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  g_object_notify (G_OBJECT (self), "n-items");
}

static GripLane *
dup_lane_of_locked (GripPubControlPrivate *priv,
                    GripTransport         *transport,
                    guint                 *position)
{
  for (guint i = 0; i < priv->lanes->len; i++)
    {
      GripLane *lane = g_ptr_array_index (priv->lanes, i);

      if (grip_lane_get_transport (lane) == transport)
        {
          *position = i;
          return grip_lane_ref (lane);
        }
    }

  return NULL;
}

/**
 * grip_pub_control_remove_transport:
 * @self: a publisher
 * @transport: one of its transports
 *
 * Removes a transport. What is queued for it is still delivered, in the background.
 *
 * Returns: false if the publisher does not have it
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_remove_transport (GripPubControl *self,
                                   GripTransport  *transport)
{
  GripPubControlPrivate *priv;
  g_autoptr(GripLane)    lane = NULL;
  GPtrArray             *lanes;
  guint                  position = 0;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_TRANSPORT (transport), FALSE);

  priv = grip_pub_control_get_private (self);

  g_mutex_lock (&priv->lock);
  lane = dup_lane_of_locked (priv, transport, &position);
  if (lane != NULL)
    {
      lanes = copy_lanes_locked (priv);
      g_ptr_array_remove_index (lanes, position);
      replace_lanes_locked (priv, lanes);
      grip_pub_control_retire_lane_locked (priv, lane);
    }
  g_mutex_unlock (&priv->lock);

  if (lane == NULL)
    return FALSE;

  grip_lane_close_input (lane, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  g_object_notify (G_OBJECT (self), "n-items");

  return TRUE;
}

/**
 * grip_pub_control_replace_transport:
 * @self: a publisher
 * @old_transport: one of its transports
 * @new_transport: a transport that no publisher has
 *
 * Puts a transport in the place of another one, while items are published.
 *
 * What is queued goes to the new one; what is in flight ends on the old one first. Nothing is lost, and
 * items of one channel keep their order.
 *
 * Returns: false if the publisher does not have @old_transport
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_replace_transport (GripPubControl *self,
                                    GripTransport  *old_transport,
                                    GripTransport  *new_transport)
{
  GripPubControlPrivate *priv;
  g_autoptr(GripLane)    old_lane = NULL;
  g_autoptr(GripLane)    new_lane = NULL;
  GPtrArray             *lanes;
  guint                  position = 0;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (GRIP_IS_TRANSPORT (old_transport), FALSE);
  g_return_val_if_fail (GRIP_IS_TRANSPORT (new_transport), FALSE);

  priv = grip_pub_control_get_private (self);
  new_lane = make_lane (self, new_transport);

  g_mutex_lock (&priv->lock);
  old_lane = dup_lane_of_locked (priv, old_transport, &position);
  if (old_lane != NULL)
    {
      grip_lane_block (new_lane, old_lane);
      lanes = copy_lanes_locked (priv);
      grip_lane_unref (g_ptr_array_index (lanes, position));
      g_ptr_array_index (lanes, position) = grip_lane_ref (new_lane);
      replace_lanes_locked (priv, lanes);
      grip_pub_control_retire_lane_locked (priv, old_lane);
    }
  g_mutex_unlock (&priv->lock);

  if (old_lane == NULL)
    {
      grip_lane_close_input (new_lane, NULL);
      return FALSE;
    }

  grip_lane_close_input (old_lane, new_lane);
  grip_lane_start (new_lane);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);

  return TRUE;
}

/**
 * grip_pub_control_remove_all_transports:
 * @self: a publisher
 *
 * Removes all transports. What is queued for them is still delivered, in the background.
 *
 * Since: 1.0
 */
void
grip_pub_control_remove_all_transports (GripPubControl *self)
{
  GripPubControlPrivate *priv;
  GPtrArray             *lanes;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = grip_pub_control_get_private (self);

  g_mutex_lock (&priv->lock);
  lanes = g_steal_pointer (&priv->lanes);
  priv->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_lane_unref);
  for (guint i = 0; i < lanes->len; i++)
    grip_pub_control_retire_lane_locked (priv, g_ptr_array_index (lanes, i));
  g_mutex_unlock (&priv->lock);

  for (guint i = 0; i < lanes->len; i++)
    grip_lane_close_input (g_ptr_array_index (lanes, i), NULL);
  if (lanes->len > 0)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), 0, lanes->len, 0);
      g_object_notify (G_OBJECT (self), "n-items");
    }
  g_ptr_array_unref (lanes);
}

/**
 * grip_pub_control_is_subscribed:
 * @self: a publisher
 * @channel: a channel
 *
 * Tells whether anybody may listen to a channel, at any endpoint. Endpoints that do not tell count as
 * somebody: unknown is not nobody.
 *
 * Returns: false if certainly nobody does
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_is_subscribed (GripPubControl *self,
                                const char     *channel)
{
  g_autoptr(GPtrArray) lanes = NULL;
  g_autofree char     *prefix = NULL;
  g_autofree char     *full = NULL;

  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);

  /* Who cannot publish any more does not know. */
  lanes = grip_pub_control_dup_lanes (self, &prefix, NULL);
  if (lanes == NULL)
    return TRUE;

  full = g_strconcat (prefix != NULL ? prefix : "", channel, NULL);
  for (guint i = 0; i < lanes->len; i++)
    {
      GripTransport *transport = grip_lane_get_transport (g_ptr_array_index (lanes, i));

      if (!GRIP_IS_BASE_TRANSPORT (transport) ||
          grip_base_transport_is_subscribed (GRIP_BASE_TRANSPORT (transport), full))
        return TRUE;
    }

  return FALSE;
}
