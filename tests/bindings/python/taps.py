# taps.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the functions named test_… of a program and prints TAP."""
import inspect
import sys
import traceback


def run(members):
    tests = [(name, test) for name, test in members.items() if name.startswith('test_')]
    failed = False
    print('1..%d' % len(tests), flush=True)
    for number, (name, test) in enumerate(tests, 1):
        what = inspect.getdoc(test) or name
        try:
            test()
            print('ok %d %s' % (number, what), flush=True)
        except Exception:
            failed = True
            traceback.print_exc()
            print('not ok %d %s' % (number, what), flush=True)

    sys.exit(failed)


def raises(kind, function, *arguments, **keywords):
    """Calls @function, which has to raise @kind, and gives the exception."""
    try:
        result = function(*arguments, **keywords)
    except kind as error:
        return error

    raise AssertionError('%r came in place of %r' % (result, kind))
