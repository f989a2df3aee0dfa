#!/usr/bin/python3
# count-tests.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""count-tests.py [--broken WHY] TESTLOG.json...

Counts the single test cases in meson's logs: each line of a TAP program is one, a program that
speaks no TAP is one, and a TAP program that broke without a "not ok" is one that failed. Ends with
`N passed, N failed`.
"""
import argparse
import json
import re
import sys

CASE = re.compile(r'^(not )?ok\b(.*)$')
GOOD = ('OK', 'EXPECTEDFAIL')


def count(test):
    """Returns passed, failed, skipped of one program."""
    passed = failed = skipped = 0
    for line in (test.get('stdout') or '').splitlines():
        case = CASE.match(line)
        if case is None:
            continue
        if re.search(r'# skip', case.group(2), re.IGNORECASE):
            skipped += 1
        elif case.group(1):
            failed += 1
        else:
            passed += 1
    if test['result'] == 'SKIP':
        skipped = max(skipped, 1)
    elif test['result'] in GOOD:
        passed += 0 if passed + failed + skipped else 1
    elif not failed:
        failed = 1
    return passed, failed, skipped


def show_failure(test, log):
    print('FAILED: %s, %s (%s)' % (test['name'], test['result'], log))
    lines = (test.get('stdout') or '').splitlines()
    told = [line for line in lines if re.match(r'not ok|Bail out', line)]
    for line in told or lines[-20:]:
        print('    ' + line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--broken')
    parser.add_argument('logs', nargs='*')
    options = parser.parse_args()

    total = [0, 0, 0]
    for log in options.logs:
        with open(log, encoding='utf-8') as lines:
            for test in map(json.loads, lines):
                counts = count(test)
                total = [a + b for a, b in zip(total, counts)]
                if counts[1]:
                    show_failure(test, log)
                if counts[2]:
                    print('SKIPPED: %s (%s)' % (test['name'], log))
    if options.broken:
        print('BROKEN OFF: %s' % options.broken)
        total[1] += 1
    if not sum(total):
        print('BROKEN OFF: no test ran')
        total[1] += 1

    passed, failed, skipped = total
    print('%d passed, %d failed%s' % (passed, failed, ', %d skipped' % skipped if skipped else ''))
    return 1 if failed else 0


sys.exit(main())
