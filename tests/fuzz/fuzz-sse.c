/* fuzz-sse.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>

#include <stdint.h>

#include "tools/soup/grip-tool-sse.h"

#define MAX_SIZE 4096

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static gboolean
note (GripToolSse *sse,
      gpointer     user_data)
{
  GString *notes = user_data;

  g_assert_cmpuint (sse->data->len, <=, MAX_SIZE);
  g_assert_cmpuint (sse->retry, <=, 60000);
  g_string_append_printf (notes, "%s|%s|%u|", sse->event != NULL ? sse->event : "-",
                          sse->last_id != NULL ? sse->last_id : "-", sse->retry);
  g_string_append_len (notes, sse->data->str, sse->data->len);
  g_string_append_c (notes, '\n');

  return TRUE;
}

/* The events in pieces of so many bytes. */
static GString *
read_events (const char *data,
             gsize       size,
             gsize       piece)
{
  g_auto(GripToolSse) sse;
  GString            *notes = g_string_new (NULL);

  grip_tool_sse_init (&sse, MAX_SIZE);
  for (gsize at = 0; at < size; at += piece)
    if (!grip_tool_sse_feed (&sse, data + at, MIN (piece, size - at), note, notes, NULL))
      break;

  return notes;
}

/* Wherever a read ends, the events are the same. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GString) whole = NULL;
  g_autoptr(GString) pieces = NULL;

  /* The limit is judged by what has come. */
  if (size > MAX_SIZE)
    return 0;

  whole = read_events ((const char *) data, size, size + 1);
  pieces = read_events ((const char *) data, size, 1);
  g_assert_true (g_string_equal (whole, pieces));

  return 0;
}
