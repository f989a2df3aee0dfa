/* grip-tool-publish.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grip-tool-endpoints.h"
#include "grip-tool-lines.h"
#include "grip-tool-publish.h"
#include "grip-tool-wait.h"
#include "grip-tool.h"

#define NORMAL_CLOSURE 1000

static GripToolEndpoints where;
static GripToolItem      item = { .code = -1 };
static char            **formats;
static char            **metas;
static char             *code;
static char             *close_code;
static char             *dry_run;
static char             *timeout;
static char             *retry;
static gboolean          lines;
static gboolean          do_close;
static gboolean          do_hint;
static gboolean          do_refresh;

void
grip_tool_tally_add (GripToolTally *self,
                     const GError  *error)
{
  if (error == NULL)
    {
      self->published++;
      return;
    }

  self->failed++;
  if (self->first_error == NULL)
    self->first_error = g_error_copy (error);
}

static void
report_json (GripToolTally *self,
             const char    *channel)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "channel", channel);
  grip_tool_json_integer (json, "published", self->published);
  grip_tool_json_integer (json, "failed", self->failed);
  grip_tool_json_seconds (json, "secs", g_get_monotonic_time () * 1e-6 - self->start_time);
  grip_tool_json_begin_list (json, "endpoints");
  for (guint i = 0; self->endpoints != NULL && i < self->endpoints->len; i++)
    {
      g_autofree char *name = grip_endpoint_to_string (self->endpoints->pdata[i]);

      grip_tool_json_string (json, NULL, name);
    }
  grip_tool_json_end_list (json);
  if (self->first_error != NULL)
    grip_tool_json_error (json, self->first_error);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

/* The summary; the exit code is that of the first error. */
static int
report (GripToolTally *self,
        const char    *channel,
        gboolean       always)
{
  if (grip_tool_json)
    report_json (self, channel);
  else if (always || isatty (STDERR_FILENO))
    grip_tool_say ("published %" G_GINT64_FORMAT " to '%s', %" G_GINT64_FORMAT " failed",
                   self->published, channel, self->failed);

  return self->first_error != NULL ? (int) grip_tool_exit_for_error (self->first_error) : GRIP_TOOL_OK;
}

/* The first of the options that fits no format that is sent. */
static const char *
find_lost_option (void)
{
  gboolean sends = item.action == GRIP_ACTION_SEND;
  gboolean closes = item.action == GRIP_ACTION_CLOSE;

  if (code != NULL && !(sends && (item.formats & GRIP_TOOL_HTTP_RESPONSE)))
    return "--code goes with an http-response that is sent";
  if (item.headers != NULL && !(sends && (item.formats & GRIP_TOOL_HTTP_RESPONSE)))
    return "--header goes with an http-response that is sent";
  if (item.binary && !(sends && (item.formats & GRIP_TOOL_WS_MESSAGE)))
    return "--binary goes with a ws-message that is sent";
  if (item.filters != NULL && !(sends && item.formats != 0))
    return "--filter goes with content of http-response, http-stream and ws-message";
  if (item.others != NULL && !sends)
    return "--close, --hint and --refresh go with http-response, http-stream and ws-message";
  if ((close_code != NULL || item.close_reason != NULL) && !(closes && (item.formats & GRIP_TOOL_WS_MESSAGE)))
    return "--close-code and --close-reason go with --close and the format ws-message";
  if (item.action == GRIP_ACTION_REFRESH && item.formats != GRIP_TOOL_WS_MESSAGE)
    return "--refresh goes with the format ws-message only";
  if (lines && (item.id != NULL || item.prev_id != NULL))
    return "--id and --prev-id belong to one item, --lines makes many";
  if (lines && !sends)
    return "--lines goes with content";

  return NULL;
}

static gboolean
read_action (void)
{
  if (do_close + do_hint + do_refresh > 1)
    {
      grip_tool_usage ("--close, --hint and --refresh exclude each other");
      return FALSE;
    }

  if (do_close)
    item.action = GRIP_ACTION_CLOSE;
  else if (do_hint)
    item.action = GRIP_ACTION_HINT;
  else if (do_refresh)
    item.action = GRIP_ACTION_REFRESH;

  return TRUE;
}

