# tap.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs the functions of a program that are marked with @test, in their order, and writes TAP."""

import sys

TESTS = []


def test(function):
    TESTS.append(function)
    return function


def expect(got, wanted):
    assert got == wanted, '%r is not %r' % (got, wanted)


def main():
    failed = False
    print('1..%d' % len(TESTS), flush=True)
    for number, function in enumerate(TESTS, 1):
        try:
            function()
            print('ok %d %s' % (number, function.__name__), flush=True)
        except Exception as error:
            failed = True
            text = '%s: %s' % (type(error).__name__, error)
            print('not ok %d %s\n# %s' % (number, function.__name__, text.replace('\n', '\n# ')), flush=True)
    sys.exit(failed)
