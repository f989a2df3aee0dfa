/* grip-test-sink.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An HTTP server that records what it is sent and misbehaves as told: raw sockets in threads of
 * its own, one for each connection. Each request that begins takes the next answer of the script;
 * when the script is at its end (or was never written) the default answer is given, which is
 * 200 "Published" and keeps the connection open.
 */
typedef struct _GripTestSink GripTestSink;

typedef enum
{
  GRIP_TEST_END_KEEP,   /* the connection stays open for the next request */
  GRIP_TEST_END_CLOSE,  /* says Connection: close, and closes */
  GRIP_TEST_END_DROP,   /* says nothing, and closes: a kept-alive connection that went away */
  GRIP_TEST_END_RESET,  /* a TCP reset */
  GRIP_TEST_END_STALL,  /* silence, until the client goes or grip_test_sink_release() */
} GripTestEnd;

/* One answer. All zeros is the default one; only what is to differ need be written:
 *
 *   (GripTestAnswer) { .status = 503, .headers = "Retry-After: 1\r\n" }
 *   (GripTestAnswer) { .cut = 12, .end = GRIP_TEST_END_RESET }        reset inside the status line
 *   (GripTestAnswer) { .read = 1, .silent = TRUE, .end = GRIP_TEST_END_RESET }
 */
typedef struct
{
  guint        status;         /* 0: 200 */
  const char  *reason;         /* NULL: "Told" */
  const char  *headers;        /* whole lines, each with CR LF */
  const char  *body;           /* NULL: "Published\n" */
  gssize       body_length;    /* 0: strlen (body) */
  gssize       content_length; /* what the head says, when it is a lie; 0: the truth */
  const char  *raw;            /* instead of all of the above: these bytes */
  gsize        raw_length;     /* 0: strlen (raw) */
  guint        n_informational; /* so many "100 Continue" before the head */
  gboolean     held;           /* no byte before grip_test_sink_release() */
  guint        delay;          /* milliseconds before the first byte */
  guint        body_delay;     /* milliseconds between the head and the body */
  guint        byte_delay;     /* milliseconds after each byte */
  gsize        cut;            /* so many bytes of the answer, then the end; 0: all */
  gsize        read;           /* read so many bytes of the request, then answer; 0: all */
  gboolean     silent;         /* no byte of an answer: straight to the end */
  gboolean     at_accept;      /* do not wait for the request at all */
  GripTestEnd  end;
} GripTestAnswer;

/* One request, as far as it was read. */
typedef struct
{
  guint    connection;         /* from 1, in the order in which they were accepted */
  char    *method;
  char    *path;               /* with the query */
  char    *head;               /* all of it, with the request line, without the empty line */
  GBytes  *body;
  gboolean complete;
} GripTestRequest;

typedef void   (*GripTestSinkFunc)                 (gpointer              data);

GripTestSink    *grip_test_sink_new                (void);
void             grip_test_sink_free               (GripTestSink         *self);
const char      *grip_test_sink_get_uri            (GripTestSink         *self);
guint            grip_test_sink_get_port           (GripTestSink         *self);

/* The strings of an answer are copied. */
void             grip_test_sink_set_default        (GripTestSink         *self,
                                                    const GripTestAnswer *answer);
void             grip_test_sink_push               (GripTestSink         *self,
                                                    const GripTestAnswer *answer);
guint            grip_test_sink_get_n_pushed       (GripTestSink         *self);
/* A request whose body has this word takes a 400 instead of the script's next answer. */
void             grip_test_sink_set_poison         (GripTestSink         *self,
                                                    const char           *word);
/* Lets every answer go on that is held or stalls, if its request was seen before. */
void             grip_test_sink_release            (GripTestSink         *self);
/* Called whenever an answer begins to stall, in another thread. To be set before the first request. */
void             grip_test_sink_set_stall_func     (GripTestSink         *self,
                                                    GripTestSinkFunc      func,
                                                    gpointer              data,
                                                    GDestroyNotify        notify);

/* The port: FALSE refuses every connection (and closes those that are open), TRUE listens again. */
void             grip_test_sink_set_listening      (GripTestSink         *self,
                                                    gboolean              listening);
/* FALSE leaves new connections in a backlog of one. */
void             grip_test_sink_set_accepting      (GripTestSink         *self,
                                                    gboolean              accepting);

gboolean         grip_test_sink_wait_requests      (GripTestSink         *self,
                                                    guint                 n_requests,
                                                    guint                 milliseconds);
guint            grip_test_sink_get_n_requests     (GripTestSink         *self);
guint            grip_test_sink_get_n_connections  (GripTestSink         *self);
guint            grip_test_sink_get_n_open         (GripTestSink         *self);
GripTestRequest *grip_test_sink_dup_request        (GripTestSink         *self,
                                                    guint                 index);
GPtrArray       *grip_test_sink_dup_bodies         (GripTestSink         *self);
/* How often a text stands in the bodies of all complete requests. */
guint            grip_test_sink_count              (GripTestSink         *self,
                                                    const char           *text);
void             grip_test_sink_forget             (GripTestSink         *self);

char            *grip_test_request_dup_header      (GripTestRequest      *request,
                                                    const char           *name);
void             grip_test_request_free            (GripTestRequest      *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestSink, grip_test_sink_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GripTestRequest, grip_test_request_free)

G_END_DECLS
