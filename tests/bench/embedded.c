/* embedded.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#include <libgrip-soup/grip-soup.h>

/* Fan-out of an embedded origin: one 100-byte item to so many held clients, again and again.
 *
 *   bench-embedded [stream|websocket] [CLIENTS] [ITEMS] [PROXY_PORT ORIGIN_PORT PUBLISH_URI]
 *
 * With the last three a proxy holds the clients, for comparison: fanout.py starts a Pushpin. A line `held`
 * comes before the first item. The clients are a process of their own. One line: deliveries a second, the time from the publish to
 * each client (p50, p99, worst), and the memory of the origin for each held client and how long it took
 * to open all of them. */

#define ITEM_SIZE 100

typedef struct
{
  int    fd;
  gsize  received;      /* in this round, once the head of the response is over */
  guint  head;          /* how much of "\r\n\r\n" was seen; 4: all */
  gint64 sent;
} Client;

static gboolean is_websocket;
static guint n_clients = 1000;
static guint n_items = 100;
static guint proxy_port;
static guint origin_port;
static const char *publish_uri;

/* A proxy tells the client before it has subscribed it. */
#define PROXY_SECONDS 3

static int
connect_client (guint port)
{
  static const char stream[] = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
  static const char handshake[] =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const char *request = is_websocket ? handshake : stream;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0 ||
      write (fd, request, strlen (request)) < 0)
    {
      perror ("bench-embedded: a client");
      exit (1);
    }
  fcntl (fd, F_SETFL, O_NONBLOCK);

  return fd;
}

/* TRUE when the client has all of an item. */
static gboolean
take (Client     *client,
      const char *data,
      gsize       length)
{
  static const char end[] = "\r\n\r\n";
  gsize wire = ITEM_SIZE + (is_websocket ? 2 : 6);
  gsize prefix = is_websocket ? 2 : 4;

  while (client->head < 4 && length > 0)
    {
      client->head = *data == end[client->head] ? client->head + 1 : (*data == '\r');
      data++;
      length--;
    }

  if (client->received == 0 && length > prefix + 20)
    client->sent = g_ascii_strtoll (data + prefix, NULL, 10);
  client->received += length;
  if (client->head < 4 || client->received < wire)
    return FALSE;

  client->received -= wire;
  return TRUE;
}

static int
compare (const void *a,
         const void *b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
report (gint64 *times,
        gsize   n)
{
  qsort (times, n, sizeof *times, compare);
  printf (",\"latency_us\":{\"p50\":%" G_GINT64_FORMAT ",\"p99\":%" G_GINT64_FORMAT ",\"max\":%" G_GINT64_FORMAT "}}\n",
          times[n / 2], times[n * 99 / 100], times[n - 1]);
  fflush (stdout);
}

static void
run_clients (guint port,
             int   ack,
             int   go)
{
  g_autofree Client *clients = g_new0 (Client, n_clients);
  g_autofree gint64 *times = g_new0 (gint64, (gsize) n_clients * n_items);
  gsize n_times = 0;
  guint n_heads = 0;
  int epoll = epoll_create1 (0);

  for (guint i = 0; i < n_clients; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.ptr = &clients[i] };

      clients[i].fd = connect_client (port);
      epoll_ctl (epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
    }

  while (n_times < (gsize) n_clients * n_items)
    {
      struct epoll_event events[256];
      int n = epoll_wait (epoll, events, 256, 60000);

      if (n <= 0)
        exit (1);
      for (int i = 0; i < n; i++)
        {
          Client *client = events[i].data.ptr;
          char buffer[4096];
          ssize_t length = read (client->fd, buffer, sizeof buffer);
          gboolean had_head = client->head == 4;

          if (length <= 0)
            exit (1);
          if (take (client, buffer, length))
            {
              times[n_times++] = g_get_monotonic_time () - client->sent;
              if (n_times % n_clients == 0 && write (ack, "D", 1) != 1)
                exit (1);
            }
          if (!had_head && client->head == 4 && ++n_heads == n_clients && write (ack, "R", 1) != 1)
            exit (1);
        }
    }

  /* The origin has printed its half of the line. */
  if (read (go, &n_heads, 1) != 0)
    exit (1);
  report (times, n_times);
  exit (0);
}

static void
handle_cb (GripSoupOrigin  *origin,
           GripSoupRequest *request,
           gpointer         user_data)
{
  GripWebSocketContext *context = grip_soup_request_get_websocket (request);

  if (context == NULL)
    grip_soup_request_hold_stream (request, "room", NULL);
  else if (grip_websocket_context_is_opening (context))
    {
      grip_websocket_context_accept (context);
      grip_websocket_context_subscribe (context, "room", NULL, NULL);
    }
}

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(gboolean *) user_data = TRUE;
}

