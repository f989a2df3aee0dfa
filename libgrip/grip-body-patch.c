/* grip-body-patch.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "grip-body-patch.h"
#include "grip-error.h"
#include "grip-format-check-private.h"
#include "grip-json-tree-private.h"
#include "grip-writer-private.h"

#define MAX_SIZE (16 * 1024 * 1024)

/* What operations may copy, move aside and walk over, beyond reading the patch. */
#define BUDGET (16 * 1024 * 1024)

typedef struct
{
  GripJsonTree *root;
  gint64        budget;
  const char   *problem;
} Patch;

/* Where a pointer points: a member, an element, or (without a container) the root. */
typedef struct
{
  GripJsonTree *container;
  char         *name;
  gint64        index;       /* -1 is after the last one */
  guint         depth;       /* containers around it */
} Place;

static void
place_clear (Place *self)
{
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
fail (Patch      *self,
      const char *problem)
{
  self->problem = problem;

  return FALSE;
}

/* As Qt reads one: white space around, a sign and leading zeros do not matter. What does not fit is
 * no number. */
static gboolean
read_integer (const char *text,
              gint64     *value)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *digits = stripped + (*stripped == '+' || *stripped == '-');
  char *end = NULL;

  if (!g_ascii_isdigit (*digits))
    return FALSE;

  errno = 0;
  *value = g_ascii_strtoll (stripped, &end, 10);

  return *end == '\0' && errno == 0;
}

static char *
unescape (const char *part)
{
  char *name = g_malloc (strlen (part) + 1);
  char *out = name;

  while (*part != '\0')
    {
      gboolean is_escape = part[0] == '~' && (part[1] == '0' || part[1] == '1');

      *out++ = !is_escape ? *part : part[1] == '0' ? '~' : '/';
      part += is_escape ? 2 : 1;
    }
  *out = '\0';

  return name;
}

static GripJsonTree *
get_value (Patch *self,
           Place *place)
{
  if (place->container == NULL)
    return self->root;
  if (place->name != NULL)
    return grip_json_tree_get_member (place->container, place->name);

  return place->index >= 0 ? g_ptr_array_index (place->container->elements, place->index) : NULL;
}

/* The next part of a pointer, seen from the value at @place. */
static gboolean
step (Patch      *self,
      Place      *place,
      const char *part)
{
  GripJsonTree *value = get_value (self, place);

  if (*part == '\0')
    return fail (self, "a reference is empty");
  if (value == NULL)
    return fail (self, "there is nothing to step into");

  g_clear_pointer (&place->name, g_free);
  place->container = value;
  place->depth++;
  if (value->kind == GRIP_JSON_OBJECT)
    {
      place->name = unescape (part);
      return TRUE;
    }

  if (value->kind != GRIP_JSON_ARRAY)
    return fail (self, "what is no container has no children");

  place->index = -1;
  if (strcmp (part, "-") == 0)
    return TRUE;
  if (!read_integer (part, &place->index))
    return fail (self, "an index is not a number");

  return (place->index >= 0 && place->index < value->elements->len) || fail (self, "an index is out of range");
}

/* "/" is the root: Pushpin has no empty pointer, and no empty names. */
static gboolean
resolve (Patch      *self,
         const char *pointer,
         Place      *place)
{
  g_auto(GStrv) parts = NULL;

  if (*pointer != '/')
    return fail (self, "a pointer does not begin with '/'");
  if (pointer[1] == '\0')
    return TRUE;

  parts = g_strsplit (pointer + 1, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (!step (self, place, parts[i]))
        return FALSE;
    }

  return TRUE;
}

static gboolean
resolve_existing (Patch      *self,
                  const char *pointer,
                  Place      *place)
{
  if (!resolve (self, pointer, place))
    return FALSE;

  return get_value (self, place) != NULL || fail (self, "the location does not exist");
}

