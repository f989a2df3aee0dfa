/* grip-tool-key.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

#define GRIP_TOOL_KEY_HELP \
  "KEY is text, base64:..., a PEM, a JWK, or @FILE with one of these. The kind of the key decides the\n" \
  "algorithm: HS256, RS256, ES256 or EdDSA."

GripKey *grip_tool_load_key (const char *argument,
                             int        *exit_code);

G_END_DECLS
