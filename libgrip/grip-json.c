/* grip-json.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libgrip/grip-error.h>

#include "grip-json-private.h"

/* json-glib before 1.10 takes comments, octal numbers, several documents and the empty one, wraps
 * numbers, cuts strings at NUL, keeps the last of two members of one name and overruns the stack on
 * deep nesting. So whatever comes from outside passes this scanner first: RFC 8259 to the letter,
 * without recursion, in linear time (a sort of the names apart). */

/* Objects with fewer members are checked for duplicates by comparing each with each. */
#define FEW_NAMES 16

typedef enum
{
  EXPECT_VALUE,
  EXPECT_FIRST_NAME,
  EXPECT_NAME,
  EXPECT_FIRST_ELEMENT,
  EXPECT_NEXT,
  EXPECT_NOTHING,
} State;

typedef struct
{
  const char *text;
  gsize length;
  gsize offset;
  char *decoded;
} Name;

typedef struct
{
  gsize first_name;
  gboolean is_object;
} Frame;

typedef struct
{
  const char *data;
  const char *pos;
  const char *end;
  const char *expected;
  State state;

  GripJsonMemberFunc func;
  gpointer user_data;
  const char *value;
  GripJsonKind kind;

  guint depth;
  guint max_depth;
  Frame frames[GRIP_JSON_MAX_DEPTH];

  Name *names;
  gsize n_names;
  gsize n_allocated;
  Name few[FEW_NAMES];
} Scanner;

static gboolean
fail (Scanner    *self,
      const char *expected)
{
  self->expected = expected;
  return FALSE;
}

static void
skip_space (Scanner *self)
{
  while (self->pos < self->end &&
         (*self->pos == ' ' || *self->pos == '\n' || *self->pos == '\r' || *self->pos == '\t'))
    self->pos++;
}

static gboolean
at (const Scanner *self,
    char           c)
{
  return self->pos < self->end && *self->pos == c;
}

static gboolean
at_digit (const Scanner *self)
{
  return self->pos < self->end && g_ascii_isdigit (*self->pos);
}

static gboolean
scan_escape (Scanner *self)
{
  gunichar c;
  gsize n;

  self->pos++;
  if (self->pos == self->end)
    return fail (self, "an escaped character");

  if (*self->pos != 'u')
    {
      if (*self->pos == '\0' || strchr ("\"\\/bfnrt", *self->pos) == NULL)
        return fail (self, "one of \"\\/bfnrtu after a backslash");
      self->pos++;
      return TRUE;
    }

  self->pos++;
  n = grip_json_read_unicode (self->pos, self->end, &c);
  if (n == 0)
    return fail (self, "four hexadecimal digits, not 0000 and no lone surrogate");
  self->pos += n;
  return TRUE;
}

/* Leaves the text between the quotes in start and length. */
static gboolean
scan_string (Scanner     *self,
             const char **start,
             gsize       *length,
             gboolean    *has_escapes)
{
  *start = ++self->pos;
  *has_escapes = FALSE;

  while (self->pos < self->end && *self->pos != '"')
    {
      if ((guchar) *self->pos < 0x20)
        return fail (self, "no control character in a string");

      if (*self->pos != '\\')
        {
          self->pos++;
          continue;
        }

      *has_escapes = TRUE;
      if (!scan_escape (self))
        return FALSE;
    }

  if (self->pos == self->end)
    return fail (self, "the end of a string");
  *length = (gsize) (self->pos - *start);
  self->pos++;
  return TRUE;
}

static gboolean
fits_int64 (const char *text,
            const char *end)
{
  gboolean negative = *text == '-';
  guint64 limit = negative ? (guint64) G_MAXINT64 + 1 : (guint64) G_MAXINT64;
  guint64 value = 0;

  for (text += negative; text < end; text++)
    {
      guint digit = (guint) (*text - '0');

      if (value > (limit - digit) / 10)
        return FALSE;
      value = value * 10 + digit;
    }
  return TRUE;
}

static gboolean
scan_digits (Scanner *self)
{
  if (!at_digit (self))
    return fail (self, "a digit");
  while (at_digit (self))
    self->pos++;
  return TRUE;
}

/* Leaves pos at the start of a number that is out of range, so that the message points there. */
static gboolean
check_range (Scanner    *self,
             const char *start)
{
  const char *end = self->pos;

  self->pos = start;
  if (self->kind == GRIP_JSON_INTEGER && !fits_int64 (start, end))
    return fail (self, "an integer of at most 64 bits");
  if (self->kind == GRIP_JSON_DOUBLE && !isfinite (grip_json_read_double (start, (gsize) (end - start))))
    return fail (self, "a finite number");
  self->pos = end;
  return TRUE;
}

