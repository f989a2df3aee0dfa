/* grip-tool-instruct.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-tool.h"

/* A number that is not given; what is given is checked, also -1. */
#define UNSET G_MININT

/* A channel under way: --prev-id and --filter belong to the --channel before them. */
typedef struct
{
  char      *name;
  char      *prev_id;
  GPtrArray *filters;
} Channel;

static char *hold;
static char *keep_alive;
static char *keep_alive_mode;
static char **meta;
static char *next_link;
static char *gone_link;
static char *reason;
static char **headers;
static char *body_text;
static char *form_name;
static int timeout = UNSET;
static int keep_alive_timeout = UNSET;
static int link_timeout = UNSET;
static int status = UNSET;
static int code = 200;
static GArray *channels;

static Channel *
get_last_channel (const char  *option,
                  GError     **error)
{
  if (channels == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s belongs behind a --channel", option);
      return NULL;
    }

  return &g_array_index (channels, Channel, channels->len - 1);
}

static gboolean
parse_channel_cb (const char  *option,
                  const char  *value,
                  gpointer     data,
                  GError     **error)
{
  Channel channel = { g_strdup (value), NULL, g_ptr_array_new_with_free_func (g_free) };

  if (channels == NULL)
    channels = g_array_new (FALSE, FALSE, sizeof (Channel));
  g_array_append_val (channels, channel);

  return TRUE;
}

static gboolean
parse_prev_id_cb (const char  *option,
                  const char  *value,
                  gpointer     data,
                  GError     **error)
{
  Channel *channel = get_last_channel (option, error);

  if (channel == NULL)
    return FALSE;

  g_free (channel->prev_id);
  channel->prev_id = g_strdup (value);

  return TRUE;
}

static gboolean
parse_filter_cb (const char  *option,
                 const char  *value,
                 gpointer     data,
                 GError     **error)
{
  Channel *channel = get_last_channel (option, error);

  if (channel == NULL)
    return FALSE;

  g_ptr_array_add (channel->filters, g_strdup (value));

  return TRUE;
}

static gboolean
fail (GError     **error,
      const char  *format,
      const char  *value)
{
  g_autofree char *message = g_strdup_printf ("%s, not '%s'", format, value);

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
  return FALSE;
}

/* The library says -1 for what is not there. */
static int
or_none (int value)
{
  return value == UNSET ? -1 : value;
}

static gboolean
set_hold (GripInstruct  *instruct,
          GError       **error)
{
  if (hold == NULL)
    return TRUE;

  if (g_str_equal (hold, "response"))
    grip_instruct_set_hold_mode (instruct, GRIP_HOLD_MODE_RESPONSE);
  else if (g_str_equal (hold, "stream"))
    grip_instruct_set_hold_mode (instruct, GRIP_HOLD_MODE_STREAM);
  else
    return fail (error, "--hold takes response or stream", hold);

  return TRUE;
}

static void
add_channels (GripInstruct *instruct)
{
  for (guint i = 0; channels != NULL && i < channels->len; i++)
    {
      Channel *channel = &g_array_index (channels, Channel, i);
      g_autoptr(GripChannel) object = NULL;

      g_ptr_array_add (channel->filters, NULL);
      object = grip_channel_new_full (channel->name, channel->prev_id,
                                      (const char * const *) channel->filters->pdata);
      grip_instruct_add_channel (instruct, object);
    }
}

static gboolean
set_keep_alive (GripInstruct      *instruct,
                GripInstructForm   form,
                GError           **error)
{
  /* The content of JSON is sent at intervals, if no header beside it says otherwise. */
  GripKeepAliveMode mode = form == GRIP_INSTRUCT_FORM_JSON ? GRIP_KEEP_ALIVE_MODE_INTERVAL
                                                           : GRIP_KEEP_ALIVE_MODE_IDLE;

  if (keep_alive_mode != NULL && g_str_equal (keep_alive_mode, "idle"))
    mode = GRIP_KEEP_ALIVE_MODE_IDLE;
  else if (keep_alive_mode != NULL && g_str_equal (keep_alive_mode, "interval"))
    mode = GRIP_KEEP_ALIVE_MODE_INTERVAL;
  else if (keep_alive_mode != NULL)
    return fail (error, "--keep-alive-mode takes idle or interval", keep_alive_mode);

  if (keep_alive != NULL)
    grip_instruct_set_keep_alive_text (instruct, keep_alive, or_none (keep_alive_timeout), mode);

  return TRUE;
}

