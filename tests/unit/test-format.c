/* test-format.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* A format of an application's own: a name and a description. */

#define TEST_TYPE_FORMAT (test_format_get_type ())
G_DECLARE_FINAL_TYPE (TestFormat, test_format, TEST, FORMAT, GObject)

struct _TestFormat
{
  GObject     parent_instance;

  const char *name;
  GVariant   *description;
  guint       asked;
};

static void format_iface_init (GripFormatInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestFormat, test_format, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, format_iface_init))

static const char *
test_format_get_name (GripFormat *format)
{
  return TEST_FORMAT (format)->name;
}

static GVariant *
test_format_to_variant (GripFormat *format)
{
  TestFormat *self = TEST_FORMAT (format);

  self->asked++;

  return self->description != NULL ? g_variant_ref (self->description) : NULL;
}

static void
format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = test_format_get_name;
  iface->to_variant = test_format_to_variant;
}

static void
test_format_finalize (GObject *object)
{
  g_clear_pointer (&TEST_FORMAT (object)->description, g_variant_unref);

  G_OBJECT_CLASS (test_format_parent_class)->finalize (object);
}

static void
test_format_class_init (TestFormatClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_format_finalize;
}

static void
test_format_init (TestFormat *self)
{
}

static GripFormat *
custom_format (const char *name,
               const char *description)
{
  g_autoptr(GError) error = NULL;
  TestFormat       *self = g_object_new (TEST_TYPE_FORMAT, NULL);

  self->name = name;
  if (description != NULL)
    self->description = g_variant_ref_sink (g_variant_parse (NULL, description, NULL, NULL, &error));
  g_assert_no_error (error);

  return GRIP_FORMAT (self);
}

typedef struct
{
  const char *name;
  const char *description;
  const char *json;         /* inside of the item, or NULL */
  const char *tnetstring;
  const char *error;
} CustomCase;

