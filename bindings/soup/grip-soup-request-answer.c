/* grip-soup-request-answer.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-answer-private.h"
#include "grip-soup-held-stream-private.h"
#include "grip-soup-poll-private.h"
#include "grip-soup-websocket-private.h"

/* How a request is answered. */

static gboolean
is_gone (GripSoupRequest *self)
{
  return self->gone;
}

static void
send_response (GripSoupRequest *self,
               GripResponse    *response)
{
  self->answered = TRUE;
  g_clear_pointer (&self->watch, grip_soup_watch_free);

  if (self->answer_func != NULL)
    {
      self->answer_func (NULL, response, self->uri, self->answer_data);
      return;
    }

  grip_soup_write_response (self->message, response);
  if (self->paused)
    soup_server_message_unpause (self->message);
}

/* The client came through no proxy, or the request is the origin's own. */
static void
hold_here (GripSoupRequest *self,
           GripInstruct    *instruct)
{
  GripSoupOrigin *origin = grip_soup_handling_get_origin (self->handling);
  GripSoupHolder *holder = origin != NULL ? grip_soup_origin_get_holder (origin) : NULL;
  g_autoptr(GripResponse) first = grip_soup_make_first (instruct);
  GripHoldMode mode = grip_instruct_get_hold_mode (instruct);

  if (self->answer_func != NULL)
    {
      self->answered = TRUE;
      self->answer_func (instruct, first, self->uri, self->answer_data);
      return;
    }

  if (holder == NULL || (mode == GRIP_HOLD_MODE_NONE && grip_instruct_get_next_link (instruct) == NULL))
    {
      send_response (self, first);
      return;
    }

  self->answered = TRUE;
  g_clear_pointer (&self->watch, grip_soup_watch_free);
  if (mode == GRIP_HOLD_MODE_RESPONSE)
    grip_soup_poll_hold (holder, self->message, instruct, self->handling);
  else
    grip_soup_held_stream_hold (holder, self->message, instruct, self->handling);
}

/* An instruct that the handler wrote itself. FALSE when it is none that a proxy would take. */
static gboolean
hold_response (GripSoupRequest *self,
               GripResponse    *response)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GripInstruct) instruct = grip_instruct_parse (response, &error);

  if (instruct == NULL)
    {
      g_warning ("A response to '%s' is no instruct: %s", g_uri_get_path (self->uri), error->message);
      return FALSE;
    }

  hold_here (self, instruct);
  return TRUE;
}

/**
 * grip_soup_request_defer:
 * @self: a request
 *
 * Puts off the answer to a WebSocket's events, which is else given when the handler returns: call
 * [method@GripSoup.Request.finish] later. Other requests may be answered later without this.
 *
 * Since: 1.0
 */
void
grip_soup_request_defer (GripSoupRequest *self)
{
  g_return_if_fail (GRIP_SOUP_IS_REQUEST (self));

  self->deferred = TRUE;
}

/**
 * grip_soup_request_respond:
 * @self: a request
 * @response: the response
 *
 * Answers the request.
 *
 * A code below 200 is no answer: the client gets 500. `Transfer-Encoding` and `Content-Length` are not
 * taken from @response, since its body says how long it is (but for the `Content-Length` of the answer to
 * a `HEAD`, and of a 304), nor is a header or a reason of more than one line.
 *
 * Since: 1.0
 */
void
grip_soup_request_respond (GripSoupRequest *self,
                           GripResponse    *response)
{
  g_return_if_fail (GRIP_SOUP_IS_REQUEST (self));
  g_return_if_fail (self->uri != NULL);
  g_return_if_fail (GRIP_IS_RESPONSE (response));

  if (is_gone (self))
    return;

  g_return_if_fail (!self->answered);

  if (self->opening != NULL)
    {
      self->answered = TRUE;
      grip_soup_websocket_refuse (self->opening, response);
      return;
    }

  if (self->live)
    return;

  if (self->handling != NULL && grip_soup_is_instruct (response) && hold_response (self, response))
    return;

  send_response (self, response);
}

/**
 * grip_soup_request_respond_text:
 * @self: a request
 * @code: the status code
 * @content_type: (nullable): the media type
 * @body: (nullable): the body
 *
 * Answers the request with text.
 *
 * Since: 1.0
 */
