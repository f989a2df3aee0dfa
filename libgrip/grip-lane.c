/* grip-lane.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-base-transport-private.h"
#include "grip-delivery-private.h"
#include "grip-lane-private.h"
#include "grip-outcome-private.h"

/* {"items":[…]}: what a body has beside its items, and a comma for each. */
#define BODY_OVERHEAD     12
#define FIRST_BACKOFF     (G_USEC_PER_SEC / 10)
#define MAX_BACKOFF       (5 * G_USEC_PER_SEC)
/* How long a proxy remembers ids (protocol 3.2). */
#define ID_MEMORY         (60 * G_USEC_PER_SEC)
/* A transport has its own time limits; this is for one that never answers. */
#define ANSWER_GRACE      G_USEC_PER_SEC

typedef struct
{
  GripOutcome *outcome;
  guint64      serial;
} GripFlushWaiter;

struct _GripLane
{
  int              ref_count;

  GripTransport   *transport;
  GripWorker      *worker;         /* NULL: the transport lives in its maker's context */
  GMainContext    *context;
  GSource         *source;
  char            *name;

  GMutex           lock;
  GCond            room;
  GripLimits       limits;
  GripEntry       *head;
  GripEntry       *tail;
  guint            n_queued;
  guint            n_held;         /* queued and in flight */
  gsize            held_bytes;
  GPtrArray       *flying;
  GQueue           waiters;
  guint64          next_serial;
  guint64          n_failed;
  gint64           wake_at;        /* 0: the transport may be asked now */
  guint            setbacks;
  gboolean         input_closed;
  gboolean         opened;
  gboolean         shut;
  gboolean         blocked;        /* a predecessor still has messages in flight */
  GripLane        *successor;

  GripFailureFunc  failure_func;
  gpointer         failure_data;
  GDestroyNotify   failure_destroy;
};

static void run (GripLane *self);

static GripBaseTransport *
base_of (GripLane *self)
{
  return GRIP_IS_BASE_TRANSPORT (self->transport) ? GRIP_BASE_TRANSPORT (self->transport) : NULL;
}

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

  run (self);

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
  GripBaseTransport *base = base_of (self);

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
static void
kick (GripLane *self)
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
  GripBaseTransport *base = base_of (self);

  if (base != NULL && grip_base_transport_has_open (base))
    kick (self);
}

/* The queue */

static GripEntry *
entry_new (GripMessage *message)
{
  GripEntry *entry = g_new0 (GripEntry, 1);

  entry->message = grip_message_ref (message);

  return entry;
}

static void
entry_free (GripEntry *entry)
{
  grip_message_unref (entry->message);
  g_free (entry);
}

static gsize
size_of (GripLane    *self,
         GripMessage *message)
{
  return g_bytes_get_size (grip_message_get_payload (message, grip_lane_get_encoding (self)));
}

