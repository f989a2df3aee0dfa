/* grip-lane.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-lane-state-private.h"
#include "grip-uri-private.h"

/* When so much waits, and whenever a step more does, the publisher's thread lets others run: where they share
 * a processor the worker then finds messages that are still in its cache, and the queue does not eat memory for
 * nothing. With steps as long as that a thread got several turns while one batch was written, and the next was
 * a multiple. Where a delivery is a request there should be enough for a full one. */
#define CROWD_BYTES         (192 * 1024)
#define CROWD_STEP          (16 * 1024)
#define REQUEST_CROWD_BYTES (1024 * 1024)

/* Has the times at which the lane has to look, and can be poked by any thread. g_source_set_ready_time() wakes the
 * context up while it holds its lock: on a shared processor the worker wakes up, runs into it, and
 * has to be woken up a second time. */
typedef struct
{
  GSource parent;
  int     is_poked;     /* atomic */
} LaneSource;

static gboolean
lane_source_prepare (GSource *source,
                     int     *timeout)
{
  *timeout = -1;

  return g_atomic_int_get (&((LaneSource *) source)->is_poked);
}

static gboolean
lane_source_check (GSource *source)
{
  return g_atomic_int_get (&((LaneSource *) source)->is_poked);
}

static gboolean
lane_source_dispatch (GSource     *source,
                      GSourceFunc  callback,
                      gpointer     user_data)
{
  g_atomic_int_set (&((LaneSource *) source)->is_poked, FALSE);

  return callback (user_data);
}

static GSourceFuncs lane_source_funcs = {
  .prepare = lane_source_prepare,
  .check = lane_source_check,
  .dispatch = lane_source_dispatch,
};

/* The context's own thread looks at its sources before it sleeps. */
static void
poke (GripLane *self)
{
  LaneSource *source = (LaneSource *) self->source;

  if (g_atomic_int_compare_and_exchange (&source->is_poked, FALSE, TRUE) &&
      !g_main_context_is_owner (self->context))
    g_main_context_wakeup (self->context);
}

static gboolean
run_cb (gpointer user_data)
{
  g_autoptr(GripLane) self = grip_lane_ref (user_data);

  grip_lane_run (self);

  return G_SOURCE_CONTINUE;
}

/* The source is destroyed at the end of the lane's work, or with its context. */
static void
let_go (gpointer user_data)
{
  GripLane *self = user_data;

  if (self->base != NULL)
    grip_base_transport_forget_lane (self->base, self);
  grip_lane_unref (self);
}

static char *
name_transport (GripTransport *transport)
{
  GripEndpoint *endpoint = grip_transport_get_endpoint (transport);

  return endpoint != NULL ? grip_endpoint_to_string (endpoint)
                          : g_strdup (G_OBJECT_TYPE_NAME (transport));
}

/* Where a host is that only a network leads to. */
static GSocketConnectable *
make_address (GripTransport *transport)
{
  GripEndpoint    *endpoint = grip_transport_get_endpoint (transport);
  const char      *text = endpoint != NULL ? grip_endpoint_get_control_uri (endpoint) : NULL;
  g_autoptr(GUri)  uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL || grip_host_is_loopback (g_uri_get_host (uri)))
    return NULL;

  return g_network_address_parse_uri (text, 80, NULL);
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
  self->base = GRIP_IS_BASE_TRANSPORT (transport) ? GRIP_BASE_TRANSPORT (transport) : NULL;
  self->encoding = self->base != NULL ? grip_base_transport_get_encoding (self->base) : GRIP_ENCODING_JSON;
  self->has_requests = grip_lane_batch_bytes (self) < G_MAXSIZE;
  self->window = self->base != NULL ? grip_base_transport_get_max_in_flight (self->base) : 1;
  self->limits = *limits;
  self->home = g_thread_ref (g_thread_self ());
  self->name = name_transport (transport);
  self->address = make_address (transport);
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
  else if (self->base != NULL)
    self->context = g_main_context_ref (grip_base_transport_get_main_context (self->base));
  else
    self->context = g_main_context_ref_thread_default ();

  self->source = g_source_new (&lane_source_funcs, sizeof (LaneSource));
  g_source_set_callback (self->source, run_cb, grip_lane_ref (self), let_go);
  g_source_set_static_name (self->source, "GripLane");
  if (self->base != NULL)
    grip_base_transport_set_lane (self->base, self);
  g_source_attach (self->source, self->context);
  grip_lane_note_alive (self);

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
  grip_lane_note_end (self);

  if (self->observer_destroy != NULL)
    self->observer_destroy (self->observer_data);
  g_clear_pointer (&self->successor, grip_lane_unref);
  g_clear_pointer (&self->heir, grip_lane_unref);
  g_clear_pointer (&self->monitors, grip_monitors_unref);
  g_clear_object (&self->address);
  g_clear_error (&self->last_error);
  g_free (self->busy_channels);
  g_ptr_array_unref (self->flying);
  g_source_unref (self->source);
  g_thread_unref (self->home);
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
  return self->encoding;
}

