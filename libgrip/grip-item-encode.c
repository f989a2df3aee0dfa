/* grip-item-encode.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-format-private.h"
#include "grip-item-private.h"

static void
describe_formats (GripItem   *self,
                  GripWriter *writer)
{
  grip_writer_key (writer, "formats");
  grip_writer_begin_dict (writer);

  for (guint i = 0; i < self->n_formats; i++)
    {
      GripItemFormat *entry = grip_item_nth_format (self, i);
      const char     *name = grip_format_get_name (entry->format);

      grip_writer_key (writer, name);
      if (entry->description != NULL)
        grip_writer_variant (writer, entry->description,
                             g_str_equal (name, "ws-message") ? GRIP_CONTENT_WEBSOCKET : GRIP_CONTENT_HTTP);
      else
        grip_base_format_describe ((GripBaseFormat *) entry->format, writer);
    }

  grip_writer_end_dict (writer);
}

static void
describe_meta (GripItem   *self,
               GripWriter *writer)
{
  GVariantIter iter;
  const char  *name;
  const char  *value;

  grip_writer_key (writer, "meta");
  grip_writer_begin_dict (writer);

  g_variant_iter_init (&iter, self->meta);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    grip_writer_member (writer, name, value);

  grip_writer_end_dict (writer);
}

static void
describe_item (GripItem   *self,
               const char *channel,
               GripWriter *writer)
{
  grip_writer_begin_dict (writer);

  if (channel != NULL)
    grip_writer_member (writer, "channel", channel);
  if (self->id != NULL)
    grip_writer_member (writer, "id", self->id);
  if (self->prev_id != NULL)
    grip_writer_member (writer, "prev-id", self->prev_id);
  describe_formats (self, writer);
  if (self->meta != NULL)
    describe_meta (self, writer);
  if (self->no_seq)
    {
      grip_writer_key (writer, "no-seq");
      grip_writer_boolean (writer, TRUE);
    }
  if (self->size >= 0)
    {
      grip_writer_key (writer, "size");
      grip_writer_integer (writer, self->size);
    }

  grip_writer_end_dict (writer);
}

/* Enough for an item of the usual size, so that the buffer seldom grows, and not so much that a
 * queue of small items wastes memory. */
static gsize
guess_size (GripItem   *self,
            const char *channel)
{
  gsize size = 64 + strlen (channel);

  if (self->n_formats == 1 && self->first.description == NULL)
    {
      GBytes *content = grip_base_format_get_content ((GripBaseFormat *) self->first.format);

      size += content != NULL ? g_bytes_get_size (content) : 0;
    }
  if (self->id != NULL)
    size += 8 + strlen (self->id);
  if (self->prev_id != NULL)
    size += 13 + strlen (self->prev_id);

  return size;
}

/* Writes the item for @channel, which has been checked, into an empty buffer, @head bytes from its
 * start. */
void
grip_item_write (GripItem     *self,
                 const char   *channel,
                 GripEncoding  encoding,
                 GripBuffer   *buffer,
                 gsize         head)
{
  const char *inside = encoding == GRIP_ENCODING_TNETSTRING_BARE ? NULL : channel;
  GripWriter  writer;

  if (encoding == GRIP_ENCODING_JSON)
    grip_writer_init_json (&writer, head + guess_size (self, channel));
  else
    {
      grip_writer_init_measure (&writer);
      describe_item (self, inside, &writer);
      writer.measured += head;
      grip_writer_start_tnetstring (&writer);
    }

  writer.buffer.length = head;
  describe_item (self, inside, &writer);
  *buffer = writer.buffer;
  writer.buffer = (GripBuffer) GRIP_BUFFER_INIT;
  grip_writer_clear (&writer);
}

/* The bytes of the item for @channel, which has been checked. */
GBytes *
grip_item_encode_checked (GripItem     *self,
                          const char   *channel,
                          GripEncoding  encoding)
{
  GripBuffer buffer;

  grip_item_write (self, channel, encoding, &buffer, 0);

  return grip_buffer_steal_bytes (&buffer);
}

/**
 * grip_item_encode:
 * @self: an item
 * @channel: the channel that it goes to
 * @encoding: the encoding
 * @error: return location for an error
 *
 * Writes the item for the wire, as a transport would send it (protocol 4.1, 5.2 and 5.3).
 *
 * Errors: `GRIP_ERROR_INVALID_ITEM` when @channel is empty or not UTF-8.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 1.0
 */
GBytes *
grip_item_encode (GripItem      *self,
                  const char    *channel,
                  GripEncoding   encoding,
                  GError       **error)
{
  g_return_val_if_fail (GRIP_IS_ITEM (self), NULL);
  g_return_val_if_fail (channel != NULL, NULL);

  if (!grip_check_channel (channel, error))
    return NULL;

  return grip_item_encode_checked (self, channel, encoding);
}
