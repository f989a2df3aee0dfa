/* test-format-types.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libgrip/grip.h>

/* A format with a property `content`, of one type or the other, or with none. */

typedef struct
{
  GObject  parent_instance;
  GValue   content;
} TestFormat;

typedef struct
{
  GObjectClass parent_class;
} TestFormatClass;

typedef TestFormat      TestBytes;
typedef TestFormatClass TestBytesClass;
typedef TestFormat      TestText;
typedef TestFormatClass TestTextClass;
typedef TestFormat      TestNumber;
typedef TestFormatClass TestNumberClass;

static void format_iface_init (GripFormatInterface *iface);

GType test_format_get_type (void);
GType test_bytes_get_type (void);
GType test_text_get_type (void);
GType test_number_get_type (void);

G_DEFINE_TYPE_WITH_CODE (TestFormat, test_format, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, format_iface_init))
G_DEFINE_TYPE (TestBytes, test_bytes, test_format_get_type ())
G_DEFINE_TYPE (TestText, test_text, test_format_get_type ())
G_DEFINE_TYPE (TestNumber, test_number, test_format_get_type ())

static const char *
test_format_get_name (GripFormat *format)
{
  return "test";
}

static GVariant *
test_format_to_variant (GripFormat *format)
{
  TestFormat      *self = (TestFormat *) format;
  GVariantBuilder  builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (G_VALUE_HOLDS_STRING (&self->content))
    g_variant_builder_add (&builder, "{sv}", "text", g_variant_new_string (g_value_get_string (&self->content)));
  else if (G_VALUE_HOLDS (&self->content, G_TYPE_BYTES))
    g_variant_builder_add (&builder, "{sv}", "content",
                           g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                     g_value_get_boxed (&self->content), TRUE));

  return g_variant_builder_end (&builder);
}

static void
format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = test_format_get_name;
  iface->to_variant = test_format_to_variant;
}

static void
test_format_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  TestFormat *self = (TestFormat *) object;

  g_value_init (&self->content, G_VALUE_TYPE (value));
  g_value_copy (value, &self->content);
}

static void
test_format_finalize (GObject *object)
{
  TestFormat *self = (TestFormat *) object;

  if (G_IS_VALUE (&self->content))
    g_value_unset (&self->content);

  G_OBJECT_CLASS (test_format_parent_class)->finalize (object);
}

static void
test_format_class_init (TestFormatClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = test_format_set_property;
  G_OBJECT_CLASS (klass)->finalize = test_format_finalize;
}

static void
test_bytes_class_init (TestBytesClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = test_format_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_boxed ("content", NULL, NULL, G_TYPE_BYTES, G_PARAM_WRITABLE));
}

static void
test_text_class_init (TestTextClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = test_format_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_string ("content", NULL, NULL, NULL, G_PARAM_WRITABLE));
}

static void
test_number_class_init (TestNumberClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = test_format_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_int ("content", NULL, NULL, 0, 9, 0, G_PARAM_WRITABLE));
}

static void
test_format_init (TestFormat *self)
{
}

static void
test_bytes_init (TestBytes *self)
{
}

static void
test_text_init (TestText *self)
{
}

static void
test_number_init (TestNumber *self)
{
}

static void
register_as (const char *name,
             GType       type)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (grip_format_register_type (name, type, &error));
  g_assert_no_error (error);
}

static void
assert_refused (const char *name,
                GType       type,
                const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (grip_format_register_type (name, type, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_cmpstr (error->message, ==, message);
}

/* What an item with the format of that name is in JSON. */
static void
assert_encoded (const char *name,
                const char *text,
                gssize      length,
                const char *json)
{
  g_autoptr(GError)     error = NULL;
  g_autoptr(GBytes)     content = text != NULL ? g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length) : NULL;
  g_autoptr(GripFormat) format = grip_format_new_for_name (name, content, &error);
  g_autoptr(GripItem)   item = NULL;
  g_autoptr(GBytes)     bytes = NULL;

  g_assert_no_error (error);
  item = grip_item_new (format, NULL, NULL, &error);
  g_assert_no_error (error);
  bytes = grip_item_encode (item, "c", GRIP_ENCODING_JSON, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), json, strlen (json));
}

static void
assert_not_made (const char *name,
                 const char *text,
                 gsize       length,
                 const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) content = g_bytes_new (text, length);

  g_assert_null (grip_format_new_for_name (name, content, &error));
  g_assert_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_own (void)
{
  assert_encoded ("http-response", "x", -1, "{\"channel\":\"c\",\"formats\":{\"http-response\":{\"body\":\"x\"}}}");
  assert_encoded ("http-stream", "x", -1, "{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content\":\"x\"}}}");
  assert_encoded ("ws-message", "x", -1, "{\"channel\":\"c\",\"formats\":{\"ws-message\":{\"content\":\"x\"}}}");
}

