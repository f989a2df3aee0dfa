/* grip-soup.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip-soup/grip-soup-extension.h>
#include <libgrip-soup/grip-soup-origin.h>
#include <libgrip-soup/grip-soup-request.h>