static gboolean
scan_number (Scanner *self)
{
  const char *start = self->pos;

  self->kind = GRIP_JSON_INTEGER;
  if (at (self, '-'))
    self->pos++;

  if (at (self, '0'))
    self->pos++;
  else if (!scan_digits (self))
    return FALSE;

  if (at (self, '.'))
    {
      self->kind = GRIP_JSON_DOUBLE;
      self->pos++;
      if (!scan_digits (self))
        return FALSE;
    }

  if (at (self, 'e') || at (self, 'E'))
    {
      self->kind = GRIP_JSON_DOUBLE;
      self->pos++;
      if (at (self, '+') || at (self, '-'))
        self->pos++;
      if (!scan_digits (self))
        return FALSE;
    }

  return check_range (self, start);
}

static gboolean
scan_word (Scanner      *self,
           const char   *word,
           GripJsonKind  kind)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->pos) < length || memcmp (self->pos, word, length) != 0)
    return fail (self, "a value");
  self->pos += length;
  self->kind = kind;
  return TRUE;
}

static void
add_name (Scanner    *self,
          const char *text,
          gsize       length,
          gboolean    has_escapes)
{
  Name *name;

  if (self->n_names == self->n_allocated)
    {
      Name *names = g_new (Name, self->n_allocated * 2);

      memcpy (names, self->names, self->n_names * sizeof (Name));
      if (self->names != self->few)
        g_free (self->names);
      self->names = names;
      self->n_allocated *= 2;
    }

  name = &self->names[self->n_names++];
  name->text = text;
  name->length = length;
  name->offset = (gsize) (text - self->data);
  name->decoded = NULL;
  if (has_escapes)
    name->text = name->decoded = grip_json_decode_string (text, length, &name->length);
}

static void
drop_names (Scanner *self,
            gsize    n_names)
{
  while (self->n_names > n_names)
    g_free (self->names[--self->n_names].decoded);
}

static int
compare_names (const void *a,
               const void *b)
{
  const Name *name = a;
  const Name *other = b;

  if (name->length != other->length)
    return name->length < other->length ? -1 : 1;
  return memcmp (name->text, other->text, name->length);
}

static gboolean
fail_duplicate (Scanner    *self,
                const Name *name,
                const Name *other)
{
  self->pos = self->data + MAX (name->offset, other->offset);
  return fail (self, "a member name that the object does not have yet");
}

static gboolean
check_names (Scanner *self,
             Name    *names,
             gsize    n)
{
  if (n <= FEW_NAMES)
    {
      for (gsize i = 1; i < n; i++)
        for (gsize j = 0; j < i; j++)
          if (compare_names (&names[i], &names[j]) == 0)
            return fail_duplicate (self, &names[i], &names[j]);
      return TRUE;
    }

  /* Not a hash table: its function could be attacked with names that all collide. */
  qsort (names, n, sizeof (Name), compare_names);
  for (gsize i = 1; i < n; i++)
    if (compare_names (&names[i], &names[i - 1]) == 0)
      return fail_duplicate (self, &names[i], &names[i - 1]);
  return TRUE;
}

static gboolean
open_container (Scanner *self,
                gboolean is_object)
{
  if (self->depth == self->max_depth)
    return fail (self, "less nesting");

  self->pos++;
  self->frames[self->depth].is_object = is_object;
  self->frames[self->depth].first_name = self->n_names;
  self->depth++;
  self->state = is_object ? EXPECT_FIRST_NAME : EXPECT_FIRST_ELEMENT;
  return TRUE;
}

static void
close_value (Scanner *self)
{
  self->state = EXPECT_NEXT;

  if (self->func != NULL && self->depth == 1 && self->frames[0].is_object)
    {
      const Name *name = &self->names[self->n_names - 1];
      GripJsonMember member = {
        name->text, name->length, self->value, (gsize) (self->pos - self->value), self->kind,
      };

      self->func (&member, self->user_data);
    }
}

static gboolean
close_container (Scanner *self)
{
  Frame *frame = &self->frames[self->depth - 1];

  self->pos++;
  if (!check_names (self, self->names + frame->first_name, self->n_names - frame->first_name))
    return FALSE;
  drop_names (self, frame->first_name);

  self->kind = frame->is_object ? GRIP_JSON_OBJECT : GRIP_JSON_ARRAY;
  self->depth--;
  close_value (self);
  return TRUE;
}

static gboolean
scan_scalar (Scanner *self)
{
  const char *start;
  gsize length;
  gboolean has_escapes;

  switch (*self->pos)
    {
    case '"':
      self->kind = GRIP_JSON_STRING;
      return scan_string (self, &start, &length, &has_escapes);
    case 't':
      return scan_word (self, "true", GRIP_JSON_BOOLEAN);
    case 'f':
      return scan_word (self, "false", GRIP_JSON_BOOLEAN);
    case 'n':
      return scan_word (self, "null", GRIP_JSON_NULL);
    default:
      if (*self->pos != '-' && !g_ascii_isdigit (*self->pos))
        return fail (self, "a value");
      return scan_number (self);
    }
}