static void
test_registered (void)
{
  register_as ("made-bytes", test_bytes_get_type ());
  register_as ("made-text", test_text_get_type ());
  register_as ("made-empty", test_format_get_type ());

  assert_encoded ("made-bytes", "\xff", -1, "{\"channel\":\"c\",\"formats\":{\"test\":{\"content-bin\":\"/w==\"}}}");
  assert_encoded ("made-text", "x", -1, "{\"channel\":\"c\",\"formats\":{\"test\":{\"text\":\"x\"}}}");
  assert_encoded ("made-text", "", 0, "{\"channel\":\"c\",\"formats\":{\"test\":{\"text\":\"\"}}}");
  assert_encoded ("made-text", NULL, 0, "{\"channel\":\"c\",\"formats\":{\"test\":{}}}");
  assert_encoded ("made-empty", NULL, 0, "{\"channel\":\"c\",\"formats\":{\"test\":{}}}");
}

static void
test_refused (void)
{
  GType type = test_format_get_type ();

  register_as ("once", type);
  assert_refused ("once", type, "a format of the name 'once' is registered already");
  assert_refused ("http-stream", type, "the format 'http-stream' is one of libgrip's: no other type can have its name");
  assert_refused ("", type, "'' cannot be the name of a format: it is empty or has a blank, a comma or what is not text");
  assert_refused ("a,b", type,
                  "'a,b' cannot be the name of a format: it is empty or has a blank, a comma or what is not text");
  assert_refused ("a b", type,
                  "'a b' cannot be the name of a format: it is empty or has a blank, a comma or what is not text");
  assert_refused ("a\xff", type, "'a\xef\xbf\xbd' cannot be the name of a format: "
                  "it is empty or has a blank, a comma or what is not text");
  assert_refused ("abstract", GRIP_TYPE_BASE_FORMAT,
                  "the type 'GripBaseFormat' cannot be a format: it is no class that implements GripFormat");
  assert_refused ("interface", GRIP_TYPE_FORMAT,
                  "the type 'GripFormat' cannot be a format: it is no class that implements GripFormat");
  assert_refused ("item", GRIP_TYPE_ITEM,
                  "the type 'GripItem' cannot be a format: it is no class that implements GripFormat");
  assert_refused ("invalid", G_TYPE_INVALID,
                  "the type 'invalid' cannot be a format: it is no class that implements GripFormat");
}

static void
test_not_made (void)
{
  register_as ("no-content", test_format_get_type ());
  register_as ("number", test_number_get_type ());
  register_as ("text", test_text_get_type ());

  assert_not_made ("nobody", "x", 1, "there is no format 'nobody'");
  assert_not_made ("no-content", "x", 1,
                   "no-content: it takes no content: its type has no property 'content' that can be set");
  assert_not_made ("number", "x", 1, "number: its property 'content' is neither bytes nor a string");
  assert_not_made ("text", "\xff", 1, "text: 'content' is not UTF-8, or has a zero byte");
  assert_not_made ("text", "a\0b", 3, "text: 'content' is not UTF-8, or has a zero byte");
}

static gpointer
make_in_thread (gpointer data)
{
  assert_not_made ("threaded", "x", 1, "the format 'threaded' was registered by another thread: only that one can make it");
  assert_encoded ("http-stream", "x", -1, "{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content\":\"x\"}}}");

  return NULL;
}

/* An engine such as GJS would abort there. */
static void
test_other_thread (void)
{
  register_as ("threaded", test_text_get_type ());
  g_thread_join (g_thread_new ("other", make_in_thread, NULL));
}

static void
test_list (void)
{
  g_auto(GStrv) before = grip_format_list_registered ();
  g_auto(GStrv) after = NULL;

  register_as ("list-b", test_format_get_type ());
  register_as ("list-a", test_format_get_type ());
  after = grip_format_list_registered ();
  g_assert_cmpuint (g_strv_length (after), ==, g_strv_length (before) + 2);
  g_assert_true (g_strv_contains ((const char *const *) after, "list-a"));
  for (guint i = 1; after[i] != NULL; i++)
    g_assert_cmpint (strcmp (after[i - 1], after[i]), <, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/format-types/own", test_own);
  g_test_add_func ("/format-types/registered", test_registered);
  g_test_add_func ("/format-types/refused", test_refused);
  g_test_add_func ("/format-types/not-made", test_not_made);
  g_test_add_func ("/format-types/other-thread", test_other_thread);
  g_test_add_func ("/format-types/list", test_list);

  return g_test_run ();
}