/* Strings of bytes end with the NUL of b'' in the text form; [byte 1] has none. */
static const CustomCase custom_cases[] = {
  { "http-stream", "{'content': <'x'>}", "{\"http-stream\":{\"content\":\"x\"}}", "33:11:http-stream,14:7:content,1:x,}}" },
  { "http-stream", "{'content': <[byte 0x78]>}", "{\"http-stream\":{\"content\":\"x\"}}",
    "33:11:http-stream,14:7:content,1:x,}}" },
  { "http-stream", "{'content': <[byte 0xff]>}", "{\"http-stream\":{\"content-bin\":\"/w==\"}}",
    "33:11:http-stream,14:7:content,1:\xff,}}" },
  { "http-stream", "{'content-bin': <[byte 0xff]>}", "{\"http-stream\":{\"content-bin\":\"/w==\"}}",
    "33:11:http-stream,14:7:content,1:\xff,}}" },
  { "http-stream", "{'content-bin': <@ay []>}", "{\"http-stream\":{\"content\":\"\"}}",
    "32:11:http-stream,13:7:content,0:,}}" },
  { "http-response", "{'code': <int16 200>, 'headers': <[('A', '1')]>, 'body': <'x'>}",
    "{\"http-response\":{\"code\":200,\"headers\":[[\"A\",\"1\"]],\"body\":\"x\"}}",
    "70:13:http-response,49:4:code,3:200#7:headers,11:8:1:A,1:1,]]4:body,1:x,}}" },
  { "http-response", "{'headers': <{'A': '1'}>, 'body': <'x'>}",
    "{\"http-response\":{\"headers\":{\"A\":\"1\"},\"body\":\"x\"}}",
    "53:13:http-response,32:7:headers,8:1:A,1:1,}4:body,1:x,}}" },
  { "http-response", "{'headers': <[<[<'A'>, <'1'>]>]>, 'body': <'x'>}",
    "{\"http-response\":{\"headers\":[[\"A\",\"1\"]],\"body\":\"x\"}}", NULL },
  { "http-response", "{'code': <200.0>, 'body': <'x'>}", "{\"http-response\":{\"code\":200,\"body\":\"x\"}}", NULL },
  { "http-response", "{'body-patch': <[{'op': <'remove'>, 'path': <'/a'>}]>}",
    "{\"http-response\":{\"body-patch\":[{\"op\":\"remove\",\"path\":\"/a\"}]}}", NULL },
  { "http-response", "{'action': <'hint'>}", "{\"http-response\":{\"action\":\"hint\"}}", NULL },
  { "ws-message", "{'content-bin': <[byte 0x78]>}", "{\"ws-message\":{\"content-bin\":\"eA==\"}}",
    "37:10:ws-message,19:11:content-bin,1:x,}}" },
  { "ws-message", "{'content': <[byte 0x78]>}", "{\"ws-message\":{\"content\":\"x\"}}", NULL },
  { "ws-message", "{'type': <'ping'>}", "{\"ws-message\":{\"type\":\"ping\"}}", NULL },
  { "ws-message", "{'action': <'close'>, 'code': <1000>, 'reason': <'x'>}",
    "{\"ws-message\":{\"action\":\"close\",\"code\":1000,\"reason\":\"x\"}}", NULL },
  { "ws-message", "{'action': <'refresh'>}", "{\"ws-message\":{\"action\":\"refresh\"}}", NULL },
  /* What no proxy of today knows is not judged. */
  { "x-own", "{'anything': <(1, true, 'x', @ms nothing, 0.5)>}",
    "{\"x-own\":{\"anything\":[1,true,\"x\",null,0.5]}}",
    "51:5:x-own,39:8:anything,24:1:1#4:true!1:x,0:~3:0.5^]}}" },

  { NULL, "@a{sv} {}", .error = "TestFormat has no name" },
  { "", "@a{sv} {}", .error = "TestFormat has no name" },
  { "\xff", "@a{sv} {}", .error = "TestFormat has no name" },
  { "x-own", NULL, .error = "x-own: its description is not of type a{sv}" },
  { "x-own", "'text'", .error = "x-own: its description is not of type a{sv}" },
  { "x-own", "{'a': 'b'}", .error = "x-own: its description is not of type a{sv}" },
  { "x-own", "{'a': <inf>}", .error = "x-own: its description is nested too deeply or has a number" },
  { "x-own", "{'a': <[nan]>}", .error = "x-own: its description is nested too deeply or has a number" },
  { "x-own", "{'a': <uint64 9223372036854775808>}", .error = "x-own: its description is nested" },
  { "http-stream", "@a{sv} {}", .error = "http-stream: 'content' is missing" },
  { "http-stream", "{'content': <1>}", .error = "http-stream: 'content' is neither a string nor bytes" },
  { "http-stream", "{'content-bin': <'x'>}", .error = "http-stream: 'content-bin' is not bytes" },
  { "http-stream", "{'content': <'x'>, 'content-bin': <b'x'>}", .error = "'content' and 'content-bin' exclude" },
  { "http-stream", "{'action': <'refresh'>}", .error = "http-stream: 'action' is not one of" },
  { "http-stream", "{'action': <'Close'>}", .error = "http-stream: 'action' is not one of" },
  { "http-stream", "{'action': <1>}", .error = "http-stream: 'action' is not one of" },
  { "http-stream", "{'content': <'x'>, 'content-filters': <'a'>}", .error = "'content-filters' is not a list" },
  { "http-stream", "{'content': <'x'>, 'content-filters': <[1]>}", .error = "'content-filters' has an element" },
  { "http-response", "{'code': <200>}", .error = "http-response: 'body' is missing" },
  { "http-response", "{'body': <'x'>, 'code': <1000>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'code': <-1>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'code': <200.5>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'code': <'201'>}", .json = "{\"http-response\":{\"body\":\"x\",\"code\":\"201\"}}" },
  { "http-response", "{'body': <'x'>, 'code': <'1000'>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'code': <'2x'>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'code': <''>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'code': <true>}", .error = "http-response: 'code' is not a number" },
  { "http-response", "{'body': <'x'>, 'reason': <1>}", .error = "http-response: 'reason' is of type i" },
  { "http-response", "{'body': <'x'>, 'reason': <'a\\nb'>}", .error = "http-response: 'reason'" },
  { "http-response", "{'body': <'x'>, 'headers': <'A: 1'>}", .error = "'headers' is neither" },
  { "http-response", "{'body': <'x'>, 'headers': <['A']>}", .error = "'headers' has an element" },
  { "http-response", "{'body': <'x'>, 'headers': <[('A', '1', '2')]>}", .error = "'headers' has an element" },
  { "http-response", "{'body': <'x'>, 'headers': <[('A', 'b\\r\\nC: d')]>}", .error = "'headers' has an element" },
  { "http-response", "{'body': <'x'>, 'headers': <{'A B': 'c'}>}", .error = "'headers' has an element" },
  { "http-response", "{'body-patch': <'x'>}", .error = "http-response: 'body-patch' is not a list" },
  { "http-response", "{'body-patch': <[{'op': <'add'>}]>}", .error = "'body-patch' element 0 has no 'op' and 'path'" },
  { "http-response", "{'body-patch': <@aa{sv} []>, 'body': <'x'>}", .error = "'body' and 'body-patch' exclude" },
  { "ws-message", "{'content': <'x'>, 'type': <'close'>}", .error = "ws-message: 'type' is not one of" },
  { "ws-message", "{'content': <'x'>, 'type': <1>}", .error = "ws-message: 'type' is not one of" },
  { "ws-message", "{'type': <'binary'>}", .error = "ws-message: 'content' is missing" },
  { "ws-message", "{'type': <'text'>, 'content-bin': <[byte 0xff]>}", .error = "ws-message: 'content' of a text" },
  { "ws-message", "{'action': <'close'>, 'code': <65536>}", .error = "ws-message: 'code' is not a number" },
  { "ws-message", "{'action': <'close'>, 'code': <1000>, 'reason': <b'x'>}", .error = "ws-message: 'reason'" },
};

