/* grip.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip-base-format.h>
#include <libgrip/grip-base-transport.h>
#include <libgrip/grip-batch.h>
#include <libgrip/grip-body-patch.h>
#include <libgrip/grip-channel.h>
#include <libgrip/grip-delivery.h>
#include <libgrip/grip-endpoint.h>
#include <libgrip/grip-enums.h>
#include <libgrip/grip-error.h>
#include <libgrip/grip-format.h>
#include <libgrip/grip-header.h>
#include <libgrip/grip-http-call.h>
#include <libgrip/grip-http-control.h>
#include <libgrip/grip-http-response-format.h>
#include <libgrip/grip-http-stream-format.h>
#include <libgrip/grip-instruct.h>
#include <libgrip/grip-item.h>
#include <libgrip/grip-key.h>
#include <libgrip/grip-pub-control.h>
#include <libgrip/grip-response.h>
#include <libgrip/grip-sig-result.h>
#include <libgrip/grip-signature.h>
#include <libgrip/grip-statistics.h>
#include <libgrip/grip-stats-channel.h>
#include <libgrip/grip-stats.h>
#include <libgrip/grip-subscription-changes.h>
#include <libgrip/grip-transport.h>
#include <libgrip/grip-version-macros.h>
#include <libgrip/grip-version.h>
#include <libgrip/grip-websocket-context.h>
#include <libgrip/grip-websocket-control.h>
#include <libgrip/grip-websocket-event.h>
#include <libgrip/grip-websocket-events.h>
#include <libgrip/grip-websocket-message-format.h>
#include <libgrip/grip-zmq-call.h>
#include <libgrip/grip-zmq-control.h>
