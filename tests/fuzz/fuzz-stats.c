/* fuzz-stats.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdint.h>

#include "grip-zmq-stats-frame.h"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* What is taken is one channel, connection or report at most; what is not has an error. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GripStats) stats = g_object_new (GRIP_TYPE_STATS, NULL);
  g_autoptr(GError)    error = NULL;
  gboolean             taken = grip_zmq_stats_frame_take (stats, (const char *) data, size, &error);
  guint                n = g_list_model_get_n_items (G_LIST_MODEL (stats));

  g_assert_cmpint (taken, ==, error == NULL);
  g_assert_cmpuint (n + grip_stats_get_n_connections (stats), <=, taken ? 1 : 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GripStatsChannel) channel = g_list_model_get_item (G_LIST_MODEL (stats), i);

      g_assert_true (g_utf8_validate (grip_stats_channel_get_name (channel), -1, NULL));
      g_assert_cmpuint (grip_stats_channel_get_subscribers (channel), >, 0);
    }

  return 0;
}