static void
test_custom (gconstpointer data)
{
  const CustomCase      *expected = data;
  g_autoptr(GError)      error = NULL;
  g_autoptr(GripFormat)  format = custom_format (expected->name, expected->description);
  g_autoptr(GripItem)    item = grip_item_new (format, NULL, NULL, &error);
  g_autoptr(GBytes)      json = NULL;
  g_autoptr(GBytes)      tnetstring = NULL;
  g_autofree char       *text = NULL;

  if (expected->error != NULL)
    {
      g_assert_null (item);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
      g_assert_nonnull (strstr (error->message, expected->error));
      return;
    }

  g_assert_no_error (error);
  json = grip_item_encode (item, "c", GRIP_ENCODING_JSON, &error);
  text = g_strdup_printf ("{\"channel\":\"c\",\"formats\":%s}", expected->json);
  g_assert_cmpmem (g_bytes_get_data (json, NULL), g_bytes_get_size (json), text, strlen (text));

  tnetstring = grip_item_encode (item, "c", GRIP_ENCODING_TNETSTRING, &error);
  g_assert_nonnull (tnetstring);
  if (expected->tnetstring != NULL)
    g_assert_cmpmem ((const char *) g_bytes_get_data (tnetstring, NULL) + strlen ("nn:7:channel,1:c,7:formats,"),
                     strlen (expected->tnetstring), expected->tnetstring, strlen (expected->tnetstring));

  /* Asked for once, when it was put into the item. */
  g_assert_cmpuint (TEST_FORMAT (format)->asked, ==, 1);
}

static GripItem *
make_deep (guint      lists,
           guint      variants,
           GError   **error)
{
  g_autoptr(GripFormat) format = custom_format ("x-own", NULL);
  GVariant             *value = g_variant_new_string ("x");
  GVariantBuilder       builder;

  for (guint i = 0; i < lists; i++)
    value = g_variant_new_array (NULL, &value, 1);
  for (guint i = 0; i < variants; i++)
    value = g_variant_new_variant (value);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "a", value);
  TEST_FORMAT (format)->description = g_variant_ref_sink (g_variant_builder_end (&builder));

  return grip_item_new (format, NULL, NULL, error);
}

