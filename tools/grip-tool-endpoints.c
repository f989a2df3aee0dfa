/* grip-tool-endpoints.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-endpoints.h"

static gboolean
add_uri (GPtrArray   *endpoints,
         const char  *uri,
         GError     **error)
{
  GripEndpoint *endpoint = grip_endpoint_new_for_uri (uri, error);

  if (endpoint == NULL)
    return FALSE;

  g_ptr_array_add (endpoints, endpoint);

  return TRUE;
}

static gboolean
add_config (GPtrArray   *endpoints,
            const char  *path,
            GError     **error)
{
  g_autoptr(GBytes)    bytes = grip_tool_read_file (path, error);
  g_autoptr(GPtrArray) configured = NULL;
  g_autofree char     *json = NULL;
  const char          *data;
  gsize                length;

  if (bytes == NULL)
    return FALSE;

  data = g_bytes_get_data (bytes, &length);
  if (length > 0 && memchr (data, '\0', length) != NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "'%s' has a NUL byte", path);
      return FALSE;
    }

  /* No data at all is a NULL. */
  json = g_strndup (length > 0 ? data : "", length);
  configured = grip_endpoints_new_from_json (json, error);
  if (configured == NULL)
    {
      g_prefix_error (error, "'%s': ", path);
      return FALSE;
    }

  for (guint i = 0; i < configured->len; i++)
    g_ptr_array_add (endpoints, g_object_ref (configured->pdata[i]));

  return TRUE;
}

static gboolean
add_zmq (GPtrArray    *endpoints,
         const char   *key,
         char        **specs,
         GError      **error)
{
  for (gsize i = 0; specs != NULL && specs[i] != NULL; i++)
    {
      g_autoptr(GVariant) config = NULL;
      GVariantBuilder     builder;
      GripEndpoint       *endpoint;

      if (!g_utf8_validate (specs[i], -1, NULL))
        {
          g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG, "%s is not UTF-8", key);
          return FALSE;
        }

      g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", key, g_variant_new_string (specs[i]));
      config = g_variant_ref_sink (g_variant_builder_end (&builder));

      endpoint = grip_endpoint_new_from_variant (config, error);
      if (endpoint == NULL)
        return FALSE;
      g_ptr_array_add (endpoints, endpoint);
    }

  return TRUE;
}

static gboolean
add_default (GPtrArray  *endpoints,
             GError    **error)
{
  const char *uri = g_getenv ("GRIP_URL");

  if (uri == NULL || *uri == '\0')
    return add_uri (endpoints, GRIP_TOOL_DEFAULT_URI, error);
  if (add_uri (endpoints, uri, error))
    return TRUE;

  g_prefix_error (error, "GRIP_URL: ");

  return FALSE;
}

/* Everything that was named; nothing named is the environment, then Pushpin's default. */
GPtrArray *
grip_tool_endpoints_load (GripToolEndpoints  *self,
                          GError            **error)
{
  g_autoptr(GPtrArray) endpoints = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; self->uris != NULL && self->uris[i] != NULL; i++)
    if (!add_uri (endpoints, self->uris[i], error))
      return NULL;
  if (self->config != NULL && !add_config (endpoints, self->config, error))
    return NULL;
  if (!add_zmq (endpoints, "control_zmq_uri", self->zmq, error) ||
      !add_zmq (endpoints, "control_zmq_push_uri", self->zmq_push, error) ||
      !add_zmq (endpoints, "control_zmq_pub_uri", self->zmq_pub, error))
    return NULL;

  if (endpoints->len == 0 && self->config == NULL && !add_default (endpoints, error))
    return NULL;

  return g_steal_pointer (&endpoints);
}

GripPubControl *
grip_tool_endpoints_open (GPtrArray  *endpoints,
                          GError    **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();

  for (guint i = 0; i < endpoints->len; i++)
    if (!grip_pub_control_add_endpoint (control, endpoints->pdata[i], error))
      return NULL;

  return g_steal_pointer (&control);
}