static GripJsonTree *
steal_member (GripJsonTree *object,
              const char   *name)
{
  gpointer key = NULL;
  gpointer value = NULL;

  if (g_tree_lookup_extended (object->members, name, &key, &value))
    {
      g_tree_steal (object->members, name);
      g_free (key);
    }

  return value;
}

/* The root stays where it is. */
static GripJsonTree *
take (Patch *self,
      Place *place)
{
  if (place->container == NULL)
    return grip_json_tree_copy (self->root, &self->budget);
  if (place->name != NULL)
    return steal_member (place->container, place->name);

  self->budget -= place->container->elements->len - place->index;

  return g_ptr_array_steal_index (place->container->elements, place->index);
}

/* In an array, too, what is there is replaced. @value is taken. */
static gboolean
set (Patch        *self,
     Place        *place,
     GripJsonTree *value)
{
  g_autoptr(GripJsonTree) kept = value;

  if (value == NULL || self->budget < 0)
    return fail (self, NULL);
  if (place->depth + grip_json_tree_get_depth (value, &self->budget) > GRIP_JSON_MAX_DEPTH || self->budget < 0)
    return fail (self, NULL);

  if (place->container == NULL)
    {
      grip_json_tree_free (self->root);
      self->root = g_steal_pointer (&kept);
    }
  else if (place->name != NULL)
    g_tree_replace (place->container->members, g_steal_pointer (&place->name), g_steal_pointer (&kept));
  else if (place->index < 0)
    g_ptr_array_add (place->container->elements, g_steal_pointer (&kept));
  else
    {
      grip_json_tree_free (place->container->elements->pdata[place->index]);
      place->container->elements->pdata[place->index] = g_steal_pointer (&kept);
    }

  return TRUE;
}

/* Whether @path lies within what is at @from. */
static gboolean
is_within (const char *path,
           const char *from)
{
  gsize length = strlen (from);

  return strncmp (path, from, length) == 0 && path[length] == '/';
}

static gboolean
move (Patch        *self,
      GripJsonTree *operation,
      const char   *path)
{
  g_auto(Place) source = { 0 };
  g_auto(Place) target = { 0 };
  const char *from = grip_json_tree_get_text (operation, "from");
  g_autoptr(GripJsonTree) value = NULL;

  if (from == NULL)
    return fail (self, "there is no 'from'");
  if (is_within (path, from))
    return fail (self, "a location cannot be moved into itself");
  if (!resolve_existing (self, from, &source))
    return FALSE;

  value = take (self, &source);

  return resolve (self, path, &target) && set (self, &target, g_steal_pointer (&value));
}

static gboolean
copy (Patch        *self,
      GripJsonTree *operation,
      Place        *target)
{
  g_auto(Place) source = { 0 };
  const char *from = grip_json_tree_get_text (operation, "from");

  if (from == NULL)
    return fail (self, "there is no 'from'");
  if (!resolve_existing (self, from, &source))
    return FALSE;

  return set (self, target, grip_json_tree_copy (get_value (self, &source), &self->budget));
}

/* Qt's QVariant::toInt (). */
static gboolean
to_integer (const GripJsonTree *value,
            gint32             *integer)
{
  gint64 whole = 0;

  if (value->kind == GRIP_JSON_DOUBLE)
    {
      double rounded = floor (value->number + 0.5);

      whole = fabs (rounded) < 9223372036854775808.0 ? (gint64) rounded : 0;
    }
  else if (value->kind == GRIP_JSON_BOOLEAN)
    whole = value->boolean;
  else if (value->kind != GRIP_JSON_STRING)
    return FALSE;
  else if (!read_integer (value->text, &whole))
    whole = 0;

  *integer = (gint32) (guint32) (guint64) whole;

  return TRUE;
}

static gboolean is_equal (const GripJsonTree *a,
                          const GripJsonTree *b);

