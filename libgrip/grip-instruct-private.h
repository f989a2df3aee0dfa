/* grip-instruct-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-instruct.h"

G_BEGIN_DECLS

struct _GripInstruct
{
  GObject            parent_instance;

  GPtrArray         *channels;
  char              *channel_prefix;
  GHashTable        *meta;
  GBytes            *keep_alive;
  char              *status_reason;
  char              *next_link;
  char              *gone_link;
  char             **expose_headers;
  char              *session_id;
  char              *session_path_prefix;
  char              *session_pointer;
  char              *session_json_param;
  GripResponse      *response;

  GripHoldMode       hold_mode;
  GripKeepAliveMode  keep_alive_mode;
  int                timeout;
  int                keep_alive_timeout;
  int                next_link_timeout;
  int                status;
};

GPtrArray *grip_instruct_dup_prefixed_channels (GripInstruct     *self);
gboolean   grip_instruct_check                 (GripInstruct     *self,
                                                GError          **error);
gboolean   grip_instruct_is_special_code       (int               code);
gboolean   grip_instruct_exposes               (GripInstruct     *self,
                                                const char       *header);
gboolean   grip_instruct_add_headers           (GripInstruct     *self,
                                                GripInstructForm  form,
                                                GVariantBuilder  *headers,
                                                GError          **error);
gboolean   grip_instruct_replace_string        (char            **place,
                                                const char       *value);
gboolean   grip_instruct_fail                  (GError          **error,
                                                const char       *format,
                                                ...) G_GNUC_PRINTF (2, 3);

/* For both parsers. */
gboolean   grip_instruct_malformed             (GError          **error,
                                                const char       *format,
                                                ...) G_GNUC_PRINTF (2, 3);
gboolean   grip_instruct_parse_number          (const char       *text,
                                                int               maximum,
                                                const char       *what,
                                                int              *number,
                                                GError          **error);
GBytes    *grip_instruct_decode_base64         (const char       *text,
                                                const char       *what,
                                                GError          **error);
gboolean   grip_instruct_read_hold             (GripInstruct     *self,
                                                const char       *mode,
                                                GError          **error);
gboolean   grip_instruct_read_json             (GripInstruct     *self,
                                                GBytes           *body,
                                                GError          **error);

G_END_DECLS