static void
test_custom_deep (void)
{
  static const struct { guint lists; guint variants; gboolean fits; } cases[] = {
    { 31, 0, TRUE }, { 32, 0, FALSE }, { 0, 60, TRUE }, { 31, 60, TRUE }, { 50, 50, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError)   error = NULL;
      g_autoptr(GripItem) item = make_deep (cases[i].lists, cases[i].variants, &error);

      if (cases[i].fits)
        {
          g_autoptr(GBytes) bytes = NULL;

          g_assert_no_error (error);
          bytes = grip_item_encode (item, "c", GRIP_ENCODING_TNETSTRING, &error);
          g_assert_nonnull (bytes);
          continue;
        }
      g_assert_null (item);
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
      g_assert_nonnull (strstr (error->message, "nested too deeply"));
    }
}

/* A patch that the JSON parser lets through goes out again. */
static void
test_patch_deep (void)
{
  g_autoptr(GError)                 error = NULL;
  g_autoptr(GripHttpResponseFormat) format = grip_http_response_format_new (NULL);
  g_autoptr(GString)                patch = g_string_new ("[{\"op\":\"add\",\"path\":\"/a\",\"value\":");
  g_autofree char                  *wanted = NULL;
  g_autoptr(GripItem)               item = NULL;
  g_autoptr(GBytes)                 bytes = NULL;

  for (guint i = 0; i < 20; i++)
    g_string_append (patch, "{\"k\":");
  g_string_append_c (patch, '1');
  for (guint i = 0; i < 20; i++)
    g_string_append_c (patch, '}');
  g_string_append (patch, "}]");

  g_assert_true (grip_http_response_format_set_body_patch_json (format, patch->str, &error));
  g_assert_no_error (error);
  item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, &error);
  g_assert_no_error (error);
  bytes = grip_item_encode (item, "c", GRIP_ENCODING_JSON, &error);
  wanted = g_strdup_printf ("{\"channel\":\"c\",\"formats\":{\"http-response\":{\"body-patch\":%s}}}", patch->str);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), wanted, strlen (wanted));
}

/* One of libgrip's and one of the application's of the same name. */
static void
test_custom_twice (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) own = GRIP_FORMAT (grip_http_stream_format_new_text ("x"));
  g_autoptr(GripFormat) custom = custom_format ("http-stream", "{'content': <'y'>}");
  GripFormat           *formats[] = { own, custom };
  g_autoptr(GripItem)   item = grip_item_new_full (formats, 2, NULL, NULL, NULL, FALSE, -1, &error);

  g_assert_null (item);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_cmpstr (error->message, ==, "two formats are named 'http-stream'");
}

/* Describes a custom format what one of libgrip's describes, the bytes are the same. */
static void
test_round_trip (void)
{
  GripFormat *formats[] = {
    GRIP_FORMAT (grip_http_response_format_new_text ("x")),
    GRIP_FORMAT (grip_http_stream_format_new_text ("x")),
    GRIP_FORMAT (grip_websocket_message_format_new_text ("x")),
    GRIP_FORMAT (grip_websocket_message_format_new_close (1000, "x")),
    GRIP_FORMAT (grip_websocket_message_format_new_refresh ()),
    GRIP_FORMAT (grip_http_stream_format_new_close ()),
    GRIP_FORMAT (grip_http_response_format_new_hint ()),
  };

  grip_http_response_format_append_header (GRIP_HTTP_RESPONSE_FORMAT (formats[0]), "A", "1");
  grip_http_response_format_set_code (GRIP_HTTP_RESPONSE_FORMAT (formats[0]), 201);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr(GError)     error = NULL;
      g_autoptr(GripFormat) custom = custom_format (grip_format_get_name (formats[i]), NULL);
      g_autoptr(GripItem)   item = NULL;
      g_autoptr(GripItem)   copy = NULL;

      TEST_FORMAT (custom)->description = grip_format_to_variant (formats[i]);
      item = grip_item_new (formats[i], NULL, NULL, &error);
      g_assert_no_error (error);
      copy = grip_item_new (custom, NULL, NULL, &error);
      g_assert_no_error (error);

      for (int encoding = GRIP_ENCODING_JSON; encoding <= GRIP_ENCODING_TNETSTRING_BARE; encoding++)
        {
          g_autoptr(GBytes) one = grip_item_encode (item, "c", encoding, &error);
          g_autoptr(GBytes) two = grip_item_encode (copy, "c", encoding, &error);

          g_assert_cmpmem (g_bytes_get_data (one, NULL), g_bytes_get_size (one),
                           g_bytes_get_data (two, NULL), g_bytes_get_size (two));
        }
      g_object_unref (formats[i]);
    }
}

