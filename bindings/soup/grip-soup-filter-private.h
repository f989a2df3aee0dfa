/* grip-soup-filter-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-rendered-private.h"

G_BEGIN_DECLS

/* Filters as Pushpin has them: skip-self, skip-users, require-sub, var-subst. Others let everything
 * through. */

/* Whether the content filters of a subscription are those that the item was made for. */
gboolean grip_soup_filter_match (const char * const  *filters,
                                 const char * const  *content_filters);

/* FALSE when the item is not for the client. @sub_meta and @content are nullable; the result is what
 * went in when nothing was changed. @channels are names as the instruct had them. */
gboolean grip_soup_filter_run   (const char * const  *filters,
                                 GHashTable          *sub_meta,
                                 GPtrArray           *channels,
                                 GripSoupRendered    *rendered,
                                 GBytes              *content,
                                 GBytes             **result);

G_END_DECLS
