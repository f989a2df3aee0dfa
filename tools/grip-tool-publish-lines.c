/* grip-tool-publish-lines.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <unistd.h>

#include <glib-unix.h>

#include "grip-tool-lines.h"
#include "grip-tool-publish.h"
#include "grip-tool-wait.h"

/* Enough for the transports to make full batches, and little memory. */
#define WINDOW 1000
/* More would bury the first, which is what helps. */
#define MAX_TOLD 10

typedef struct
{
  GripPubControl *control;
  const char     *channel;
  GripToolItem   *item;
  GripToolTally  *tally;
  GCancellable   *cancellable;
  GripToolLines   lines;
  GError         *read_error;
  guint           input;
  guint           in_flight;
  guint           grace;
  gboolean        stopped;
  gboolean        given_up;
} LinesJob;

typedef struct
{
  LinesJob *job;
  gint64    number;
} Line;

static void pump (LinesJob *job);

/* Such an error is about one item; any other will meet the next one too. */
static gboolean
is_about_item (const GError *error)
{
  return g_error_matches (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM) ||
         g_error_matches (error, GRIP_ERROR, GRIP_ERROR_REJECTED) ||
         g_error_matches (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE);
}

static void
count (LinesJob     *job,
       gint64        number,
       const GError *error)
{
  grip_tool_tally_add (job->tally, error);
  if (error == NULL)
    return;

  if (job->tally->failed <= MAX_TOLD && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    grip_tool_say ("line %" G_GINT64_FORMAT ": %s", number, error->message);
  if (!is_about_item (error))
    job->stopped = TRUE;
}

static void
publish_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree Line  *line = user_data;

  grip_pub_control_publish_finish (GRIP_PUB_CONTROL (object), result, &error);
  line->job->in_flight--;
  count (line->job, line->number, error);
  pump (line->job);
}

static void
publish_line (LinesJob *job,
              GBytes   *content)
{
  g_autoptr(GError)   error = NULL;
  g_autoptr(GripItem) item = grip_tool_item_build (job->item, content, &error);
  Line               *line;

  if (item == NULL)
    {
      count (job, job->lines.number, error);
      return;
    }

  line = g_new (Line, 1);
  line->job = job;
  line->number = job->lines.number;
  job->in_flight++;
  grip_pub_control_publish_async (job->control, job->channel, item, job->cancellable, publish_cb, line);
}

static gboolean
input_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  LinesJob *job = user_data;

  job->input = 0;
  if (!grip_tool_lines_read (&job->lines, &job->read_error))
    job->stopped = TRUE;
  pump (job);

  return G_SOURCE_REMOVE;
}

/* Publishes what there is as far as the window goes, and reads on when it has room. */
static void
pump (LinesJob *job)
{
  while (!job->stopped && job->in_flight < WINDOW)
    {
      g_autoptr(GBytes) content = grip_tool_lines_take (&job->lines);

      if (content == NULL)
        break;
      publish_line (job, content);
    }

  if (!job->stopped && job->in_flight < WINDOW && !job->lines.at_end && job->input == 0)
    job->input = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, input_cb, job);
}

static gboolean
grace_cb (gpointer user_data)
{
  LinesJob *job = user_data;

  job->grace = 0;
  job->given_up = TRUE;

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  LinesJob *job = user_data;

  job->stopped = TRUE;
  job->grace = g_timeout_add (GRIP_TOOL_INTERRUPT_GRACE, grace_cb, job);

  return G_SOURCE_REMOVE;
}

static gboolean
is_done (LinesJob *job)
{
  return job->given_up || (job->in_flight == 0 && (job->stopped || (job->lines.at_end && job->input == 0)));
}

/* One item a line of standard input, many in flight. False is an error of the input; what became of
 * the items is in @tally. When some of them are unanswered at the end, the main context must not run again. */
gboolean
grip_tool_publish_lines (GripPubControl  *control,
                         const char      *channel,
                         GripToolItem    *item,
                         GripToolTally   *tally,
                         GError         **error)
{
  LinesJob           job = { control, channel, item, tally, grip_tool_get_cancellable () };
  g_autoptr(GSource) watch = g_cancellable_source_new (job.cancellable);

  grip_tool_lines_init (&job.lines);
  g_source_set_callback (watch, G_SOURCE_FUNC (cancelled_cb), &job, NULL);
  g_source_attach (watch, NULL);

  pump (&job);
  while (!is_done (&job))
    g_main_context_iteration (NULL, TRUE);

  g_source_destroy (watch);
  g_clear_handle_id (&job.input, g_source_remove);
  g_clear_handle_id (&job.grace, g_source_remove);
  tally->unanswered = job.in_flight;
  grip_tool_lines_clear (&job.lines);
  if (job.read_error == NULL)
    return !g_cancellable_set_error_if_cancelled (job.cancellable, error);

  g_propagate_error (error, job.read_error);

  return FALSE;
}
