/* grip-pub-control-properties.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-pub-control-private.h"

/* The lanes get them in the order in which they were set; to wake them up is a system call. */
static void
share_limits_and_unlock (GripPubControlPrivate *priv)
{
  g_autoptr(GPtrArray) lanes = g_ptr_array_ref (priv->lanes);

  for (guint i = 0; i < lanes->len; i++)
    grip_lane_set_limits (g_ptr_array_index (lanes, i), &priv->limits);
  g_mutex_unlock (&priv->lock);

  for (guint i = 0; i < lanes->len; i++)
    grip_lane_look_again (g_ptr_array_index (lanes, i));
}

/* Anybody may change them at any time. */
static GripLimits
read_limits (GripPubControl *self)
{
  GripPubControlPrivate *priv = grip_pub_control_get_private (self);
  GripLimits             limits;

  g_mutex_lock (&priv->lock);
  limits = priv->limits;
  g_mutex_unlock (&priv->lock);

  return limits;
}

/**
 * grip_pub_control_get_prefix:
 * @self: a publisher
 *
 * Gets what is put in front of the name of each channel.
 *
 * Returns: (nullable): the prefix
 *
 * Since: 1.0
 */
const char *
grip_pub_control_get_prefix (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), NULL);

  return grip_pub_control_get_private (self)->prefix;
}

/**
 * grip_pub_control_set_prefix:
 * @self: a publisher
 * @prefix: (nullable): the prefix, UTF-8
 *
 * Sets what is put in front of the name of each channel that is published to from now on.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_prefix (GripPubControl *self,
                             const char     *prefix)
{
  GripPubControlPrivate *priv;
  char                  *old;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (prefix == NULL || g_utf8_validate (prefix, -1, NULL));

  priv = grip_pub_control_get_private (self);
  if (g_strcmp0 (priv->prefix, prefix) == 0)
    return;

  g_mutex_lock (&priv->lock);
  old = priv->prefix;
  priv->prefix = g_strdup (prefix);
  g_mutex_unlock (&priv->lock);

  g_free (old);
  g_object_notify (G_OBJECT (self), "prefix");
}

/**
 * grip_pub_control_get_max_queue_bytes:
 * @self: a publisher
 *
 * Tells how many bytes may wait for one endpoint.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
guint64
grip_pub_control_get_max_queue_bytes (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return read_limits (self).max_bytes;
}

/**
 * grip_pub_control_set_max_queue_bytes:
 * @self: a publisher
 * @bytes: the limit
 *
 * Sets how many bytes of encoded items may wait for one endpoint. One item always may.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_max_queue_bytes (GripPubControl *self,
                                      guint64         bytes)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = grip_pub_control_get_private (self);
  if (read_limits (self).max_bytes == bytes)
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.max_bytes = bytes;
  share_limits_and_unlock (priv);
  g_object_notify (G_OBJECT (self), "max-queue-bytes");
}

/**
 * grip_pub_control_get_max_queue_items:
 * @self: a publisher
 *
 * Tells how many items may wait for one endpoint.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
guint
grip_pub_control_get_max_queue_items (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return read_limits (self).max_items;
}

/**
 * grip_pub_control_set_max_queue_items:
 * @self: a publisher
 * @items: the limit, at least 1
 *
 * Sets how many items may wait for one endpoint.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_max_queue_items (GripPubControl *self,
                                      guint           items)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (items > 0);

  priv = grip_pub_control_get_private (self);
  if (read_limits (self).max_items == items)
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.max_items = items;
  share_limits_and_unlock (priv);
  g_object_notify (G_OBJECT (self), "max-queue-items");
}

/**
 * grip_pub_control_get_retry_limit:
 * @self: a publisher
 *
 * Tells how many times an item is tried again at one endpoint.
 *
 * Returns: the limit
 *
 * Since: 1.0
 */
guint
grip_pub_control_get_retry_limit (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return read_limits (self).retry_limit;
}