static gboolean
read_formats (void)
{
  for (gsize i = 0; formats != NULL && formats[i] != NULL; i++)
    if (!grip_tool_item_add_formats (&item, formats[i]))
      return FALSE;

  /* By default all that know the action. */
  if (item.formats == 0 && item.others == NULL)
    item.formats = item.action == GRIP_ACTION_REFRESH ? GRIP_TOOL_WS_MESSAGE : GRIP_TOOL_ALL_FORMATS;

  return TRUE;
}

static gboolean
read_numbers (void)
{
  gint64 value;

  if (code != NULL)
    {
      if (!grip_tool_parse_int ("--code", code, 0, 999, &value))
        return FALSE;
      item.code = value;
    }

  if (close_code != NULL)
    {
      if (!grip_tool_parse_int ("--close-code", close_code, 1000, 4999, &value))
        return FALSE;
      item.close_code = value;
    }
  else if (item.close_reason != NULL)
    item.close_code = NORMAL_CLOSURE;

  return TRUE;
}

/* False has told the user why. */
static gboolean
read_options (void)
{
  const char *lost;

  if (!read_action () || !read_formats () || !read_numbers ())
    return FALSE;

  for (gsize i = 0; metas != NULL && metas[i] != NULL; i++)
    if (!grip_tool_item_add_meta (&item, metas[i]))
      return FALSE;
  for (gsize i = 0; item.headers != NULL && item.headers[i] != NULL; i++)
    if (strchr (item.headers[i], ':') == NULL)
      {
        grip_tool_usage ("--header takes 'NAME: VALUE', not '%s'", item.headers[i]);
        return FALSE;
      }

  lost = find_lost_option ();
  if (lost != NULL)
    grip_tool_usage ("%s", lost);

  return lost == NULL;
}

/* False has told the user why. */
static gboolean
check_arguments (int    argc,
                 char **argv)
{
  if (argc < 2)
    grip_tool_usage ("no channel given");
  else if (argc > 3)
    grip_tool_usage ("unexpected argument '%s'; quote a text with spaces", argv[3]);
  else if (argc == 3 && item.action != GRIP_ACTION_SEND)
    grip_tool_usage ("--close, --hint and --refresh take no content");
  else if (argc == 3 && lines && !g_str_equal (argv[2], "-"))
    grip_tool_usage ("--lines reads standard input, not '%s'", argv[2]);
  else if (argc == 2 && item.action == GRIP_ACTION_SEND && !lines)
    grip_tool_usage ("no content given: a text, @FILE, or - for standard input");
  else if (dry_run != NULL && !g_str_equal (dry_run, "json") && !g_str_equal (dry_run, "tnetstring"))
    grip_tool_usage ("--dry-run takes json or tnetstring, not '%s'", dry_run);
  else
    return TRUE;

  return FALSE;
}

