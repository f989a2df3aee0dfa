/* grip-tool-common.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "grip-tool-common.h"

/* No proxy takes an item near this, and a pipe may never end. */
#define MAX_INPUT_BYTES (64 * 1024 * 1024)

gboolean grip_tool_json;

static const char *command_words = "grip-tool";

/* The words that called the command, as in `grip-tool bench http`: what talk begins with. */
void
grip_tool_set_command (const char *words)
{
  command_words = words;
}

const char *
grip_tool_get_command (void)
{
  return command_words;
}

gboolean
grip_tool_use_colour (int fd)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (fd) && (no_color == NULL || *no_color == '\0') &&
         g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

static void G_GNUC_PRINTF (2, 0)
say (const char *label,
     const char *format,
     va_list     arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  fprintf (stderr, "%s: %s%s\n", command_words, label, text);
}

/* Talk goes to stderr, so that stdout holds data alone. */
void
grip_tool_say (const char *format,
               ...)
{
  va_list arguments;

  va_start (arguments, format);
  say ("", format, arguments);
  va_end (arguments);
}

/* A mistake in how the tool was called: returns the exit code for it. */
int
grip_tool_usage (const char *format,
                 ...)
{
  va_list arguments;

  va_start (arguments, format);
  say ("", format, arguments);
  va_end (arguments);
  fprintf (stderr, "Try '%s --help'.\n", command_words);

  return GRIP_TOOL_USAGE;
}

GripToolExit
grip_tool_exit_for_error (const GError *error)
{
  if (error->domain == G_OPTION_ERROR)
    return GRIP_TOOL_USAGE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return GRIP_TOOL_INTERRUPTED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return GRIP_TOOL_TIMED_OUT;
  if (error->domain == G_FILE_ERROR)
    return GRIP_TOOL_CONFIG;
  if (error->domain != GRIP_ERROR)
    return GRIP_TOOL_NOT_REACHABLE;

  switch ((GripError) error->code)
    {
    case GRIP_ERROR_INVALID_CONFIG:
    case GRIP_ERROR_NO_ENDPOINT:
      return GRIP_TOOL_CONFIG;
    case GRIP_ERROR_UNAUTHORIZED:
      return GRIP_TOOL_UNAUTHORIZED;
    case GRIP_ERROR_INVALID_ITEM:
    case GRIP_ERROR_REJECTED:
    case GRIP_ERROR_TOO_LARGE:
    case GRIP_ERROR_MALFORMED:
      return GRIP_TOOL_REJECTED;
    case GRIP_ERROR_TIMED_OUT:
      return GRIP_TOOL_TIMED_OUT;
    case GRIP_ERROR_NO_TRANSPORT:
      return GRIP_TOOL_NO_PLUGIN;
    case GRIP_ERROR_QUEUE_FULL:
    case GRIP_ERROR_NOT_CONNECTED:
    case GRIP_ERROR_CLOSED:
    case GRIP_ERROR_FAILED:
    default:
      return GRIP_TOOL_NOT_REACHABLE;
    }
}

void
grip_tool_say_error (const GError *error)
{
  gboolean colour = grip_tool_use_colour (STDERR_FILENO);

  fprintf (stderr, "%s: %serror:%s %s\n", command_words,
           colour ? "\033[1;31m" : "", colour ? "\033[0m" : "", error->message);
}

/* The same words whether the library, GIO or libsoup could not connect. */
static const char *
foreign_error_name (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return "timed-out";

  return error->domain == G_IO_ERROR || error->domain == G_RESOLVER_ERROR ? "not-connected" : "failed";
}

static const char *
error_name (const GError *error)
{
  g_autoptr(GEnumClass) klass = NULL;
  GEnumValue           *value;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";
  if (error->domain != GRIP_ERROR)
    return foreign_error_name (error);

  klass = g_type_class_ref (GRIP_TYPE_ERROR);
  value = g_enum_get_value (klass, error->code);

  return value != NULL ? value->value_nick : "failed";
}

/* The members that every object about a failure has. */
void
grip_tool_json_error (GripToolJson *json,
                      const GError *error)
{
  grip_tool_json_string (json, "error", error->message);
  grip_tool_json_string (json, "code", error_name (error));
  grip_tool_json_integer (json, "exit", grip_tool_exit_for_error (error));
}

/* Tells about an error, as words and with --json as an object, and returns the exit code for it. */
int
grip_tool_fail (const GError *error)
{
  grip_tool_say_error (error);

  if (grip_tool_json)
    {
      g_autoptr(GripToolJson) json = grip_tool_json_new ();

      grip_tool_json_begin_object (json, NULL);
      grip_tool_json_error (json, error);
      grip_tool_json_end_object (json);
      grip_tool_print_json (json);
    }

  return grip_tool_exit_for_error (error);
}

/* The end of main () sees whether it could be written. */
void
grip_tool_write (const void *data,
                 gsize       length)
{
  if (length > 0)
    fwrite (data, 1, length, stdout);
}

/* One line, at once: a reader may be waiting for it. */
void
grip_tool_print_json (GripToolJson *json)
{
  grip_tool_write (json->text->str, json->text->len);
  putchar ('\n');
  fflush (stdout);
}

static gpointer
wait_for_interrupt (gpointer data)
{
  g_autoptr(GCancellable) cancellable = data;
  sigset_t                signals;
  int                     signum;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);

  sigwait (&signals, &signum);
  g_cancellable_cancel (cancellable);

  /* Somebody who asks twice does not want to wait for the summary. */
  sigwait (&signals, &signum);
  _exit (GRIP_TOOL_INTERRUPTED);

  return NULL;
}

