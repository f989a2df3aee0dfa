/* messages.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* messages INPUTS: what C says of each wrong input: a line with its number, the error's domain and code,
 * and the message. The programs beside this one say the same in other languages. */

#include <libgrip/grip.h>

typedef void (*Operation) (char   **arguments,
                           GError **error);

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
make_item (GripFormat  *format,
           GError     **error)
{
  g_autoptr(GripFormat) owned = format;
  g_autoptr(GripItem)   item = grip_item_new (owned, NULL, NULL, error);
}

static void
do_control_uri (char   **arguments,
                GError **error)
{
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new (arguments[0], error);
}

static void
do_uri (char   **arguments,
        GError **error)
{
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new_for_uri (arguments[0], error);
}

static void
do_parse_uri (char   **arguments,
              GError **error)
{
  g_autoptr(GVariant) config = grip_parse_grip_uri (arguments[0], error);
}

static void
do_json (char   **arguments,
         GError **error)
{
  g_autoptr(GPtrArray) endpoints = grip_endpoints_new_from_json (arguments[0], error);
}

static void
apply (const char  *name,
       GVariant    *value,
       GError     **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();
  GVariantDict              config;

  g_variant_dict_init (&config, NULL);
  g_variant_dict_insert (&config, "control_uri", "s", "http://h");
  g_variant_dict_insert_value (&config, name, value);
  grip_pub_control_apply_config (control, g_variant_dict_end (&config), error);
}

static void
do_config (char   **arguments,
           GError **error)
{
  apply (arguments[0], g_variant_new_string (arguments[1]), error);
}

static void
do_config_number (char   **arguments,
                  GError **error)
{
  apply (arguments[0], g_variant_new_int32 (5), error);
}

static void
do_fanout (char   **arguments,
           GError **error)
{
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new_for_fanout (arguments[0], arguments[1], error);
}

static void
do_pub (char   **arguments,
        GError **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new_for_uri (arguments[0], error);
}

static void
do_key (char   **arguments,
        GError **error)
{
  g_autoptr(GripKey) key = grip_key_new_from_string (arguments[0], error);
}

static void
do_sig (char   **arguments,
        GError **error)
{
  g_autoptr(GripKey)       key = grip_key_new_from_string (arguments[1], error);
  g_autoptr(GripSignature) signature = grip_validate_sig (arguments[0], key, arguments[2], error);
}

static void
do_publish (char   **arguments,
            GError **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();

  grip_pub_control_publish_http_stream (control, arguments[0], arguments[1], NULL, NULL, NULL, error);
}

static void
do_closed (char   **arguments,
           GError **error)
{
  g_autoptr(GripPubControl) control = grip_pub_control_new ();

  if (grip_pub_control_close (control, NULL, error))
    grip_pub_control_publish_http_stream (control, arguments[0], "x", NULL, NULL, NULL, error);
}

static void
do_header (char   **arguments,
           GError **error)
{
  GripHttpResponseFormat *format = grip_http_response_format_new_text ("x");

  grip_http_response_format_append_header (format, arguments[0], arguments[1]);
  make_item (GRIP_FORMAT (format), error);
}

static void
do_reason (char   **arguments,
           GError **error)
{
  GripHttpResponseFormat *format = grip_http_response_format_new_text ("x");

  grip_http_response_format_set_reason (format, arguments[0]);
  make_item (GRIP_FORMAT (format), error);
}

static void
do_patch (char   **arguments,
          GError **error)
{
  g_autoptr(GripHttpResponseFormat) format = grip_http_response_format_new_text ("x");

  grip_http_response_format_set_body_patch_json (format, arguments[0], error);
}

static void
do_filter (char   **arguments,
           GError **error)
{
  GripBaseFormat *format = GRIP_BASE_FORMAT (grip_http_stream_format_new_text ("x"));

  grip_base_format_set_content_filters (format, (const char *[]) { arguments[0], NULL });
  make_item (GRIP_FORMAT (format), error);
}