void
grip_lane_set_limits (GripLane         *self,
                      const GripLimits *limits)
{
  g_mutex_lock (&self->lock);
  self->limits = *limits;
  grip_lane_tell_room_locked (self);
  g_mutex_unlock (&self->lock);
}

/* How many deliveries there may be at the same time, from now on. */
void
grip_lane_set_window (GripLane *self,
                      guint     window)
{
  gboolean was_alone;

  g_mutex_lock (&self->lock);
  was_alone = self->busy_channels == NULL;
  self->window = window;
  for (guint i = 0; was_alone && i < self->flying->len; i++)
    grip_lane_mark_busy_locked (self, g_ptr_array_index (self->flying, i), TRUE);
  self->stalled = FALSE;
  g_mutex_unlock (&self->lock);

  grip_lane_look_again (self);
}

/* Something has changed: what is on the lane may have to end earlier, or may go on now. */
void
grip_lane_look_again (GripLane *self)
{
  if (grip_lane_count (self) > 0)
    poke (self);
}

/* Before the first message. */
void
grip_lane_set_observer (GripLane               *self,
                        const GripLaneObserver *observer,
                        gpointer                user_data,
                        GDestroyNotify          destroy)
{
  self->observer = *observer;
  self->observer_data = user_data;
  self->observer_destroy = destroy;
}

/* Wakes the context that drives the transport. */
void
grip_lane_kick (GripLane *self)
{
  g_autoptr(GError) error = NULL;

  if (self->worker != NULL && !grip_worker_start (self->worker, &error))
    {
      grip_lane_fail_all (self, error);
      return;
    }

  poke (self);
}

/* Before the first message. */
void
grip_lane_set_monitors (GripLane     *self,
                        GripMonitors *monitors)
{
  self->monitors = grip_monitors_ref (monitors);
}

GSocketConnectable *
grip_lane_get_address (GripLane *self)
{
  return self->address;
}

/* Lets the lane try when it would have without a pause. */
void
grip_lane_resume (GripLane *self)
{
  g_mutex_lock (&self->lock);
  if (self->wake_at == G_MAXINT64)
    self->wake_at = self->resume_at;
  g_mutex_unlock (&self->lock);

  poke (self);
}

/* Lets the lane try now what it would have tried later. */
void
grip_lane_wake (GripLane *self)
{
  g_mutex_lock (&self->lock);
  self->wake_at = 0;
  g_mutex_unlock (&self->lock);

  poke (self);
}

/* Opens the transport ahead of the first message, if it wants that. */
void
grip_lane_start (GripLane *self)
{
  if (self->base != NULL && grip_base_transport_has_open (self->base))
    grip_lane_kick (self);
}

/* The queue */

/* The first lane of a message has its place in the message itself. The reference is the entry's then. */
GripEntry *
grip_entry_new (GripMessage *message)
{
  GripEntry *entry = message->entry_used ? g_new0 (GripEntry, 1) : &message->entry;

  message->entry_used = TRUE;
  entry->message = message;

  return entry;
}

static void
clear_setback (gpointer data)
{
  g_error_free (((GripSetback *) data)->error);
}

GripSetback *
grip_setback_new (const GError *error)
{
  GripSetback *self = g_atomic_rc_box_new0 (GripSetback);

  self->error = g_error_copy (error);

  return self;
}

void
grip_setback_unref (GripSetback *self)
{
  g_atomic_rc_box_release_full (self, clear_setback);
}

void
grip_entry_set_setback (GripEntry   *entry,
                        GripSetback *setback)
{
  g_clear_pointer (&entry->setback, grip_setback_unref);
  entry->setback = g_atomic_rc_box_acquire (setback);
}

void
grip_entry_free (GripEntry *entry)
{
  GripMessage *message = entry->message;

  g_clear_pointer (&entry->setback, grip_setback_unref);
  if (entry == &message->entry)
    entry = NULL;
  grip_message_unref (message);
  g_free (entry);
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
  self->queued_bytes += grip_lane_size_of (self, entry->message);
}

/* Takes the entry that @link leads to out of the queue; @previous is the one before it. */
void
grip_lane_unlink_locked (GripLane   *self,
                         GripEntry **link,
                         GripEntry  *previous)
{
  GripEntry *entry = *link;

  *link = entry->next;
  if (self->tail == entry)
    self->tail = previous;
  entry->next = NULL;
  self->n_queued--;
  self->queued_bytes -= grip_lane_size_of (self, entry->message);
}

/* Puts entries back where they came from. Both they and the queue are in the order of their serial
 * numbers, and theirs are small: so the places are near the head. */
void
grip_lane_put_back_locked (GripLane  *self,
                           GPtrArray *entries)
{
  GripEntry **link = &self->head;

  for (guint i = 0; i < entries->len; i++)
    {
      GripEntry *entry = g_ptr_array_index (entries, i);

      while (*link != NULL && (*link)->serial < entry->serial)
        link = &(*link)->next;
      entry->next = *link;
      *link = entry;
      link = &entry->next;
      if (entry->next == NULL)
        self->tail = entry;
      self->n_queued++;
      self->queued_bytes += grip_lane_size_of (self, entry->message);
    }
}

