/* grip-tool-doctor-report.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "grip-tool-doctor.h"

void
grip_tool_report_begin (GripToolReport *self,
                        const char     *endpoint)
{
  self->endpoint = endpoint;
  if (!grip_tool_json)
    printf ("%s\n", endpoint);
}

static const char *
colour_of (const char *verdict)
{
  if (!grip_tool_use_colour (STDOUT_FILENO))
    return NULL;
  if (g_str_equal (verdict, "ok"))
    return "\033[32m";

  return g_str_equal (verdict, "FAIL") ? "\033[1;31m" : "\033[2m";
}

static void
print_line (const char *check,
            const char *verdict,
            const char *detail,
            const char *hint)
{
  const char *colour = colour_of (verdict);

  printf ("  %-14s %s%-5s%s %s\n", check, colour != NULL ? colour : "", verdict, colour != NULL ? "\033[0m" : "",
          detail);
  if (hint != NULL)
    printf ("  %-14s       %s\n", "", hint);
  fflush (stdout);
}

/* @error: (nullable). @hint: (nullable) */
static void
print_json (GripToolReport *self,
            const char     *check,
            const char     *verdict,
            const char     *detail,
            const char     *hint,
            const GError   *error)
{
  g_autoptr(GripToolJson) json = grip_tool_json_new ();

  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_string (json, "endpoint", self->endpoint);
  grip_tool_json_string (json, "check", check);
  grip_tool_json_string (json, "result", verdict);
  if (error != NULL)
    grip_tool_json_error (json, error);
  else
    grip_tool_json_string (json, "detail", detail);
  grip_tool_json_string (json, "hint", hint);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}

static void
tell (GripToolReport *self,
      const char     *check,
      const char     *verdict,
      const char     *detail,
      const char     *hint,
      const GError   *error)
{
  if (grip_tool_json)
    print_json (self, check, error != NULL ? "failed" : g_str_equal (verdict, "-") ? "skipped" : verdict,
                detail, hint, error);
  else
    print_line (check, verdict, detail, hint);
}

void
grip_tool_report_ok (GripToolReport *self,
                     const char     *check,
                     const char     *format,
                     ...)
{
  g_autofree char *detail = NULL;
  va_list          arguments;

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  self->n_checks++;
  tell (self, check, "ok", detail, NULL, NULL);
}

/* @format is a hint what to do; after Ctrl-C there is nothing to do. */
void
grip_tool_report_fail (GripToolReport *self,
                       const char     *check,
                       const GError   *error,
                       const char     *format,
                       ...)
{
  g_autofree char *hint = NULL;
  va_list          arguments;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      va_start (arguments, format);
      hint = g_strdup_vprintf (format, arguments);
      va_end (arguments);
    }

  self->n_checks++;
  self->n_failed++;
  if (self->exit_code == GRIP_TOOL_OK)
    self->exit_code = grip_tool_exit_for_error (error);
  tell (self, check, "FAIL", error->message, hint, error);
}

void
grip_tool_report_skip (GripToolReport *self,
                       const char     *check,
                       const char     *why)
{
  tell (self, check, "-", why, NULL, NULL);
}

void
grip_tool_report_end (GripToolReport *self)
{
  g_autoptr(GripToolJson) json = NULL;

  if (self->n_failed == 0)
    grip_tool_say ("all is well (%u checks)", self->n_checks);
  else
    grip_tool_say ("%u of %u checks failed", self->n_failed, self->n_checks);
  if (!grip_tool_json)
    return;

  json = grip_tool_json_new ();
  grip_tool_json_begin_object (json, NULL);
  grip_tool_json_boolean (json, "ok", self->n_failed == 0);
  grip_tool_json_integer (json, "checks", self->n_checks);
  grip_tool_json_integer (json, "failed", self->n_failed);
  grip_tool_json_integer (json, "exit", self->exit_code);
  grip_tool_json_end_object (json);
  grip_tool_print_json (json);
}
