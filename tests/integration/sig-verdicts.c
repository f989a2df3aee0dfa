/* sig-verdicts.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>
#include <string.h>

#include <libgrip/grip.h>

/* sig-verdicts NOW KEY_FILE...: for each line "NUMBER TOKEN" of stdin, judges the token by the key of that
 * number and writes "valid JSON" or "invalid REASON". */
int
main (int   argc,
      char *argv[])
{
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 now = g_ascii_strtoll (argv[1], NULL, 10);
  char line[70000];

  for (int i = 2; i < argc; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *data = NULL;
      g_autoptr(GBytes) bytes = NULL;
      GripKey *key;
      gsize length;

      if (!g_file_get_contents (argv[i], &data, &length, &error))
        g_error ("%s", error->message);
      bytes = g_bytes_new (data, length);
      key = grip_key_new_from_bytes (bytes, &error);
      if (key == NULL)
        g_error ("%s: %s", argv[i], error->message);
      g_ptr_array_add (keys, key);
    }

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      char *token = strchr (line, ' ') + 1;
      g_autoptr(GError) error = NULL;
      g_autoptr(GripSignature) signature = NULL;

      token[strcspn (token, "\n")] = '\0';
      signature = grip_validate_sig_full (token, -1, g_ptr_array_index (keys, atoi (line)), NULL, now, 0, &error);
      if (signature != NULL)
        printf ("valid %s\n", grip_signature_get_json (signature));
      else
        printf ("invalid %s\n", error->message);
    }
  return 0;
}
