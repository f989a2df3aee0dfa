/* test-item.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>
#include <libgrip/grip-item-private.h>

#include "item-cases.h"

static void
set_response (GripHttpResponseFormat *format,
              const ItemCase         *item)
{
  if (item->code != NULL)
    grip_http_response_format_set_code (format, atoi (item->code));
  grip_http_response_format_set_reason (format, item->reason);
  for (guint i = 0; item->headers[i] != NULL; i += 2)
    {
      grip_http_response_format_append_header (format, item->headers[i], item->headers[i + 1]);
    }
  if (item->patch != NULL)
    {
      g_autoptr(GError) error = NULL;

      grip_http_response_format_set_body_patch_json (format, item->patch, &error);
      g_assert_no_error (error);
    }
}

static GripFormat *
make_format (const ItemCase *item)
{
  GripBaseFormat *format;

  if (item->format == 'r')
    {
      format = GRIP_BASE_FORMAT (grip_http_response_format_new (NULL));
      set_response (GRIP_HTTP_RESPONSE_FORMAT (format), item);
    }
  else if (item->format == 'w')
    {
      format = g_object_new (GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT, "kind", item->kind, NULL);
      grip_websocket_message_format_set_reason (GRIP_WEBSOCKET_MESSAGE_FORMAT (format), item->reason);
      if (item->code != NULL)
        grip_websocket_message_format_set_code (GRIP_WEBSOCKET_MESSAGE_FORMAT (format), atoi (item->code));
    }
  else
    format = g_object_new (GRIP_TYPE_HTTP_STREAM_FORMAT, NULL);

  grip_base_format_set_action (format, item->action);
  grip_base_format_set_content_filters (format, item->filters);
  if (item->content != NULL)
    {
      g_autoptr(GBytes) content = g_bytes_new (item->content, item->length);

      grip_base_format_set_content (format, content);
    }

  return GRIP_FORMAT (format);
}

static void
assert_encodes (GripItem     *item,
                GripEncoding  encoding,
                const char   *expected,
                gsize         length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = grip_item_encode (item, "c", encoding, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

static void
assert_encodes_text (GripItem   *item,
                     const char *json,
                     const char *tnetstring)
{
  assert_encodes (item, GRIP_ENCODING_JSON, json, strlen (json));
  assert_encodes (item, GRIP_ENCODING_TNETSTRING, tnetstring, strlen (tnetstring));
}

static void
test_good (gconstpointer data)
{
  const ItemCase        *expected = data;
  g_autoptr(GError)      error = NULL;
  g_autoptr(GripFormat)  format = make_format (expected);
  g_autoptr(GripItem)    item = grip_item_new (format, NULL, NULL, &error);
  g_autofree char       *json = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (item);
  json = g_strdup_printf ("{\"channel\":\"c\",\"formats\":%s}", expected->json);
  assert_encodes (item, GRIP_ENCODING_JSON, json, strlen (json));
  assert_encodes (item, GRIP_ENCODING_TNETSTRING, expected->tnetstring, expected->tnetstring_length);
}

static void
test_bad (gconstpointer data)
{
  const ItemCase        *expected = data;
  g_autoptr(GError)      error = NULL;
  g_autoptr(GripFormat)  format = make_format (expected);
  g_autoptr(GripItem)    item = grip_item_new (format, "id", NULL, &error);

  g_assert_null (item);
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_nonnull (strstr (error->message, expected->error));

  /* Refused is not frozen: it can be mended. */
  grip_base_format_set_content_filters (GRIP_BASE_FORMAT (format), NULL);
}

static GripFormat *
stream (const char *text)
{
  return GRIP_FORMAT (grip_http_stream_format_new_text (text));
}

