/* grip-json-tree.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "grip-json-tree-private.h"

/* json-glib's objects take as long to remove a member as they are large, and forget the order of
 * UTF-16. The gate has looked at a document before it is read here: it is JSON, and nests no deeper than
 * GRIP_JSON_MAX_DEPTH. */

/* A character above the basic plane is two surrogates in UTF-16, which come before U+E000. */
static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const guchar *x = a;
  const guchar *y = b;

  while (*x != '\0' && *x == *y)
    {
      x++;
      y++;
    }

  if ((*x >= 0xf0) != (*y >= 0xf0) && MIN (*x, *y) >= 0xee)
    return *x >= 0xf0 ? -1 : 1;

  return (int) *x - (int) *y;
}

static GripJsonTree *
tree_new (GripJsonKind kind)
{
  GripJsonTree *self = g_new0 (GripJsonTree, 1);

  self->kind = kind;
  if (kind == GRIP_JSON_OBJECT)
    self->members = g_tree_new_full (compare_names, NULL, g_free, (GDestroyNotify) grip_json_tree_free);
  else if (kind == GRIP_JSON_ARRAY)
    self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) grip_json_tree_free);

  return self;
}

void
grip_json_tree_free (GripJsonTree *self)
{
  if (self == NULL)
    return;

  if (self->kind == GRIP_JSON_OBJECT)
    g_tree_unref (self->members);
  else if (self->kind == GRIP_JSON_ARRAY)
    g_ptr_array_unref (self->elements);
  else if (self->kind == GRIP_JSON_STRING)
    g_free (self->text);
  g_free (self);
}

static GripJsonTree *read_value (const char **p);

/* Not strspn (): a sanitizer looks for the end of the document in each call. */
static void
skip_space (const char **p)
{
  while (**p == ' ' || **p == '\t' || **p == '\r' || **p == '\n')
    *p += 1;
}

static char *
read_text (const char **p)
{
  const char *start = ++*p;
  gsize length;

  for (; **p != '"'; *p += 1)
    {
      if (**p == '\\')
        *p += 1;
    }
  *p += 1;

  return grip_json_decode_string (start, *p - 1 - start, &length);
}

static GripJsonTree *
read_object (const char **p)
{
  GripJsonTree *self = tree_new (GRIP_JSON_OBJECT);

  for (*p += 1, skip_space (p); **p != '}'; skip_space (p))
    {
      char *name = NULL;

      if (**p == ',')
        *p += 1;
      skip_space (p);
      name = read_text (p);
      skip_space (p);
      *p += 1;
      g_tree_replace (self->members, name, read_value (p));
    }
  *p += 1;

  return self;
}

static GripJsonTree *
read_array (const char **p)
{
  GripJsonTree *self = tree_new (GRIP_JSON_ARRAY);

  for (*p += 1, skip_space (p); **p != ']'; skip_space (p))
    {
      if (**p == ',')
        *p += 1;
      g_ptr_array_add (self->elements, read_value (p));
    }
  *p += 1;

  return self;
}

static GripJsonTree *
read_word (const char **p)
{
  GripJsonTree *self = tree_new (**p == 'n' ? GRIP_JSON_NULL : GRIP_JSON_BOOLEAN);

  self->boolean = **p == 't';
  *p += **p == 'f' ? strlen ("false") : strlen ("true");

  return self;
}

static GripJsonTree *
read_number (const char **p)
{
  GripJsonTree *self = tree_new (GRIP_JSON_DOUBLE);
  const char *start = *p;

  while (g_ascii_isalnum (**p) || **p == '+' || **p == '-' || **p == '.')
    *p += 1;
  self->number = grip_json_read_double (start, *p - start);

  return self;
}

static GripJsonTree *
read_value (const char **p)
{
  GripJsonTree *self = NULL;

  skip_space (p);
  switch (**p)
    {
    case '{':
      return read_object (p);
    case '[':
      return read_array (p);
    case '"':
      self = tree_new (GRIP_JSON_STRING);
      self->text = read_text (p);
      return self;
    case 't':
    case 'f':
    case 'n':
      return read_word (p);
    default:
      return read_number (p);
    }
}

