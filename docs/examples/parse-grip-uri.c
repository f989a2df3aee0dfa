/* parse-grip-uri.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Takes a GRIP URI apart.
 *
 *   parse-grip-uri 'https://api.fanout.io/realm/REALM?iss=REALM&key=base64:KEY'
 */

#include <libgrip/grip.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)   error = NULL;
  g_autoptr(GVariant) config = NULL;
  const char         *control_uri = NULL;
  const char         *control_iss = NULL;
  g_autoptr(GVariant) key = NULL;

  if (argc != 2)
    {
      g_printerr ("Usage: parse-grip-uri URI\n");
      return 1;
    }

  config = grip_parse_grip_uri (argv[1], &error);
  if (config == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  if (g_variant_lookup (config, "control_uri", "&s", &control_uri))
    g_print ("control_uri: %s\n", control_uri);
  if (g_variant_lookup (config, "control_iss", "&s", &control_iss))
    g_print ("control_iss: %s\n", control_iss);

  /* A key that was written as base64 is bytes, another one is text. It is a secret: do not log it. */
  key = g_variant_lookup_value (config, "key", NULL);
  if (key != NULL)
    g_print ("key: %s of %" G_GSIZE_FORMAT " bytes\n",
             g_variant_is_of_type (key, G_VARIANT_TYPE_BYTESTRING) ? "bytes" : "text",
             g_variant_is_of_type (key, G_VARIANT_TYPE_BYTESTRING)
               ? g_variant_n_children (key) : g_variant_get_size (key) - 1);

  return 0;
}