/* The bytes that a transport would write: a POST body, or a PUSH frame. */
static gboolean
print_wire (const char  *channel,
            GBytes      *content,
            GError     **error)
{
  gboolean            json = g_str_equal (dry_run, "json");
  g_autoptr(GripItem) message = grip_tool_item_build (&item, content, error);
  g_autoptr(GBytes)   bytes = NULL;

  if (message == NULL)
    return FALSE;
  bytes = grip_item_encode (message, channel, json ? GRIP_ENCODING_JSON : GRIP_ENCODING_TNETSTRING, error);
  if (bytes == NULL)
    return FALSE;

  if (json)
    grip_tool_write ("{\"items\":[", strlen ("{\"items\":["));
  grip_tool_write (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (json)
    grip_tool_write ("]}", strlen ("]}"));
  if (isatty (STDOUT_FILENO) || (json && lines))
    putchar ('\n');

  return TRUE;
}

static gboolean
print_wire_of_lines (const char  *channel,
                     GError     **error)
{
  g_auto(GripToolLines) input;

  grip_tool_lines_init (&input);
  while (!input.at_end)
    {
      GBytes *next;

      if (!grip_tool_lines_read (&input, error))
        return FALSE;
      while ((next = grip_tool_lines_take (&input)) != NULL)
        {
          g_autoptr(GBytes) line = next;

          if (print_wire (channel, line, error))
            continue;
          g_prefix_error (error, "line %" G_GINT64_FORMAT ": ", input.number);
          return FALSE;
        }
    }

  return TRUE;
}

static GripPubControl *
open_control (GPtrArray  *endpoints,
              gint64      retries,
              double      seconds,
              GError    **error)
{
  g_autoptr(GripPubControl) control = grip_tool_endpoints_open (endpoints, error);

  if (control == NULL)
    return NULL;

  grip_pub_control_set_retry_limit (control, retries);
  if (seconds > 0)
    grip_pub_control_set_timeout (control, seconds);

  return g_steal_pointer (&control);
}

static int
publish_lines (GripPubControl *control,
               const char     *channel,
               GripToolTally  *tally)
{
  g_autoptr(GError) error = NULL;

  if (!grip_tool_publish_lines (control, channel, &item, tally, &error) && tally->first_error == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        grip_tool_say_error (error);
      tally->first_error = g_steal_pointer (&error);
    }

  if (tally->unanswered > 0)
    {
      grip_tool_say ("%" G_GINT64_FORMAT " more may be published: a transport has not answered", tally->unanswered);
      return report (tally, channel, TRUE);
    }

  /* What a transport still holds goes out now. */
  g_clear_error (&error);
  if (!grip_tool_wait_close (control, &error) && tally->first_error == NULL)
    {
      grip_tool_say_error (error);
      tally->first_error = g_steal_pointer (&error);
    }

  return report (tally, channel, TRUE);
}

static int
publish_one (GripPubControl *control,
             const char     *channel,
             GBytes         *content,
             GripToolTally  *tally)
{
  g_autoptr(GError)   error = NULL;
  g_autoptr(GripItem) message = grip_tool_item_build (&item, content, &error);

  if (message == NULL)
    return grip_tool_fail (error);

  if (!grip_tool_wait_publish (control, channel, message, &error) ||
      !grip_tool_wait_close (control, &error))
    grip_tool_say_error (error);
  grip_tool_tally_add (tally, error);

  return report (tally, channel, FALSE);
}

static int
publish (const char *channel,
         GBytes     *content,
         gint64      retries,
         double      seconds)
{
  g_autoptr(GError)         error = NULL;
  g_autoptr(GPtrArray)      endpoints = grip_tool_endpoints_load (&where, &error);
  g_autoptr(GripPubControl) control = NULL;
  GripToolTally             tally = { .endpoints = endpoints };
  int                       result;

  if (endpoints != NULL)
    control = open_control (endpoints, retries, seconds, &error);
  if (control == NULL)
    return grip_tool_fail (error);

  tally.start_time = g_get_monotonic_time () * 1e-6;
  result = lines ? publish_lines (control, channel, &tally) : publish_one (control, channel, content, &tally);
  g_clear_error (&tally.first_error);

  return result;
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) content = NULL;
  gint64            retries = 0;
  double            seconds = 0;

  if (!read_options () || !check_arguments (argc, argv))
    return GRIP_TOOL_USAGE;
  if (retry != NULL && !grip_tool_parse_int ("--retry", retry, 0, 1000, &retries))
    return GRIP_TOOL_USAGE;
  if (timeout != NULL && !grip_tool_parse_seconds ("--timeout", timeout, &seconds))
    return GRIP_TOOL_USAGE;

  if (argc == 3 && !lines)
    {
      content = grip_tool_read_argument (argv[2], &error);
      if (content == NULL)
        return grip_tool_fail (error);
    }

  if (dry_run == NULL)
    return publish (argv[1], content, retries, seconds);
  if (lines ? print_wire_of_lines (argv[1], &error) : print_wire (argv[1], content, &error))
    return GRIP_TOOL_OK;

  return grip_tool_fail (error);
}