static void
append_locked (GripLane  *self,
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

static GripEntry *
pop_locked (GripLane *self)
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
static void
unshift_locked (GripLane  *self,
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

/* The oldest message that has no answer yet, or the next one to come. */
static guint64
oldest_locked (GripLane *self)
{
  guint64 oldest = self->head != NULL ? self->head->serial : self->next_serial;

  for (guint i = 0; i < self->flying->len; i++)
    {
      guint       n;
      GripEntry **entries = grip_delivery_get_entries (g_ptr_array_index (self->flying, i), &n);

      if (n > 0 && entries[0] != NULL)
        oldest = MIN (oldest, entries[0]->serial);
    }

  return oldest;
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

static gboolean
check_size (GripLane  *self,
            gsize      size,
            GError   **error)
{
  GripBaseTransport *base = base_of (self);
  gsize              limit = base != NULL ? grip_base_transport_get_max_batch_bytes (base) : 0;

  if (limit == 0 || size + BODY_OVERHEAD <= limit)
    return TRUE;

  g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE,
               "the encoded item has %" G_GSIZE_FORMAT " bytes; the endpoint takes %" G_GSIZE_FORMAT,
               size, limit > BODY_OVERHEAD ? limit - BODY_OVERHEAD : 0);

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
  gsize    size = size_of (self, message);
  gboolean ok;
  gboolean idle;

  if (!check_size (self, size, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  while (!check_room_locked (self, size, NULL) && wait_for_room_locked (self, message, wait_until))
    ;
  ok = check_open_locked (self, error) && check_room_locked (self, size, error);
  idle = self->head == NULL && self->flying->len == 0;
  if (ok)
    {
      append_locked (self, entry_new (message));
      self->n_held++;
      self->held_bytes += size;
    }
  g_mutex_unlock (&self->lock);

  if (ok && idle)
    kick (self);

  return ok;
}

/* Answers, with no lock held */

static void
answer_ok (GripMessage *message)
{
  if (message->outcome != NULL)
    grip_outcome_answer (message->outcome);
}

static void
answer_error (GripLane     *self,
              GripMessage  *message,
              GripFate      fate,
              const GError *error)
{
  g_autoptr(GError) cancelled = NULL;

  if (grip_message_is_cancelled (message) && fate != GRIP_FATE_REFUSED)
    {
      cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
      error = cancelled;
    }

  if (message->outcome != NULL)
    grip_outcome_answer_error (message->outcome, self->name, message->channel, fate, error);
  else if (self->failure_func != NULL)
    self->failure_func (self->name, message->channel, fate, error, self->failure_data);
}

/* Answers for a message that could not be queued. */
void
grip_lane_refuse (GripLane     *self,
                  GripMessage  *message,
                  const GError *error)
{
  answer_error (self, message, GRIP_FATE_NOT_SENT, error);
}

static void
answer_waiters (GripLane *self)
{
  GripFlushWaiter *waiter;
  guint64          oldest;

  do
    {
      g_mutex_lock (&self->lock);
      oldest = oldest_locked (self);
      waiter = g_queue_peek_head (&self->waiters);
      if (waiter != NULL && waiter->serial <= oldest)
        g_queue_pop_head (&self->waiters);
      else
        waiter = NULL;
      g_mutex_unlock (&self->lock);

      if (waiter != NULL)
        {
          grip_outcome_answer (waiter->outcome);
          grip_outcome_unref (waiter->outcome);
          g_free (waiter);
        }
    }
  while (waiter != NULL);
}

static void
release_locked (GripLane  *self,
                GripEntry *entry)
{
  self->n_held--;
  self->held_bytes -= size_of (self, entry->message);
}

/* Takes what matches out of the queue: cancelled messages, expired ones, or all. */
typedef gboolean (*GripEntryMatch) (GripLane  *self,
                                    GripEntry *entry,
                                    gint64     now);

static gboolean
match_cancelled (GripLane  *self,
                 GripEntry *entry,
                 gint64     now)
{
  return grip_message_is_cancelled (entry->message);
}

static gboolean
match_expired (GripLane  *self,
               GripEntry *entry,
               gint64     now)
{
  return entry->message->created + self->limits.timeout <= now;
}

static gboolean
match_all (GripLane  *self,
           GripEntry *entry,
           gint64     now)
{
  return TRUE;
}

static void
take_matching (GripLane       *self,
               GripEntryMatch  match,
               const GError   *error)
{
  g_autoptr(GPtrArray)  taken = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  gint64                now = g_get_monotonic_time ();
  GripEntry           **link;

  g_mutex_lock (&self->lock);
  self->tail = NULL;
  for (link = &self->head; *link != NULL; )
    {
      GripEntry *entry = *link;

      if (!match (self, entry, now))
        {
          self->tail = entry;
          link = &entry->next;
          continue;
        }

      *link = entry->next;
      self->n_queued--;
      self->n_failed++;
      release_locked (self, entry);
      g_ptr_array_add (taken, entry);
    }
  if (taken->len > 0)
    g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < taken->len; i++)
    {
      GripEntry *entry = g_ptr_array_index (taken, i);

      answer_error (self, entry->message,
                    entry->maybe_sent ? GRIP_FATE_UNKNOWN : GRIP_FATE_NOT_SENT, error);
    }
  if (taken->len > 0)
    answer_waiters (self);
}

/* Deliveries */

static gsize
batch_limit_bytes (GripLane *self)
{
  GripBaseTransport *base = base_of (self);
  gsize              limit = base != NULL ? grip_base_transport_get_max_batch_bytes (base) : 0;

  return limit > 0 ? limit : G_MAXSIZE;
}

static guint
batch_limit_items (GripLane *self)
{
  GripBaseTransport *base = base_of (self);
  guint              limit = base != NULL ? grip_base_transport_get_max_batch_items (base) : 0;

  return limit > 0 ? limit : G_MAXUINT;
}

/* Takes as many messages as fit into one request. */
static GripDelivery *
take_batch_locked (GripLane *self)
{
  GPtrArray    *entries = g_ptr_array_new ();
  gsize         max_bytes = batch_limit_bytes (self);
  guint         max_items = batch_limit_items (self);
  gsize         bytes = BODY_OVERHEAD;
  gint64        now = g_get_monotonic_time ();
  GripDelivery *delivery;
  guint         n;

  while (self->head != NULL && entries->len < max_items)
    {
      gsize size = size_of (self, self->head->message) + 1;

      if (self->head->batch_limit > 0)
        max_items = MIN (max_items, self->head->batch_limit);
      if (entries->len > 0 && (size > max_bytes - bytes || entries->len >= max_items))
        break;

      bytes += size;
      g_ptr_array_add (entries, pop_locked (self));
    }

  n = entries->len;
  for (guint i = 0; i < n; i++)
    {
      GripEntry *entry = g_ptr_array_index (entries, i);

      entry->attempts++;
      if (entry->first_sent == 0)
        entry->first_sent = now;
    }

  delivery = grip_delivery_new (self, (GripEntry **) g_ptr_array_free (entries, FALSE), n,
                                bytes - BODY_OVERHEAD - n, grip_lane_get_encoding (self));
  g_ptr_array_add (self->flying, delivery);

  return delivery;
}

static void
open_transport (GripLane *self)
{
  GripBaseTransport *base = base_of (self);

  if (self->opened || (self->input_closed && self->head == NULL))
    return;

  self->opened = TRUE;
  if (base != NULL)
    grip_base_transport_open (base);
}

static void
hand_over (GripLane     *self,
           GripDelivery *delivery,
           gboolean      is_sync)
{
  g_autoptr(GError) error = NULL;

  if (!grip_delivery_prepare (delivery, grip_transport_get_endpoint (self->transport), &error))
    grip_delivery_fail_with_fate (delivery, GRIP_FATE_REFUSED, error);
  else if (is_sync)
    grip_base_transport_deliver_sync (base_of (self), delivery);
  else
    grip_transport_send (self->transport, delivery);
}

/* What one message's answer leads to. */
static gboolean
may_retry_locked (GripLane     *self,
                  GripEntry    *entry,
                  GripAnswer    answer,
                  GripFate      fate,
                  const GError *error,
                  gint64        again_at)
{
  gint64 deadline = entry->message->created + self->limits.timeout;

  if (grip_message_is_cancelled (entry->message) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      entry->attempts > self->limits.retry_limit)
    return FALSE;

  if (fate == GRIP_FATE_UNKNOWN)
    {
      if (grip_item_get_id (entry->message->item) == NULL)
        return FALSE;
      deadline = MIN (deadline, entry->first_sent + ID_MEMORY);
    }
  else if (fate == GRIP_FATE_REFUSED && answer != GRIP_ANSWER_DEFER)
    return FALSE;

  return again_at < deadline;
}

static gint64
next_try_locked (GripLane     *self,
                 GripDelivery *delivery,
                 GripAnswer    answer)
{
  gint64 longest = MIN (MAX_BACKOFF, (gint64) FIRST_BACKOFF << MIN (self->setbacks, 10));
  gint64 wait = g_random_double_range (0.1, 1.0) * longest;
  double asked = grip_delivery_get_deferral (delivery);

  if (answer == GRIP_ANSWER_DEFER && asked > 0)
    wait = MAX (wait, (gint64) (MIN (asked, 86400.0) * G_USEC_PER_SEC));

  return g_get_monotonic_time () + wait;
}

typedef struct
{
  GPtrArray *retry;       /* GripEntry, goes back to the queue */
  GPtrArray *done;        /* GripEntry, answered and freed */
  gint64     again_at;
  gboolean   is_setback;
} GripVerdict;

/* Sorts the messages of an answered delivery: done with (the answer is read again when it is passed
 * on), or to be tried again. */
static void
judge_locked (GripLane     *self,
              GripDelivery *delivery,
              GripVerdict  *verdict)
{
  guint       n;
  GripEntry **entries = grip_delivery_get_entries (delivery, &n);

  for (guint i = 0; i < n; i++)
    {
      GripEntry    *entry = entries[i];
      const GError *error;
      GripFate      fate;
      GripAnswer    answer = grip_delivery_get_answer (delivery, i, &fate, &error);

      if (entry->answered)
        continue;

      if (answer == GRIP_ANSWER_REFUSE && n > 1)
        {
          entry->batch_limit = MAX (1, n / 2);
          entry->attempts--;
          g_ptr_array_add (verdict->retry, entry);
          entries[i] = NULL;
          continue;
        }

      if (answer != GRIP_ANSWER_COMPLETE)
        {
          if (verdict->again_at == 0)
            verdict->again_at = next_try_locked (self, delivery, answer);
          if (may_retry_locked (self, entry, answer, fate, error, verdict->again_at))
            {
              verdict->is_setback = TRUE;
              entry->maybe_sent |= fate == GRIP_FATE_UNKNOWN;
              g_ptr_array_add (verdict->retry, entry);
              entries[i] = NULL;
              continue;
            }
          self->n_failed++;
        }

      release_locked (self, entry);
    }
}

static void
pass_on_answers (GripLane     *self,
                 GripDelivery *delivery)
{
  guint       n;
  GripEntry **entries = grip_delivery_get_entries (delivery, &n);

  for (guint i = 0; i < n; i++)
    {
      GripEntry    *entry = entries[i];
      const GError *error;
      GripFate      fate;

      if (entry == NULL || entry->answered)
        continue;

      entry->answered = TRUE;
      if (grip_delivery_get_answer (delivery, i, &fate, &error) == GRIP_ANSWER_COMPLETE)
        answer_ok (entry->message);
      else
        answer_error (self, entry->message, fate, error);
    }
}

/* What was to be tried again here goes to the lane that has taken over. */
static void
forward_to_successor (GripLane  *self,
                      GripLane  *successor,
                      GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      GripEntry *entry = g_ptr_array_index (entries, i);

      grip_message_encode (entry->message, grip_lane_get_encoding (successor));
    }

  g_mutex_lock (&successor->lock);
  for (guint i = 0; i < entries->len; i++)
    {
      successor->n_held++;
      successor->held_bytes += size_of (successor, ((GripEntry *) g_ptr_array_index (entries, i))->message);
    }
  unshift_locked (successor, entries);
  g_mutex_unlock (&successor->lock);
}

static void
unblock (GripLane *self)
{
  g_mutex_lock (&self->lock);
  self->blocked = FALSE;
  g_mutex_unlock (&self->lock);

  kick (self);
}

/* Lets the source shut the transport when there is nothing left to do. */
static void
settle (GripLane *self)
{
  g_autoptr(GripLane) successor = NULL;
  gboolean            more;
  gboolean            empty;

  g_mutex_lock (&self->lock);
  empty = self->head == NULL && self->flying->len == 0;
  more = self->head != NULL || (self->input_closed && !self->shut && empty);
  if (empty && self->successor != NULL)
    successor = g_steal_pointer (&self->successor);
  g_mutex_unlock (&self->lock);

  if (successor != NULL)
    unblock (successor);
  if (more)
    kick (self);
}

/**
 * grip_lane_finish_delivery:
 * @self: a lane
 * @delivery: one of its deliveries, answered
 *
 * Takes the answer of a transport, in whichever thread it was given.
 */
void
grip_lane_finish_delivery (GripLane     *self,
                           GripDelivery *delivery)
{
  g_autoptr(GPtrArray)    retry = g_ptr_array_new ();
  g_autoptr(GripLane)     successor = NULL;
  g_autoptr(GripDelivery) hold = g_object_ref (delivery);
  g_autoptr(GripLane)     hold_lane = grip_lane_ref (self);
  GripVerdict             verdict = { .retry = retry };

  g_mutex_lock (&self->lock);
  judge_locked (self, delivery, &verdict);
  g_ptr_array_remove_fast (self->flying, delivery);
  if (verdict.is_setback)
    {
      self->setbacks++;
      self->wake_at = verdict.again_at;
    }
  else
    {
      self->setbacks = 0;
      self->wake_at = 0;
    }
  if (self->successor != NULL)
    {
      successor = grip_lane_ref (self->successor);
      for (guint i = 0; i < retry->len; i++)
        release_locked (self, g_ptr_array_index (retry, i));
    }
  else
    unshift_locked (self, retry);
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  if (successor != NULL && retry->len > 0)
    forward_to_successor (self, successor, retry);
  pass_on_answers (self, delivery);
  answer_waiters (self);
  settle (self);
}

/**
 * grip_lane_begin_sync:
 * @self: a lane
 * @message: a message, encoded for the lane
 *
 * Takes the lane for a message that the calling thread will deliver itself.
 *
 * Returns: (transfer full) (nullable): %NULL when the lane is not idle, or the transport cannot do it
 */
GripDelivery *
grip_lane_begin_sync (GripLane    *self,
                      GripMessage *message)
{
  GripBaseTransport *base = base_of (self);
  GripDelivery      *delivery = NULL;
  gsize              size = size_of (self, message);

  if (base == NULL || !grip_base_transport_has_sync (base) || !check_size (self, size, NULL))
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->head == NULL && self->flying->len == 0 && self->wake_at <= g_get_monotonic_time () &&
      !self->blocked && !self->input_closed)
    {
      append_locked (self, entry_new (message));
      self->n_held++;
      self->held_bytes += size;
      delivery = take_batch_locked (self);
    }
  g_mutex_unlock (&self->lock);

  return delivery;
}

/* Delivers what grip_lane_begin_sync() gave. */
void
grip_lane_run_sync (GripLane     *self,
                    GripDelivery *delivery)
{
  hand_over (self, delivery, TRUE);
  g_object_unref (delivery);
}

/* When the source has to look again; -1 for never. */
static gint64
next_look_locked (GripLane *self)
{
  gint64 at = -1;

  if (self->shut || (self->head == NULL && self->flying->len == 0))
    return self->input_closed && !self->shut ? 0 : -1;

  if (self->head != NULL)
    {
      gint64 expires = self->head->message->created + self->limits.timeout;

      if (self->flying->len == 0 && !self->blocked)
        return MIN (self->wake_at, expires);
      at = expires;
    }

  for (guint i = 0; i < self->flying->len; i++)
    {
      guint       n;
      GripEntry **entries = grip_delivery_get_entries (g_ptr_array_index (self->flying, i), &n);
      gint64      gives_up = entries[n - 1]->message->created + self->limits.timeout + ANSWER_GRACE;

      at = at < 0 ? gives_up : MIN (at, gives_up);
    }

  return at;
}

static GripDelivery *
take_overdue_locked (GripLane *self,
                     gint64    now)
{
  for (guint i = 0; i < self->flying->len; i++)
    {
      GripDelivery *delivery = g_ptr_array_index (self->flying, i);
      guint         n;
      GripEntry   **entries = grip_delivery_get_entries (delivery, &n);

      if (entries[n - 1]->message->created + self->limits.timeout + ANSWER_GRACE <= now)
        {
          for (guint k = 0; k < n; k++)
            if (!entries[k]->answered)
              {
                release_locked (self, entries[k]);
                self->n_failed++;
              }
          g_ptr_array_remove_index_fast (self->flying, i);
          return g_object_ref (delivery);
        }
    }

  return NULL;
}

/* A transport that does not answer must not hold up what comes after. */
static void
give_up_overdue (GripLane *self)
{
  g_autoptr(GripDelivery) delivery = NULL;
  g_autoptr(GError)       error = NULL;
  GripEntry             **entries;
  guint                   n;

  g_mutex_lock (&self->lock);
  delivery = take_overdue_locked (self, g_get_monotonic_time ());
  if (delivery != NULL)
    g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  if (delivery == NULL)
    return;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "the transport did not answer in time");
  entries = grip_delivery_get_entries (delivery, &n);
  for (guint i = 0; i < n; i++)
    if (!entries[i]->answered)
      {
        entries[i]->answered = TRUE;
        answer_error (self, entries[i]->message, GRIP_FATE_UNKNOWN, error);
      }
  grip_delivery_abandon (delivery);
  answer_waiters (self);
}