void
grip_soup_request_respond_text (GripSoupRequest *self,
                                int              code,
                                const char      *content_type,
                                const char      *body)
{
  g_autoptr(GripResponse) response = grip_response_new_text (code, content_type, body);

  grip_soup_request_respond (self, response);
}

/**
 * grip_soup_request_hold:
 * @self: a request
 * @instruct: what the proxy is to do with the client
 * @error: return location for an error
 *
 * Answers the request with an instruct.
 *
 * When the request is known not to have come through a proxy, it is answered with the code 501, as
 * nobody would hold the client. Fails as [method@Grip.Instruct.to_response] does, and the request is
 * not answered then.
 *
 * Returns: %TRUE if the request is answered
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_hold (GripSoupRequest  *self,
                        GripInstruct     *instruct,
                        GError          **error)
{
  g_autoptr(GripResponse) response = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (self->uri != NULL, FALSE);
  g_return_val_if_fail (GRIP_IS_INSTRUCT (instruct), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (is_gone (self))
    return TRUE;

  g_return_val_if_fail (!self->answered, FALSE);

  if (grip_instruct_get_channel_prefix (instruct) == NULL)
    grip_instruct_set_channel_prefix (instruct, self->channel_prefix);

  /* What a proxy would refuse is refused without one as well. */
  response = grip_instruct_to_response (instruct, GRIP_INSTRUCT_FORM_AUTO, error);
  if (response == NULL)
    return FALSE;

  if (self->handling != NULL)
    hold_here (self, instruct);
  else if (self->trust == GRIP_SOUP_TRUST_INVALID)
    grip_soup_request_respond_text (self, 501, "text/plain", "This needs a GRIP proxy.\n");
  else
    grip_soup_request_respond (self, response);

  return TRUE;
}

/**
 * grip_soup_request_hold_response:
 * @self: a request
 * @channel: a channel
 * @error: return location for an error
 *
 * Makes the client wait for one item of a channel: the short form of [method@GripSoup.Request.hold].
 *
 * Returns: %TRUE if the request is answered
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_hold_response (GripSoupRequest  *self,
                                 const char       *channel,
                                 GError          **error)
{
  g_autoptr(GripInstruct) instruct = NULL;

  g_return_val_if_fail (channel != NULL, FALSE);

  instruct = grip_instruct_new_hold_response (channel);

  return grip_soup_request_hold (self, instruct, error);
}

/**
 * grip_soup_request_hold_stream:
 * @self: a request
 * @channel: a channel
 * @error: return location for an error
 *
 * Gives the client every item of a channel: the short form of [method@GripSoup.Request.hold].
 *
 * The response has the media type `text/event-stream` when the client asks for that, as the
 * `EventSource` of a browser does, and else `text/plain`.
 *
 * Returns: %TRUE if the request is answered
 *
 * Since: 1.0
 */
gboolean
grip_soup_request_hold_stream (GripSoupRequest  *self,
                               const char       *channel,
                               GError          **error)
{
  g_autoptr(GripInstruct) instruct = NULL;
  g_autoptr(GripResponse) response = NULL;
  const char *accept = NULL;

  g_return_val_if_fail (GRIP_SOUP_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);

  accept = grip_soup_request_get_header (self, "Accept");
  instruct = grip_instruct_new_hold_stream (channel);
  response = grip_response_new_text (200,
                                     accept != NULL && strstr (accept, "text/event-stream") != NULL
                                       ? "text/event-stream" : "text/plain", NULL);
  grip_instruct_set_response (instruct, response);

  return grip_soup_request_hold (self, instruct, error);
}

/**
 * grip_soup_request_finish:
 * @self: a request with a WebSocket context
 *
 * Answers a WebSocket's events with what was done with its context. It is done by itself when the
 * handler returns, unless [method@GripSoup.Request.defer] was called.
 *
 * Since: 1.0
 */
void
grip_soup_request_finish (GripSoupRequest *self)
{
  g_autoptr(GripResponse) response = NULL;

  g_return_if_fail (GRIP_SOUP_IS_REQUEST (self));
  g_return_if_fail (self->context != NULL);

  /* A message of a WebSocket that is open here needs no answer. */
  if (is_gone (self) || (self->live && self->opening == NULL))
    return;

  g_return_if_fail (!self->answered);

  if (self->opening != NULL)
    {
      self->answered = TRUE;
      grip_soup_websocket_decide (self->opening);
      return;
    }

  response = grip_websocket_context_to_response (self->context);
  grip_soup_request_respond (self, response);
}
