/* grip-tool-uri.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "grip-tool.h"

static gboolean show_secrets;

static char *
format_value (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      gsize            length;
      const guchar    *data = g_variant_get_fixed_array (value, &length, 1);
      g_autofree char *base64 = g_base64_encode (data, length);

      return g_strconcat ("base64:", base64, NULL);
    }

  return g_variant_print (value, FALSE);
}

static void
print_line (const char *name,
            const char *value)
{
  if (value != NULL)
    printf ("%-22s %s\n", name, value);
}

/* The values of a query may be secrets that are not of GRIP. */
static char *
dup_publish_uri (GripEndpoint *endpoint)
{
  const char      *uri = grip_endpoint_get_publish_uri (endpoint);
  const char      *query = uri != NULL ? strchr (uri, '?') : NULL;
  g_autofree char *start = NULL;

  if (query == NULL || show_secrets)
    return g_strdup (uri);

  start = g_strndup (uri, query - uri);

  return g_strconcat (start, "?***", NULL);
}

static void
print_words (GripEndpoint *endpoint)
{
  g_autofree char    *publish_uri = dup_publish_uri (endpoint);
  g_autoptr(GVariant) config = grip_endpoint_to_variant (endpoint, show_secrets);
  GVariantIter        iter;
  const char         *name;
  GVariant           *value;

  print_line ("publish_uri", publish_uri);
  g_variant_iter_init (&iter, config);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *text = format_value (value);

      if (!g_str_equal (name, "publish_uri"))
        print_line (name, text);
    }
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError)       error = NULL;
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autofree char        *json = NULL;
  const char             *uri = argc > 1 ? argv[1] : g_getenv ("GRIP_URL");

  if (argc > 2)
    return grip_tool_usage ("unexpected argument '%s'", argv[2]);
  if (uri == NULL)
    return grip_tool_usage ("no URI given, and GRIP_URL is not set");

  endpoint = grip_endpoint_new_for_uri (uri, &error);
  if (endpoint == NULL)
    return grip_tool_fail (error);

  if (!grip_tool_json)
    {
      print_words (endpoint);
      return GRIP_TOOL_OK;
    }

  json = grip_endpoint_to_json (endpoint, show_secrets);
  puts (json);

  return GRIP_TOOL_OK;
}

static const GOptionEntry options[] = {
  { "show-secrets", 0, 0, G_OPTION_ARG_NONE, &show_secrets, "Show keys and passwords, not ***", NULL },
  { NULL }
};

const GripToolCommand grip_tool_uri = {
  .name = "uri",
  .run = run,
  .description = "Tell what a GRIP URI says",
  .arguments = "[URI]",
  .options = options,
  .details =
    "Shows the keys that the URI (default $GRIP_URL) sets, and the URI that items are posted to. A key\n"
    "that is not text is shown as base64:...; secrets are masked without --show-secrets.",
  .examples =
    "grip-tool uri 'http://localhost:5561?iss=me&key=changeme'\n"
    "grip-tool uri --json --show-secrets \"$GRIP_URL\"",
};