static const GOptionEntry options[] = {
  GRIP_TOOL_ENDPOINT_OPTIONS (where),
  { "format", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &formats,
    "Formats to send: http-response, http-stream, ws-message (default these), and a script's", "LIST" },
  { "lines", 'l', 0, G_OPTION_ARG_NONE, &lines, "Publish each line of standard input as an item", NULL },
  { "id", 0, 0, G_OPTION_ARG_FILENAME, &item.id, "Id of the item on its channel", "ID" },
  { "prev-id", 0, 0, G_OPTION_ARG_FILENAME, &item.prev_id, "Id of the item before it", "ID" },
  { "meta", 'm', 0, G_OPTION_ARG_FILENAME_ARRAY, &metas,
    "A value that filters read; may be repeated", "NAME=VALUE" },
  { "filter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &item.filters,
    "Content filter that the proxy runs; may be repeated", "NAME" },
  { "code", 0, 0, G_OPTION_ARG_FILENAME, &code, "Status code of the http-response (default 200)", "N" },
  { "header", 'H', 0, G_OPTION_ARG_FILENAME_ARRAY, &item.headers,
    "Header of the http-response; may be repeated", "'NAME: VALUE'" },
  { "binary", 'b', 0, G_OPTION_ARG_NONE, &item.binary, "Send the ws-message as a binary message", NULL },
  { "close", 0, 0, G_OPTION_ARG_NONE, &do_close, "End the connections that are held", NULL },
  { "close-code", 0, 0, G_OPTION_ARG_FILENAME, &close_code,
    "WebSocket close code, with --close (default 1000 with a reason)", "N" },
  { "close-reason", 0, 0, G_OPTION_ARG_FILENAME, &item.close_reason,
    "WebSocket close reason, with --close", "TEXT" },
  { "hint", 0, 0, G_OPTION_ARG_NONE, &do_hint, "Tell the proxy to ask the origin for what is new", NULL },
  { "refresh", 0, 0, G_OPTION_ARG_NONE, &do_refresh,
    "Make the proxy send a WebSocket-over-HTTP request for each client", NULL },
  { "no-seq", 0, 0, G_OPTION_ARG_NONE, &item.no_seq, "Deliver at once, whatever --prev-id says", NULL },
  { "dry-run", 'n', 0, G_OPTION_ARG_FILENAME, &dry_run,
    "Print the bytes for the wire and send nothing", "json|tnetstring" },
  { "timeout", 't', 0, G_OPTION_ARG_FILENAME, &timeout, "Give up after so many seconds", "SECONDS" },
  { "retry", 0, 0, G_OPTION_ARG_FILENAME, &retry,
    "Try again so often where that is safe (default 0)", "N" },
  { NULL }
};

const GripToolCommand grip_tool_publish = {
  .name = "publish",
  .run = run,
  .description = "Publish an item to a channel",
  .arguments = "CHANNEL [TEXT | @FILE | -]",
  .options = options,
  .details =
    "The content is sent as it is, without a newline of its own: to a stream whose clients read lines,\n"
    "send one with the text ($'hello\\n'). A long poll gets the http-response, a stream the http-stream,\n"
    "a WebSocket the ws-message; all three are sent unless --format says otherwise. Content that is not\n"
    "UTF-8 needs --binary for a ws-message.\n"
    "\n"
    "To each of several proxies the item is sent; if one of them fails, the exit code tells. Published\n"
    "means accepted by the proxy, which does not tell whether anybody was listening.",
  .examples =
    "# To a Pushpin on this machine\n"
    "grip-tool publish test 'hello world'\n"
    "\n"
    "# To a server-sent events stream\n"
    "grip-tool publish --format http-stream test $'data: hello\\n\\n'\n"
    "\n"
    "# A file to WebSocket clients, through Fastly Fanout\n"
    "grip-tool publish --uri \"$GRIP_URL\" --format ws-message --binary test @picture.png\n"
    "\n"
    "# Each line of a log, as it is written\n"
    "tail -f log | grip-tool publish --lines --format ws-message log\n"
    "\n"
    "# Say goodbye to WebSocket clients\n"
    "grip-tool publish --close --close-code 1001 --close-reason 'going away' test\n"
    "\n"
    "# See the bytes\n"
    "grip-tool publish --dry-run json test hello",
};