static gboolean
set_meta (GripInstruct  *instruct,
          GError       **error)
{
  for (guint i = 0; meta != NULL && meta[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup (meta[i]);
      char *equals = strchr (name, '=');

      if (equals == NULL || equals == name)
        return fail (error, "--meta takes NAME=VALUE", meta[i]);
      *equals = '\0';
      grip_instruct_set_meta (instruct, name, equals + 1);
    }

  return TRUE;
}

static GVariant *
make_headers (GError **error)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));

  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup (headers[i]);
      char *colon = strchr (name, ':');

      if (colon == NULL || !g_utf8_validate (name, -1, NULL))
        {
          g_variant_builder_clear (&builder);
          fail (error, "--header takes 'NAME: VALUE'", headers[i]);
          return NULL;
        }
      *colon = '\0';
      g_variant_builder_add (&builder, "(ss)", name, g_strchug (colon + 1));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
set_response (GripInstruct  *instruct,
              GError       **error)
{
  g_autoptr(GVariant) list = make_headers (error);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GripResponse) response = NULL;

  if (list == NULL)
    return FALSE;

  if (body_text == NULL && reason == NULL && code == 200 && g_variant_n_children (list) == 0)
    return TRUE;

  if (body_text != NULL)
    body = g_bytes_new (body_text, strlen (body_text));
  response = grip_response_new (code, reason, list, body);
  grip_instruct_set_response (instruct, response);

  return TRUE;
}

static gboolean
in_range (int         value,
          int         maximum,
          const char *option)
{
  if (value == UNSET || (value >= 0 && value <= maximum))
    return TRUE;

  grip_tool_usage ("%s takes 0 to %d, not '%d'", option, maximum, value);
  return FALSE;
}

static gboolean
check_numbers (void)
{
  return in_range (timeout, G_MAXINT, "--timeout") &&
         in_range (keep_alive_timeout, G_MAXINT, "--keep-alive-timeout") &&
         in_range (link_timeout, G_MAXINT, "--link-timeout") &&
         in_range (status, 999, "--status") &&
         in_range (code, 999, "--code");
}

/* What would be dropped without a word. */
static gboolean
check_company (void)
{
  if (keep_alive == NULL && (keep_alive_timeout != UNSET || keep_alive_mode != NULL))
    grip_tool_usage ("--keep-alive-timeout and --keep-alive-mode go with --keep-alive");
  else if (next_link == NULL && link_timeout != UNSET)
    grip_tool_usage ("--link-timeout goes with --link");
  else
    return TRUE;

  return FALSE;
}

static GripInstruct *
make_instruct (GripInstructForm   form,
               GError           **error)
{
  g_autoptr(GripInstruct) instruct = grip_instruct_new (GRIP_HOLD_MODE_NONE);

  if (!set_hold (instruct, error) || !set_keep_alive (instruct, form, error) ||
      !set_meta (instruct, error) || !set_response (instruct, error))
    return NULL;

  add_channels (instruct);
  grip_instruct_set_timeout (instruct, or_none (timeout));
  grip_instruct_set_status (instruct, or_none (status), NULL);
  grip_instruct_set_next_link (instruct, next_link, or_none (link_timeout));
  grip_instruct_set_gone_link (instruct, gone_link);

  return g_steal_pointer (&instruct);
}

