/* grip-tool-watch-view.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "grip-tool-watch-view.h"

/* A terminal is drawn no more often, however fast changes come. */
#define DRAW_MSEC    100
#define USUAL_ROWS   24

typedef struct
{
  char   *channel;
  gint64  subscribers;
} Row;

struct _GripToolWatchView
{
  GHashTable *rows;            /* by endpoint and channel */
  gboolean    is_live;
  gboolean    has_colour;
  guint       draw_id;
  guint       n_connections;
  gboolean    has_connections;
  guint64     n_changes;
  gint64      started;
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->channel);
  g_free (row);
}

void
grip_tool_watch_view_free (GripToolWatchView *self)
{
  if (self->draw_id != 0)
    g_source_remove (self->draw_id);
  g_hash_table_unref (self->rows);
  g_free (self);
}

/* A channel's name comes from outside: nothing in it acts on a terminal. */
static char *
dup_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *printable = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (printable, c);
      else
        g_string_append_printf (printable, "\\u%04x", c);
    }

  return g_string_free (printable, FALSE);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  return strcmp ((*(const Row *const *) a)->channel, (*(const Row *const *) b)->channel);
}

static GPtrArray *
sort_rows (GripToolWatchView *self)
{
  GPtrArray      *sorted = g_ptr_array_new ();
  GHashTableIter  iter;
  gpointer        row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (sorted, row);
  g_ptr_array_sort (sorted, compare_rows);

  return sorted;
}

static gint64
count_subscribers (GripToolWatchView *self)
{
  GHashTableIter iter;
  gpointer       row;
  gint64         n = 0;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    n += MAX (((Row *) row)->subscribers, 0);

  return n;
}

static guint
count_screen_rows (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 4 ? size.ws_row : USUAL_ROWS;
}

static char *
format_subscribers (gint64 subscribers)
{
  return subscribers < 0 ? g_strdup ("some") : g_strdup_printf ("%" G_GINT64_FORMAT, subscribers);
}

static char *
format_totals (GripToolWatchView *self)
{
  g_autofree char *connections = NULL;

  if (self->has_connections)
    connections = g_strdup_printf (", %u connections", self->n_connections);

  return g_strdup_printf ("%u channels with subscribers, %" G_GINT64_FORMAT " subscribers counted%s",
                          g_hash_table_size (self->rows), count_subscribers (self),
                          connections != NULL ? connections : "");
}

static gboolean
draw_cb (gpointer user_data)
{
  GripToolWatchView    *self = user_data;
  g_autoptr(GPtrArray)  sorted = sort_rows (self);
  g_autofree char      *totals = format_totals (self);
  guint                 room = count_screen_rows () - 3;

  self->draw_id = 0;
  printf ("\033[H\033[2J%s%s%s\n", self->has_colour ? "\033[1m" : "", totals, self->has_colour ? "\033[0m" : "");
  for (guint i = 0; i < sorted->len && i < room; i++)
    {
      Row             *row = g_ptr_array_index (sorted, i);
      g_autofree char *channel = dup_printable (row->channel);
      g_autofree char *subscribers = format_subscribers (row->subscribers);

      printf ("%10s  %s\n", subscribers, channel);
    }
  if (sorted->len > room)
    printf ("%10s  and %u more\n", "", sorted->len - room);
  fflush (stdout);

  return G_SOURCE_REMOVE;
}

static void
print_change (const char *endpoint,
              const char *channel,
              gint64      subscribers)
{
  g_autoptr(GripToolJson)  json = NULL;
  g_autofree char         *printable = NULL;
  g_autofree char         *number = NULL;

  if (grip_tool_json)
    {
      json = grip_tool_json_new ();
      grip_tool_json_begin_object (json, NULL);
      grip_tool_json_string (json, "channel", channel);
      grip_tool_json_boolean (json, "subscribed", subscribers != 0);
      if (subscribers >= 0)
        grip_tool_json_integer (json, "subscribers", subscribers);
      grip_tool_json_string (json, "endpoint", endpoint);
      grip_tool_json_end_object (json);
      grip_tool_print_json (json);
      return;
    }

  printable = dup_printable (channel);
  number = format_subscribers (subscribers);
  printf ("%s\t%s\n", number, printable);
  fflush (stdout);
}

static void
draw_soon (GripToolWatchView *self)
{
  if (self->is_live && self->draw_id == 0)
    self->draw_id = g_timeout_add (DRAW_MSEC, draw_cb, self);
}

GripToolWatchView *
grip_tool_watch_view_new (void)
{
  GripToolWatchView *self = g_new0 (GripToolWatchView, 1);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  self->is_live = !grip_tool_json && isatty (STDOUT_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  self->has_colour = grip_tool_use_colour (STDOUT_FILENO);
  self->started = g_get_monotonic_time ();
  draw_soon (self);

  return self;
}

void
grip_tool_watch_view_change (GripToolWatchView *self,
                             const char        *endpoint,
                             const char        *channel,
                             gint64             subscribers)
{
  g_autofree char *key = g_strconcat (endpoint, "\n", channel, NULL);
  Row             *row;

  self->n_changes++;
  if (subscribers == 0)
    g_hash_table_remove (self->rows, key);
  else
    {
      row = g_new (Row, 1);
      row->channel = g_strdup (channel);
      row->subscribers = subscribers;
      g_hash_table_insert (self->rows, g_steal_pointer (&key), row);
    }

  if (self->is_live)
    draw_soon (self);
  else
    print_change (endpoint, channel, subscribers);
}

void
grip_tool_watch_view_set_connections (GripToolWatchView *self,
                                      guint              n_connections)
{
  self->n_connections = n_connections;
  self->has_connections = TRUE;
  draw_soon (self);
}

guint64
grip_tool_watch_view_get_n_changes (GripToolWatchView *self)
{
  return self->n_changes;
}

void
grip_tool_watch_view_summarize (GripToolWatchView *self)
{
  double                   seconds = (g_get_monotonic_time () - self->started) / (double) G_USEC_PER_SEC;
  g_autofree char         *totals = format_totals (self);
  g_autoptr(GripToolJson)  json = NULL;

  if (self->is_live)
    draw_cb (self);
  grip_tool_say ("%" G_GUINT64_FORMAT " changes in %.1f s; %s", self->n_changes, seconds, totals);
  if (!grip_tool_json)
    return;

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_integer (json, "changes", self->n_changes);
  grip_tool_json_integer (json, "channels", g_hash_table_size (self->rows));
  grip_tool_json_integer (json, "subscribers", count_subscribers (self));
  if (self->has_connections)
    grip_tool_json_integer (json, "connections", self->n_connections);
  grip_tool_json_seconds (json, "secs", seconds);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}
