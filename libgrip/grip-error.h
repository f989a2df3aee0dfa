/* grip-error.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

#include <libgrip/grip-version-macros.h>

G_BEGIN_DECLS

/**
 * GRIP_ERROR:
 *
 * The error domain of libgrip. Its codes are [error@Grip.Error].
 *
 * Since: 1.0
 */
#define GRIP_ERROR (grip_error_quark ())

/**
 * GripError:
 * @GRIP_ERROR_INVALID_CONFIG: a configuration, a GRIP URI or a key cannot be used
 * @GRIP_ERROR_INVALID_ITEM: the item is one that a proxy would refuse
 * @GRIP_ERROR_NO_TRANSPORT: no plugin carries to such an endpoint, or the plugin is broken
 * @GRIP_ERROR_NO_ENDPOINT: no endpoint is configured, so nobody could get the item
 * @GRIP_ERROR_REJECTED: the proxy refused the item
 * @GRIP_ERROR_UNAUTHORIZED: the proxy refused the credentials, or a token is not to be trusted
 * @GRIP_ERROR_TOO_LARGE: the encoded item is over the endpoint's limit
 * @GRIP_ERROR_QUEUE_FULL: the endpoint's queue is at its limit
 * @GRIP_ERROR_TIMED_OUT: no answer came in time
 * @GRIP_ERROR_NOT_CONNECTED: the endpoint could not be reached
 * @GRIP_ERROR_CLOSED: the object was closed
 * @GRIP_ERROR_MALFORMED: input from outside does not follow the protocol
 * @GRIP_ERROR_FAILED: any other failure; treat an unknown code as this one
 *
 * What can go wrong in libgrip.
 *
 * The message names the endpoint and the value at fault, and never holds a secret. Cancellation
 * is not in here: it is always `G_IO_ERROR_CANCELLED`.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_ERROR_INVALID_CONFIG,
  GRIP_ERROR_INVALID_ITEM,
  GRIP_ERROR_NO_TRANSPORT,
  GRIP_ERROR_NO_ENDPOINT,
  GRIP_ERROR_REJECTED,
  GRIP_ERROR_UNAUTHORIZED,
  GRIP_ERROR_TOO_LARGE,
  GRIP_ERROR_QUEUE_FULL,
  GRIP_ERROR_TIMED_OUT,
  GRIP_ERROR_NOT_CONNECTED,
  GRIP_ERROR_CLOSED,
  GRIP_ERROR_MALFORMED,
  GRIP_ERROR_FAILED,
} GripError;

/**
 * GripFate:
 * @GRIP_FATE_ACCEPTED: the proxy said yes (for ZMQ PUSH and XPUB: handed to libzmq)
 * @GRIP_FATE_REFUSED: the proxy said no: the item was not published
 * @GRIP_FATE_NOT_SENT: certainly no byte of the item left this process
 * @GRIP_FATE_UNKNOWN: the item may have been published
 *
 * What became of an item at one endpoint.
 *
 * Since: 1.0
 */
typedef enum
{
  GRIP_FATE_ACCEPTED,
  GRIP_FATE_REFUSED,
  GRIP_FATE_NOT_SENT,
  GRIP_FATE_UNKNOWN,
} GripFate;

GRIP_AVAILABLE_IN_1_0
GQuark      grip_error_quark       (void);
GRIP_AVAILABLE_IN_1_0
const char *grip_fate_to_string    (GripFate fate);

G_END_DECLS
