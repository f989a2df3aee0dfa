/* test-monitors.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "engine-fixture.h"

/* What the system tells of the network and of memory, by monitors that say what the test wants. */

#define FAKE_TYPE_NETWORK (fake_network_get_type ())
G_DECLARE_FINAL_TYPE (FakeNetwork, fake_network, FAKE, NETWORK, GObject)

struct _FakeNetwork
{
  GObject  parent_instance;

  gboolean available;
  gboolean reaches;
  guint    asked;
};

static void fake_network_iface_init (GNetworkMonitorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeNetwork, fake_network, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, NULL)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, fake_network_iface_init))

enum
{
  PROP_0,
  PROP_AVAILABLE,
  PROP_METERED,
  PROP_CONNECTIVITY
};

static void
fake_network_can_reach_async (GNetworkMonitor     *monitor,
                              GSocketConnectable  *connectable,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  FakeNetwork      *self = FAKE_NETWORK (monitor);
  g_autoptr(GTask)  task = g_task_new (self, cancellable, callback, user_data);

  self->asked++;
  if (self->reaches)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, "no way");
}

static gboolean
fake_network_can_reach_finish (GNetworkMonitor  *monitor,
                               GAsyncResult     *result,
                               GError          **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fake_network_iface_init (GNetworkMonitorInterface *iface)
{
  iface->can_reach_async = fake_network_can_reach_async;
  iface->can_reach_finish = fake_network_can_reach_finish;
}

static void
fake_network_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AVAILABLE:
      g_value_set_boolean (value, FAKE_NETWORK (object)->available);
      break;
    case PROP_METERED:
      g_value_set_boolean (value, FALSE);
      break;
    default:
      g_value_set_enum (value, G_NETWORK_CONNECTIVITY_LOCAL);
    }
}

static void
fake_network_class_init (FakeNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_network_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
fake_network_init (FakeNetwork *self)
{
}

static void
fake_network_change (FakeNetwork *self,
                     gboolean     available)
{
  self->available = available;
  g_signal_emit_by_name (self, "network-changed", available);
}

#define FAKE_TYPE_MEMORY (fake_memory_get_type ())
G_DECLARE_FINAL_TYPE (FakeMemory, fake_memory, FAKE, MEMORY, GObject)

struct _FakeMemory
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeMemory, fake_memory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, NULL)
                               G_IMPLEMENT_INTERFACE (G_TYPE_MEMORY_MONITOR, NULL))

static void
fake_memory_class_init (FakeMemoryClass *klass)
{
}

static void
fake_memory_init (FakeMemory *self)
{
}

static void
set_up (Fixture       *fixture,
        gconstpointer  uri)
{
  fixture->control = grip_pub_control_new ();
  fixture->mock = mock_transport_new (uri);
  grip_pub_control_add_transport (fixture->control, GRIP_TRANSPORT (fixture->mock));
}

/* Long enough for the longest first back-off, many times over. */
static void
iterate_a_while (void)
{
  gint64 end = g_get_monotonic_time () + 4 * G_USEC_PER_SEC / 10;

  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

/* Until the first try has failed, and the network was asked for its reason. */
static void
wait_asked (FakeNetwork *network)
{
  while (g_atomic_int_get (&network->asked) == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
test_offline (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(FakeNetwork) network = g_object_new (FAKE_TYPE_NETWORK, NULL);
  Results                results = { 0 };

  g_object_set (fixture->control, "network-monitor", network, NULL);
  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 1);
  engine_publish (fixture, "c", "1", &results);
  wait_asked (network);
  iterate_a_while ();

  /* The first try was made, no other; the host was asked for once. */
  g_assert_cmpuint (mock_transport_get_batches (fixture->mock), ==, 1);
  g_assert_cmpuint (network->asked, ==, 1);
  g_assert_cmpuint (results.pending, ==, 1);

  fake_network_change (network, TRUE);
  engine_wait_for (&results);
  g_assert_cmpuint (results.succeeded, ==, 1);
  engine_assert_log (fixture->mock, "c/1 ");
}

/* A way to the host is enough. */
static void
test_offline_next_door (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr(FakeNetwork) network = g_object_new (FAKE_TYPE_NETWORK, NULL);
  Results                results = { 0 };

  network->reaches = TRUE;
  g_object_set (fixture->control, "network-monitor", network, NULL);
  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 2);
  engine_publish (fixture, "c", "1", &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 1);
  g_assert_cmpuint (network->asked, ==, 2);
}

/* A proxy on this machine needs no network. */
static void
test_offline_loopback (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(FakeNetwork) network = g_object_new (FAKE_TYPE_NETWORK, NULL);
  Results                results = { 0 };

  g_object_set (fixture->control, "network-monitor", network, NULL);
  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 2);
  engine_publish (fixture, "c", "1", &results);
  engine_wait_for (&results);

  g_assert_cmpuint (results.succeeded, ==, 1);
  g_assert_cmpuint (network->asked, ==, 0);
}

/* What is given up tells why it was not taken, not only that time is up. */
static void
test_cause (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(FakeNetwork) network = g_object_new (FAKE_TYPE_NETWORK, NULL);
  Results                results = { 0 };

  g_object_set (fixture->control, "network-monitor", network, NULL);
  mock_transport_script (fixture->mock, MOCK_FAIL_NOT_SENT, 1);
  engine_publish (fixture, "c", "1", &results);
  wait_asked (network);
  grip_pub_control_set_timeout (fixture->control, 0.3);
  engine_wait_for (&results);

  g_assert_error (results.last, GRIP_ERROR, GRIP_ERROR_NOT_CONNECTED);
  g_assert_nonnull (strstr (results.last->message, "not sent: the endpoint was not ready within 0.3 s after 1 try: "
                                                   "mock: no connection"));
  g_clear_error (&results.last);
}

static void
low_memory_cb (GripPubControl             *control,
               GMemoryMonitorWarningLevel  level,
               guint                      *last)
{
  *last = level;
}

static void
test_low_memory (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(FakeMemory) memory = g_object_new (FAKE_TYPE_MEMORY, NULL);
  guint                 last = 0;

  g_object_set (fixture->control, "memory-monitor", memory, NULL);
  g_signal_connect (fixture->control, "low-memory", G_CALLBACK (low_memory_cb), &last);
  g_signal_emit_by_name (memory, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM);
  g_assert_cmpuint (last, ==, G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM);
}

#define FAR "http://192.0.2.1:5561"

#define MONITOR_TEST(name, uri) \
  g_test_add ("/monitors/" #name, Fixture, uri, set_up, test_##name, engine_tear_down)

int
main (int    argc,
      char **argv)
{
  engine_init (&argc, &argv);

  MONITOR_TEST (offline, FAR);
  MONITOR_TEST (offline_next_door, FAR);
  MONITOR_TEST (offline_loopback, "http://localhost:5561");
  MONITOR_TEST (cause, FAR);
  MONITOR_TEST (low_memory, FAR);

  return g_test_run ();
}
