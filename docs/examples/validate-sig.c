/* validate-sig.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Tells whether a request came through the proxy, by its Grip-Sig header.
 *
 *   validate-sig TOKEN KEY
 */

#include <libgrip/grip.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError)        error = NULL;
  g_autoptr(GripKey)       key = NULL;
  g_autoptr(GripSignature) signature = NULL;

  if (argc != 3)
    {
      g_printerr ("Usage: validate-sig TOKEN KEY\n");
      return 1;
    }

  /* Pushpin signs with the `sig_key` of its settings, which is a secret. A public key in PEM or as a
   * JWK, as Fastly has it, goes here too. */
  key = grip_key_new_from_string (argv[2], &error);
  if (key != NULL)
    signature = grip_validate_sig (argv[1], key, NULL, &error);

  if (signature == NULL)
    {
      g_print ("not valid: %s\n", error->message);
      return 1;
    }

  g_print ("valid, issued by %s\n", grip_signature_get_issuer (signature));

  return 0;
}
