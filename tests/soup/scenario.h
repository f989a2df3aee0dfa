/* scenario.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip-soup/grip-soup.h>

#include "grip-test-client.h"

G_BEGIN_DECLS

/* One program, a GripSoupOrigin and a GripPubControl, run twice: with a real Pushpin in front of it,
 * and with nothing. What a client sees must be the same. */
typedef enum
{
  SCENARIO_PUSHPIN,
  SCENARIO_EMBEDDED,
} ScenarioMode;

typedef struct
{
  const char *name;
  void      (*run) (const char *base);   /* "/live" or "/ws" for WebSockets, else "" */
} Scenario;

/* An end of a list has no format. */
typedef struct
{
  gpointer    format;
  const char *id;
  const char *prev_id;
} ScenarioItem;

ScenarioMode    scenario_get_mode      (void);

/* A channel that no other scenario has. */
const char     *scenario_channel       (void);

/* "PATH" with the query after it; `@C` of the query is the scenario's channel, `@O` another server. */
GripTestClient *scenario_get           (const char          *path,
                                        const char          *query);
GripTestClient *scenario_get_with      (const char          *path,
                                        const char          *query,
                                        const char          *header);
GripTestClient *scenario_connect       (const char          *path,
                                        const char          *query);

/* Until so many clients were subscribed to the channel in this scenario. */
void            scenario_wait_held     (guint                n);
void            scenario_wait_channel  (const char          *channel,
                                        guint                n);

/* The format is taken. @meta is "name=value", or NULL. */
void            scenario_publish       (gpointer             format);
void            scenario_publish_full  (const char          *channel,
                                        gpointer             format,
                                        const char          *id,
                                        const char          *prev_id,
                                        const char          *meta);
/* To the scenario's channel, with no time between them: what is in a wrong order waits for seconds only. */
void            scenario_publish_at_once (const ScenarioItem *items);

/* Waits for a body of these bytes, which must be all so far. */
void            scenario_expect_body   (GripTestClient      *client,
                                        const char          *expected);
void            scenario_expect_closed (GripTestClient      *client);
void            scenario_expect_header (GripTestClient      *client,
                                        const char          *name,
                                        const char          *expected);
void            scenario_expect_frame  (GripTestClient      *client,
                                        guint                index,
                                        GripTestFrameKind    kind,
                                        const char          *expected);
/* Any reason with NULL: whether one is sent back is everybody's own choice. */
void            scenario_expect_close  (GripTestClient      *client,
                                        guint                index,
                                        guint                code,
                                        const char          *reason);
void            scenario_say           (GripTestClient      *client,
                                        const char          *text);

/* How often a gone link was asked; until it was that often. */
guint           scenario_get_n_gone    (void);
void            scenario_wait_gone     (guint                n);

extern const Scenario scenarios_http[];
extern const Scenario scenarios_websocket[];
/* Of a proxy that speaks to the origin by requests, and of an origin that holds its clients. */
extern const Scenario scenarios_over_http[];
extern const Scenario scenarios_refresh[];
extern const Scenario scenarios_links[];
/* Where Debian's Pushpin does what later ones do not. */
extern const Scenario scenarios_embedded[];

/* In scenario-details.c. */
void            scenario_skip_self     (const char          *base);
void            scenario_skip_users    (const char          *base);
void            scenario_require_sub   (const char          *base);
void            scenario_var_subst     (const char          *base);
void            scenario_stream_close  (const char          *base);
void            scenario_last_event_id (const char          *base);
void            scenario_event_source  (const char          *base);
void            scenario_status_reason (const char          *base);
void            scenario_line_breaks   (const char          *base);
void            scenario_next_elsewhere (const char         *base);

/* The origin's handler, in scenario-handler.c. */
void            scenario_handle        (GripSoupOrigin      *origin,
                                        GripSoupRequest     *request,
                                        gpointer             user_data);

G_END_DECLS
