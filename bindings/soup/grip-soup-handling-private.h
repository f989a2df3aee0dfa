/* grip-soup-handling-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-soup-holder-private.h"
#include "grip-soup-origin.h"

G_BEGIN_DECLS

/* A handler of an origin, which may be called after the origin has gone: nothing happens then. */
typedef struct _GripSoupHandling GripSoupHandling;

GripSoupHandling *grip_soup_handling_new         (GripSoupOrigin   *origin,
                                                  const char       *path,
                                                  GripSoupHandler   handler,
                                                  gpointer          user_data,
                                                  GDestroyNotify    destroy);
GripSoupHandling *grip_soup_handling_ref         (GripSoupHandling *self);
void              grip_soup_handling_unref       (GripSoupHandling *self);

/* NULL when it has gone. */
GripSoupOrigin   *grip_soup_handling_get_origin  (GripSoupHandling *self);

/* Only the handler: what comes after it is the caller's. FALSE when the origin has gone. */
gboolean          grip_soup_handling_run         (GripSoupHandling *self,
                                                  GripSoupRequest  *request);

/* In grip-soup-origin.c; both nullable. */
GripSoupHolder   *grip_soup_origin_get_holder    (GripSoupOrigin   *origin);
GripSoupHandling *grip_soup_origin_find_handling (GripSoupOrigin   *origin,
                                                  const char       *path);
const char       *grip_soup_origin_get_prefix    (GripSoupOrigin   *origin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripSoupHandling, grip_soup_handling_unref)

GripSoupHandling *grip_soup_handling_find (GPtrArray  *handlings,
                                           const char *path);

G_END_DECLS
