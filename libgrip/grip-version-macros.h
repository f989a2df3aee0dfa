/* grip-version-macros.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include <libgrip/grip-version.h>

#ifndef _GRIP_EXTERN
#define _GRIP_EXTERN extern __attribute__ ((visibility ("default")))
#endif

#define GRIP_VERSION_1_0 (G_ENCODE_VERSION (1, 0))

/* The API that the next stable release will have. */
#define GRIP_VERSION_CUR_STABLE GRIP_VERSION_1_0

/**
 * GRIP_VERSION_MIN_REQUIRED:
 *
 * The oldest libgrip that the application wants to work with: what is deprecated in it gives
 * compiler warnings. Define it before including the header.
 *
 * Since: 1.0
 */
#ifndef GRIP_VERSION_MIN_REQUIRED
#define GRIP_VERSION_MIN_REQUIRED GRIP_VERSION_CUR_STABLE
#endif

/**
 * GRIP_VERSION_MAX_ALLOWED:
 *
 * The newest libgrip whose API the application may use: newer API gives compiler warnings.
 * Define it before including the header.
 *
 * Since: 1.0
 */
#ifndef GRIP_VERSION_MAX_ALLOWED
#define GRIP_VERSION_MAX_ALLOWED GRIP_VERSION_CUR_STABLE
#endif

#if GRIP_VERSION_MAX_ALLOWED < GRIP_VERSION_1_0
#define GRIP_AVAILABLE_IN_1_0 G_UNAVAILABLE (1, 0) _GRIP_EXTERN
#else
#define GRIP_AVAILABLE_IN_1_0 _GRIP_EXTERN
#endif
#define GRIP_AVAILABLE_IN_ALL _GRIP_EXTERN
