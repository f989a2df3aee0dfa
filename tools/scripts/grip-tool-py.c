/* grip-tool-py.c
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <gio/gio.h>

#include "grip-tool-host.h"

/* The interpreter runs while a script is loaded and while one of its objects is called, which takes the
 * interpreter's lock by itself. Between these it is released: another thread that drops its reference to
 * such an object needs it. Nothing is finalized: an object of the script may be alive as long as the
 * process. */
static PyThreadState *released;

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, message);

  return FALSE;
}

static gboolean
enter (GError **error)
{
  PyConfig config;
  PyStatus status;

  if (Py_IsInitialized ())
    {
      PyEval_RestoreThread (released);
      return TRUE;
    }

  /* Ctrl-C is the program's; the modules are those of the Python that libgrip was built for. */
  PyConfig_InitPythonConfig (&config);
  config.install_signal_handlers = 0;
  status = PyConfig_SetBytesString (&config, &config.program_name, GRIP_PYTHON);
  if (!PyStatus_Exception (status))
    status = Py_InitializeFromConfig (&config);
  PyConfig_Clear (&config);

  return !PyStatus_Exception (status) || refuse (error, status.err_msg);
}

/* What was raised, in one line; where, is written to stderr. */
static gboolean
fail (GError **error)
{
  PyObject        *type;
  PyObject        *value;
  PyObject        *traceback;
  PyObject        *text;
  const char      *words;
  g_autofree char *message = NULL;

  PyErr_Fetch (&type, &value, &traceback);
  PyErr_NormalizeException (&type, &value, &traceback);
  text = PyObject_Str (value);
  words = text != NULL ? PyUnicode_AsUTF8 (text) : NULL;
  message = g_strdup_printf ("%s: %s", ((PyTypeObject *) type)->tp_name, words != NULL ? words : "");
  Py_XDECREF (text);
  PyErr_Clear ();

  /* Printing that one would end the process. */
  if (PyErr_GivenExceptionMatches (type, PyExc_SystemExit))
    {
      Py_XDECREF (type);
      Py_XDECREF (value);
      Py_XDECREF (traceback);
      return refuse (error, message);
    }

  PyErr_Restore (type, value, traceback);
  PyErr_Print ();

  return refuse (error, message);
}

/* Each script is a module of its own: the names of its GTypes are made of that. */
static PyObject *
run_path (const char *path)
{
  static guint     n_scripts;
  g_autofree char *module = g_strdup_printf ("grip_plugin_%u", ++n_scripts);
  PyObject        *runpy = PyImport_ImportModule ("runpy");
  PyObject        *name = runpy != NULL ? PyUnicode_DecodeFSDefault (path) : NULL;
  PyObject        *globals = NULL;

  if (name != NULL)
    globals = PyObject_CallMethod (runpy, "run_path", "OOs", name, Py_None, module);
  Py_XDECREF (name);
  Py_XDECREF (runpy);

  return globals;
}

gboolean
grip_tool_host_load (const char  *path,
                     GError     **error)
{
  PyObject *globals;
  gboolean  loaded;

  if (!enter (error))
    return FALSE;

  /* What the script defined stays: its functions read it. */
  globals = run_path (path);
  loaded = globals != NULL || fail (error);
  released = PyEval_SaveThread ();

  return loaded;
}
