/* grip-writer-private.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "grip-buffer-private.h"

G_BEGIN_DECLS

/* One description, several printers: an item or an instruct is described once by calls on a
 * GripWriter, which prints it as JSON or as a tnetstring, measures it, or makes a GVariant of it.
 *
 * A tnetstring says the length of each container before its content. So it is described twice: the
 * first writer measures and notes the lengths in the order in which the containers begin, the
 * second takes them from there. */

typedef struct _GripWriter GripWriter;

typedef struct
{
  void (*begin)   (GripWriter *self,
                   gboolean    is_dict);
  void (*end)     (GripWriter *self,
                   gboolean    is_dict);
  void (*key)     (GripWriter *self,
                   const char *key,
                   gsize       length);
  void (*text)    (GripWriter *self,
                   const char *text,
                   gsize       length);
  void (*bytes)   (GripWriter *self,
                   const void *data,
                   gsize       length);
  void (*integer) (GripWriter *self,
                   gint64      value);
  void (*number)  (GripWriter *self,
                   double      value);
  void (*boolean) (GripWriter *self,
                   gboolean    value);
  void (*null)    (GripWriter *self);
} GripWriterOps;

/* How raw bytes are named in a format. */
typedef enum
{
  GRIP_CONTENT_HTTP,        /* tnetstring: always under the plain name */
  GRIP_CONTENT_WEBSOCKET,   /* tnetstring: bytes under the -bin name */
} GripContentRule;

#define GRIP_WRITER_MAX_DEPTH 64

struct _GripWriter
{
  const GripWriterOps *ops;
  GripBuffer           buffer;

  /* JSON */
  gboolean             comma;

  /* tnetstring: the lengths of the containers in the order in which they begin */
  gsize                inline_lengths[16];
  gsize               *lengths;
  guint                n_lengths;
  guint                next_length;
  gsize                measured;
  gsize                starts[GRIP_WRITER_MAX_DEPTH];
  guint                slots[GRIP_WRITER_MAX_DEPTH];
  guint                depth;

  /* GVariant */
  gpointer             variant_state;
};

void    grip_writer_init_json         (GripWriter      *self,
                                       gsize            size_hint);
void    grip_writer_init_measure      (GripWriter      *self);
void    grip_writer_start_tnetstring  (GripWriter      *self);
void    grip_writer_clear             (GripWriter      *self);
GBytes *grip_writer_steal_bytes       (GripWriter      *self);
char   *grip_writer_steal_string      (GripWriter      *self);
void    grip_writer_content           (GripWriter      *self,
                                       const char      *key,
                                       const void      *data,
                                       gsize            length,
                                       gboolean         as_text,
                                       GripContentRule  rule);
void    grip_writer_variant           (GripWriter      *self,
                                       GVariant        *value,
                                       GripContentRule  rule);

/* For who prints JSON without a writer: a string with its quotes, bytes as base64 in quotes. */
void    grip_json_append_text         (GripBuffer      *buffer,
                                       const char      *text,
                                       gsize            length);
void    grip_json_append_bytes        (GripBuffer      *buffer,
                                       const void      *data,
                                       gsize            length);

static inline void
grip_writer_begin_dict (GripWriter *self)
{
  self->ops->begin (self, TRUE);
}

static inline void
grip_writer_end_dict (GripWriter *self)
{
  self->ops->end (self, TRUE);
}

static inline void
grip_writer_begin_list (GripWriter *self)
{
  self->ops->begin (self, FALSE);
}

static inline void
grip_writer_end_list (GripWriter *self)
{
  self->ops->end (self, FALSE);
}

static inline void
grip_writer_key (GripWriter *self,
                 const char *key)
{
  self->ops->key (self, key, strlen (key));
}

/* @text must be valid UTF-8. NUL is allowed when @length counts it. */
static inline void
grip_writer_text (GripWriter *self,
                  const char *text,
                  gsize       length)
{
  self->ops->text (self, text, length);
}

static inline void
grip_writer_string (GripWriter *self,
                    const char *text)
{
  self->ops->text (self, text, strlen (text));
}

static inline void
grip_writer_bytes (GripWriter *self,
                   const void *data,
                   gsize       length)
{
  self->ops->bytes (self, data, length);
}

static inline void
grip_writer_integer (GripWriter *self,
                     gint64      value)
{
  self->ops->integer (self, value);
}

static inline void
grip_writer_boolean (GripWriter *self,
                     gboolean    value)
{
  self->ops->boolean (self, value);
}

static inline void
grip_writer_null (GripWriter *self)
{
  self->ops->null (self);
}

static inline void
grip_writer_member (GripWriter *self,
                    const char *key,
                    const char *text)
{
  grip_writer_key (self, key);
  grip_writer_string (self, text);
}

G_END_DECLS