static void
test_ids (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GripItem)   item = grip_item_new (format, "a\"1", "\xc3\xa4", &error);
  g_autoptr(GripItem)   empty = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (grip_item_get_id (item), ==, "a\"1");
  g_assert_cmpstr (grip_item_get_prev_id (item), ==, "\xc3\xa4");
  assert_encodes_text (item,
                       "{\"channel\":\"c\",\"id\":\"a\\\"1\",\"prev-id\":\"\xc3\xa4\","
                       "\"formats\":{\"http-stream\":{\"content\":\"x\"}}}",
                       "87:7:channel,1:c,2:id,3:a\"1,7:prev-id,2:\xc3\xa4,"
                       "7:formats,33:11:http-stream,14:7:content,1:x,}}}");

  /* To a proxy an empty id is no id. */
  empty = grip_item_new (format, "", "", &error);
  g_assert_no_error (error);
  g_assert_null (grip_item_get_id (empty));
  g_assert_null (grip_item_get_prev_id (empty));
  assert_encodes_text (empty,
                       "{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content\":\"x\"}}}",
                       "61:7:channel,1:c,7:formats,33:11:http-stream,14:7:content,1:x,}}}");
}

static void
assert_refuses (GripItem    *item,
                GError     **error,
                const char  *message)
{
  g_assert_null (item);
  g_assert_error (*error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_nonnull (strstr ((*error)->message, message));
}

static void
test_bad_ids (void)
{
  g_autoptr(GError)     id_error = NULL;
  g_autoptr(GError)     prev_error = NULL;
  g_autoptr(GripFormat) format = stream ("x");

  assert_refuses (grip_item_new (format, "ab\xff", NULL, &id_error), &id_error, "'id' is not UTF-8 at byte 2");
  assert_refuses (grip_item_new (format, "a", "\xed\xa0\x80", &prev_error), &prev_error,
                  "'prev-id' is not UTF-8 at byte 0");
}

static void
test_bad_channel (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GripItem)   item = grip_item_new (format, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (grip_item_encode (item, "", GRIP_ENCODING_JSON, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_cmpstr (error->message, ==, "'channel' is empty");
  g_clear_error (&error);

  g_assert_null (grip_item_encode (item, "c\x80", GRIP_ENCODING_TNETSTRING, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_cmpstr (error->message, ==, "'channel' is not UTF-8 at byte 1");
}

static void
test_full (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) response = GRIP_FORMAT (grip_http_response_format_new_text ("r"));
  g_autoptr(GripFormat) piece = stream ("s");
  g_autoptr(GripFormat) message = GRIP_FORMAT (grip_websocket_message_format_new_text ("w"));
  GripFormat           *formats[] = { response, piece, message };
  g_autoptr(GHashTable) meta = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GripItem)   item = NULL;

  g_hash_table_insert (meta, (gpointer) "sender", (gpointer) "u");
  g_hash_table_insert (meta, (gpointer) "a", (gpointer) "");
  g_hash_table_insert (meta, (gpointer) "\xc3\xa4", (gpointer) "\n");
  item = grip_item_new_full (formats, 3, "1", NULL, meta, TRUE, 0, &error);
  g_assert_no_error (error);

  /* The item has a copy. */
  g_hash_table_remove_all (meta);
  g_assert_cmpuint (grip_item_get_n_formats (item), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (grip_item_get_format (item, i) == formats[i]);
  g_assert_null (grip_item_get_format (item, 3));
  g_assert_true (grip_item_get_no_seq (item));
  g_assert_cmpint (grip_item_get_size (item), ==, 0);
  assert_encodes_text (item,
                       "{\"channel\":\"c\",\"id\":\"1\",\"formats\":{\"http-response\":{\"body\":\"r\"},"
                       "\"http-stream\":{\"content\":\"s\"},\"ws-message\":{\"content\":\"w\"}},"
                       "\"meta\":{\"a\":\"\",\"sender\":\"u\",\"\xc3\xa4\":\"\\n\"},\"no-seq\":true,\"size\":0}",
                       "201:7:channel,1:c,2:id,1:1,7:formats,97:13:http-response,11:4:body,1:r,}"
                       "11:http-stream,14:7:content,1:s,}10:ws-message,14:7:content,1:w,}}"
                       "4:meta,29:1:a,0:,6:sender,1:u,2:\xc3\xa4,1:\n,}6:no-seq,4:true!4:size,1:0#}");
}

/* All but the id is the same. */
static void
test_dup_with_id (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) piece = stream ("s");
  g_autoptr(GripFormat) message = GRIP_FORMAT (grip_websocket_message_format_new_text ("w"));
  GripFormat           *formats[] = { piece, message };
  g_autoptr(GHashTable) meta = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GripItem)   item = NULL;
  g_autoptr(GripItem)   copy = NULL;
  g_autoptr(GBytes)     json = NULL;
  g_autofree char      *text = NULL;

  g_hash_table_insert (meta, (gpointer) "sender", (gpointer) "u");
  item = grip_item_new_full (formats, 2, NULL, "0", meta, TRUE, 7, &error);
  g_assert_no_error (error);
  copy = grip_item_dup_with_id (item, g_strdup ("1"));
  g_assert_null (grip_item_get_id (item));
  g_assert_finalize_object (g_steal_pointer (&item));
  json = grip_item_encode (copy, "c", GRIP_ENCODING_JSON, &error);
  text = g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));
  g_assert_cmpstr (text, ==,
                   "{\"channel\":\"c\",\"id\":\"1\",\"prev-id\":\"0\",\"formats\":{"
                   "\"http-stream\":{\"content\":\"s\"},\"ws-message\":{\"content\":\"w\"}},"
                   "\"meta\":{\"sender\":\"u\"},\"no-seq\":true,\"size\":7}");
}