static void
do_action_refresh (char   **arguments,
                   GError **error)
{
  GripFormat *format = grip_format_new_for_name (arguments[0], NULL, error);

  grip_base_format_set_action (GRIP_BASE_FORMAT (format), GRIP_ACTION_REFRESH);
  make_item (format, error);
}

static void
do_no_content (char   **arguments,
               GError **error)
{
  make_item (grip_format_new_for_name (arguments[0], NULL, error), error);
}

static void
do_ping (char   **arguments,
         GError **error)
{
  g_autofree char            *content = g_strnfill (g_ascii_strtoull (arguments[0], NULL, 10), 'x');
  GripWebSocketMessageFormat *format = grip_websocket_message_format_new_text (content);

  grip_websocket_message_format_set_kind (format, GRIP_WEBSOCKET_MESSAGE_PING);
  make_item (GRIP_FORMAT (format), error);
}

static void
do_close (char   **arguments,
          GError **error)
{
  make_item (GRIP_FORMAT (grip_websocket_message_format_new_close (atoi (arguments[0]), arguments[1])), error);
}

static void
do_binary (char   **arguments,
           GError **error)
{
  g_autoptr(GBytes)           content = bytes_of ("\xff");
  GripWebSocketMessageFormat *format = grip_websocket_message_format_new (content);

  grip_websocket_message_format_set_kind (format, GRIP_WEBSOCKET_MESSAGE_TEXT);
  make_item (GRIP_FORMAT (format), error);
}

static void
do_size (char   **arguments,
         GError **error)
{
  g_autoptr(GripFormat) format = GRIP_FORMAT (grip_http_stream_format_new_text ("x"));
  g_autoptr(GripItem)   item = grip_item_new_full (&format, 1, NULL, NULL, NULL, FALSE, atoi (arguments[0]), error);
}

static void
do_two (char   **arguments,
        GError **error)
{
  g_autoptr(GBytes)     content = bytes_of ("x");
  g_autoptr(GripFormat) first = grip_format_new_for_name (arguments[0], content, error);
  g_autoptr(GripFormat) second = grip_format_new_for_name (arguments[0], content, error);
  g_autoptr(GripItem)   item = grip_item_new_full ((GripFormat *[]) { first, second }, 2, NULL, NULL, NULL, FALSE, -1,
                                                   error);
}

static void
do_channels (char   **arguments,
             GError **error)
{
  g_autoptr(GPtrArray) channels = grip_parse_grip_channel_header (arguments[0], error);
}

static void
do_last (char   **arguments,
         GError **error)
{
  g_autoptr(GPtrArray) channels = grip_parse_grip_last (arguments[0], error);
}

static GPtrArray *
new_channels (const char *name,
              const char *prev_id)
{
  GPtrArray *channels = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (channels, grip_channel_new_full (name, prev_id, NULL));

  return channels;
}

static void
do_channel_header (char   **arguments,
                   GError **error)
{
  g_autoptr(GPtrArray) channels = new_channels (arguments[0], NULL);
  g_autofree char     *header = grip_create_grip_channel_header (channels, error);
}

static void
do_hold (char   **arguments,
         GError **error)
{
  g_autoptr(GPtrArray) channels = new_channels (arguments[0], arguments[1]);
  g_autofree char     *body = grip_create_hold_stream (channels, NULL, error);
}

static void
do_events (char   **arguments,
           GError **error)
{
  g_autoptr(GBytes)    body = bytes_of (arguments[0]);
  g_autoptr(GPtrArray) events = grip_decode_websocket_events (body, error);
}

static void
do_control (char   **arguments,
            GError **error)
{
  g_autoptr(GVariant) message = grip_websocket_control_parse (arguments[0], error);
}

static void
do_control_message (char   **arguments,
                    GError **error)
{
  g_autofree char *message = grip_websocket_control_message (arguments[0], NULL, error);
}

static void
do_subscribe (char   **arguments,
              GError **error)
{
  g_autofree char *message = grip_websocket_control_subscribe (arguments[0], NULL, error);
}

