/* grip-credentials-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-key.h"

G_BEGIN_DECLS

typedef struct _GripCredentials GripCredentials;

GripCredentials *grip_credentials_new_for_token    (GripKey          *key,
                                                    const char       *iss,
                                                    guint             lifetime);
GripCredentials *grip_credentials_new_for_bearer   (GBytes           *token,
                                                    GError          **error);
GripCredentials *grip_credentials_new_for_basic    (const char       *user,
                                                    const char       *password,
                                                    GError          **error);
void             grip_credentials_free             (GripCredentials  *self);
char            *grip_credentials_dup_value        (GripCredentials  *self,
                                                    GError          **error);
char            *grip_credentials_dup_value_at     (GripCredentials  *self,
                                                    gint64            now,
                                                    gint64            monotonic,
                                                    GError          **error);
gboolean         grip_credentials_is_safe_to_send  (const char       *control_uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripCredentials, grip_credentials_free)

G_END_DECLS
