/* grip-tool-doctor.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "grip-tool-common.h"

G_BEGIN_DECLS

/* What `doctor` has found out, told as it goes. Each of the checks of an endpoint ends as one of these;
 * after a failure those that build on it are skipped. */
typedef struct
{
  const char *endpoint;
  guint       n_checks;
  guint       n_failed;
  int         exit_code;    /* of the first failure */
} GripToolReport;

void     grip_tool_report_begin (GripToolReport *self,
                                 const char     *endpoint);
void     grip_tool_report_ok    (GripToolReport *self,
                                 const char     *check,
                                 const char     *format,
                                 ...) G_GNUC_PRINTF (3, 4);
void     grip_tool_report_fail  (GripToolReport *self,
                                 const char     *check,
                                 const GError   *error,
                                 const char     *format,
                                 ...) G_GNUC_PRINTF (4, 5);
void     grip_tool_report_skip  (GripToolReport *self,
                                 const char     *check,
                                 const char     *why);
void     grip_tool_report_end   (GripToolReport *self);

/* The checks of one address, each in @seconds. Returns: whether all is well */
gboolean grip_tool_check_http   (GripToolReport *self,
                                 GripEndpoint   *endpoint,
                                 double          seconds);
gboolean grip_tool_check_zmq    (GripToolReport *self,
                                 GripEndpoint   *endpoint,
                                 const char     *check,
                                 const char     *address,
                                 const char     *expected,
                                 double          seconds);

/* Asks the command socket for the others: @push and @pub are their addresses as we reach them, or %NULL. */
gboolean grip_tool_check_discovery (GripToolReport  *self,
                                    GripEndpoint    *endpoint,
                                    double           seconds,
                                    char           **push,
                                    char           **pub);

/* An endpoint with only @address, as @key, and the CURVE keys of @endpoint. */
GripEndpoint      *grip_tool_endpoint_at   (GripEndpoint   *endpoint,
                                            const char     *key,
                                            const char     *address,
                                            GError        **error);

/* Steps of them. */
gboolean           grip_tool_check_resolve (GripToolReport *self,
                                            const char     *host);
GSocketConnection *grip_tool_check_connect (GripToolReport *self,
                                            const char     *host,
                                            guint16         port,
                                            double          seconds);
gboolean           grip_tool_check_tls     (GripToolReport *self,
                                            GSocketConnection *connection,
                                            const char     *host,
                                            guint16         port,
                                            const char     *ca_file);

G_END_DECLS
