/* test-controls.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* The requests of both control interfaces, as an implementation gets them. */

#define TEST_TYPE_CONTROL (test_control_get_type ())
G_DECLARE_FINAL_TYPE (TestControl, test_control, TEST, CONTROL, GripBaseTransport)

struct _TestControl
{
  GripBaseTransport parent_instance;

  GString *log;
};

static void
http_send_call (GripHttpControl *control,
                GripHttpCall    *call)
{
  GBytes *body = grip_http_call_get_body (call);

  g_string_append_printf (TEST_CONTROL (control)->log, "%s %s %s ", grip_http_call_get_method (call),
                          grip_http_call_get_path (call), grip_http_call_get_content_type (call));
  if (body != NULL)
    g_string_append_len (TEST_CONTROL (control)->log, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
http_iface_init (GripHttpControlInterface *iface)
{
  iface->send_call = http_send_call;
}

static void
zmq_send_call (GripZmqControl *control,
               GripZmqCall    *call)
{
  GBytes *request = grip_zmq_call_get_request (call);

  g_string_append_len (TEST_CONTROL (control)->log, g_bytes_get_data (request, NULL), g_bytes_get_size (request));
}

static void
zmq_iface_init (GripZmqControlInterface *iface)
{
  iface->send_call = zmq_send_call;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestControl, test_control, GRIP_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_HTTP_CONTROL, http_iface_init)
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_ZMQ_CONTROL, zmq_iface_init))

static void
test_control_finalize (GObject *object)
{
  g_string_free (TEST_CONTROL (object)->log, TRUE);

  G_OBJECT_CLASS (test_control_parent_class)->finalize (object);
}

static void
test_control_class_init (TestControlClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_control_finalize;
}

static void
test_control_init (TestControl *self)
{
  self->log = g_string_new (NULL);
}

static TestControl *
new_control (void)
{
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new ("http://127.0.0.1", NULL);

  return g_object_new (TEST_TYPE_CONTROL, "endpoint", endpoint, NULL);
}

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GError **error = user_data;

  g_assert_null (grip_zmq_control_call_finish (GRIP_ZMQ_CONTROL (object), result, error));
}

static void
test_origin (void)
{
  g_autoptr(TestControl) control = new_control ();
  g_autoptr(GHashTable)  fields = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (fields, (gpointer) "b&=", (gpointer) "1 +&");
  g_hash_table_insert (fields, (gpointer) "a", NULL);
  grip_http_control_set_origin_async (GRIP_HTTP_CONTROL (control), "x/\xc3\xa4", fields, NULL, NULL, NULL);
  g_assert_cmpstr (control->log->str, ==,
                   "POST http/x%2F%C3%A4/ application/x-www-form-urlencoded a=&b%26%3D=1%20%2B%26");
}

static const struct
{
  const char *args;
  const char *request;
} requests[] = {
  { NULL, "32:2:id,1:1,6:method,1:m,4:args,0:}}" },
  { "{'a': <true>}", "44:2:id,1:1,6:method,1:m,4:args,11:1:a,4:true!}}" },
  { "{'a': <[<[<[<[<[<[<[1]>]>]>]>]>]>]>}",
    "67:2:id,1:1,6:method,1:m,4:args,34:1:a,26:22:18:14:10:7:4:1:1#]]]]]]]}}" },
  { "{'a': <[<[<[<[<[<[<[<[1]>]>]>]>]>]>]>]>}", NULL },
  { "{'a': <{1: 'x'}>}", NULL },
  { "{'a': <[<{'b': <{true: 'x'}>}>]>}", NULL },
  { "{'a': <inf>}", NULL },
};

/* What can be written is; what cannot is refused before it is sent. */
static void
test_args (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(TestControl) control = new_control ();
      g_autoptr(GError)      error = NULL;
      GVariant              *args = requests[i].args != NULL ? g_variant_new_parsed (requests[i].args) : NULL;

      g_test_message ("%s", requests[i].args);
      grip_zmq_control_call_async (GRIP_ZMQ_CONTROL (control), "m", args, NULL, result_cb, &error);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpstr (control->log->str, ==, requests[i].request != NULL ? requests[i].request : "");
      if (requests[i].request == NULL)
        g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_CONFIG);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/controls/origin", test_origin);
  g_test_add_func ("/controls/args", test_args);

  return g_test_run ();
}
