/* grip-tool-key.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-tool-key.h"

/* Reads the value of --key. On failure the user has been told, and exit_code is set. */
GripKey *
grip_tool_load_key (const char *argument,
                    int        *exit_code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  GripKey          *key = NULL;

  if (argument == NULL)
    {
      *exit_code = grip_tool_usage ("--key is needed");
      return NULL;
    }

  bytes = grip_tool_read_key (argument, &error);
  if (bytes != NULL)
    key = grip_key_new_from_bytes (bytes, &error);
  if (key == NULL)
    *exit_code = grip_tool_fail (error);

  return key;
}