/* Puts entries back, or lets go of them when another lane has taken over.
 *
 * Returns: (transfer full) (nullable): that lane, for grip_lane_forward() */
GripLane *
grip_lane_return_locked (GripLane  *self,
                         GPtrArray *entries)
{
  if (self->successor == NULL)
    grip_lane_put_back_locked (self, entries);
  if (self->successor == NULL || entries->len == 0)
    return NULL;

  for (guint i = 0; i < entries->len; i++)
    grip_lane_release_locked (self, g_ptr_array_index (entries, i));

  return grip_lane_ref (self->successor);
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
  gsize limit = grip_lane_batch_bytes (self);

  if (size + GRIP_BODY_OVERHEAD <= limit)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
               "the encoded item has %" G_GSIZE_FORMAT " bytes; the endpoint takes %" G_GSIZE_FORMAT,
               size, limit > GRIP_BODY_OVERHEAD ? limit - GRIP_BODY_OVERHEAD : 0);

  return FALSE;
}

/* Waits until there is room; true when it is worth looking again. */
static gboolean
wait_for_room_locked (GripLane    *self,
                      GripMessage *message,
                      gint64       wait_until)
{
  gboolean in_time;

  if (wait_until == 0 || self->input_closed || grip_message_is_cancelled (message))
    return FALSE;

  self->n_waiting++;
  in_time = g_cond_wait_until (&self->room, &self->lock, wait_until);
  self->n_waiting--;

  return in_time;
}

/* There may be room. GLib makes a system call of it even when nobody waits. */
void
grip_lane_tell_room_locked (GripLane *self)
{
  if (self->n_waiting > 0)
    g_cond_broadcast (&self->room);
}

/* Whether the lane has to be told of what was just queued. A busy one looks by itself, but for a
 * further delivery when there is now enough for one. */
static gboolean
is_news_locked (GripLane *self,
                gboolean  was_idle)
{
  gint64 now = self->wake_at > 0 ? g_get_monotonic_time () : 0;

  return was_idle || (self->window > 1 && grip_lane_may_deliver_locked (self, now));
}

/* For steps that are powers of two, so that it is no division. */
static inline gboolean
has_stepped (gsize before,
             gsize now,
             gsize step)
{
  return before / step != now / step;
}

/* Whether it is time to let others run, now that one of @size was queued. */
static gboolean
is_crowded_locked (GripLane *self,
                   gsize     size)
{
  gsize now = self->queued_bytes;

  if (self->has_requests)
    return has_stepped (now - size, now, REQUEST_CROWD_BYTES);

  return now >= CROWD_BYTES && has_stepped (now - size, now, CROWD_STEP);
}

static gboolean
push_to_heir (GripLane     *self,
              GripMessage  *message,
              gint64        wait_until,
              GError      **error)
{
  g_autoptr(GripLane) heir = grip_lane_dup_heir (self);

  if (heir == NULL)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_CLOSED, "the endpoint was removed");
      return FALSE;
    }

  grip_message_encode (message, heir->encoding);

  return grip_lane_push (heir, message, wait_until, error);
}

/**
 * grip_lane_push:
 * @self: a lane
 * @message: (transfer full): a message, encoded for the lane; still the caller's when it is not queued
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
  gboolean closed;
  gboolean ok = FALSE;
  gboolean kick = FALSE;
  gboolean crowded = FALSE;

  if (!grip_lane_check_size (self, size, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  while (!check_room_locked (self, size, NULL) && wait_for_room_locked (self, message, wait_until))
    ;
  closed = self->input_closed;
  if (!closed && check_room_locked (self, size, error))
    {
      gboolean was_idle = self->head == NULL && self->flying->len == 0;

      grip_lane_append_locked (self, grip_entry_new (message));
      self->n_held++;
      self->held_bytes += size;
      kick = is_news_locked (self, was_idle);
      crowded = is_crowded_locked (self, size);
      ok = TRUE;
    }
  g_mutex_unlock (&self->lock);

  if (closed)
    return push_to_heir (self, message, wait_until, error);
  if (kick)
    grip_lane_kick (self);
  else if (crowded)
    g_thread_yield ();

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

/* Returns: false when the lane has come to its end, so that nothing will change any more */
gboolean
grip_lane_read_counters (GripLane      *self,
                         GripCounters  *counters,
                         GError       **last_error)
{
  gboolean alive;

  g_mutex_lock (&self->lock);
  *counters = self->counters;
  counters->n_queued = self->n_queued;
  counters->n_in_flight = self->n_held - self->n_queued;
  if (last_error != NULL && self->last_error != NULL)
    *last_error = g_error_copy (self->last_error);
  alive = !self->shut;
  g_mutex_unlock (&self->lock);

  return alive;
}

void
grip_lane_tell_change (GripLane *self)
{
  if (self->base != NULL)
    grip_base_transport_tell_statistics (self->base);
  if (self->observer.changed != NULL)
    self->observer.changed (self->observer_data);
}
