# run.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what a program tells with the table of what every language must tell.

run.py TABLE PROGRAM ARGUMENT...

The program writes lines of a key, a tab and a value. Each line of the table is a test."""
import subprocess
import sys

table, *command = sys.argv[1:]


def read(lines):
    return dict(line.split('\t', 1) for line in lines if '\t' in line and not line.startswith('#'))


with open(table, encoding='utf-8') as lines:
    expected = read(lines.read().splitlines())
run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=110)
output = run.stdout.decode('utf-8', 'replace')
told = read(output.splitlines())

print('1..%d' % (len(expected) + 1))
for number, (key, value) in enumerate(expected.items(), 1):
    print('%sok %d %s' % ('' if told.get(key) == value else 'not ', number, key))
    if told.get(key) != value:
        print('# expected: %s\n#      got: %s' % (value, told.get(key)))
extra = sorted(set(told) - set(expected))
good = run.returncode == 0 and not extra
print('%sok %d ends well, with nothing more to tell' % ('' if good else 'not ', len(expected) + 1))
if not good:
    print('# exit status %d' % run.returncode)
    for key in extra:
        print('# not in the table: %s\t%s' % (key, told[key]))