static void
print_json (GripResponse *response)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_integer (json, "code", grip_response_get_code (response));
  if (grip_response_get_reason (response) != NULL)
    grip_tool_json_string (json, "reason", grip_response_get_reason (response));

  grip_tool_json_begin_list (json, "headers");
  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      grip_tool_json_begin_list (json, NULL);
      grip_tool_json_string (json, NULL, name);
      grip_tool_json_string (json, NULL, value);
      grip_tool_json_end_list (json);
    }
  grip_tool_json_end_list (json);

  if (grip_response_get_body (response) != NULL)
    grip_tool_json_content (json, "body", grip_response_get_body (response));
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static void
print_body (GripResponse *response)
{
  GBytes *body = grip_response_get_body (response);

  if (body != NULL)
    grip_tool_write (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
print_response (GripResponse     *response,
                GripInstructForm  form)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, grip_response_get_headers (response));
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value))
    {
      g_autofree char *line = g_strdup_printf ("%s: %s\n", name, value);

      if (form == GRIP_INSTRUCT_FORM_HEADERS)
        grip_tool_write (line, strlen (line));
      else
        grip_tool_say ("send this header with it: %s: %s", name, value);
    }

  if (form == GRIP_INSTRUCT_FORM_JSON)
    {
      print_body (response);
      grip_tool_write ("\n", 1);
      return;
    }

  if (grip_response_get_code (response) != 200)
    grip_tool_say ("answer with the status %d", grip_response_get_code (response));
  if (grip_response_get_body (response) != NULL)
    {
      grip_tool_write ("\n", 1);
      print_body (response);
    }
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripInstruct) instruct = NULL;
  g_autoptr(GripResponse) response = NULL;
  GripInstructForm form = GRIP_INSTRUCT_FORM_HEADERS;

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (!check_numbers () || !check_company ())
    return GRIP_TOOL_USAGE;

  if (form_name != NULL && g_str_equal (form_name, "json"))
    form = GRIP_INSTRUCT_FORM_JSON;
  else if (form_name != NULL && !g_str_equal (form_name, "headers"))
    return grip_tool_usage ("--as takes headers or json, not '%s'", form_name);

  instruct = make_instruct (form, &error);
  if (instruct == NULL)
    return grip_tool_usage ("%s", error->message);

  response = grip_instruct_to_response (instruct, form, &error);
  if (response == NULL)
    return grip_tool_fail (error);

  if (grip_tool_json)
    print_json (response);
  else
    print_response (response, form);

  return GRIP_TOOL_OK;
}

static const GOptionEntry options[] = {
  { "hold", 0, 0, G_OPTION_ARG_FILENAME, &hold, "How to hold the client: response or stream", "MODE" },
  { "channel", 'c', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, parse_channel_cb,
    "Subscribe to a channel; may be repeated", "NAME" },
  { "prev-id", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, parse_prev_id_cb,
    "What the client had last of the channel before", "ID" },
  { "filter", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, parse_filter_cb,
    "A filter for the channel before; may be repeated", "FILTER" },
  { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout, "How long a long poll waits", "SECONDS" },
  { "keep-alive", 0, 0, G_OPTION_ARG_FILENAME, &keep_alive, "What keeps a stream alive", "TEXT" },
  { "keep-alive-timeout", 0, 0, G_OPTION_ARG_INT, &keep_alive_timeout, "When it is sent", "SECONDS" },
  { "keep-alive-mode", 0, 0, G_OPTION_ARG_FILENAME, &keep_alive_mode, "idle or interval", "MODE" },
  { "meta", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &meta, "Meta data of the client; may be repeated", "NAME=VALUE" },
  { "link", 0, 0, G_OPTION_ARG_FILENAME, &next_link, "Where the proxy asks for more", "URI" },
  { "link-timeout", 0, 0, G_OPTION_ARG_INT, &link_timeout, "When it asks though nothing was missed", "SECONDS" },
  { "gone-link", 0, 0, G_OPTION_ARG_FILENAME, &gone_link, "What the proxy asks when the client has gone", "URI" },
  { "status", 0, 0, G_OPTION_ARG_INT, &status, "The status that the client sees", "CODE" },
  { "code", 0, 0, G_OPTION_ARG_INT, &code, "The code of the response (default 200)", "CODE" },
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, "The reason of the response", "TEXT" },
  { "header", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &headers, "A header of the response; may be repeated", "'NAME: VALUE'" },
  { "body", 0, 0, G_OPTION_ARG_FILENAME, &body_text, "The body of the response", "TEXT" },
  { "as", 0, 0, G_OPTION_ARG_FILENAME, &form_name, "headers (default) or json", "FORM" },
  { NULL }
};

const GripToolCommand grip_tool_instruct = {
  .name = "instruct",
  .run = run,
  .description = "Write what tells a proxy to hold a client",
  .options = options,
  .details =
    "Headers are written as lines, then a body behind an empty line. JSON is the body of a response\n"
    "with the media type application/grip-instruct; what it has no place for is told on standard error.\n"
    "With --json all of the response is shown in either form.\n"
    "\n"
    "A value that a header cannot carry ends with the exit code 5: use --as json for a channel name\n"
    "with a comma or a semicolon.",
  .examples =
    "grip-tool instruct --hold stream --channel news --keep-alive-timeout 20 --keep-alive .\n"
    "grip-tool instruct --hold response --channel a --prev-id 7 --channel b --timeout 30 --as json",
};
