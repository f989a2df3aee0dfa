/* narrow-stream.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A connection that keeps what is written into it, and takes little at a time. */
#define NARROW_TYPE_STREAM (narrow_stream_get_type ())
G_DECLARE_FINAL_TYPE (NarrowStream, narrow_stream, NARROW, STREAM, GIOStream)

typedef struct
{
  gsize         takes;          /* so many bytes at a time */
  gboolean      blocks;         /* it has to be waited for after each */
  gsize         limit;          /* after so many bytes: what is next; 0: none */
  GQuark        breaks;         /* it fails with an error of this domain at the limit; 0: nothing moves any more */
  GCancellable *cancels;        /* nullable: cancelled at the limit */
} NarrowRules;

NarrowStream *narrow_stream_new            (const NarrowRules *rules);
GBytes       *narrow_stream_dup_taken      (NarrowStream      *self);
guint         narrow_stream_get_n_waits    (NarrowStream      *self);
/* Called in whatever thread lets go of it. */
void          narrow_stream_set_gone_func  (NarrowStream      *self,
                                            GDestroyNotify     func,
                                            gpointer           data);

G_END_DECLS