GripJsonTree *
grip_json_tree_parse (const char  *data,
                      gsize        length,
                      GError     **error)
{
  g_autofree char *text = NULL;
  const char *p = NULL;

  if (!grip_json_check (data, length, GRIP_JSON_MAX_DEPTH, error))
    return NULL;

  /* The reader looks for the end of what it reads, not for that of the document. */
  p = text = g_strndup (data, length);

  return read_value (&p);
}

static void
copy_members (const GripJsonTree *self,
              GripJsonTree       *copy,
              gint64             *budget)
{
  for (GTreeNode *node = g_tree_node_first (self->members); node != NULL && *budget >= 0;
       node = g_tree_node_next (node))
    {
      const char *name = g_tree_node_key (node);
      GripJsonTree *value = grip_json_tree_copy (g_tree_node_value (node), budget);

      *budget -= strlen (name);
      if (value != NULL)
        g_tree_replace (copy->members, g_strdup (name), value);
    }
}

static void
copy_elements (const GripJsonTree *self,
               GripJsonTree       *copy,
               gint64             *budget)
{
  for (guint i = 0; i < self->elements->len && *budget >= 0; i++)
    {
      GripJsonTree *value = grip_json_tree_copy (g_ptr_array_index (self->elements, i), budget);

      if (value != NULL)
        g_ptr_array_add (copy->elements, value);
    }
}

GripJsonTree *
grip_json_tree_copy (const GripJsonTree *self,
                     gint64             *budget)
{
  g_autoptr(GripJsonTree) copy = tree_new (self->kind);

  *budget -= sizeof *copy;
  if (self->kind == GRIP_JSON_OBJECT)
    copy_members (self, copy, budget);
  else if (self->kind == GRIP_JSON_ARRAY)
    copy_elements (self, copy, budget);
  else if (self->kind == GRIP_JSON_STRING)
    {
      copy->text = g_strdup (self->text);
      *budget -= strlen (self->text);
    }
  else if (self->kind == GRIP_JSON_DOUBLE)
    copy->number = self->number;
  else
    copy->boolean = self->boolean;

  return *budget >= 0 ? g_steal_pointer (&copy) : NULL;
}

guint
grip_json_tree_get_depth (const GripJsonTree *self,
                          gint64             *budget)
{
  guint depth = 0;

  *budget -= 1;
  if (self->kind == GRIP_JSON_ARRAY)
    {
      for (guint i = 0; i < self->elements->len && *budget >= 0; i++)
        depth = MAX (depth, grip_json_tree_get_depth (g_ptr_array_index (self->elements, i), budget));
      return depth + 1;
    }

  if (self->kind != GRIP_JSON_OBJECT)
    return 0;

  for (GTreeNode *node = g_tree_node_first (self->members); node != NULL && *budget >= 0;
       node = g_tree_node_next (node))
    depth = MAX (depth, grip_json_tree_get_depth (g_tree_node_value (node), budget));

  return depth + 1;
}

GripJsonTree *
grip_json_tree_get_member (const GripJsonTree *self,
                           const char         *name)
{
  return self->kind == GRIP_JSON_OBJECT ? g_tree_lookup (self->members, name) : NULL;
}

const char *
grip_json_tree_get_text (const GripJsonTree *self,
                         const char         *name)
{
  GripJsonTree *member = grip_json_tree_get_member (self, name);

  return member != NULL && member->kind == GRIP_JSON_STRING ? member->text : NULL;
}