static gboolean
scan_value (Scanner *self)
{
  if (self->pos == self->end)
    return fail (self, "a value");

  if (self->depth == 1)
    self->value = self->pos;

  if (*self->pos == '{' || *self->pos == '[')
    return open_container (self, *self->pos == '{');

  if (!scan_scalar (self))
    return FALSE;
  close_value (self);
  return TRUE;
}

static gboolean
scan_name (Scanner *self)
{
  const char *start;
  gsize length;
  gboolean has_escapes;

  if (!at (self, '"'))
    return fail (self, "a member name");
  if (!scan_string (self, &start, &length, &has_escapes))
    return FALSE;

  skip_space (self);
  if (!at (self, ':'))
    return fail (self, "a colon");
  self->pos++;

  add_name (self, start, length, has_escapes);
  self->state = EXPECT_VALUE;
  return TRUE;
}

static gboolean
scan_next (Scanner *self)
{
  gboolean in_object;

  if (self->depth == 0)
    {
      if (self->pos != self->end)
        return fail (self, "the end of the text");
      self->state = EXPECT_NOTHING;
      return TRUE;
    }

  in_object = self->frames[self->depth - 1].is_object;
  if (at (self, in_object ? '}' : ']'))
    return close_container (self);
  if (!at (self, ','))
    return fail (self, in_object ? "a comma or }" : "a comma or ]");

  self->pos++;
  self->state = in_object ? EXPECT_NAME : EXPECT_VALUE;
  return TRUE;
}

static gboolean
scan_step (Scanner *self)
{
  skip_space (self);

  switch (self->state)
    {
    case EXPECT_VALUE:
      return scan_value (self);
    case EXPECT_FIRST_NAME:
      return at (self, '}') ? close_container (self) : scan_name (self);
    case EXPECT_NAME:
      return scan_name (self);
    case EXPECT_FIRST_ELEMENT:
      return at (self, ']') ? close_container (self) : scan_value (self);
    case EXPECT_NEXT:
      return scan_next (self);
    case EXPECT_NOTHING:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
scan (const char          *data,
      gsize                length,
      guint                max_depth,
      gboolean             must_be_object,
      GripJsonMemberFunc   func,
      gpointer             user_data,
      GError             **error)
{
  Scanner self;

  self.data = self.pos = length > 0 ? data : "";
  self.end = self.data + length;
  self.expected = NULL;
  self.state = EXPECT_VALUE;
  self.func = func;
  self.user_data = user_data;
  self.value = NULL;
  self.kind = GRIP_JSON_NULL;
  self.depth = 0;
  self.max_depth = MIN (max_depth, GRIP_JSON_MAX_DEPTH);
  self.names = self.few;
  self.n_names = 0;
  self.n_allocated = FEW_NAMES;

  if (!g_utf8_validate_len (self.data, length, &self.pos))
    {
      fail (&self, "valid UTF-8 and no NUL");
    }
  else
    {
      self.pos = self.data;
      skip_space (&self);
      if (must_be_object && !at (&self, '{'))
        fail (&self, "an object");
      while (self.expected == NULL && self.state != EXPECT_NOTHING && scan_step (&self))
        ;
    }

  drop_names (&self, 0);
  if (self.names != self.few)
    g_free (self.names);

  if (self.expected == NULL)
    return TRUE;
  g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "malformed JSON at offset %" G_GSIZE_FORMAT
               ": expected %s", (gsize) (self.pos - self.data), self.expected);
  return FALSE;
}

/* Whether data is one JSON text that nests at most max_depth deep, has no member twice in an object
 * and no value that json-glib or a C string could not hold. */
gboolean
grip_json_check (const char  *data,
                 gsize        length,
                 guint        max_depth,
                 GError     **error)
{
  g_assert (data != NULL || length == 0);

  return scan (data, length, max_depth, FALSE, NULL, NULL, error);
}

/* As grip_json_check(), for an object, and calls func with each member of it in order. An error can
 * come after some of the calls: what func gathered counts only after TRUE. */
gboolean
grip_json_scan_object (const char          *data,
                       gsize                length,
                       guint                max_depth,
                       GripJsonMemberFunc   func,
                       gpointer             user_data,
                       GError             **error)
{
  g_assert (data != NULL || length == 0);

  return scan (data, length, max_depth, TRUE, func, user_data, error);
}

/* Never NULL without an error: a JSON null is a node. */
JsonNode *
grip_json_parse (const char  *data,
                 gsize        length,
                 guint        max_depth,
                 GError     **error)
{
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(GError) parse_error = NULL;
  JsonNode *root;

  if (!grip_json_check (data, length, max_depth, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, (gssize) length, &parse_error))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_MALFORMED, "malformed JSON: %s",
                   parse_error->message);
      return NULL;
    }

  root = json_parser_steal_root (parser);
  return root != NULL ? root : json_node_new (JSON_NODE_NULL);
}
