/* grip-stats-take.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "grip-error.h"
#include "grip-stats-private.h"
#include "grip-stats-record-private.h"

/* When a record does not tell. */
#define DEFAULT_SUBSCRIPTION_TTL 60
#define DEFAULT_CONNECTION_TTL   120

static const char *
get_text (GVariant   *record,
          const char *key)
{
  const char *text = NULL;

  return g_variant_lookup (record, key, "&s", &text) ? text : "";
}

static gboolean
take_entry (GripStatsTable  *table,
            GVariant        *record,
            const char      *source,
            const char      *name,
            gint64           count,
            gint64           ttl,
            GError         **error)
{
  gboolean unavailable = FALSE;

  g_variant_lookup (record, "ttl", "x", &ttl);
  if (!g_variant_lookup (record, "unavailable", "b", &unavailable) || !unavailable)
    return grip_stats_table_set (table, source, name, CLAMP (count, 0, G_MAXUINT32), ttl, error);

  return grip_stats_table_set (table, source, name, 0, ttl, error);
}

static gboolean
take_subscription (GripStats  *self,
                   GVariant   *record,
                   GError    **error)
{
  g_autofree char *source = NULL;
  const char      *channel = NULL;
  gint64           subscribers = 0;

  if (!g_variant_lookup (record, "channel", "&s", &channel))
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a 'sub' of the stats has no channel");
      return FALSE;
    }

  g_variant_lookup (record, "subscribers", "x", &subscribers);
  source = g_strconcat (get_text (record, "mode"), "\n", get_text (record, "from"), NULL);

  return take_entry (grip_stats_get_subscriptions (self), record, source, channel, subscribers,
                     DEFAULT_SUBSCRIPTION_TTL, error);
}

static gboolean
take_connection (GripStats  *self,
                 GVariant   *record,
                 GError    **error)
{
  const char *id = NULL;

  if (!g_variant_lookup (record, "id", "&s", &id))
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "a 'conn' of the stats has no id");
      return FALSE;
    }

  return take_entry (grip_stats_get_connections (self), record, get_text (record, "from"), id, 1,
                     DEFAULT_CONNECTION_TTL, error);
}

static gboolean
take (GripStats   *self,
      const char  *kind,
      GVariant    *record,
      GError     **error)
{
  static const char *const reports[] = { "report", "message", "activity", "counts", NULL };
  g_autoptr(GripStats)     hold = g_object_ref (self);
  g_autoptr(GError)        local_error = NULL;

  if (g_str_equal (kind, "sub"))
    take_subscription (self, record, &local_error);
  else if (g_str_equal (kind, "conn"))
    take_connection (self, record, &local_error);
  else if (g_strv_contains (reports, kind))
    grip_stats_tell_report (self, kind, record);

  if (local_error == NULL)
    return TRUE;

  if (g_error_matches (local_error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE))
    grip_stats_warn_once (self, local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * grip_stats_take_record:
 * @self: stats
 * @kind: the kind of the record, such as `sub`
 * @values: an `a{sv}` with what it says; bytes (`ay`) that are UTF-8 count as text
 * @error: return location for an error
 *
 * For implementations: takes what a proxy has told. A kind that is not known is ignored.
 *
 * Errors: `GRIP_ERROR_MALFORMED`; `GRIP_ERROR_TOO_LARGE` when there is more than can be remembered: a
 * million subscriptions or connections, or 256 MiB of their names.
 *
 * Returns: false when the record does not count
 *
 * Since: 1.0
 */
gboolean
grip_stats_take_record (GripStats   *self,
                        const char  *kind,
                        GVariant    *values,
                        GError     **error)
{
  g_autoptr(GVariant) record = NULL;

  g_return_val_if_fail (GRIP_IS_STATS (self), FALSE);
  g_return_val_if_fail (kind != NULL, FALSE);
  g_return_val_if_fail (values != NULL, FALSE);

  record = grip_stats_record_from_values (values, error);

  return record != NULL && take (self, kind, record, error);
}

/**
 * grip_stats_take_json_record:
 * @self: stats
 * @kind: the kind of the record, such as `sub`
 * @json: an object with what it says; its size is for the caller to limit
 * @error: return location for an error
 *
 * For implementations: as [method@Grip.Stats.take_record], with JSON.
 *
 * Errors: those of [method@Grip.Stats.take_record].
 *
 * Returns: false when the record does not count
 *
 * Since: 1.0
 */
gboolean
grip_stats_take_json_record (GripStats   *self,
                             const char  *kind,
                             GBytes      *json,
                             GError     **error)
{
  g_autoptr(GVariant) record = NULL;
  const char         *data;
  gsize               length;

  g_return_val_if_fail (GRIP_IS_STATS (self), FALSE);
  g_return_val_if_fail (kind != NULL, FALSE);
  g_return_val_if_fail (json != NULL, FALSE);

  data = g_bytes_get_data (json, &length);
  record = grip_stats_record_from_json (data, length, error);

  return record != NULL && take (self, kind, record, error);
}
