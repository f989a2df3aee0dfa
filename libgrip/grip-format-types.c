/* grip-format-types.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gio/gio.h>

#include "grip-error.h"
#include "grip-format.h"
#include "grip-http-response-format.h"
#include "grip-http-stream-format.h"
#include "grip-type-table-private.h"
#include "grip-websocket-message-format.h"

static GripTypeTable types;

static GType
find_own_type (const char *name)
{
  if (g_str_equal (name, "http-response"))
    return GRIP_TYPE_HTTP_RESPONSE_FORMAT;
  if (g_str_equal (name, "http-stream"))
    return GRIP_TYPE_HTTP_STREAM_FORMAT;
  if (g_str_equal (name, "ws-message"))
    return GRIP_TYPE_WEBSOCKET_MESSAGE_FORMAT;

  return G_TYPE_INVALID;
}

/* A name stands in lists that commas separate. */
static gboolean
is_name (const char *name)
{
  if (*name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (*p == ',' || !g_unichar_isgraph (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

static gboolean
check_name (const char  *name,
            GError     **error)
{
  g_autofree char *shown = NULL;

  if (!is_name (name))
    {
      shown = g_utf8_make_valid (name, -1);
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
                   "'%s' cannot be the name of a format: it is empty or has a blank, a comma or "
                   "what is not text", shown);
      return FALSE;
    }
  if (find_own_type (name) == G_TYPE_INVALID)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
               "the format '%s' is one of libgrip's: no other type can have its name", name);

  return FALSE;
}

static gboolean
check_type (GType    type,
            GError **error)
{
  if (G_TYPE_IS_OBJECT (type) && g_type_is_a (type, GRIP_TYPE_FORMAT) && !G_TYPE_IS_ABSTRACT (type))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
               "the type '%s' cannot be a format: it is no class that implements GripFormat",
               g_type_name (type) != NULL ? g_type_name (type) : "invalid");

  return FALSE;
}

/**
 * grip_format_register_type:
 * @name: the name of the format, such as `celsius`
 * @type: a class that implements [iface@Grip.Format]
 * @error: return location for an error
 *
 * Registers a type of format, so that it is made by [func@Grip.Format.new_for_name].
 *
 * It is for programs and scripts: what a script of `grip-tool --plugin` registers is what
 * `grip-tool publish --format` takes besides the three formats of libgrip. What is to be published is
 * set as the property `content` of the format, which is of type [struct@GLib.Bytes] or a string; a type
 * without that property can have no content. Formats are made in the thread that registered
 * the type. A type stays registered until the process ends. Callable from any thread.
 *
 * Errors: `GRIP_ERROR_INVALID_ITEM` when @name cannot be the name of a format (it is empty, or has a
 * blank or a comma), is that of a format of libgrip or is registered already, or when @type is no class
 * that can be made.
 *
 * Returns: true on success
 *
 * Since: 1.0
 */
gboolean
grip_format_register_type (const char  *name,
                           GType        type,
                           GError     **error)
{
  g_return_val_if_fail (name != NULL, FALSE);

  if (!check_name (name, error) || !check_type (type, error))
    return FALSE;
  if (grip_type_table_add (&types, name, type))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
               "a format of the name '%s' is registered already", name);

  return FALSE;
}

/**
 * grip_format_list_registered:
 *
 * Lists the names for which a type was registered with [func@Grip.Format.register_type].
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, sorted
 *
 * Since: 1.0
 */
char **
grip_format_list_registered (void)
{
  return grip_type_table_list (&types);
}

static gboolean
refuse_content (const char  *name,
                GError     **error,
                const char  *problem)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "%s: %s", name, problem);

  return FALSE;
}

static gboolean
set_content (GObject     *format,
             const char  *name,
             GBytes      *content,
             GError     **error)
{
  GParamSpec      *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (format), "content");
  gconstpointer    data;
  gsize            length;
  g_autofree char *text = NULL;

  if (pspec == NULL || (pspec->flags & G_PARAM_WRITABLE) == 0 || (pspec->flags & G_PARAM_CONSTRUCT_ONLY) != 0)
    return refuse_content (name, error, "it takes no content: its type has no property 'content' that can be set");

  if (pspec->value_type == G_TYPE_BYTES)
    {
      g_object_set (format, "content", content, NULL);
      return TRUE;
    }
  if (pspec->value_type != G_TYPE_STRING)
    return refuse_content (name, error, "its property 'content' is neither bytes nor a string");

  data = g_bytes_get_data (content, &length);
  if (data != NULL && !g_utf8_validate (data, length, NULL))
    return refuse_content (name, error, "'content' is not UTF-8, or has a zero byte");
  text = g_strndup (data != NULL ? data : "", length);
  g_object_set (format, "content", text, NULL);

  return TRUE;
}

/**
 * grip_format_new_for_name:
 * @name: the name of a format
 * @content: (nullable): what it is to hold
 * @error: return location for an error
 *
 * Makes a format by its name: `http-response`, `http-stream`, `ws-message` (a text message), or one that
 * was registered with [func@Grip.Format.register_type].
 *
 * Errors: `GRIP_ERROR_INVALID_ITEM` when there is no format of that name, when its type
 * was registered by another thread, and when it cannot hold @content.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 1.0
 */
GripFormat *
grip_format_new_for_name (const char  *name,
                          GBytes      *content,
                          GError     **error)
{
  GripRegisteredType entry = { 0 };
  g_autoptr(GObject) format = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  entry.type = find_own_type (name);
  if (entry.type == G_TYPE_INVALID && !grip_type_table_find (&types, name, &entry))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "there is no format '%s'", name);
      return NULL;
    }
  if (entry.thread != NULL && entry.thread != g_thread_self ())
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
                   "the format '%s' was registered by another thread: only that one can make it", name);
      return NULL;
    }

  format = g_object_new (entry.type, NULL);
  if (content != NULL && !set_content (format, name, content, error))
    return NULL;

  return GRIP_FORMAT (g_steal_pointer (&format));
}