/* Ctrl-C cancels it. A thread waits for the signal, as a synchronous call has no main loop to see it;
 * the mask is inherited, so call this before anything that starts threads. */
GCancellable *
grip_tool_get_cancellable (void)
{
  static GCancellable *cancellable;
  struct sigaction     action;
  sigset_t             signals;

  if (cancellable != NULL)
    return cancellable;

  cancellable = g_cancellable_new ();

  /* A shell starts background jobs with the signal ignored: keep it so. */
  if (sigaction (SIGINT, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
    return cancellable;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  g_thread_unref (g_thread_new ("interrupt", wait_for_interrupt, g_object_ref (cancellable)));

  return cancellable;
}

/* Waits for input or Ctrl-C: false when interrupted. */
static gboolean
wait_readable (int            fd,
               GCancellable  *cancellable,
               GError       **error)
{
  GPollFD fds[2] = { { .fd = fd, .events = G_IO_IN | G_IO_HUP | G_IO_ERR } };
  guint   n_fds = 1;

  if (g_cancellable_make_pollfd (cancellable, &fds[1]))
    n_fds = 2;
  while (g_poll (fds, n_fds, -1) < 0 && errno == EINTR)
    ;
  if (n_fds == 2)
    g_cancellable_release_fd (cancellable);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static GBytes *
read_fd (int          fd,
         const char  *name,
         GError     **error)
{
  g_autoptr(GByteArray) array = g_byte_array_new ();
  GCancellable         *cancellable = grip_tool_get_cancellable ();

  for (;;)
    {
      guint8  buffer[65536];
      gssize  n;

      if (!wait_readable (fd, cancellable, error))
        return NULL;

      n = read (fd, buffer, sizeof buffer);
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&array));
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n < 0)
        {
          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                       "cannot read %s: %s", name, g_strerror (errno));
          return NULL;
        }
      if (array->len + n > MAX_INPUT_BYTES)
        {
          g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
                       "%s has more than %d bytes", name, MAX_INPUT_BYTES);
          return NULL;
        }
      g_byte_array_append (array, buffer, n);
    }
}

GBytes *
grip_tool_read_stdin (GError **error)
{
  return read_fd (STDIN_FILENO, "standard input", error);
}

GBytes *
grip_tool_read_file (const char  *path,
                     GError     **error)
{
  g_autofree char *name = g_strdup_printf ("'%s'", path);
  GBytes          *bytes;
  int              fd;

  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "cannot open '%s': %s", path, g_strerror (errno));
      return NULL;
    }

  bytes = read_fd (fd, name, error);
  close (fd);

  return bytes;
}

/* An argument of the form TEXT, `@FILE` or `-`. */
GBytes *
grip_tool_read_argument (const char  *argument,
                         GError     **error)
{
  if (g_str_equal (argument, "-"))
    return grip_tool_read_stdin (error);
  if (*argument == '@')
    return grip_tool_read_file (argument + 1, error);

  return g_bytes_new (argument, strlen (argument));
}

/* A KEY argument: text, `base64:...`, a PEM, a JWK, or `@FILE` with one of these. The newline that
 * editors put at the end of a file is not of the key. */
GBytes *
grip_tool_read_key (const char  *argument,
                    GError     **error)
{
  g_autoptr(GBytes) bytes = NULL;
  const char       *data;
  gsize             length;

  if (*argument != '@')
    return g_bytes_new (argument, strlen (argument));

  bytes = grip_tool_read_file (argument + 1, error);
  if (bytes == NULL)
    return NULL;

  data = g_bytes_get_data (bytes, &length);
  if (length > 0 && data[length - 1] == '\n')
    length--;
  if (length > 0 && data[length - 1] == '\r')
    length--;

  return g_bytes_new_from_bytes (bytes, 0, length);
}

/* False has told the user why. */
gboolean
grip_tool_parse_int (const char *option,
                     const char *text,
                     gint64      minimum,
                     gint64      maximum,
                     gint64     *value)
{
  if (g_ascii_string_to_signed (text, 10, minimum, maximum, value, NULL))
    return TRUE;

  grip_tool_usage ("%s takes a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not '%s'",
                   option, minimum, maximum, text);

  return FALSE;
}

/* False has told the user why. */
gboolean
grip_tool_parse_seconds (const char *option,
                         const char *text,
                         double     *seconds)
{
  char  *end;
  double value;

  value = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && value > 0 && value <= 86400)
    {
      *seconds = value;
      return TRUE;
    }

  grip_tool_usage ("%s takes seconds, more than 0 and up to 86400, not '%s'", option, text);

  return FALSE;
}

static guint
edit_distance (const char *a,
               const char *b)
{
  guint row[32];
  gsize columns = strlen (b);

  if (columns >= G_N_ELEMENTS (row))
    return G_MAXUINT;

  for (gsize j = 0; j <= columns; j++)
    row[j] = j;
  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (gsize j = 1; j <= columns; j++)
        {
          guint above = row[j];

          row[j] = MIN (MIN (row[j], row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
          diagonal = above;
        }
    }

  return row[columns];
}

/* What was probably meant, or %NULL. */
const char *
grip_tool_near_match (const char         *word,
                      const char * const *candidates)
{
  const char *best = NULL;
  guint       best_distance = 3;

  for (gsize i = 0; candidates[i] != NULL; i++)
    {
      guint distance = edit_distance (word, candidates[i]);

      if (g_str_has_prefix (candidates[i], word))
        distance = 1;
      if (distance < best_distance && distance < strlen (candidates[i]))
        {
          best = candidates[i];
          best_distance = distance;
        }
    }

  return best;
}