static void
do_session (char   **arguments,
            GError **error)
{
  g_autofree char *message = grip_websocket_control_session (arguments[0], error);
}

static void
do_set_meta (char   **arguments,
             GError **error)
{
  g_autofree char *message = grip_websocket_control_set_meta (arguments[0], arguments[1], error);
}

static void
do_register (char   **arguments,
             GError **error)
{
  grip_transport_register_type (arguments[0], GRIP_TYPE_ITEM, error);
}

static void
do_register_format (char   **arguments,
                    GError **error)
{
  grip_format_register_type (arguments[0], GRIP_TYPE_ITEM, error);
}

static void
do_format (char   **arguments,
           GError **error)
{
  g_autoptr(GripFormat) format = grip_format_new_for_name (arguments[0], NULL, error);
}

static void
do_plugin (char   **arguments,
           GError **error)
{
  g_autofree char *path = grip_transport_find_plugin (arguments[0], error);
}

static void
do_changes (char   **arguments,
            GError **error)
{
  g_autoptr(GBytes)                  page = bytes_of (arguments[0]);
  g_autoptr(GripSubscriptionChanges) changes = grip_subscription_changes_new_for_page (page, error);
}

static void
do_context (char   **arguments,
            GError **error)
{
  g_autoptr(GVariant)             headers = g_variant_ref_sink (g_variant_new_parsed ("[('Connection-Id', '1')]"));
  g_autoptr(GBytes)               body = bytes_of (arguments[0]);
  g_autoptr(GripWebSocketContext) context = grip_websocket_context_new_for_request (headers, body, error);
}

static const struct
{
  const char *name;
  Operation   run;
} operations[] = {
  { "control-uri", do_control_uri },
  { "uri", do_uri },
  { "parse-uri", do_parse_uri },
  { "json", do_json },
  { "config", do_config },
  { "config-number", do_config_number },
  { "fanout", do_fanout },
  { "pub", do_pub },
  { "key", do_key },
  { "sig", do_sig },
  { "publish", do_publish },
  { "closed", do_closed },
  { "header", do_header },
  { "reason", do_reason },
  { "patch", do_patch },
  { "filter", do_filter },
  { "action-refresh", do_action_refresh },
  { "no-content", do_no_content },
  { "ping", do_ping },
  { "close", do_close },
  { "binary", do_binary },
  { "size", do_size },
  { "two", do_two },
  { "channels", do_channels },
  { "last", do_last },
  { "channel-header", do_channel_header },
  { "hold", do_hold },
  { "events", do_events },
  { "control", do_control },
  { "control-message", do_control_message },
  { "subscribe", do_subscribe },
  { "session", do_session },
  { "set-meta", do_set_meta },
  { "register", do_register },
  { "register-format", do_register_format },
  { "format", do_format },
  { "plugin", do_plugin },
  { "changes", do_changes },
  { "context", do_context },
};

static Operation
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (operations[i].name, name))
      return operations[i].run;

  g_error ("there is no operation '%s'", name);
}

static void
try_line (guint       number,
          const char *line)
{
  g_autoptr(GError)  error = NULL;
  g_auto(GStrv)      words = g_strsplit (line, "\t", -1);
  char              *arguments[4] = { NULL };
  g_autofree char   *message = NULL;

  for (guint i = 1; words[i] != NULL; i++)
    arguments[i - 1] = g_strcompress (words[i]);
  find (words[0]) (arguments, &error);
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    g_free (arguments[i]);

  if (error == NULL)
    {
      g_print ("%u\tno error\n", number);
      return;
    }
  message = g_strescape (error->message, NULL);
  g_print ("%u\t%s %d\t%s\n", number, g_quark_to_string (error->domain), error->code, message);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autofree char  *text = NULL;
  g_auto(GStrv)     lines = NULL;
  guint             number = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &text, NULL, &error))
    g_error ("usage: messages INPUTS");

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && *lines[i] != '#')
      try_line (++number, lines[i]);

  return 0;
}