static GripItem *
freeze (gpointer format)
{
  g_autoptr(GError)   error = NULL;
  GripItem           *item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, &error);

  g_assert_no_error (error);

  return item;
}

typedef void (*Change) (gpointer format);

static void
change_action (gpointer format)
{
  grip_base_format_set_action (format, GRIP_ACTION_CLOSE);
}

static void
change_filters (gpointer format)
{
  grip_base_format_set_content_filters (format, (const char *[]) { "a", NULL });
}

static void
change_content (gpointer format)
{
  grip_base_format_set_content (format, NULL);
}

static void
change_response_code (gpointer format)
{
  grip_http_response_format_set_code (format, 404);
}

static void
change_response_reason (gpointer format)
{
  grip_http_response_format_set_reason (format, "x");
}

static void
change_headers (gpointer format)
{
  grip_http_response_format_set_headers (format, NULL);
}

static void
change_append_header (gpointer format)
{
  grip_http_response_format_append_header (format, "A", "1");
}

static void
change_patch (gpointer format)
{
  grip_http_response_format_set_body_patch (format, NULL);
}

static void
change_kind (gpointer format)
{
  grip_websocket_message_format_set_kind (format, GRIP_WEBSOCKET_MESSAGE_PING);
}

static void
change_close_code (gpointer format)
{
  grip_websocket_message_format_set_code (format, 1001);
}

static void
change_close_reason (gpointer format)
{
  grip_websocket_message_format_set_reason (format, "x");
}

static const struct { const char *name; char format; Change change; } changes[] = {
  { "action", 's', change_action },
  { "filters", 's', change_filters },
  { "content", 's', change_content },
  { "code", 'r', change_response_code },
  { "reason", 'r', change_response_reason },
  { "headers", 'r', change_headers },
  { "append-header", 'r', change_append_header },
  { "body-patch", 'r', change_patch },
  { "kind", 'w', change_kind },
  { "close-code", 'w', change_close_code },
  { "close-reason", 'w', change_close_reason },
};

static gpointer
make_text (char format)
{
  if (format == 'r')
    return grip_http_response_format_new_text ("x");
  if (format == 'w')
    return grip_websocket_message_format_new_text ("x");

  return grip_http_stream_format_new_text ("x");
}

static void
test_frozen (gconstpointer data)
{
  guint              i = GPOINTER_TO_UINT (data);
  g_autoptr(GObject) format = make_text (changes[i].format);

  /* Before it is in an item it may change. */
  changes[i].change (format);
  g_clear_object (&format);
  format = make_text (changes[i].format);

  if (g_test_subprocess ())
    {
      g_autoptr(GripItem) item = freeze (format);

      changes[i].change (format);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*CRITICAL*frozen*");
}

static void
test_same_value (void)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new_text ("x");
  g_autoptr(GripItem)             item = freeze (format);

  /* No change, no complaint. */
  grip_base_format_set_action (GRIP_BASE_FORMAT (format), GRIP_ACTION_SEND);
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    data)
{
  (*(guint *) data)++;
}

