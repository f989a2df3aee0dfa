/* grip-lane.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-lane-state-private.h"

static gboolean
lane_source_dispatch (GSource     *source,
                      GSourceFunc  callback,
                      gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs lane_source_funcs = {
  .dispatch = lane_source_dispatch,
};

static gboolean
run_cb (gpointer user_data)
{
  g_autoptr(GripLane) self = grip_lane_ref (user_data);

  grip_lane_run (self);

  return G_SOURCE_CONTINUE;
}

static char *
name_transport (GripTransport *transport)
{
  GripEndpoint *endpoint = grip_transport_get_endpoint (transport);

  return endpoint != NULL ? grip_endpoint_to_string (endpoint)
                          : g_strdup (G_OBJECT_TYPE_NAME (transport));
}

/**
 * grip_lane_new:
 * @transport: a transport
 * @worker: (nullable): the worker that drives it, %NULL when it lives in its maker's context
 * @limits: the limits
 *
 * Returns: (transfer full): a new lane
 */
GripLane *
grip_lane_new (GripTransport    *transport,
               GripWorker       *worker,
               const GripLimits *limits)
{
  GripLane *self = g_new0 (GripLane, 1);

  self->ref_count = 1;
  self->transport = g_object_ref (transport);
  self->limits = *limits;
  self->name = name_transport (transport);
  self->flying = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->room);
  g_queue_init (&self->waiters);

  if (worker != NULL)
    {
      self->worker = grip_worker_ref (worker);
      grip_worker_hold (worker);
      self->context = g_main_context_ref (grip_worker_get_context (worker));
    }
  else if (GRIP_IS_BASE_TRANSPORT (transport))
    self->context = g_main_context_ref (grip_base_transport_get_main_context (GRIP_BASE_TRANSPORT (transport)));
  else
    self->context = g_main_context_ref_thread_default ();

  /* The callback's reference goes when the source is destroyed, at the end of the lane's work. */
  self->source = g_source_new (&lane_source_funcs, sizeof (GSource));
  g_source_set_callback (self->source, run_cb, grip_lane_ref (self), (GDestroyNotify) grip_lane_unref);
  g_source_set_static_name (self->source, "GripLane");
  g_source_attach (self->source, self->context);

  return self;
}

GripLane *
grip_lane_ref (GripLane *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
grip_lane_unref (GripLane *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_assert (self->head == NULL && self->flying->len == 0);

  if (self->failure_destroy != NULL)
    self->failure_destroy (self->failure_data);
  g_clear_pointer (&self->successor, grip_lane_unref);
  g_ptr_array_unref (self->flying);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  g_clear_pointer (&self->worker, grip_worker_unref);
  g_object_unref (self->transport);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->room);
  g_free (self->name);
  g_free (self);
}

GripTransport *
grip_lane_get_transport (GripLane *self)
{
  return self->transport;
}

const char *
grip_lane_get_name (GripLane *self)
{
  return self->name;
}

GripEncoding
grip_lane_get_encoding (GripLane *self)
{
  GripBaseTransport *base = grip_lane_base (self);

  return base != NULL ? grip_base_transport_get_encoding (base) : GRIP_ENCODING_JSON;
}

void
grip_lane_set_limits (GripLane         *self,
                      const GripLimits *limits)
{
  g_mutex_lock (&self->lock);
  self->limits = *limits;
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);
}

/* Makes a lane wait for the one that it takes over from. Before the first message. */
void
grip_lane_block (GripLane *self)
{
  self->blocked = TRUE;
}

/* Before the first message. */
void
grip_lane_set_failure_func (GripLane        *self,
                            GripFailureFunc  func,
                            gpointer         user_data,
                            GDestroyNotify   destroy)
{
  self->failure_func = func;
  self->failure_data = user_data;
  self->failure_destroy = destroy;
}

/* Wakes the context that drives the transport. The source has only to be poked when it sleeps
 * without a time to wake at, so a busy lane pays nothing for a push. */
void
grip_lane_kick (GripLane *self)
{
  g_autoptr(GError) error = NULL;

  if (self->worker != NULL && !grip_worker_start (self->worker, &error))
    {
      grip_lane_fail_all (self, error);
      return;
    }

  g_source_set_ready_time (self->source, 0);
}

/* Opens the transport ahead of the first message, if it wants that. */
void
grip_lane_start (GripLane *self)
{
  GripBaseTransport *base = grip_lane_base (self);

  if (base != NULL && grip_base_transport_has_open (base))
    grip_lane_kick (self);
}

/* The queue */

GripEntry *
grip_entry_new (GripMessage *message)
{
  GripEntry *entry = g_new0 (GripEntry, 1);

  entry->message = grip_message_ref (message);

  return entry;
}

void
grip_entry_free (GripEntry *entry)
{
  grip_message_unref (entry->message);
  g_free (entry);
}

gsize
grip_lane_size_of (GripLane    *self,
                   GripMessage *message)
{
  return g_bytes_get_size (grip_message_get_payload (message, grip_lane_get_encoding (self)));
}

void
grip_lane_append_locked (GripLane  *self,
                         GripEntry *entry)
{
  entry->serial = self->next_serial++;
  if (self->tail != NULL)
    self->tail->next = entry;
  else
    self->head = entry;
  self->tail = entry;
  self->n_queued++;
}

