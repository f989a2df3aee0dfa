/* engine-fixture.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "mock-transport.h"

G_BEGIN_DECLS

/* The engine, with a transport that lives in the test's own context. */

typedef struct
{
  GripPubControl *control;
  MockTransport  *mock;
} Fixture;

typedef struct
{
  guint   pending;
  guint   succeeded;
  guint   failed;
  GError *last;
} Results;

void      engine_set_up       (Fixture       *fixture,
                               gconstpointer  data);
void      engine_tear_down    (Fixture       *fixture,
                               gconstpointer  data);
GripItem *engine_make_item    (const char    *id);
void      engine_published_cb (GObject       *object,
                               GAsyncResult  *result,
                               gpointer       user_data);
void      engine_publish      (Fixture       *fixture,
                               const char    *channel,
                               const char    *id,
                               Results       *results);
void      engine_wait_for     (Results       *results);
void      engine_assert_log   (MockTransport *mock,
                               const char    *expected);

/* All that there is to do now, in the main context. */
void      iterate             (void);

/* Warnings that the engine has logged since it was set to 0. */
extern guint engine_warnings;

void engine_init (int *argc, char ***argv);

/* Needs tests named test_NAME. */
#define ENGINE_TEST(name) \
  g_test_add ("/pub-control/" #name, Fixture, NULL, engine_set_up, test_##name, engine_tear_down)

G_END_DECLS