static void
test_bare (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GripItem)   item = grip_item_new (format, NULL, NULL, &error);

  g_assert_no_error (error);
  assert_encodes (item, GRIP_ENCODING_TNETSTRING_BARE,
                  "47:7:formats,33:11:http-stream,14:7:content,1:x,}}}", 51);
}

static void
test_meta_errors (void)
{
  static const struct { const char *name; const char *value; const char *message; } cases[] = {
    { "\xff", "x", "'meta' is not UTF-8" },
    { "x", "\xc0\x80", "'meta' is not UTF-8" },
    { "x", NULL, "'meta' has no value for 'x'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError)     error = NULL;
      g_autoptr(GripFormat) format = stream ("x");
      g_autoptr(GHashTable) meta = g_hash_table_new (g_str_hash, g_str_equal);

      g_hash_table_insert (meta, (gpointer) "a", (gpointer) "first");
      g_hash_table_insert (meta, (gpointer) cases[i].name, (gpointer) cases[i].value);
      assert_refuses (grip_item_new_full (&format, 1, NULL, NULL, meta, FALSE, -1, &error), &error, cases[i].message);
    }
}

static void
test_meta_empty (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GHashTable) meta = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GripItem)   item = grip_item_new_full (&format, 1, NULL, NULL, meta, FALSE, -1, &error);

  g_assert_no_error (error);
  g_assert_null (grip_item_get_meta (item));
}

static void
test_size (void)
{
  static const gint64   bad[] = { -2, G_MININT64, (gint64) G_MAXINT32 + 1, G_MAXINT64 };
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GError)     no_error = NULL;
  g_autoptr(GripItem)   item = grip_item_new_full (&format, 1, NULL, NULL, NULL, FALSE, G_MAXINT32, &no_error);

  g_assert_no_error (no_error);
  assert_encodes_text (item,
                       "{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content\":\"x\"}},\"size\":2147483647}",
                       "82:7:channel,1:c,7:formats,33:11:http-stream,14:7:content,1:x,}}4:size,10:2147483647#}");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      assert_refuses (grip_item_new_full (&format, 1, NULL, NULL, NULL, FALSE, bad[i], &error), &error, "'size'");
    }
}

static void
test_formats (void)
{
  g_autoptr(GError)     none = NULL;
  g_autoptr(GError)     twice = NULL;
  g_autoptr(GError)     bad = NULL;
  g_autoptr(GripFormat) one = stream ("1");
  g_autoptr(GripFormat) two = stream ("2");
  g_autoptr(GripFormat) empty = g_object_new (GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT, NULL);
  GripFormat           *same[] = { one, two };
  GripFormat           *second_bad[] = { one, empty };

  assert_refuses (grip_item_new_full (NULL, 0, NULL, NULL, NULL, FALSE, -1, &none), &none, "no format");
  assert_refuses (grip_item_new_full (same, 2, NULL, NULL, NULL, FALSE, -1, &twice), &twice,
                  "two formats are named 'http-stream'");
  assert_refuses (grip_item_new_full (second_bad, 2, NULL, NULL, NULL, FALSE, -1, &bad), &bad,
                  "ws-message: 'content' is missing");
}