static gboolean
are_members_equal (GTree *a,
                   GTree *b)
{
  if (g_tree_nnodes (a) != g_tree_nnodes (b))
    return FALSE;

  for (GTreeNode *node = g_tree_node_first (a); node != NULL; node = g_tree_node_next (node))
    {
      GripJsonTree *other = g_tree_lookup (b, g_tree_node_key (node));

      if (other == NULL || !is_equal (g_tree_node_value (node), other))
        return FALSE;
    }

  return TRUE;
}

static gboolean
are_elements_equal (GPtrArray *a,
                    GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    {
      if (!is_equal (g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
        return FALSE;
    }

  return TRUE;
}

/* Pushpin's idea of it: scalars of different kinds are compared as integers of 32 bits, as numbers
 * always are, and null is equal to nothing. */
static gboolean
is_equal (const GripJsonTree *a,
          const GripJsonTree *b)
{
  gint32 x;
  gint32 y;

  if (a->kind == GRIP_JSON_OBJECT && b->kind == GRIP_JSON_OBJECT)
    return are_members_equal (a->members, b->members);
  if (a->kind == GRIP_JSON_ARRAY && b->kind == GRIP_JSON_ARRAY)
    return are_elements_equal (a->elements, b->elements);
  if (a->kind == GRIP_JSON_STRING && b->kind == GRIP_JSON_STRING)
    return strcmp (a->text, b->text) == 0;

  return to_integer (a, &x) && to_integer (b, &y) && x == y;
}

static gboolean
apply_with_value (Patch        *self,
                  GripJsonTree *operation,
                  const char   *op,
                  Place        *place)
{
  g_autoptr(GripJsonTree) value = steal_member (operation, "value");
  GripJsonTree *current = get_value (self, place);

  if (value == NULL)
    return fail (self, "there is no 'value'");
  if (strcmp (op, "test") == 0)
    return (current != NULL && is_equal (value, current)) || fail (self, "the values are not equal");
  if (strcmp (op, "replace") == 0 && current == NULL)
    return fail (self, "the location does not exist");

  return set (self, place, g_steal_pointer (&value));
}

static gboolean
apply_remove (Patch *self,
              Place *place)
{
  if (place->container == NULL)
    return fail (self, "the root cannot be removed");
  if (get_value (self, place) == NULL)
    return fail (self, "the location does not exist");

  grip_json_tree_free (take (self, place));

  return self->budget >= 0 || fail (self, NULL);
}

static gboolean
apply (Patch        *self,
       GripJsonTree *operation)
{
  g_auto(Place) place = { 0 };
  const char *op = grip_json_tree_get_text (operation, "op");
  const char *path = grip_json_tree_get_text (operation, "path");

  if (strcmp (op, "move") == 0)
    return move (self, operation, path);
  if (!resolve (self, path, &place))
    return FALSE;
  if (strcmp (op, "copy") == 0)
    return copy (self, operation, &place);
  if (strcmp (op, "remove") == 0)
    return apply_remove (self, &place);
  if (strcmp (op, "add") == 0 || strcmp (op, "replace") == 0 || strcmp (op, "test") == 0)
    return apply_with_value (self, operation, op, &place);

  return fail (self, "there is no such operation");
}

static GripJsonTree *
read_operations (GVariant  *operations,
                 GError   **error)
{
  GripWriter writer;
  g_autoptr(GBytes) json = NULL;
  g_autofree char *problem = NULL;
  gconstpointer data = NULL;
  gsize length;

  if (!grip_check_body_patch (operations, &problem))
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "'body-patch' %s", problem);
      return NULL;
    }

  grip_writer_init_json (&writer, 256);
  grip_writer_variant (&writer, operations, GRIP_CONTENT_HTTP);
  json = grip_writer_steal_bytes (&writer);
  data = g_bytes_get_data (json, &length);
  if (length > MAX_SIZE)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE, "'body-patch' has %" G_GSIZE_FORMAT " bytes", length);
      return NULL;
    }

  return grip_json_tree_parse (data, length, error);
}

