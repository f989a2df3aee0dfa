/* test-websocket-control.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* What is read of a control message, printed; or NULL and the end of the error. */
typedef struct
{
  const char *json;
  const char *read;
  const char *error;
} Case;

static const Case cases[] =
{
  { "{\"type\":\"subscribe\",\"channel\":\"a\",\"filters\":[\"f\",\"g\"]}",
    "{'type': <'subscribe'>, 'channel': <'a'>, 'filters': <['f', 'g']>}", NULL },
  { "{\"type\":\"subscribe\",\"channel\":\"a\",\"more\":{}}", "{'type': <'subscribe'>, 'channel': <'a'>}", NULL },
  { "{\"type\":\"unsubscribe\",\"channel\":\"a\"}", "{'type': <'unsubscribe'>, 'channel': <'a'>}", NULL },
  { "{\"type\":\"detach\"}", "{'type': <'detach'>}", NULL },
  { "{\"type\":\"flush-delayed\"}", "{'type': <'flush-delayed'>}", NULL },
  { "{\"type\":\"session\",\"id\":\"s\"}", "{'type': <'session'>, 'id': <'s'>}", NULL },
  { "{\"type\":\"session\"}", "{'type': <'session'>}", NULL },
  { "{\"type\":\"set-meta\",\"name\":\"n\",\"value\":\"\"}",
    "{'type': <'set-meta'>, 'name': <'n'>, 'value': <''>}", NULL },
  { "{\"type\":\"set-meta\",\"name\":\"n\"}", "{'type': <'set-meta'>, 'name': <'n'>}", NULL },
  { "{\"type\":\"keep-alive\",\"content\":\"k\",\"timeout\":3,\"mode\":\"interval\"}",
    "{'type': <'keep-alive'>, 'timeout': <3>, 'content': <[byte 0x6b]>, 'mode': <'interval'>}", NULL },
  { "{\"type\":\"keep-alive\"}", "{'type': <'keep-alive'>}", NULL },
  { "{\"type\":\"send-delayed\",\"message-type\":\"binary\",\"content-bin\":\"/wA=\"}",
    "{'type': <'send-delayed'>, 'message-type': <'binary'>, 'content': <b'\\377'>}", NULL },

  { "", NULL, "" },
  { "[]", NULL, "not an object" },
  { "{\"type\":\"subscribe\"}", NULL, "'channel' is missing" },
  { "{\"type\":\"subscribe\",\"channel\":\"\"}", NULL, "'channel' is empty" },
  { "{\"type\":\"subscribe\",\"channel\":1}", NULL, "'channel' is not a string" },
  { "{\"type\":\"subscribe\",\"channel\":\"a\",\"filters\":\"f\"}", NULL, "'filters' is not a list" },
  { "{\"type\":\"subscribe\",\"channel\":\"a\",\"filters\":[1]}", NULL, "an element that is not a string" },
  { "{\"type\":\"subscribe\",\"channel\":\"a\",\"filters\":[\"\",\"\",\"\",\"\",\"\",\"\"]}", NULL,
    "more than 5 elements" },
  { "{\"type\":\"set-meta\"}", NULL, "'name' is missing" },
  { "{\"type\":\"close\"}", NULL, "'type' is not known" },
  { "{\"channel\":\"a\"}", NULL, "'type' is missing" },
  { "{\"type\":{}}", NULL, "'type' is not a string" },
  { "{\"type\":\"keep-alive\",\"content\":1}", NULL, "'content' is not a string" },
  { "{\"type\":\"keep-alive\",\"content\":\"k\",\"timeout\":\"3\"}", NULL, "'timeout' is not a whole number" },
  { "{\"type\":\"keep-alive\",\"content\":\"k\",\"timeout\":-1}", NULL, "'timeout' is out of range" },
  { "{\"type\":\"keep-alive\",\"content\":\"k\",\"message-type\":\"x\"}", NULL, "'message-type' is not known" },
  { "{\"type\":\"keep-alive\",\"content-bin\":\"!\"}", NULL, "not base64" },
  { "{\"type\":\"keep-alive\",\"content-bin\":\"/w==\"}", NULL, "not UTF-8, and the message is a text" },
};

static void
test_parse (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) args = grip_websocket_control_parse (c->json, &error);
  g_autofree char *text = args != NULL ? g_variant_print (args, FALSE) : NULL;

  g_assert_cmpstr (text, ==, c->read);
  if (c->error == NULL)
    {
      g_assert_no_error (error);
      return;
    }

  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
  g_assert_true (g_str_has_prefix (error->message, "control message: "));
  g_assert_nonnull (strstr (error->message, c->error));
}

static void
test_round_trip (void)
{
  const char * const filters[] = { "skip-self", "a", "b", "c", "d", NULL };
  g_autoptr(GBytes) content = g_bytes_new_static ("\0\xff", 2);
  char *messages[] =
  {
    grip_websocket_control_subscribe ("\xc3\xa9\"", filters, NULL),
    grip_websocket_control_unsubscribe ("a", NULL),
    grip_websocket_control_detach (),
    grip_websocket_control_session ("s", NULL),
    grip_websocket_control_set_meta ("a", "b", NULL),
    grip_websocket_control_keep_alive (GRIP_WEBSOCKET_MESSAGE_BINARY, content, 5, GRIP_KEEP_ALIVE_MODE_INTERVAL, NULL),
    grip_websocket_control_send_delayed (GRIP_WEBSOCKET_MESSAGE_PING, content, 5, NULL),
    grip_websocket_control_flush_delayed (),
  };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *json = messages[i];
      g_autofree char *again = NULL;
      g_autofree char *message_type = NULL;
      g_autoptr(GVariant) args = NULL;
      GVariantDict rest;
      g_autoptr(GError) error = NULL;

      g_assert_nonnull (json);
      args = grip_websocket_control_parse (json, &error);
      g_assert_no_error (error);
      g_variant_dict_init (&rest, args);
      g_assert_true (g_variant_dict_lookup (&rest, "type", "s", &message_type));
      g_variant_dict_remove (&rest, "type");
      again = grip_websocket_control_message (message_type, g_variant_dict_end (&rest), &error);
      g_assert_no_error (error);
      g_assert_cmpuint (strlen (again), ==, strlen (json));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/websocket-control/parse/%u", i);

      g_test_add_data_func (path, &cases[i], test_parse);
    }
  g_test_add_func ("/websocket-control/round-trip", test_round_trip);

  return g_test_run ();
}