static void
expire (GripLane *self)
{
  g_autoptr(GError) error = NULL;

  error = g_error_new (GRIP_ERROR, GRIP_ERROR_TIMED_OUT, "the endpoint was not ready within %g s",
                       self->limits.timeout / (double) G_USEC_PER_SEC);
  take_matching (self, match_expired, error);
}

static void
shut_transport (GripLane *self)
{
  GripBaseTransport *base = base_of (self);

  if (base != NULL && self->opened)
    grip_base_transport_close (base);
  g_source_destroy (self->source);
  if (self->worker != NULL)
    grip_worker_release (self->worker);
}

/* One round, in the transport's context. */
static void
run (GripLane *self)
{
  g_autoptr(GripDelivery) delivery = NULL;
  gboolean                expired;
  gboolean                shut = FALSE;
  gint64                  now = g_get_monotonic_time ();

  open_transport (self);
  give_up_overdue (self);

  g_mutex_lock (&self->lock);
  expired = self->head != NULL && match_expired (self, self->head, now);
  g_mutex_unlock (&self->lock);
  if (expired)
    expire (self);

  g_mutex_lock (&self->lock);
  if (self->head != NULL && self->flying->len == 0 && !self->blocked && self->wake_at <= now)
    {
      self->wake_at = 0;
      delivery = take_batch_locked (self);
    }
  else if (self->input_closed && !self->shut && self->head == NULL && self->flying->len == 0)
    shut = self->shut = TRUE;
  g_source_set_ready_time (self->source, next_look_locked (self));
  g_mutex_unlock (&self->lock);

  if (delivery != NULL)
    hand_over (self, delivery, FALSE);
  if (shut)
    shut_transport (self);
}