static GripJsonTree *
read_body (GBytes  *body,
           GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autoptr(GripJsonTree) tree = NULL;

  if (length > MAX_SIZE)
    {
      g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE, "a body to patch has %" G_GSIZE_FORMAT " bytes", length);
      return NULL;
    }

  tree = grip_json_tree_parse (data != NULL ? data : "", length, error);
  if (tree == NULL)
    return NULL;
  if (tree->kind != GRIP_JSON_OBJECT && tree->kind != GRIP_JSON_ARRAY)
    {
      g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_MALFORMED,
                           "a body to patch is neither an object nor an array");
      return NULL;
    }

  return g_steal_pointer (&tree);
}

static gboolean
run (Patch         *self,
     GripJsonTree  *operations,
     GError       **error)
{
  for (guint i = 0; i < operations->elements->len; i++)
    {
      if (apply (self, g_ptr_array_index (operations->elements, i)))
        continue;

      if (self->problem != NULL)
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM, "'body-patch' element %u: %s", i, self->problem);
      else
        g_set_error (error, GRIP_ERROR, GRIP_ERROR_TOO_LARGE, "'body-patch' element %u: too much, or too deep", i);
      return FALSE;
    }

  if (self->root->kind == GRIP_JSON_OBJECT || self->root->kind == GRIP_JSON_ARRAY)
    return TRUE;

  g_set_error_literal (error, GRIP_ERROR, GRIP_ERROR_INVALID_ITEM,
                       "'body-patch' leaves neither an object nor an array");
  return FALSE;
}

/* The end of line that the body had. */
static void
append_end (GString *text,
            GBytes  *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  if (length >= 2 && memcmp (data + length - 2, "\r\n", 2) == 0)
    g_string_append (text, "\r\n");
  else if (data[length - 1] == '\n')
    g_string_append_c (text, '\n');
}

/**
 * grip_apply_body_patch:
 * @body: a JSON object or array
 * @operations: a list of JSON patch operations, as of [property@Grip.HttpResponseFormat:body-patch]
 * @error: return location for an error
 *
 * Does to a body what Pushpin does to that of a held response when an item has a `body-patch`
 * (protocol 3.1): for tests, and for who holds clients without a proxy.
 *
 * It is RFC 6902 with Pushpin's ways. The root is `/`, and no pointer and no name in one is empty. In an
 * array `add` puts a value in place of the one that is there, and only `-` makes the array longer. `test`
 * compares numbers as integers of 32 bits, and values of different kinds, too; null is equal to nothing. The
 * result is written by the names of members, without spaces, with numbers as doubles, and with the end of
 * line that the body had.
 *
 * A body that Pushpin would take though it is no JSON by RFC 8259 is refused, as are two members of one
 * name, a NUL and a half of a surrogate pair. So is what is too large: 16 MiB of body or of patch, what
 * copies or moves more than that, and what nests deeper than 128 containers. The time it takes is linear
 * below these limits.
 *
 * Errors: `GRIP_ERROR_MALFORMED` when @body is not such JSON, `GRIP_ERROR_INVALID_ITEM` when @operations
 * are none or cannot be applied, `GRIP_ERROR_TOO_LARGE`. Any thread may call this.
 *
 * Returns: (transfer full) (nullable): the new body, or %NULL with an error
 *
 * Since: 1.0
 */
GBytes *
grip_apply_body_patch (GBytes    *body,
                       GVariant  *operations,
                       GError   **error)
{
  Patch patch = { NULL, BUDGET, NULL };
  g_autoptr(GripJsonTree) list = NULL;
  GString *text = NULL;

  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (operations != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  list = read_operations (operations, error);
  if (list == NULL)
    return NULL;
  patch.root = read_body (body, error);
  if (patch.root == NULL)
    return NULL;

  if (run (&patch, list, error))
    {
      text = g_string_sized_new (g_bytes_get_size (body));
      grip_json_tree_print (patch.root, text);
      append_end (text, body);
    }
  grip_json_tree_free (patch.root);

  return text != NULL ? g_string_free_to_bytes (text) : NULL;
}
