/* test-plugin.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

/* A transport of somebody else's, for URIs such as test://x. It knows libgrip's public headers only. It
 * writes what it carried to the file that GRIP_TEST_LOG names. */

#define TEST_TYPE_TRANSPORT (test_transport_get_type ())
G_DECLARE_FINAL_TYPE (TestTransport, test_transport, TEST, TRANSPORT, GripBaseTransport)

struct _TestTransport
{
  GripBaseTransport parent_instance;
};

G_DEFINE_FINAL_TYPE (TestTransport, test_transport, GRIP_TYPE_BASE_TRANSPORT)

G_MODULE_EXPORT void   g_io_grip_test_load   (GIOModule *module);
G_MODULE_EXPORT void   g_io_grip_test_unload (GIOModule *module);
G_MODULE_EXPORT char **g_io_grip_test_query  (void);

static void
test_transport_deliver (GripBaseTransport *transport,
                        GripDelivery      *delivery)
{
  GripEndpoint     *endpoint = grip_transport_get_endpoint (GRIP_TRANSPORT (transport));
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile)  file = g_file_new_for_path (g_getenv ("GRIP_TEST_LOG"));
  g_autoptr(GFileOutputStream) log = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    {
      GBytes *payload = grip_delivery_get_payload (delivery, i);

      g_output_stream_printf (G_OUTPUT_STREAM (log), NULL, NULL, &error, "%s %s %.*s\n",
                              grip_endpoint_get_control_uri (endpoint),
                              grip_delivery_get_channel (delivery, i),
                              (int) g_bytes_get_size (payload), (const char *) g_bytes_get_data (payload, NULL));
      g_assert_no_error (error);
    }

  grip_delivery_complete (delivery);
}

static void
test_transport_class_init (TestTransportClass *klass)
{
  GRIP_BASE_TRANSPORT_CLASS (klass)->deliver = test_transport_deliver;
}

static void
test_transport_init (TestTransport *self)
{
}

void
g_io_grip_test_load (GIOModule *module)
{
  g_io_extension_point_implement (GRIP_TRANSPORT_EXTENSION_POINT_NAME, TEST_TYPE_TRANSPORT, "test", 0);
}

void
g_io_grip_test_unload (GIOModule *module)
{
}

char **
g_io_grip_test_query (void)
{
  const char *points[] = { GRIP_TRANSPORT_EXTENSION_POINT_NAME, NULL };

  return g_strdupv ((char **) points);
}
