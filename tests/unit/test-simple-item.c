/* test-simple-item.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libgrip/grip.h>

#include "libgrip/grip-message-private.h"

/* What a short form sends without an object, beside what the objects send. */

typedef struct
{
  const char *content;
  gssize      length;       /* -1: to the NUL */
} Content;

static const Content contents[] = {
  { "hello", -1 },
  { "", -1 },
  { "a \"quoted\" line\nand another", -1 },
  { "gr\xc3\xbc\xc3\x9f Gott \xe2\x82\xac", -1 },
  { "null \0 inside", 13 },
  { "not \xff\xfe UTF-8", -1 },
  { "0123456789012345678901234567890123456789012345678901234567890123456789\t", -1 },
};

static const char *const ids[] = { NULL, "1", "an \"id\"" };

static GripItem *
make_reference (GripSimpleKind  kind,
                GBytes         *content,
                const char     *id,
                const char     *prev_id)
{
  g_autoptr(GripFormat) format = NULL;

  switch (kind)
    {
    case GRIP_SIMPLE_HTTP_RESPONSE:
      format = GRIP_FORMAT (grip_http_response_format_new (content));
      break;
    case GRIP_SIMPLE_HTTP_STREAM:
      format = GRIP_FORMAT (grip_http_stream_format_new (content));
      break;
    case GRIP_SIMPLE_WEBSOCKET_TEXT:
      format = g_object_new (GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT, "kind", GRIP_WEBSOCKET_MESSAGE_TEXT,
                             "content", content, NULL);
      break;
    case GRIP_SIMPLE_WEBSOCKET_BINARY:
    default:
      format = GRIP_FORMAT (grip_websocket_message_format_new (content));
    }

  return grip_item_new (format, id, prev_id, NULL);
}

static void
assert_same (GripMessage  *message,
             GripItem     *reference,
             GripEncoding  encoding)
{
  g_autoptr(GBytes)  expected = grip_item_encode (reference, "chan\xc3\xa9", encoding, NULL);
  gsize              length;
  const char        *data = grip_message_peek (message, encoding, &length);

  g_assert_cmpmem (data, length, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

/* In @first without the object, in the others by way of it. */
static void
compare_encodings (const GripSimpleItem *simple,
                   GripItem             *reference,
                   GripEncoding          first)
{
  g_autoptr(GripMessage) message = grip_message_new_simple ("ch", "an\xc3\xa9", simple, first, NULL, NULL);

  g_assert_cmpstr (message->channel, ==, "chan\xc3\xa9");
  g_assert_null (message->item);
  g_assert_cmpint (grip_message_has_id (message), ==, simple->id != NULL);
  assert_same (message, reference, first);

  for (guint encoding = 0; encoding < GRIP_N_ENCODINGS; encoding++)
    {
      grip_message_encode (message, encoding);
      assert_same (message, reference, encoding);
    }
  g_assert_cmpstr (grip_item_get_id (grip_message_get_item (message)), ==, simple->id);
  g_assert_cmpstr (grip_item_get_prev_id (grip_message_get_item (message)), ==, simple->prev_id);
}

static void
compare (GripSimpleKind  kind,
         const Content  *content,
         const char     *id,
         const char     *prev_id,
         gboolean        is_shared)
{
  gsize                length = content->length < 0 ? strlen (content->content) : (gsize) content->length;
  g_autoptr(GBytes)    bytes = g_bytes_new (content->content, length);
  g_autoptr(GripItem)  reference = make_reference (kind, bytes, id, prev_id);
  g_autoptr(GError)    error = NULL;
  GripSimpleItem       simple = { .kind = kind, .content = content->content, .length = length,
                                  .bytes = is_shared ? bytes : NULL, .id = id, .prev_id = prev_id };

  if (reference == NULL)
    {
      g_assert_false (grip_simple_item_check (&simple, &error));
      g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
      g_assert_nonnull (strstr (error->message, "not UTF-8 at byte 4"));
      return;
    }

  g_assert_true (grip_simple_item_check (&simple, &error));
  for (guint encoding = 0; encoding < GRIP_N_ENCODINGS; encoding++)
    compare_encodings (&simple, reference, encoding);
}

static void
test_bytes (void)
{
  for (guint kind = GRIP_SIMPLE_HTTP_RESPONSE; kind <= GRIP_SIMPLE_WEBSOCKET_BINARY; kind++)
    for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
      for (guint k = 0; k < G_N_ELEMENTS (ids) * G_N_ELEMENTS (ids); k++)
        {
          compare (kind, &contents[i], ids[k % 3], ids[k / 3], FALSE);
          compare (kind, &contents[i], ids[k % 3], ids[k / 3], TRUE);
        }
}

/* To a proxy an empty id is no id. */
static void
test_ids (void)
{
  GripSimpleItem    simple = { .kind = GRIP_SIMPLE_HTTP_STREAM, .content = "x", .length = 1, .id = "", .prev_id = "" };
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_simple_item_check (&simple, NULL));
  g_assert_null (simple.id);
  g_assert_null (simple.prev_id);

  simple.prev_id = "\xff";
  g_assert_false (grip_simple_item_check (&simple, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_cmpstr (error->message, ==, "'prev-id' is not UTF-8 at byte 0");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/simple-item/bytes", test_bytes);
  g_test_add_func ("/simple-item/ids", test_ids);

  return g_test_run ();
}
