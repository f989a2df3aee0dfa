/* test-delivery-body.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

/* From here on a message is a part of its own. */
#define LARGE 8192

/* A transport that looks at the body of what it gets, and keeps its parts. */
#define BODY_TYPE_TRANSPORT (body_transport_get_type ())
G_DECLARE_FINAL_TYPE (BodyTransport, body_transport, BODY, TRANSPORT, GripBaseTransport)

struct _BodyTransport
{
  GripBaseTransport  parent_instance;

  gboolean           skips;
  GPtrArray         *bodies;
  GPtrArray         *kept;      /* the parts of each */
};

G_DEFINE_FINAL_TYPE (BodyTransport, body_transport, GRIP_TYPE_BASE_TRANSPORT)

static void
assert_joined (GPtrArray *parts,
               GBytes    *body)
{
  g_autoptr(GByteArray) joined = g_byte_array_new ();

  for (guint i = 0; i < parts->len; i++)
    {
      gsize       size;
      const void *data = g_bytes_get_data (g_ptr_array_index (parts, i), &size);

      g_assert_cmpuint (size, >, 0);
      g_byte_array_append (joined, data, size);
    }
  g_assert_cmpmem (joined->data, joined->len, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static gboolean
has_part (GPtrArray *parts,
          GBytes    *payload)
{
  for (guint i = 0; i < parts->len; i++)
    if (g_bytes_get_data (g_ptr_array_index (parts, i), NULL) == g_bytes_get_data (payload, NULL))
      return g_bytes_equal (g_ptr_array_index (parts, i), payload);

  return FALSE;
}

static GBytes *
make_body (GPtrArray *payloads)
{
  GString *body = g_string_new ("{\"items\":[");

  for (guint i = 0; i < payloads->len; i++)
    {
      gsize       size;
      const char *data = g_bytes_get_data (g_ptr_array_index (payloads, i), &size);

      g_string_append (body, i > 0 ? "," : "");
      g_string_append_len (body, data, size);
    }
  g_string_append (body, "]}");

  return g_string_free_to_bytes (body);
}

/* Returns: the payloads that are to be sent */
static GPtrArray *
skip_some (BodyTransport *self,
           GripDelivery  *delivery)
{
  GPtrArray *payloads = g_ptr_array_new ();

  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    if (self->skips && g_test_rand_int_range (0, 3) == 0)
      grip_delivery_skip_message (delivery, i);
    else
      g_ptr_array_add (payloads, grip_delivery_get_payload (delivery, i));

  return payloads;
}

static void
body_transport_deliver (GripBaseTransport *base,
                        GripDelivery      *delivery)
{
  BodyTransport        *self = BODY_TRANSPORT (base);
  g_autoptr(GPtrArray)  payloads = skip_some (self, delivery);
  g_autoptr(GBytes)     expected = make_body (payloads);
  g_autoptr(GBytes)     body = grip_delivery_dup_body (delivery);
  g_autoptr(GPtrArray)  parts = grip_delivery_dup_body_parts (delivery);
  guint                 n_large = 0;

  g_assert_true (g_bytes_equal (body, expected));
  assert_joined (parts, body);
  for (guint i = 0; i < payloads->len; i++)
    {
      GBytes   *payload = g_ptr_array_index (payloads, i);
      gboolean  is_large = g_bytes_get_size (payload) >= LARGE;

      g_assert_true (has_part (parts, payload) == is_large);
      n_large += is_large ? 1 : 0;
    }
  g_assert_cmpuint (parts->len, ==, 2 * n_large + 1);

  g_ptr_array_add (self->bodies, g_steal_pointer (&body));
  g_ptr_array_add (self->kept, g_steal_pointer (&parts));
  grip_delivery_complete (delivery);
}

static void
body_transport_finalize (GObject *object)
{
  BodyTransport *self = BODY_TRANSPORT (object);

  g_ptr_array_unref (self->bodies);
  g_ptr_array_unref (self->kept);

  G_OBJECT_CLASS (body_transport_parent_class)->finalize (object);
}

static void
body_transport_class_init (BodyTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = body_transport_finalize;
  GRIP_BASE_TRANSPORT_CLASS (klass)->deliver = body_transport_deliver;
}

static void
body_transport_init (BodyTransport *self)
{
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  guint             *pending = user_data;
  g_autoptr(GError)  error = NULL;

  grip_pub_control_publish_http_stream_finish (GRIP_PUB_CONTROL (source), result, &error);
  g_assert_no_error (error);
  (*pending)--;
}

/* The messages are gone with their delivery, but for those that are parts. */
static void
assert_still_valid (BodyTransport *transport)
{
  g_assert_cmpuint (transport->kept->len, >, 0);
  for (guint i = 0; i < transport->kept->len; i++)
    assert_joined (g_ptr_array_index (transport->kept, i), g_ptr_array_index (transport->bodies, i));
}

static void
check (const gsize *sizes,
       guint        n_sizes,
       gboolean     skips)
{
  g_autoptr(GripEndpoint)   endpoint = grip_endpoint_new ("body://one", NULL);
  g_autoptr(BodyTransport)  transport = g_object_new (BODY_TYPE_TRANSPORT, "endpoint", endpoint, NULL);
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  guint                     pending = n_sizes;

  transport->skips = skips;
  grip_pub_control_add_transport (control, GRIP_TRANSPORT (transport));
  for (guint i = 0; i < n_sizes; i++)
    {
      g_autofree char *content = g_strnfill (sizes[i], 'a' + i % 26);

      grip_pub_control_publish_http_stream_async (control, "c", content, NULL, NULL, NULL, published_cb, &pending);
    }
  while (pending > 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&control);
  assert_still_valid (transport);
}

static void
test_one (void)
{
  static const gsize sizes[] = { 0, 100, LARGE, 70000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check (&sizes[i], 1, FALSE);
}

/* Some of these are just below, one is exactly there. */
static void
test_around_large (void)
{
  gsize sizes[200];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    sizes[i] = LARGE - G_N_ELEMENTS (sizes) + i;
  check (sizes, G_N_ELEMENTS (sizes), FALSE);
}

static void
test_mixtures (gconstpointer data)
{
  gsize sizes[60];

  for (guint round = 0; round < 30; round++)
    {
      guint n_sizes = g_test_rand_int_range (1, G_N_ELEMENTS (sizes) + 1);

      for (guint i = 0; i < n_sizes; i++)
        sizes[i] = g_test_rand_int_range (0, g_test_rand_bit () ? 300 : 3 * LARGE);
      check (sizes, n_sizes, GPOINTER_TO_INT (data));
    }
}

/* A binding can make one. */
static void
test_empty (void)
{
  g_autoptr(GripDelivery) delivery = g_object_new (GRIP_TYPE_DELIVERY, NULL);
  g_autoptr(GPtrArray)    parts = grip_delivery_dup_body_parts (delivery);
  g_autoptr(GBytes)       body = grip_delivery_dup_body (delivery);

  assert_joined (parts, body);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "{\"items\":[]}", 12);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/delivery-body/one", test_one);
  g_test_add_func ("/delivery-body/around-large", test_around_large);
  g_test_add_data_func ("/delivery-body/mixtures", GINT_TO_POINTER (FALSE), test_mixtures);
  g_test_add_data_func ("/delivery-body/skipped", GINT_TO_POINTER (TRUE), test_mixtures);
  g_test_add_func ("/delivery-body/empty", test_empty);

  return g_test_run ();
}