static void
test_shared_format (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GripItem)   one = grip_item_new (format, "1", NULL, &error);
  g_autoptr(GripItem)   two = grip_item_new (format, "2", NULL, &error);

  g_assert_no_error (error);
  g_assert_true (grip_item_get_format (one, 0) == grip_item_get_format (two, 0));
}

static void
test_properties (void)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GripFormat) format = stream ("x");
  g_autoptr(GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GripItem)   item = NULL;
  g_autoptr(GVariant)   meta = NULL;
  g_autofree char      *text = NULL;
  g_autofree char      *id = NULL;
  g_autofree char      *prev_id = NULL;
  gboolean              no_seq;
  gint64                size;
  guint                 n;

  g_hash_table_insert (table, (gpointer) "k", (gpointer) "v");
  item = grip_item_new_full (&format, 1, "1", "0", table, TRUE, 7, &error);
  g_assert_no_error (error);
  g_object_get (item, "id", &id, "prev-id", &prev_id, "meta", &meta, "no-seq", &no_seq, "size", &size,
                "n-formats", &n, NULL);
  text = g_variant_print (meta, FALSE);
  g_assert_cmpstr (id, ==, "1");
  g_assert_cmpstr (prev_id, ==, "0");
  g_assert_cmpstr (text, ==, "{'k': 'v'}");
  g_assert_true (no_seq);
  g_assert_cmpint (size, ==, 7);
  g_assert_cmpuint (n, ==, 1);
}

static void
add_cases (const char     *prefix,
           const ItemCase *cases,
           gsize           n,
           GTestDataFunc   function)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat ("/item/", prefix, "/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], function);
    }
}

static void
test_describe (void)
{
  g_autoptr(GripHttpStreamFormat) stream = grip_http_stream_format_new_text ("");
  g_autoptr(GripWebSocketMessageFormat) message = grip_websocket_message_format_new_text ("m");
  GripFormat *formats[] = { GRIP_FORMAT (stream), GRIP_FORMAT (message) };
  g_autoptr(GError) error = NULL;
  g_autoptr(GripItem) item = grip_item_new_full (formats, 2, NULL, NULL, NULL, FALSE, -1, &error);
  g_autoptr(GVariant) first = grip_item_describe (item, "http-stream");
  g_autoptr(GVariant) second = grip_item_describe (item, "ws-message");
  const char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (first, "content", "&s", &text));
  g_assert_cmpstr (text, ==, "");
  g_assert_true (g_variant_lookup (second, "content", "&s", &text));
  g_assert_cmpstr (text, ==, "m");
  g_assert_null (grip_item_describe (item, "http-response"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("good", good_cases, G_N_ELEMENTS (good_cases), test_good);
  add_cases ("bad", bad_cases, G_N_ELEMENTS (bad_cases), test_bad);
  g_test_add_func ("/item/ids", test_ids);
  g_test_add_func ("/item/bad-ids", test_bad_ids);
  g_test_add_func ("/item/bad-channel", test_bad_channel);
  g_test_add_func ("/item/full", test_full);
  g_test_add_func ("/item/dup-with-id", test_dup_with_id);
  g_test_add_func ("/item/bare", test_bare);
  g_test_add_func ("/item/meta-errors", test_meta_errors);
  g_test_add_func ("/item/meta-empty", test_meta_empty);
  g_test_add_func ("/item/size", test_size);
  g_test_add_func ("/item/formats", test_formats);
  g_test_add_func ("/item/shared-format", test_shared_format);
  g_test_add_func ("/item/properties", test_properties);
  g_test_add_func ("/item/describe", test_describe);

  return g_test_run ();
}
