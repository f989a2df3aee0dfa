/* grip-tool-events.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool-json-line.h"
#include "grip-tool.h"

static void
print_event (GripWebSocketEvent *event)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();
  GBytes *content = grip_websocket_event_get_content (event);

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "type", grip_websocket_event_get_event_type (event));
  if (content != NULL)
    grip_tool_json_content (json, "content", content);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static int
run_decode (int    argc,
            char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GPtrArray) events = NULL;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);

  body = grip_tool_read_stdin (&error);
  if (body != NULL)
    events = grip_decode_websocket_events (body, &error);
  if (events == NULL)
    return grip_tool_fail (error);

  for (guint i = 0; i < events->len; i++)
    print_event (g_ptr_array_index (events, i));

  return GRIP_TOOL_OK;
}

static gboolean
fail (GError     **error,
      const char  *message)
{
  g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, message);
  return FALSE;
}

static GBytes *
decode_base64 (const char  *text,
               GError     **error)
{
  gsize length = strlen (text);
  gsize n_digits = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  guchar *data = NULL;
  gsize size;

  if (length % 4 != 0 || length - n_digits > 2 || strspn (text + n_digits, "=") != length - n_digits)
    {
      fail (error, "'content-bin' is not base64");
      return NULL;
    }

  data = g_base64_decode (text, &size);

  return g_bytes_new_take (data, size);
}

static gboolean
is_event_type (const char *text)
{
  const char *p = text;

  while (g_ascii_isgraph (*p))
    p++;

  return p > text && *p == '\0';
}

static gboolean
read_member (GripToolMember  *member,
             char           **event_type,
             GBytes         **content,
             GError         **error)
{
  gboolean has_nul = strlen (member->value->str) != member->value->len;

  if (g_str_equal (member->name, "type"))
    {
      if (*event_type != NULL || has_nul || !is_event_type (member->value->str))
        return fail (error, "'type' is not one type");
      *event_type = g_strdup (member->value->str);
      return TRUE;
    }

  if (!g_str_equal (member->name, "content") && !g_str_equal (member->name, "content-bin"))
    return fail (error, "only 'type' and 'content' or 'content-bin' may stand in an event");

  if (*content != NULL)
    return fail (error, "an event has two contents");

  if (g_str_equal (member->name, "content"))
    *content = g_bytes_new (member->value->str, member->value->len);
  else if (has_nul)
    return fail (error, "'content-bin' is not base64");
  else
    *content = decode_base64 (member->value->str, error);

  return *content != NULL;
}

static GripWebSocketEvent *
read_event (const char  *line,
            gsize        length,
            GError     **error)
{
  g_autoptr(GPtrArray) members = grip_tool_parse_json_line (line, length, error);
  g_autofree char *event_type = NULL;
  g_autoptr(GBytes) content = NULL;

  if (members == NULL)
    return NULL;

  for (guint i = 0; i < members->len; i++)
    {
      if (!read_member (g_ptr_array_index (members, i), &event_type, &content, error))
        return NULL;
    }

  if (event_type == NULL)
    {
      fail (error, "an event has no 'type'");
      return NULL;
    }

  return grip_websocket_event_new (event_type, content);
}

static gboolean
is_blank (const char *line,
          gsize       length)
{
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;

  return length == 0;
}

static GPtrArray *
read_events (GBytes  *input,
             GError **error)
{
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);
  gsize size;
  const char *line = g_bytes_get_data (input, &size);
  const char *end = line + size;
  guint number = 1;

  for (; line < end; number++)
    {
      const char *next = memchr (line, '\n', end - line);
      GripWebSocketEvent *event = NULL;

      next = next != NULL ? next : end;
      if (!is_blank (line, next - line))
        {
          event = read_event (line, next - line, error);
          if (event == NULL)
            {
              g_prefix_error (error, "line %u: ", number);
              return NULL;
            }
          g_ptr_array_add (events, event);
        }
      line = next < end ? next + 1 : end;
    }

  return g_steal_pointer (&events);
}

static int
run_encode (int    argc,
            char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) input = NULL;
  g_autoptr(GPtrArray) events = NULL;
  g_autoptr(GBytes) body = NULL;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);

  input = grip_tool_read_stdin (&error);
  if (input != NULL)
    events = read_events (input, &error);
  if (events == NULL)
    return grip_tool_fail (error);

  body = grip_encode_websocket_events (events);
  grip_tool_write (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  return GRIP_TOOL_OK;
}

static const GripToolCommand decode = {
  .name = "decode",
  .run = run_decode,
  .description = "Show the events of a body on standard input, one JSON object a line",
  .details =
    "The content of an event is `content`, or `content-bin` in base64 when it is not UTF-8. An event\n"
    "without a content has neither.",
  .examples =
    "printf 'OPEN\\r\\nTEXT 5\\r\\nhello\\r\\n' | grip-tool events decode",
};

static const GripToolCommand encode = {
  .name = "encode",
  .run = run_encode,
  .description = "Write a body from events on standard input, one JSON object a line",
  .examples =
    "echo '{\"type\":\"TEXT\",\"content\":\"hello\"}' | grip-tool events encode",
};

static const GripToolCommand * const commands[] = {
  &decode,
  &encode,
  NULL
};

const GripToolCommand grip_tool_events = {
  .name = "events",
  .description = "Read and write WebSocket-over-HTTP bodies",
  .arguments = "COMMAND",
  .commands = commands,
};
