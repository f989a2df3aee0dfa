/* grip-zmq-stats-frame.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-zmq-stats-frame.h"
#include "grip-zmq-tnetstring.h"

#define MAX_KIND 16

static gboolean
fail (const char  *problem,
      GError     **error)
{
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a frame of the stats %s", problem);
  return FALSE;
}

static gboolean
take_tnetstring (GripStats   *stats,
                 const char  *kind,
                 const char  *data,
                 gsize        length,
                 GError     **error)
{
  g_autoptr(GVariant) values = grip_zmq_tnetstring_read (data, length, error);

  return values != NULL && grip_stats_take_record (stats, kind, values, error);
}

static gboolean
take_json (GripStats   *stats,
           const char  *kind,
           const char  *data,
           gsize        length,
           GError     **error)
{
  g_autoptr(GBytes) json = NULL;

  if (length > GRIP_ZMQ_TNETSTRING_MAX_BYTES)
    return fail ("is longer than 64 KiB", error);

  json = g_bytes_new (data, length);

  return grip_stats_take_json_record (stats, kind, json, error);
}

/* `KIND T{tnetstring}` or `KIND J{json}` (protocol 5.4). */
gboolean
grip_zmq_stats_frame_take (GripStats   *stats,
                           const char  *data,
                           gsize        length,
                           GError     **error)
{
  const char *space = length > 0 ? memchr (data, ' ', MIN (length, MAX_KIND)) : NULL;
  const char *payload;
  char        kind[MAX_KIND];
  gsize       rest;

  if (space == NULL || space == data)
    return fail ("has no kind", error);
  for (const char *p = data; p < space; p++)
    if (!g_ascii_islower (*p))
      return fail ("has a kind with other than small letters", error);

  memcpy (kind, data, space - data);
  kind[space - data] = '\0';
  payload = space + 1;
  rest = data + length - payload;

  if (rest > 0 && *payload == 'T')
    return take_tnetstring (stats, kind, payload + 1, rest - 1, error);
  if (rest > 0 && *payload == 'J')
    return take_json (stats, kind, payload + 1, rest - 1, error);

  return fail ("is neither a tnetstring nor JSON", error);
}
