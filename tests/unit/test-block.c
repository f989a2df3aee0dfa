/* test-block.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "libgrip/grip-block-private.h"

typedef struct
{
  GripBlock *block;      /* nullable */
  char      *data;
  gsize      length;
  char       fill;
} Part;

static Part
make_part (gsize expected,
           gsize length,
           char  fill)
{
  GripBuffer       buffer = GRIP_BUFFER_INIT;
  g_autofree char *text = g_strnfill (length, fill);
  Part             part = { .length = length, .fill = fill };
  GripBlock       *block = grip_block_lend (&buffer, expected);


  grip_buffer_append (&buffer, text, length);
  part.data = buffer.data;
  part.block = grip_block_keep (block, &buffer);

  return part;
}

static void
check_and_free (Part *part)
{
  for (gsize i = 0; i < part->length; i++)
    g_assert_cmpint (part->data[i], ==, part->fill);

  if (part->block != NULL)
    grip_block_unref (part->block);
  else
    g_free (part->data);
}

static gpointer
free_in_thread (gpointer data)
{
  GArray *parts = data;

  for (guint i = 0; i < parts->len; i++)
    check_and_free (&g_array_index (parts, Part, i));
  g_array_unref (parts);

  return NULL;
}

/* More than one block, each freed in another thread while the next is filled. */
static void
test_threads (void)
{
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      GArray *parts = g_array_new (FALSE, FALSE, sizeof (Part));

      for (guint k = 0; k < 2000; k++)
        {
          Part part = make_part (100 + k % 50, 100 + k % 50, 'a' + (char) (k % 26));

          g_array_append_val (parts, part);
        }
      threads[i] = g_thread_new ("free", free_in_thread, parts);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* What was guessed too small, too large, or empty. */
static void
test_sizes (void)
{
  Part small = make_part (10, 10, 's');
  Part grown = make_part (10, 400000, 'g');
  Part large = make_part (GRIP_BLOCK_MAX_PART + 1, 3, 'l');
  Part empty = make_part (0, 0, 'e');
  Part last = make_part (GRIP_BLOCK_MAX_PART, GRIP_BLOCK_MAX_PART, 'x');

  g_assert_null (grown.block);
  g_assert_null (large.block);

  check_and_free (&large);
  check_and_free (&last);
  check_and_free (&empty);
  check_and_free (&grown);
  check_and_free (&small);
}

static gpointer
make_in_thread (gpointer data)
{
  *(Part *) data = make_part (100, 100, 't');

  return NULL;
}

/* The thread that made it has ended. */
static void
test_orphan (void)
{
  Part     part;
  GThread *thread = g_thread_new ("make", make_in_thread, &part);

  g_thread_join (thread);
  check_and_free (&part);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/block/threads", test_threads);
  g_test_add_func ("/block/sizes", test_sizes);
  g_test_add_func ("/block/orphan", test_orphan);

  return g_test_run ();
}
