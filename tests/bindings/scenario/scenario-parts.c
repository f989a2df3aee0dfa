/* scenario-parts.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "scenario.h"

/* The format */

typedef struct
{
  GObject parent_instance;
} NoteFormat;

typedef GObjectClass NoteFormatClass;

static void note_format_iface_init (GripFormatInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NoteFormat, note_format, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRIP_TYPE_FORMAT, note_format_iface_init))

static const char *
note_format_get_name (GripFormat *format)
{
  return "note";
}

static GVariant *
note_format_to_variant (GripFormat *format)
{
  return g_variant_new_parsed ("{'content': <'h\303\251llo'>}");
}

static void
note_format_iface_init (GripFormatInterface *iface)
{
  iface->get_name = note_format_get_name;
  iface->to_variant = note_format_to_variant;
}

static void
note_format_class_init (NoteFormatClass *klass)
{
}

static void
note_format_init (NoteFormat *self)
{
}

/* The transport */

typedef struct
{
  GripBaseTransport  parent_instance;
  GString           *log;
  GError            *refusal;
} MemoryTransport;

typedef GripBaseTransportClass MemoryTransportClass;

G_DEFINE_FINAL_TYPE (MemoryTransport, memory_transport, GRIP_TYPE_BASE_TRANSPORT)

static void
memory_transport_deliver (GripBaseTransport *base,
                          GripDelivery      *delivery)
{
  MemoryTransport *self = (MemoryTransport *) base;

  if (self->refusal != NULL)
    {
      grip_delivery_fail (delivery, self->refusal);
      return;
    }

  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    {
      GBytes *payload = grip_delivery_get_payload (delivery, i);

      g_string_append_len (self->log, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
    }
  grip_delivery_complete (delivery);
}

static void
memory_transport_finalize (GObject *object)
{
  MemoryTransport *self = (MemoryTransport *) object;

  g_string_free (self->log, TRUE);
  g_clear_error (&self->refusal);

  G_OBJECT_CLASS (memory_transport_parent_class)->finalize (object);
}

static void
memory_transport_class_init (MemoryTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = memory_transport_finalize;
  klass->deliver = memory_transport_deliver;
}

static void
memory_transport_init (MemoryTransport *self)
{
  self->log = g_string_new (NULL);
}

const char *
memory_transport_get_log (GripTransport *transport)
{
  return ((MemoryTransport *) transport)->log->str;
}

void
memory_transport_refuse (GripTransport *transport,
                         const char    *why)
{
  g_set_error_literal (&((MemoryTransport *) transport)->refusal, GRIP_ERROR, GRIP_ERROR_REJECTED, why);
}
