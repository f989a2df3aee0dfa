/* grip-soup-link.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "grip-soup-answer-private.h"
#include "grip-soup-link-private.h"

/* What another server may answer with, in one page. */
#define MAX_PAGE (16 * 1024 * 1024)
#define PIECE    (64 * 1024)

typedef struct
{
  SoupMessage        *message;
  GByteArray         *body;
  GripSoupAnswerFunc  func;
  gpointer            user_data;
  GDestroyNotify      destroy;
} Fetch;

static void
fetch_free (Fetch *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_object_unref (self->message);
  g_byte_array_unref (self->body);
  g_free (self);
}

static void
answer (Fetch        *self,
        GripResponse *response)
{
  g_autoptr(GripInstruct) instruct = NULL;
  g_autoptr(GripResponse) first = g_object_ref (response);
  g_autoptr(GError) error = NULL;

  if (grip_soup_is_instruct (response))
    {
      instruct = grip_instruct_parse (response, &error);
      g_object_unref (first);
      first = instruct != NULL ? grip_soup_make_first (instruct)
                               : grip_response_new_text (502, "text/plain", error->message);
    }

  self->func (instruct, first, soup_message_get_uri (self->message), self->user_data);
  fetch_free (self);
}

static void
fail (Fetch      *self,
      const char *reason)
{
  g_autoptr(GripResponse) response = grip_response_new_text (502, "text/plain", reason);

  answer (self, response);
}

static GripResponse *
make_response (Fetch *self)
{
  SoupMessageHeadersIter iter;
  GVariantBuilder headers;
  const char *name = NULL;
  const char *value = NULL;
  g_autoptr(GBytes) body = g_bytes_new (self->body->data, self->body->len);

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  soup_message_headers_iter_init (&iter, soup_message_get_response_headers (self->message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      if (g_utf8_validate (name, -1, NULL) && g_utf8_validate (value, -1, NULL))
        g_variant_builder_add (&headers, "(ss)", name, value);
    }

  return grip_response_new (soup_message_get_status (self->message), NULL, g_variant_builder_end (&headers), body);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fetch *self = user_data;
  GInputStream *stream = G_INPUT_STREAM (source);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) piece = g_input_stream_read_bytes_finish (stream, result, &error);
  g_autoptr(GripResponse) response = NULL;

  if (piece == NULL)
    {
      fail (self, error->message);
      return;
    }

  if (g_bytes_get_size (piece) == 0)
    {
      response = make_response (self);
      answer (self, response);
      return;
    }

  g_byte_array_append (self->body, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
  if (self->body->len > MAX_PAGE)
    fail (self, "too large a page");
  else
    g_input_stream_read_bytes_async (stream, PIECE, G_PRIORITY_DEFAULT, NULL, read_cb, self);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fetch *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    fail (self, error->message);
  else
    g_input_stream_read_bytes_async (stream, PIECE, G_PRIORITY_DEFAULT, NULL, read_cb, self);
}

static gboolean
refuse (gpointer       user_data,
        GDestroyNotify destroy)
{
  if (destroy != NULL)
    destroy (user_data);

  return FALSE;
}

static gboolean
fetch (GripSoupHolder     *holder,
       const char         *method,
       GUri               *uri,
       GPtrArray          *last,
       GripSoupAnswerFunc  func,
       gpointer            user_data,
       GDestroyNotify      destroy)
{
  SoupMessage *message = NULL;
  Fetch *self = NULL;

  if (strcmp (g_uri_get_scheme (uri), "http") != 0 && strcmp (g_uri_get_scheme (uri), "https") != 0)
    return refuse (user_data, destroy);

  message = soup_message_new_from_uri (method, uri);
  self = g_new0 (Fetch, 1);
  self->message = message;
  self->body = g_byte_array_new ();
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  /* The answer to a redirection is for another page. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (last != NULL && last->len > 0)
    {
      g_autofree char *header = grip_soup_request_write_last (last);

      soup_message_headers_replace (soup_message_get_request_headers (message), "Grip-Last", header);
    }
  soup_session_send_async (grip_soup_holder_get_session (holder), message, G_PRIORITY_DEFAULT, NULL, sent_cb, self);

  return TRUE;
}

static gboolean
is_same_server (GUri *a,
                GUri *b)
{
  return g_strcmp0 (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         g_uri_get_port (a) == g_uri_get_port (b) &&
         g_strcmp0 (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0;
}

static gboolean
ask (GripSoupHolder     *holder,
     GripSoupHandling   *handling,
     GUri               *home,
     GUri               *base,
     const char         *method,
     const char         *link,
     GPtrArray          *last,
     GripSoupAnswerFunc  func,
     gpointer            user_data,
     GDestroyNotify      destroy)
{
  g_autoptr(GUri) uri = g_uri_parse_relative (base, link, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return refuse (user_data, destroy);

  /* The host is what the client says that it is: it never leads to the network. */
  if (is_same_server (home, uri))
    return grip_soup_request_fetch (handling, method, uri, last, func, user_data, destroy);

  return fetch (holder, method, uri, last, func, user_data, destroy);
}

gboolean
grip_soup_link_follow (GripSoupHolder     *holder,
                       GripSoupHandling   *handling,
                       GUri               *home,
                       GUri               *base,
                       const char         *link,
                       GPtrArray          *last,
                       GripSoupAnswerFunc  func,
                       gpointer            user_data,
                       GDestroyNotify      destroy)
{
  return ask (holder, handling, home, base, "GET", link, last, func, user_data, destroy);
}

typedef struct
{
  GripSoupHandling *handling;
  GUri             *home;
  char             *link;
} Leaving;

static void
leaving_free (gpointer data)
{
  Leaving *self = data;

  grip_soup_handling_unref (self->handling);
  g_uri_unref (self->home);
  g_free (self->link);
  g_free (self);
}

static void
told_cb (GripInstruct *instruct,
         GripResponse *response,
         GUri         *uri,
         gpointer      user_data)
{
  int code = response != NULL ? grip_response_get_code (response) : 200;

  if (code < 200 || code >= 300)
    g_message ("A gone link was answered with %d", code);
}

static void
tell (gpointer user_data)
{
  Leaving *self = user_data;
  GripSoupOrigin *origin = grip_soup_handling_get_origin (self->handling);
  GripSoupHolder *holder = origin != NULL ? grip_soup_origin_get_holder (origin) : NULL;

  if (holder != NULL &&
      !ask (holder, self->handling, self->home, self->home, "POST", self->link, NULL, told_cb, NULL, NULL))
    g_message ("A gone link leads nowhere");
}

void
grip_soup_link_leave (GripSoupHolder   *holder,
                      GripSoupHandling *handling,
                      GUri             *home,
                      const char       *link)
{
  Leaving *self = g_new0 (Leaving, 1);

  self->handling = grip_soup_handling_ref (handling);
  self->home = g_uri_ref (home);
  self->link = g_strdup (link);
  grip_soup_holder_later (holder, tell, self, leaving_free);
}
