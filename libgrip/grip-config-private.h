/* grip-config-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-uri-private.h"

G_BEGIN_DECLS

typedef enum
{
  GRIP_OPTION_CONTROL_URI,
  GRIP_OPTION_CONTROL_ISS,
  GRIP_OPTION_KEY,
  GRIP_OPTION_USER,
  GRIP_OPTION_PASS,
  GRIP_OPTION_VERIFY_ISS,
  GRIP_OPTION_VERIFY_KEY,
  GRIP_OPTION_CONTROL_ZMQ_URI,
  GRIP_OPTION_CONTROL_ZMQ_PUSH_URI,
  GRIP_OPTION_CONTROL_ZMQ_PUB_URI,
  GRIP_OPTION_CONTROL_ZMQ_BIND,
  GRIP_OPTION_CONTROL_ZMQ_MODE,
  GRIP_OPTION_CONTROL_ZMQ_SERVER_KEY,
  GRIP_OPTION_CONTROL_ZMQ_PUBLIC_KEY,
  GRIP_OPTION_CONTROL_ZMQ_SECRET_KEY,
  GRIP_OPTION_CONTROL_ZMQ_STATS_URI,
  GRIP_OPTION_REQUIRE_SUBSCRIBERS,
  GRIP_OPTION_REQUIRE_TLS,
  GRIP_OPTION_CA_FILE,
  GRIP_OPTION_TOKEN_LIFETIME,
  GRIP_OPTION_GRACE_TIME,
  GRIP_OPTION_PUBLISH_URI,
  GRIP_N_OPTIONS
} GripOption;

#define GRIP_DEFAULT_TOKEN_LIFETIME 600
#define GRIP_DEFAULT_GRACE_TIME 10

/* Every value of an endpoint. Which of text, key and number an option uses is in the table of
 * grip-config.c. */
typedef struct
{
  char    *text[GRIP_N_OPTIONS];
  GBytes  *key[GRIP_N_OPTIONS];
  guint    number[GRIP_N_OPTIONS];
  gboolean is_set[GRIP_N_OPTIONS];
  GripUri  uri;
} GripConfig;

void      grip_config_init       (GripConfig        *self);
gboolean  grip_config_read       (GripConfig        *self,
                                  GVariant          *variant,
                                  GError           **error);
gboolean  grip_config_check      (GripConfig        *self,
                                  GError           **error);
GVariant *grip_config_to_variant (const GripConfig  *self,
                                  gboolean           with_secrets);
void      grip_config_clear      (GripConfig        *self);

gboolean  grip_config_check_zmq  (const GripConfig  *self,
                                  GError           **error);
char     *grip_config_join_zmq   (const char        *name,
                                  GVariant          *value,
                                  GError           **error);
gboolean  grip_config_is_zmq_uri (const char        *uri);
GVariant *grip_config_parse_zmq  (const char        *uri,
                                  GError           **error);
GVariant *grip_config_parse_uri  (const char        *uri,
                                  gboolean           drop_slash,
                                  GError           **error);

G_END_DECLS
