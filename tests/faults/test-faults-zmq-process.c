/* test-faults-zmq-process.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "faults.h"
#include "grip-test-zmq-wire.h"

/* F35 for ZMQ: what the system refuses to libzmq. The program takes the place of functions of the C
 * library, so that they can fail. */

static int refuse_sockets;
static int refuse_eventfds;
static int n_refused;

int
socket (int domain,
        int type,
        int protocol)
{
  int (*real) (int, int, int) = (int (*) (int, int, int)) dlsym (RTLD_NEXT, "socket");

  if (!g_atomic_int_get (&refuse_sockets))
    return real (domain, type, protocol);

  g_atomic_int_inc (&n_refused);
  errno = EMFILE;

  return -1;
}

/* libzmq has one in each of its sockets. */
int
eventfd (unsigned int initial,
         int          flags)
{
  int (*real) (unsigned int, int) = (int (*) (unsigned int, int)) dlsym (RTLD_NEXT, "eventfd");

  if (!g_atomic_int_get (&refuse_eventfds))
    return real (initial, flags);

  g_atomic_int_inc (&n_refused);
  errno = EMFILE;

  return -1;
}

static void
wait_refused (int n)
{
  while (g_atomic_int_get (&n_refused) < n)
    {
      g_usleep (1000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

typedef struct
{
  const char       *name;
  const char       *format;
  GripTestWireType  type;
} Mode;

static const Mode modes[] = {
  { "push", "{\"control_zmq_push_uri\":\"%s\"}", GRIP_TEST_WIRE_PULL },
  { "pub", "{\"control_zmq_pub_uri\":\"%s\",\"grace_time\":60}", GRIP_TEST_WIRE_SUB },
  { "command", "{\"control_zmq_uri\":\"%s\",\"control_zmq_mode\":\"command\"}", GRIP_TEST_WIRE_REP },
};

static GripPubControl *
make_control (const Mode      *mode,
              GripTestZmqWire *wire)
{
  GripPubControl         *control = grip_pub_control_new ();
  g_auto(GStrv)           parts = g_strsplit (mode->format, "%s", 2);
  g_autofree char        *json = g_strconcat (parts[0], grip_test_zmq_wire_get_address (wire), parts[1], NULL);
  g_autoptr(GripEndpoint) endpoint = NULL;
  g_autoptr(GError)       error = NULL;

  grip_pub_control_set_timeout (control, PATIENCE / 1000);
  endpoint = grip_endpoint_new_from_json (json, &error);
  g_assert_no_error (error);
  grip_pub_control_add_endpoint (control, endpoint, &error);
  g_assert_no_error (error);

  return control;
}

static void
assert_arrives (GripTestZmqWire *wire,
                Fate            *fate,
                const char      *content)
{
  faults_wait (fate, 1);
  faults_assert (fate, NULL);
  while (grip_test_zmq_wire_count (wire, content) == 0)
    g_usleep (1000);
  g_assert_cmpuint (grip_test_zmq_wire_count (wire, content), ==, 1);
}

/* A connection that is lost cannot be made again for a while. */
static void
test_no_sockets (gconstpointer data)
{
  const Mode                 *mode = data;
  g_autoptr(GripTestZmqWire)  wire = grip_test_zmq_wire_new (mode->type);
  GripPubControl             *control = make_control (mode, wire);
  Fate                        fate;

  faults_publish (control, "<before>", NULL, NULL, &fate);
  assert_arrives (wire, &fate, "<before>");

  /* Refused first: libzmq comes back at once. */
  g_atomic_int_set (&n_refused, 0);
  g_atomic_int_set (&refuse_sockets, TRUE);
  grip_test_zmq_wire_drop (wire);
  wait_refused (1);
  faults_publish (control, "<meanwhile>", NULL, NULL, &fate);
  wait_refused (4);
  g_assert_cmpuint (fate.n_callbacks, ==, 0);
  g_atomic_int_set (&refuse_sockets, FALSE);
  assert_arrives (wire, &fate, "<meanwhile>");
  faults_drop (control);
}

/* There is no socket of ZMQ at all to begin with. */
static void
test_no_descriptors (gconstpointer data)
{
  const Mode                 *mode = data;
  g_autoptr(GripTestZmqWire)  wire = grip_test_zmq_wire_new (mode->type);
  GripPubControl             *control;
  Fate                        fate;

  g_atomic_int_set (&n_refused, 0);
  g_atomic_int_set (&refuse_eventfds, TRUE);
  control = make_control (mode, wire);
  faults_publish (control, "<item>", NULL, NULL, &fate);
  wait_refused (3);
  g_assert_cmpuint (fate.n_callbacks, ==, 0);
  g_atomic_int_set (&refuse_eventfds, FALSE);
  assert_arrives (wire, &fate, "<item>");
  faults_drop (control);
}

int
main (int   argc,
      char *argv[])
{
  faults_init (&argc, &argv, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *sockets = g_strdup_printf ("/faults/F35-no-sockets-%s", modes[i].name);
      g_autofree char *descriptors = g_strdup_printf ("/faults/F35-no-descriptors-%s", modes[i].name);

      g_test_add_data_func (sockets, &modes[i], test_no_sockets);
      g_test_add_data_func (descriptors, &modes[i], test_no_descriptors);
    }

  return g_test_run ();
}