static void
print_text (const char *value,
            GString    *text)
{
  static const char escaped[] = "\b\f\n\r\t\"\\";
  static const char names[] = "bfnrt\"\\";

  g_string_append_c (text, '"');
  while (*value != '\0')
    {
      const char *start = value;
      const char *at = NULL;

      while ((guchar) *value >= 0x20 && *value != '"' && *value != '\\')
        value++;
      g_string_append_len (text, start, value - start);
      if (*value == '\0')
        break;

      at = strchr (escaped, *value);
      if (at != NULL)
        g_string_append_printf (text, "\\%c", names[at - escaped]);
      else
        g_string_append_printf (text, "\\u%04x", (guint) *value);
      value++;
    }
  g_string_append_c (text, '"');
}

/* The shortest digits that make the same number: "d.ddde+dd". */
static void
find_digits (double  number,
             char   *buffer,
             gsize   size)
{
  /* A subnormal number has fewer. */
  for (guint precision = number < DBL_MIN ? 0 : 14; precision <= 16; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%ue", precision);
      g_ascii_formatd (buffer, size, format, number);
      if (g_ascii_strtod (buffer, NULL) == number)
        return;
    }
}

static void
print_exponent (const char *digits,
                int         n,
                int         point,
                GString    *text)
{
  g_string_append_c (text, digits[0]);
  if (n > 1)
    g_string_append_c (text, '.');
  g_string_append_len (text, digits + 1, n - 1);
  g_string_append_printf (text, "e%c%02d", point > 0 ? '+' : '-', ABS (point - 1));
}

static void
print_decimal (const char *digits,
               int         n,
               int         point,
               GString    *text)
{
  if (point <= 0)
    g_string_append (text, "0.");
  for (int i = point; i < 0; i++)
    g_string_append_c (text, '0');
  for (int i = 0; i < MAX (n, point); i++)
    {
      if (i > 0 && i == point)
        g_string_append_c (text, '.');
      g_string_append_c (text, i < n ? digits[i] : '0');
    }
}

/* Where the exponent begins, and how it looks, is Qt's. */
static void
print_number (double   number,
              GString *text)
{
  char buffer[32];
  char digits[20];
  int n = 0;
  int point;

  if (number == 0)
    {
      g_string_append_c (text, '0');
      return;
    }

  if (number < 0)
    g_string_append_c (text, '-');
  find_digits (ABS (number), buffer, sizeof buffer);
  point = atoi (strchr (buffer, 'e') + 1) + 1;
  for (const char *p = buffer; *p != 'e'; p++)
    {
      if (*p != '.')
        digits[n++] = *p;
    }
  while (n > 1 && digits[n - 1] == '0')
    n--;

  if (point <= -4 || point > MAX (20, n + 5))
    print_exponent (digits, n, point, text);
  else
    print_decimal (digits, n, point, text);
}

static void
print_members (const GripJsonTree *self,
               GString            *text)
{
  g_string_append_c (text, '{');
  for (GTreeNode *node = g_tree_node_first (self->members); node != NULL; node = g_tree_node_next (node))
    {
      print_text (g_tree_node_key (node), text);
      g_string_append_c (text, ':');
      grip_json_tree_print (g_tree_node_value (node), text);
      if (g_tree_node_next (node) != NULL)
        g_string_append_c (text, ',');
    }
  g_string_append_c (text, '}');
}

void
grip_json_tree_print (const GripJsonTree *self,
                      GString            *text)
{
  switch (self->kind)
    {
    case GRIP_JSON_OBJECT:
      print_members (self, text);
      break;
    case GRIP_JSON_ARRAY:
      g_string_append_c (text, '[');
      for (guint i = 0; i < self->elements->len; i++)
        {
          if (i > 0)
            g_string_append_c (text, ',');
          grip_json_tree_print (g_ptr_array_index (self->elements, i), text);
        }
      g_string_append_c (text, ']');
      break;
    case GRIP_JSON_STRING:
      print_text (self->text, text);
      break;
    case GRIP_JSON_BOOLEAN:
      g_string_append (text, self->boolean ? "true" : "false");
      break;
    case GRIP_JSON_NULL:
      g_string_append (text, "null");
      break;
    default:
      print_number (self->number, text);
      break;
    }
}
