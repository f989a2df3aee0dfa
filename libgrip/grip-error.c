/* grip-error.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"

/**
 * grip_error_quark:
 *
 * The domain of all errors of libgrip: see [error@Grip.Error].
 *
 * Returns: the quark
 *
 * Since: 1.0
 */
G_DEFINE_QUARK (grip-error-quark, grip_error)

/**
 * grip_fate_to_string:
 * @fate: a fate
 *
 * A word for @fate, as it stands in error messages.
 *
 * Returns: `accepted`, `refused`, `not sent` or `unknown`
 *
 * Since: 1.0
 */
const char *
grip_fate_to_string (GripFate fate)
{
  switch (fate)
    {
    case GRIP_FATE_ACCEPTED:
      return "accepted";
    case GRIP_FATE_REFUSED:
      return "refused";
    case GRIP_FATE_NOT_SENT:
      return "not sent";
    case GRIP_FATE_UNKNOWN:
    default:
      return "unknown";
    }
}
