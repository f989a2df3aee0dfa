/* grip-tool-bench-encode.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-bench.h"
#include "grip-tool.h"

static gint64 n = 1000000;
static gint64 size = 100;
static char  *encoding_name;

static gboolean
encode_one (GBytes        *payload,
            GripEncoding   encoding,
            GError       **error)
{
  g_autoptr(GripHttpStreamFormat) format = grip_http_stream_format_new (payload);
  g_autoptr(GripItem)             item = grip_item_new (GRIP_FORMAT (format), NULL, NULL, error);
  g_autoptr(GBytes)               bytes = NULL;

  if (item != NULL)
    bytes = grip_item_encode (item, "test", encoding, error);

  return bytes != NULL;
}

/* @count: (inout): how many; less after Ctrl-C */
static gint64
encode_many (GBytes        *payload,
             GripEncoding   encoding,
             gint64        *count,
             GError       **error)
{
  gint64 errors = 0;
  gint64 i;

  for (i = 0; i < *count && grip_tool_bench_goes_on (); i++)
    if (!encode_one (payload, encoding, *error == NULL ? error : NULL))
      errors++;
  *count = i;

  return errors;
}

static gboolean
parse_encoding (const char   *name,
                GripEncoding *encoding)
{
  if (name == NULL || g_str_equal (name, "json"))
    *encoding = GRIP_ENCODING_JSON;
  else if (g_str_equal (name, "tnetstring"))
    *encoding = GRIP_ENCODING_TNETSTRING;
  else
    return FALSE;

  return TRUE;
}

static int
run (int    argc,
     char **argv)
{
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char  *name = NULL;
  GripEncoding      encoding;
  GripToolTimer     timer;
  gint64            errors;
  gint64            warm_up = MIN (n, 1000);

  if (argc > 1)
    return grip_tool_usage ("unexpected argument '%s'", argv[1]);
  if (n < 1 || size < 0 || size > 64 * 1024 * 1024)
    return grip_tool_usage ("--n takes at least 1, --size 0 to 67108864");
  if (!parse_encoding (encoding_name, &encoding))
    return grip_tool_usage ("--encoding takes json or tnetstring, not '%s'", encoding_name);

  payload = grip_tool_bench_payload (size);
  errors = encode_many (payload, encoding, &warm_up, &error);

  grip_tool_timer_start (&timer);
  errors += encode_many (payload, encoding, &n, &error);
  grip_tool_timer_stop (&timer);

  name = g_strconcat ("libgrip-encode-", encoding_name != NULL ? encoding_name : "json", NULL);
  grip_tool_bench_report (&timer, name, n, errors);

  return grip_tool_bench_exit (errors, error);
}

static const GOptionEntry options[] = {
  { "n", 'n', 0, G_OPTION_ARG_INT64, &n, "Number of items (default 1000000)", "N" },
  { "size", 's', 0, G_OPTION_ARG_INT64, &size, "Bytes of content (default 100)", "BYTES" },
  { "encoding", 0, 0, G_OPTION_ARG_FILENAME, &encoding_name, "json (default) or tnetstring", "NAME" },
  { NULL }
};

const GripToolCommand grip_tool_bench_encode = {
  .name = "encode",
  .run = run,
  .description = "Make and encode items with an http-stream format",
  .options = options,
  .examples =
    "grip-tool bench encode --n 1000000 --size 100\n"
    "grip-tool bench encode --n 1000000 --size 100 --encoding tnetstring",
};