/**
 * grip_lane_drive:
 * @self: a lane
 *
 * Drives a transport that lives in the calling thread's context, for a synchronous call that must not
 * wait for itself.
 *
 * Returns: true if the transport was driven here, false if another thread does it
 */
gboolean
grip_lane_drive (GripLane *self)
{
  if (self->worker != NULL || !g_main_context_acquire (self->context))
    return FALSE;

  run (self);
  g_main_context_release (self->context);

  return TRUE;
}

/* Takes cancelled messages out of the queue and cancels deliveries that nobody wants any more. */
void
grip_lane_sweep (GripLane *self)
{
  g_autoptr(GError)    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_autoptr(GPtrArray) unwanted = g_ptr_array_new_with_free_func (g_object_unref);

  take_matching (self, match_cancelled, error);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->flying->len; i++)
    {
      GripDelivery *delivery = g_ptr_array_index (self->flying, i);
      guint         n;
      guint         k;
      GripEntry   **entries = grip_delivery_get_entries (delivery, &n);

      for (k = 0; k < n && grip_message_is_cancelled (entries[k]->message); k++)
        ;
      if (k == n)
        g_ptr_array_add (unwanted, g_object_ref (delivery));
    }
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < unwanted->len; i++)
    grip_delivery_cancel (g_ptr_array_index (unwanted, i));
}