static void
test_notify (void)
{
  g_autoptr(GripHttpResponseFormat) format = grip_http_response_format_new (NULL);
  guint                             n = 0;

  g_signal_connect (format, "notify", G_CALLBACK (count_cb), &n);
  g_object_set (format, "code", 404, NULL);
  g_object_set (format, "code", 404, NULL);
  g_assert_cmpuint (n, ==, 1);
  g_object_set (format, "reason", "x", NULL);
  g_object_set (format, "reason", "x", NULL);
  g_assert_cmpuint (n, ==, 2);

  /* Less than -1 is -1. */
  grip_http_response_format_set_code (format, -1);
  g_assert_cmpuint (n, ==, 3);
  grip_http_response_format_set_code (format, -7);
  g_assert_cmpint (grip_http_response_format_get_code (format), ==, -1);
  g_assert_cmpuint (n, ==, 3);
}

static void
test_properties (void)
{
  g_autoptr(GBytes)         content = g_bytes_new_static ("x", 1);
  static const char * const filters[] = { "a", "b", NULL };
  g_autoptr(GObject)        format = g_object_new (GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT,
                                                   "action", GRIP_ACTION_CLOSE, "content", content,
                                                   "content-filters", filters,
                                                   "kind", GRIP_WEBSOCKET_MESSAGE_PONG,
                                                   "code", 1001, "reason", "bye", NULL);
  g_autoptr(GBytes)         got_content = NULL;
  g_auto(GStrv)             got_filters = NULL;
  g_autofree char          *reason = NULL;
  GripAction                action;
  GripWebSocketMessageKind  kind;
  int                       code;

  g_object_get (format, "action", &action, "content", &got_content, "content-filters", &got_filters,
                "kind", &kind, "code", &code, "reason", &reason, NULL);
  g_assert_cmpint (action, ==, GRIP_ACTION_CLOSE);
  g_assert_cmpint (kind, ==, GRIP_WEBSOCKET_MESSAGE_PONG);
  g_assert_cmpint (code, ==, 1001);
  g_assert_cmpstr (reason, ==, "bye");
  g_assert_cmpstrv (got_filters, filters);
  g_assert_true (g_bytes_equal (content, got_content));
}

static void
test_response_properties (void)
{
  g_autoptr(GVariant) headers = g_variant_ref_sink (g_variant_new_parsed ("[('A', '1'), ('A', '2')]"));
  g_autoptr(GVariant) patch = g_variant_ref_sink (g_variant_new_parsed ("[{'op': <'remove'>, 'path': <'/a'>}]"));
  g_autoptr(GObject)  format = g_object_new (GRIP_TYPE_HTTP_RESPONSE_FORMAT,
                                             "headers", headers, "body-patch", patch, NULL);
  g_autoptr(GVariant) got_headers = NULL;
  g_autoptr(GVariant) got_patch = NULL;

  g_object_get (format, "headers", &got_headers, "body-patch", &got_patch, NULL);
  g_assert_true (g_variant_equal (headers, got_headers));
  g_assert_true (g_variant_equal (patch, got_patch));
  g_assert_true (grip_http_response_format_get_headers (GRIP_HTTP_RESPONSE_FORMAT (format)) == headers);
}

static void
test_patch_json (void)
{
  static const char * const bad[] = { "", "{}", "1", "[", "[1,]", "null", "[\"\\ud800\"]" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError)                 error = NULL;
      g_autoptr(GripHttpResponseFormat) format = grip_http_response_format_new (NULL);

      g_test_message ("%s", bad[i]);
      g_assert_false (grip_http_response_format_set_body_patch_json (format, bad[i], &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED);
      g_assert_null (grip_http_response_format_get_body_patch (format));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (custom_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/format/custom/%u", i);

      g_test_add_data_func (path, &custom_cases[i], test_custom);
    }
  g_test_add_func ("/format/custom-deep", test_custom_deep);
  g_test_add_func ("/format/custom-twice", test_custom_twice);
  g_test_add_func ("/format/round-trip", test_round_trip);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strconcat ("/format/frozen/", changes[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_frozen);
    }
  g_test_add_func ("/format/same-value", test_same_value);
  g_test_add_func ("/format/notify", test_notify);
  g_test_add_func ("/format/properties", test_properties);
  g_test_add_func ("/format/response-properties", test_response_properties);
  g_test_add_func ("/format/patch-json", test_patch_json);
  g_test_add_func ("/format/patch-deep", test_patch_deep);

  return g_test_run ();
}
