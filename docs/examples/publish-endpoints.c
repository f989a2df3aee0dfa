/* publish-endpoints.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Publishes to several proxies at once. Each endpoint is one proxy, and every item goes to all of them.
 *
 *   publish-endpoints http://localhost:5561 http://otherhost:5561
 */

#include <libgrip/grip.h>

/* What a configuration file might hold: a list of dictionaries, one for each endpoint. */
static GVariant *
make_config (char **uris)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; uris[i] != NULL; i++)
    {
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{sv}"));
      g_variant_builder_add (&builder, "{sv}", "control_uri", g_variant_new_string (uris[i]));
      /* If the proxy wants to know who is calling, a JWT is signed with a key:
       *   "control_iss" and "key"
       * Or, over ZeroMQ, in place of "control_uri":
       *   "control_zmq_uri", which asks Pushpin for its sockets, and "require_subscribers" */
      g_variant_builder_close (&builder);
    }

  return g_variant_builder_end (&builder);
}

static gboolean
publish (GripPubControl  *control,
         const char      *text,
         GError         **error)
{
  g_print ("%u endpoints\n", g_list_model_get_n_items (G_LIST_MODEL (control)));

  return grip_pub_control_publish_http_stream (control, "test", text, NULL, NULL, NULL, error);
}

static gboolean
run (char   **uris,
     GError **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  g_autoptr(GripEndpoint)   endpoint = NULL;

  if (!grip_pub_control_apply_config (control, make_config (uris), error))
    return FALSE;
  if (!publish (control, "To all of them!\n", error))
    return FALSE;

  /* Endpoints come and go while the program runs. */
  grip_pub_control_remove_all_transports (control);
  endpoint = grip_endpoint_new (uris[0], error);
  if (endpoint == NULL || !grip_pub_control_add_endpoint (control, endpoint, error))
    return FALSE;
  if (!publish (control, "To the first alone!\n", error))
    return FALSE;

  return grip_pub_control_close (control, NULL, error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;

  if (argc < 2)
    {
      g_printerr ("Usage: publish-endpoints URI...\n");
      return 1;
    }

  /* The error names each endpoint that failed, why, and whether it may have the item anyway. */
  if (!run (argv + 1, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  return 0;
}
