/* mock-transport.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "mock-transport.h"

struct _MockTransport
{
  GripBaseTransport  parent_instance;

  GMutex             lock;
  GArray            *script;
  MockAnswer         fallback;
  GString           *log;         /* "channel/id " of each accepted message */
  GPtrArray         *kept;
  guint              batches;
  guint              closed;
};

G_DEFINE_FINAL_TYPE (MockTransport, mock_transport, GRIP_TYPE_BASE_TRANSPORT)

static void
note_message (MockTransport *self,
              GripDelivery  *delivery,
              guint          i)
{
  const char *id = grip_item_get_id (grip_delivery_get_item (delivery, i));

  g_assert_nonnull (grip_delivery_get_payload (delivery, i));
  g_string_append_printf (self->log, "%s/%s ", grip_delivery_get_channel (delivery, i), id != NULL ? id : "-");
}

static void
note_accepted (MockTransport *self,
               GripDelivery  *delivery,
               guint          skip)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    if (i != skip)
      note_message (self, delivery, i);
  g_mutex_unlock (&self->lock);
}

static gboolean
has_bad (GripDelivery *delivery)
{
  for (guint i = 0; i < grip_delivery_get_n_messages (delivery); i++)
    if (g_str_equal (grip_delivery_get_channel (delivery, i), "bad"))
      return TRUE;

  return FALSE;
}

static void
keep (MockTransport *self,
      GripDelivery  *delivery)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->kept, g_object_ref (delivery));
  g_mutex_unlock (&self->lock);
}

static void
answer_with (MockTransport *self,
             GripDelivery  *delivery,
             MockAnswer     answer)
{
  g_autoptr(GError) lost = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "mock: lost");
  g_autoptr(GError) refused = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "mock: no connection");
  g_autoptr(GError) rejected = g_error_new (GRIP_ERROR, GRIP_ERROR_REJECTED, "mock: rejected");

  switch (answer)
    {
    case MOCK_COMPLETE:
      note_accepted (self, delivery, G_MAXUINT);
      grip_delivery_complete (delivery);
      break;
    case MOCK_FAIL_UNKNOWN:
      grip_delivery_fail (delivery, lost);
      break;
    case MOCK_FAIL_NOT_SENT:
      grip_delivery_fail (delivery, refused);
      break;
    case MOCK_REFUSED:
      grip_delivery_fail (delivery, rejected);
      break;
    case MOCK_DEFER:
      grip_delivery_defer (delivery, -1, rejected);
      break;
    case MOCK_REFUSE_BAD:
      if (has_bad (delivery))
        grip_delivery_refuse (delivery, rejected);
      else
        answer_with (self, delivery, MOCK_COMPLETE);
      break;
    case MOCK_DROP:
      break;
    case MOCK_KEEP:
      keep (self, delivery);
      break;
    case MOCK_TWICE:
      note_accepted (self, delivery, G_MAXUINT);
      grip_delivery_complete (delivery);
      grip_delivery_complete (delivery);
      break;
    case MOCK_TAKE_ONE:
      g_mutex_lock (&self->lock);
      note_message (self, delivery, 0);
      g_mutex_unlock (&self->lock);
      grip_base_transport_set_ready (GRIP_BASE_TRANSPORT (self), FALSE);
      grip_delivery_complete_first (delivery, 1);
      break;
    case MOCK_TAKE_NONE:
      grip_delivery_complete_first (delivery, 0);
      break;
    case MOCK_FAIL_SECOND:
      if (grip_delivery_get_n_messages (delivery) > 1)
        grip_delivery_fail_message (delivery, 1, rejected);
      note_accepted (self, delivery, 1);
      grip_delivery_complete (delivery);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
mock_transport_deliver (GripBaseTransport *base,
                        GripDelivery      *delivery)
{
  MockTransport *self = MOCK_TRANSPORT (base);
  MockAnswer     answer;

  g_assert_true (g_main_context_is_owner (grip_base_transport_get_main_context (base)));

  g_mutex_lock (&self->lock);
  self->batches++;
  answer = self->fallback;
  if (self->script->len > 0)
    {
      answer = g_array_index (self->script, MockAnswer, 0);
      g_array_remove_index (self->script, 0);
    }
  g_mutex_unlock (&self->lock);

  answer_with (self, delivery, answer);
}

static void
mock_transport_close (GripBaseTransport *base)
{
  g_atomic_int_inc (&MOCK_TRANSPORT (base)->closed);
}

static void
mock_transport_finalize (GObject *object)
{
  MockTransport *self = MOCK_TRANSPORT (object);

  g_array_unref (self->script);
  g_string_free (self->log, TRUE);
  g_ptr_array_unref (self->kept);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mock_transport_parent_class)->finalize (object);
}

