/* grip-subscription-changes.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

#define GRIP_TYPE_SUBSCRIPTION_CHANGES (grip_subscription_changes_get_type ())

GRIP_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GripSubscriptionChanges, grip_subscription_changes, GRIP, SUBSCRIPTION_CHANGES, GObject)

GRIP_AVAILABLE_IN_1_0
GripSubscriptionChanges *grip_subscription_changes_new_for_page        (GBytes                   *json,
                                                                        GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
GripSubscriptionChanges *grip_subscription_changes_new_for_line        (GBytes                   *json,
                                                                        GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
GRIP_AVAILABLE_IN_1_0
guint                    grip_subscription_changes_get_n_changes       (GripSubscriptionChanges  *self);
GRIP_AVAILABLE_IN_1_0
const char              *grip_subscription_changes_get_channel         (GripSubscriptionChanges  *self,
                                                                        guint                     index);
GRIP_AVAILABLE_IN_1_0
gboolean                 grip_subscription_changes_get_subscribed      (GripSubscriptionChanges  *self,
                                                                        guint                     index);
GRIP_AVAILABLE_IN_1_0
const char              *grip_subscription_changes_get_cursor          (GripSubscriptionChanges  *self);
GRIP_AVAILABLE_IN_1_0
const char              *grip_subscription_changes_get_previous_cursor (GripSubscriptionChanges  *self);

G_END_DECLS