GripEntry *
grip_lane_pop_locked (GripLane *self)
{
  GripEntry *entry = self->head;

  self->head = entry->next;
  if (self->head == NULL)
    self->tail = NULL;
  entry->next = NULL;
  self->n_queued--;

  return entry;
}

/* Puts entries back to the front, in their order. */
void
grip_lane_unshift_locked (GripLane  *self,
                          GPtrArray *entries)
{
  for (guint i = entries->len; i > 0; i--)
    {
      GripEntry *entry = g_ptr_array_index (entries, i - 1);

      entry->next = self->head;
      self->head = entry;
      if (self->tail == NULL)
        self->tail = entry;
      self->n_queued++;
    }
}

static gboolean
check_room_locked (GripLane  *self,
                   gsize      size,
                   GError   **error)
{
  if (self->n_held < self->limits.max_items &&
      (self->held_bytes + size <= self->limits.max_bytes || self->n_held == 0))
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_QUEUE_FULL,
               "the queue holds %u items of %" G_GSIZE_FORMAT " bytes", self->n_held, self->held_bytes);

  return FALSE;
}

gboolean
grip_lane_check_size (GripLane  *self,
                      gsize      size,
                      GError   **error)
{
  GripBaseTransport *base = grip_lane_base (self);
  gsize              limit = base != NULL ? grip_base_transport_get_max_batch_bytes (base) : 0;

  if (limit == 0 || size + GRIP_BODY_OVERHEAD <= limit)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
               "the encoded item has %" G_GSIZE_FORMAT " bytes; the endpoint takes %" G_GSIZE_FORMAT,
               size, limit > GRIP_BODY_OVERHEAD ? limit - GRIP_BODY_OVERHEAD : 0);

  return FALSE;
}

static gboolean
check_open_locked (GripLane  *self,
                   GError   **error)
{
  if (!self->input_closed)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED, "the endpoint was removed");

  return FALSE;
}

/* Waits until there is room; true when it is worth looking again. */
static gboolean
wait_for_room_locked (GripLane    *self,
                      GripMessage *message,
                      gint64       wait_until)
{
  return wait_until > 0 && !self->input_closed && !grip_message_is_cancelled (message) &&
         g_cond_wait_until (&self->room, &self->lock, wait_until);
}

/**
 * grip_lane_push:
 * @self: a lane
 * @message: a message, encoded for the lane
 * @wait_until: until when to wait for room, 0 not to wait
 * @error: return location for an error
 *
 * Queues a message.
 *
 * Returns: false with `GRIP_ERROR_QUEUE_FULL`, `GRIP_ERROR_TOO_LARGE` or `GRIP_ERROR_CLOSED`
 */
gboolean
grip_lane_push (GripLane     *self,
                GripMessage  *message,
                gint64        wait_until,
                GError      **error)
{
  gsize    size = grip_lane_size_of (self, message);
  gboolean ok;
  gboolean idle;

  if (!grip_lane_check_size (self, size, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  while (!check_room_locked (self, size, NULL) && wait_for_room_locked (self, message, wait_until))
    ;
  ok = check_open_locked (self, error) && check_room_locked (self, size, error);
  idle = self->head == NULL && self->flying->len == 0;
  if (ok)
    {
      grip_lane_append_locked (self, grip_entry_new (message));
      self->n_held++;
      self->held_bytes += size;
    }
  g_mutex_unlock (&self->lock);

  if (ok && idle)
    grip_lane_kick (self);

  return ok;
}

/* Counts the messages without an answer. */
guint
grip_lane_count (GripLane *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_held;
  g_mutex_unlock (&self->lock);

  return n;
}

guint64
grip_lane_count_failed (GripLane *self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_failed;
  g_mutex_unlock (&self->lock);

  return n;
}

static void
move_queue (GripLane *self,
            GripLane *successor)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new ();
  gboolean             flying;

  g_mutex_lock (&self->lock);
  while (self->head != NULL)
    {
      GripEntry *entry = grip_lane_pop_locked (self);

      grip_lane_release_locked (self, entry);
      g_ptr_array_add (entries, entry);
    }
  flying = self->flying->len > 0;
  if (flying)
    self->successor = grip_lane_ref (successor);
  g_mutex_unlock (&self->lock);

  if (entries->len > 0)
    grip_lane_forward (self, successor, entries);
  if (!flying)
    grip_lane_unblock (successor);
}

/**
 * grip_lane_close_input:
 * @self: a lane
 * @successor: (nullable): a new lane that takes over what is queued, or %NULL to deliver it here
 *
 * Takes no more messages. When the last one has its answer the transport is closed.
 */
void
grip_lane_close_input (GripLane *self,
                       GripLane *successor)
{
  g_mutex_lock (&self->lock);
  self->input_closed = TRUE;
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  if (successor != NULL)
    move_queue (self, successor);

  /* Without a thread that runs its context, nothing was ever opened there. */
  if (self->worker != NULL && g_main_context_acquire (self->context))
    {
      grip_lane_run (self);
      g_main_context_release (self->context);
    }
  else
    grip_lane_settle (self);
}