/**
 * grip_pub_control_set_retry_limit:
 * @self: a publisher
 * @limit: the limit; 0 is one try
 *
 * Sets how many times an item is tried again at one endpoint.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_retry_limit (GripPubControl *self,
                                  guint           limit)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = grip_pub_control_get_private (self);
  if (read_limits (self).retry_limit == limit)
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.retry_limit = limit;
  share_limits_and_unlock (priv);
  g_object_notify (G_OBJECT (self), "retry-limit");
}

/**
 * grip_pub_control_get_timeout:
 * @self: a publisher
 *
 * Tells how long a publish may take.
 *
 * Returns: seconds
 *
 * Since: 1.0
 */
double
grip_pub_control_get_timeout (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0.0);

  return read_limits (self).timeout / (double) G_USEC_PER_SEC;
}

/**
 * grip_pub_control_set_timeout:
 * @self: a publisher
 * @seconds: the limit, a thousandth of a second to a day
 *
 * Sets how long a publish may take, tries again included.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_timeout (GripPubControl *self,
                              double          seconds)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (seconds >= 0.001 && seconds <= GRIP_MAX_TIMEOUT);

  priv = grip_pub_control_get_private (self);
  if (read_limits (self).timeout == (gint64) (seconds * G_USEC_PER_SEC))
    return;

  g_mutex_lock (&priv->lock);
  priv->limits.timeout = (gint64) (seconds * G_USEC_PER_SEC);
  share_limits_and_unlock (priv);
  g_object_notify (G_OBJECT (self), "timeout");
}

/**
 * grip_pub_control_get_sig_leeway:
 * @self: a publisher
 *
 * Tells how many seconds the clock of a proxy may differ from ours.
 *
 * Returns: the seconds
 *
 * Since: 1.0
 */
guint
grip_pub_control_get_sig_leeway (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), 0);

  return g_atomic_int_get (&grip_pub_control_get_private (self)->sig_leeway);
}

/**
 * grip_pub_control_set_sig_leeway:
 * @self: a publisher
 * @seconds: the leeway, 60 at most
 *
 * Sets how many seconds the clock of a proxy may differ from ours when
 * [method@Grip.PubControl.validate_sig] judges a token.
 *
 * Since: 1.0
 */
void
grip_pub_control_set_sig_leeway (GripPubControl *self,
                                 guint           seconds)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));
  g_return_if_fail (seconds <= GRIP_SIGNATURE_MAX_LEEWAY);

  priv = grip_pub_control_get_private (self);
  if (priv->sig_leeway == seconds)
    return;

  g_atomic_int_set (&priv->sig_leeway, seconds);
  g_object_notify (G_OBJECT (self), "sig-leeway");
}

/**
 * grip_pub_control_get_idempotent:
 * @self: a publisher
 *
 * Tells whether items without an id get one.
 *
 * Returns: whether they do
 *
 * Since: 1.0
 */
gboolean
grip_pub_control_get_idempotent (GripPubControl *self)
{
  g_return_val_if_fail (GRIP_IS_PUB_CONTROL (self), FALSE);

  return g_atomic_int_get (&grip_pub_control_get_private (self)->idempotent);
}

/**
 * grip_pub_control_set_idempotent:
 * @self: a publisher
 * @idempotent: whether items without an id get one
 *
 * Sets whether items without an id get one: see [property@Grip.PubControl:idempotent].
 *
 * Since: 1.0
 */
void
grip_pub_control_set_idempotent (GripPubControl *self,
                                 gboolean        idempotent)
{
  GripPubControlPrivate *priv;

  g_return_if_fail (GRIP_IS_PUB_CONTROL (self));

  priv = grip_pub_control_get_private (self);
  idempotent = idempotent != FALSE;
  if (g_atomic_int_compare_and_exchange (&priv->idempotent, !idempotent, idempotent))
    g_object_notify (G_OBJECT (self), "idempotent");
}