static GripEntry *
find_flying_locked (GripLane    *self,
                    GripMessage *message)
{
  for (guint i = 0; i < self->flying->len; i++)
    {
      guint       n;
      GripEntry **entries = grip_delivery_get_entries (g_ptr_array_index (self->flying, i), &n);

      for (guint k = 0; k < n; k++)
        if (entries[k]->message == message && !entries[k]->answered)
          return entries[k];
    }

  return NULL;
}

/* Answers for a message that a synchronous call does not wait for any longer. */
void
grip_lane_abandon (GripLane     *self,
                   GripMessage  *message,
                   const GError *error)
{
  GripEntry  *found = NULL;
  GripEntry **link;
  gboolean    was_queued = FALSE;

  g_mutex_lock (&self->lock);
  self->tail = NULL;
  for (link = &self->head; *link != NULL; )
    {
      if (found == NULL && (*link)->message == message)
        {
          found = *link;
          *link = found->next;
          self->n_queued--;
          was_queued = TRUE;
          continue;
        }
      self->tail = *link;
      link = &(*link)->next;
    }
  if (found == NULL)
    found = find_flying_locked (self, message);
  if (found != NULL)
    {
      found->answered = TRUE;
      release_locked (self, found);
      self->n_failed++;
      g_cond_broadcast (&self->room);
    }
  g_mutex_unlock (&self->lock);

  if (found == NULL)
    return;

  answer_error (self, message,
                was_queued && !found->maybe_sent ? GRIP_FATE_NOT_SENT : GRIP_FATE_UNKNOWN, error);
  if (was_queued)
    entry_free (found);
  answer_waiters (self);
}