static gsize
get_memory (void)
{
  g_autofree char *text = NULL;
  unsigned long size = 0;
  unsigned long resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%lu %lu", &size, &resident) != 2)
    return 0;

  return resident * sysconf (_SC_PAGESIZE);
}

static guint n_acks;

static gboolean
ack_cb (int          fd,
        GIOCondition condition,
        gpointer     user_data)
{
  char byte;

  if (read (fd, &byte, 1) != 1)
    exit (1);
  n_acks++;

  return G_SOURCE_CONTINUE;
}

static void
wait_ack (void)
{
  while (n_acks == 0)
    g_main_context_iteration (NULL, TRUE);
  n_acks--;
}

static GVariant *
make_config (void)
{
  GVariantBuilder builder;
  const char *key = g_str_has_prefix (publish_uri, "http") ? "control_uri" : "control_zmq_push_uri";

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", key, g_variant_new_string (publish_uri));

  return g_variant_builder_end (&builder);
}

static void
publish (GripPubControl *control)
{
  char text[ITEM_SIZE + 1];
  gboolean done = FALSE;
  g_autoptr(GripItem) item = NULL;
  g_autoptr(GripFormat) format = NULL;

  memset (text, 'x', ITEM_SIZE);
  text[ITEM_SIZE] = '\0';
  g_snprintf (text, 21, "%020" G_GINT64_FORMAT, g_get_monotonic_time ());
  text[20] = ' ';
  format = is_websocket ? GRIP_FORMAT (grip_websocket_message_format_new_text (text))
                        : GRIP_FORMAT (grip_http_stream_format_new_text (text));
  item = grip_item_new (format, NULL, NULL, NULL);
  grip_pub_control_publish_async (control, "room", item, NULL, result_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GripSoupOrigin) origin = NULL;
  g_autoptr(GripPubControl) control = NULL;
  g_autoptr(GError) error = NULL;
  struct rlimit limit;
  int ack[2];
  int go[2];
  guint port = 0;
  pid_t child;
  gsize before;
  gsize after;
  gint64 start;
  double open_seconds;
  double seconds;
  int status = 0;

  is_websocket = argc > 1 && strcmp (argv[1], "websocket") == 0;
  if (argc > 2)
    n_clients = MAX (atoi (argv[2]), 1);
  if (argc > 3)
    n_items = MAX (atoi (argv[3]), 1);
  if (argc > 6)
    {
      proxy_port = atoi (argv[4]);
      origin_port = atoi (argv[5]);
      publish_uri = argv[6];
    }

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);

  if (pipe (ack) < 0 || pipe (go) < 0)
    return 1;
  child = fork ();
  if (child == 0)
    {
      close (go[1]);
      if (read (go[0], &port, sizeof port) != sizeof port)
        return 1;
      run_clients (port, ack[1], go[0]);
    }
  close (ack[1]);
  g_unix_fd_add (ack[0], G_IO_IN, ack_cb, NULL);

  origin = grip_soup_origin_new (NULL);
  grip_soup_origin_set_embedded (origin, publish_uri == NULL);
  grip_soup_origin_add_handler (origin, "/", handle_cb, NULL, NULL);
  if (!grip_soup_origin_listen (origin, origin_port, NULL))
    return 1;
  control = grip_pub_control_new ();
  if (publish_uri == NULL)
    grip_pub_control_add_transport (control, GRIP_TRANSPORT (origin));
  else
    grip_pub_control_apply_config (control, make_config (), &error);
  g_assert_no_error (error);
  publish (control);

  before = get_memory ();
  start = g_get_monotonic_time ();
  port = publish_uri != NULL ? proxy_port : grip_soup_origin_get_port (origin);
  if (write (go[1], &port, sizeof port) != sizeof port)
    return 1;
  wait_ack ();
  while (publish_uri == NULL && grip_soup_origin_get_n_clients (origin) < n_clients)
    g_main_context_iteration (NULL, TRUE);
  after = get_memory ();
  open_seconds = (g_get_monotonic_time () - start) / 1e6;
  if (publish_uri != NULL)
    {
      g_usleep (PROXY_SECONDS * G_USEC_PER_SEC);
      printf ("held\n");
      fflush (stdout);
    }

  start = g_get_monotonic_time ();
  for (guint i = 0; i < n_items; i++)
    {
      publish (control);
      wait_ack ();
    }
  seconds = (g_get_monotonic_time () - start) / 1e6;

  printf ("{\"kind\":\"%s\",\"clients\":%u,\"items\":%u,\"open_s\":%.3f,\"deliveries_per_s\":%.0f,\"bytes_per_client\":%" G_GSIZE_FORMAT,
          is_websocket ? "websocket" : "stream", n_clients, n_items, open_seconds, n_clients * n_items / seconds,
          after > before ? (after - before) / n_clients : 0);
  fflush (stdout);
  close (go[1]);
  waitpid (child, &status, 0);

  return status == 0 ? 0 : 1;
}
