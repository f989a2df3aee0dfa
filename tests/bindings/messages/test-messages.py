# test-messages.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-messages.py INPUTS C_PROGRAM PROGRAM ARGUMENT...: compares what two programs say of wrong inputs.

Each input is a test: an error of the same domain and code, with the same message, every letter of it."""
import subprocess
import sys

inputs, reference, *program = sys.argv[1:]


def run(*command):
    done = subprocess.run([*command, inputs], stdout=subprocess.PIPE, check=True, timeout=100)
    return done.stdout.decode('utf-8', 'replace').splitlines()


with open(inputs, encoding='utf-8') as file:
    lines = [line for line in file.read().split('\n') if line and not line.startswith('#')]
expected, told = run(reference), run(*program)
assert len(lines) == len(expected) == len(told), (len(lines), len(expected), len(told))
failed = False
print('1..%d' % len(lines))
for number, (line, wanted, got) in enumerate(zip(lines, expected, told), 1):
    good = wanted == got and 'grip-error-quark' in wanted
    failed = failed or not good
    print('%sok %d %s' % ('' if good else 'not ', number, line.replace('\t', ' ').replace('#', '%23')))
    if not good:
        print('#       C: %s\n# program: %s' % (wanted, got))
sys.exit(failed)