/* Answers @outcome, which expects it, when all that is on the lane now has been answered. */
void
grip_lane_add_flush (GripLane    *self,
                     GripOutcome *outcome)
{
  GripFlushWaiter *waiter = g_new0 (GripFlushWaiter, 1);

  waiter->outcome = grip_outcome_ref (outcome);

  g_mutex_lock (&self->lock);
  waiter->serial = self->next_serial;
  g_queue_push_tail (&self->waiters, waiter);
  g_mutex_unlock (&self->lock);

  answer_waiters (self);
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
      GripEntry *entry = pop_locked (self);

      release_locked (self, entry);
      g_ptr_array_add (entries, entry);
    }
  flying = self->flying->len > 0;
  if (flying)
    self->successor = grip_lane_ref (successor);
  g_mutex_unlock (&self->lock);

  if (entries->len > 0)
    forward_to_successor (self, successor, entries);
  if (!flying)
    unblock (successor);
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
      run (self);
      g_main_context_release (self->context);
    }
  else
    settle (self);
}

/* Answers everything that is queued with an error, and cancels what is in flight. */
void
grip_lane_fail_all (GripLane     *self,
                    const GError *error)
{
  g_autoptr(GPtrArray) flying = g_ptr_array_new_with_free_func (g_object_unref);

  take_matching (self, match_all, error);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->flying->len; i++)
    g_ptr_array_add (flying, g_object_ref (g_ptr_array_index (self->flying, i)));
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < flying->len; i++)
    grip_delivery_cancel (g_ptr_array_index (flying, i));
}