static void
mock_transport_class_init (MockTransportClass *klass)
{
  GRIP_BASE_TRANSPORT_CLASS (klass)->deliver = mock_transport_deliver;
  GRIP_BASE_TRANSPORT_CLASS (klass)->close = mock_transport_close;
  G_OBJECT_CLASS (klass)->finalize = mock_transport_finalize;
}

static void
mock_transport_init (MockTransport *self)
{
  g_mutex_init (&self->lock);
  self->script = g_array_new (FALSE, FALSE, sizeof (MockAnswer));
  self->log = g_string_new (NULL);
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}

MockTransport *
mock_transport_new (const char *uri)
{
  g_autoptr(GError)       error = NULL;
  g_autoptr(GripEndpoint) endpoint = grip_endpoint_new (uri, &error);

  g_assert_no_error (error);

  return g_object_new (MOCK_TYPE_TRANSPORT, "endpoint", endpoint, NULL);
}

void
mock_transport_script (MockTransport *self,
                       MockAnswer     answer,
                       guint          times)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < times; i++)
    g_array_append_val (self->script, answer);
  g_mutex_unlock (&self->lock);
}

void
mock_transport_set_default (MockTransport *self,
                            MockAnswer     answer)
{
  g_mutex_lock (&self->lock);
  self->fallback = answer;
  g_mutex_unlock (&self->lock);
}

char *
mock_transport_dup_log (MockTransport *self)
{
  char *log;

  g_mutex_lock (&self->lock);
  log = g_strdup (self->log->str);
  g_mutex_unlock (&self->lock);

  return log;
}

guint
mock_transport_get_batches (MockTransport *self)
{
  guint batches;

  g_mutex_lock (&self->lock);
  batches = self->batches;
  g_mutex_unlock (&self->lock);

  return batches;
}

guint
mock_transport_get_closed (MockTransport *self)
{
  return g_atomic_int_get (&self->closed);
}

guint
mock_transport_get_kept (MockTransport *self)
{
  guint kept;

  g_mutex_lock (&self->lock);
  kept = self->kept->len;
  g_mutex_unlock (&self->lock);

  return kept;
}

void
mock_transport_release (MockTransport *self,
                        MockAnswer     answer)
{
  g_autoptr(GPtrArray) kept = NULL;

  g_mutex_lock (&self->lock);
  kept = self->kept;
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < kept->len; i++)
    answer_with (self, g_ptr_array_index (kept, i), answer);
}

/* Gives the rest of a kept delivery back. */
void
mock_transport_keep_first (MockTransport *self,
                           guint          nth,
                           guint          n_messages)
{
  g_autoptr(GripDelivery) delivery = NULL;

  g_mutex_lock (&self->lock);
  delivery = g_object_ref (g_ptr_array_index (self->kept, nth));
  g_mutex_unlock (&self->lock);

  grip_delivery_keep_first (delivery, n_messages);
}

void
mock_transport_release_nth (MockTransport *self,
                            guint          nth,
                            MockAnswer     answer)
{
  g_autoptr(GripDelivery) delivery = NULL;

  g_mutex_lock (&self->lock);
  delivery = g_object_ref (g_ptr_array_index (self->kept, nth));
  g_ptr_array_remove_index (self->kept, nth);
  g_mutex_unlock (&self->lock);

  answer_with (self, delivery, answer);
}
