/* grip-soup-poll.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-soup-answer-private.h"
#include "grip-soup-link-private.h"
#include "grip-soup-poll-private.h"
#include "grip-soup-watch-private.h"

/* As Pushpin has them. */
#define DEFAULT_TIMEOUT 55
#define MINIMUM_TIMEOUT 5

struct _GripSoupPoll
{
  GripSoupClient     parent_instance;

  SoupServerMessage *message;
  GripInstruct      *instruct;
  GripSoupHandling  *handling;
  GripSoupWatch     *watch;
};

G_DEFINE_FINAL_TYPE (GripSoupPoll, grip_soup_poll, GRIP_SOUP_TYPE_CLIENT)

static void
respond (GripSoupPoll *self,
         GripResponse *response)
{
  g_clear_pointer (&self->watch, grip_soup_watch_free);
  grip_soup_write_response (self->message, response);
  soup_server_message_unpause (self->message);
  grip_soup_client_leave (GRIP_SOUP_CLIENT (self));
}

static GripSoupPart *
grip_soup_poll_get_part (GripSoupClient   *client,
                         GripSoupRendered *rendered)
{
  return &rendered->response;
}

static GBytes *
grip_soup_poll_dup_content (GripSoupClient *client,
                            GripSoupPart   *part)
{
  GripSoupPoll *self = GRIP_SOUP_POLL (client);
  GripResponse *held = grip_instruct_get_response (self->instruct);
  GBytes *body = held != NULL ? grip_response_get_body (held) : NULL;
  g_autoptr(GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr(GError) error = NULL;
  GBytes *patched = NULL;

  if (part->body_patch == NULL)
    return GRIP_SOUP_CLIENT_CLASS (grip_soup_poll_parent_class)->dup_content (client, part);

  patched = grip_apply_body_patch (body != NULL ? body : none, part->body_patch, &error);
  if (patched == NULL)
    g_message ("The body of a long poll could not be patched: %s", error->message);

  return patched;
}

/* As Pushpin answers a patch that cannot be applied. */
static void
grip_soup_poll_send (GripSoupClient *client,
                     GripSoupPart   *part,
                     GBytes         *content)
{
  GripSoupPoll *self = GRIP_SOUP_POLL (client);
  g_autoptr(GripResponse) response = NULL;

  if (content != NULL)
    response = grip_soup_make_answer (self->instruct, part, content);
  else
    response = grip_response_new_text (502, "text/plain", "The body could not be patched.\n");

  respond (self, response);
}

static void
ask_again (gpointer object)
{
  GripSoupPoll *self = object;
  g_autoptr(GPtrArray) last = NULL;

  if (grip_soup_client_get_holder (object) == NULL)
    return;

  last = grip_soup_client_dup_last (object);
  g_clear_pointer (&self->watch, grip_soup_watch_free);
  grip_soup_client_leave (object);
  grip_soup_request_run_again (self->message, self->handling, last);
}

static void
grip_soup_poll_recover (GripSoupClient *client)
{
  grip_soup_client_set_due (client, -1);
  grip_soup_holder_later (grip_soup_client_get_holder (client), ask_again, g_object_ref (client), g_object_unref);
}

/* Pushpin has no close for a long poll: a response is better. */
static void
grip_soup_poll_act (GripSoupClient *client,
                    GripSoupPart   *part)
{
  if (part->action == GRIP_SOUP_ACTION_HINT)
    grip_soup_poll_recover (client);
}

static void
grip_soup_poll_expire (GripSoupClient *client,
                       gint64          now)
{
  GripSoupPoll *self = GRIP_SOUP_POLL (client);
  g_autoptr(GripResponse) response = grip_soup_make_first (self->instruct);

  respond (self, response);
}

static void
grip_soup_poll_left (GripSoupClient *client,
                     GripSoupHolder *holder)
{
  GripSoupPoll *self = GRIP_SOUP_POLL (client);
  const char *link = grip_instruct_get_gone_link (self->instruct);

  if (link != NULL)
    grip_soup_link_leave (holder, self->handling, soup_server_message_get_uri (self->message), link);
}

static void
grip_soup_poll_cut (GripSoupClient *client)
{
  GripSoupPoll *self = GRIP_SOUP_POLL (client);

  g_clear_pointer (&self->watch, grip_soup_watch_free);
  grip_soup_abandon (self->message);
}

static void
grip_soup_poll_finalize (GObject *object)
{
  GripSoupPoll *self = GRIP_SOUP_POLL (object);

  g_clear_pointer (&self->watch, grip_soup_watch_free);
  g_clear_object (&self->message);
  g_clear_object (&self->instruct);
  g_clear_pointer (&self->handling, grip_soup_handling_unref);

  G_OBJECT_CLASS (grip_soup_poll_parent_class)->finalize (object);
}

static void
grip_soup_poll_class_init (GripSoupPollClass *klass)
{
  GripSoupClientClass *client_class = GRIP_SOUP_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grip_soup_poll_finalize;
  client_class->get_part = grip_soup_poll_get_part;
  client_class->dup_content = grip_soup_poll_dup_content;
  client_class->send = grip_soup_poll_send;
  client_class->act = grip_soup_poll_act;
  client_class->recover = grip_soup_poll_recover;
  client_class->expire = grip_soup_poll_expire;
  client_class->left = grip_soup_poll_left;
  client_class->cut = grip_soup_poll_cut;
}

static void
grip_soup_poll_init (GripSoupPoll *self)
{
}

static void
gone_cb (gpointer user_data)
{
  g_autoptr(GripSoupPoll) self = g_object_ref (user_data);

  g_clear_pointer (&self->watch, grip_soup_watch_free);
  grip_soup_client_leave (GRIP_SOUP_CLIENT (self));
}

void
grip_soup_poll_hold (GripSoupHolder    *holder,
                     SoupServerMessage *message,
                     GripInstruct      *instruct,
                     GripSoupHandling  *handling)
{
  g_autoptr(GripSoupPoll) self = g_object_new (GRIP_SOUP_TYPE_POLL, NULL);
  GripSoupClient *client = GRIP_SOUP_CLIENT (self);
  int timeout = grip_instruct_get_timeout (instruct);

  self->message = g_object_ref (message);
  self->instruct = g_object_ref (instruct);
  self->handling = grip_soup_handling_ref (handling);

  /* With a status libsoup asks no further handler. */
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_pause (message);
  self->watch = grip_soup_watch_new (message, grip_soup_holder_get_poller (holder, message), gone_cb, self);

  grip_soup_client_copy_meta (client, instruct);
  grip_soup_client_set_channels (client, instruct);
  timeout = MAX (timeout >= 0 ? timeout : DEFAULT_TIMEOUT, MINIMUM_TIMEOUT);
  grip_soup_client_set_due (client, g_get_monotonic_time () + timeout * G_USEC_PER_SEC);
  grip_soup_client_hold (client, holder);

  if (grip_soup_client_find_conflict (client))
    grip_soup_poll_recover (client);
}
