# test-docs.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs each block of Python in a page of the documentation, which is the argument."""
import re
import subprocess
import sys

import taps
from doubles import Sink

with open(sys.argv[1], encoding='utf-8') as page:
    blocks = re.findall(r'^```python\n(.*?)^```', page.read(), re.M | re.S)
assert blocks


def runs(block):
    def test():
        sink = Sink()
        text = block.replace('http://127.0.0.1:5561', sink.uri)
        subprocess.run([sys.executable, '-c', text], check=True, timeout=120,
                       stdout=subprocess.DEVNULL)
        assert ('5561' in block) == bool(sink.items() or 'control_iss' in block), sink.items()
        sink.close()

    first = next(line for line in block.splitlines() if not re.match('import|from|gi.require', line) and line)
    test.__doc__ = 'the block with ' + first.strip(' :')
    return test


taps.run({'test_%d' % number: runs(block) for number, block in enumerate(blocks)})
