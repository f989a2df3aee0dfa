/* grip-zmq-request.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-zmq-request.h"

/* What stands in front of what has @length bytes. */
static char *
head_of (gsize length)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT ":", length);
}

static void
append (GByteArray *array,
        const char *text)
{
  g_byte_array_append (array, (const guint8 *) text, strlen (text));
}

GBytes *
grip_zmq_request_new_uris (void)
{
  static const char body[] = "2:id,1:1,6:method,12:get-zmq-uris,4:args,0:}";
  g_autofree char  *text = g_strdup_printf ("%d:%s}", (int) strlen (body), body);

  return g_bytes_new (text, strlen (text));
}

static gsize
sum_payloads (GripDelivery *delivery)
{
  gsize sum = 0;

  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    {
      gsize length;

      grip_delivery_get_payload_data (delivery, i, &length);
      sum += length;
    }

  return sum;
}

/* {"id":…,"method":"publish","args":{"items":[…]}} */
GBytes *
grip_zmq_request_new_publish (GripDelivery *delivery)
{
  static const char  before[] = "2:id,1:1,6:method,7:publish,4:args,";
  static const char  name[] = "5:items,";
  GByteArray        *array = g_byte_array_new ();
  gsize              items = sum_payloads (delivery);
  g_autofree char   *items_head = head_of (items);
  gsize              args = strlen (name) + strlen (items_head) + items + 1;
  g_autofree char   *args_head = head_of (args);
  g_autofree char   *head = head_of (strlen (before) + strlen (args_head) + args + 1);

  append (array, head);
  append (array, before);
  append (array, args_head);
  append (array, name);
  append (array, items_head);
  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    {
      gsize         length;
      const guint8 *data = grip_delivery_get_payload_data (delivery, i, &length);

      g_byte_array_append (array, data, length);
    }
  append (array, "]}}");

  return g_byte_array_free_to_bytes (array);
}
