#!/usr/bin/python3
# example.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Publishes each line of its input to everybody who listens to a channel:

    date | meson devenv -C BUILD python3 ../bindings/python/example.py http://localhost:5561 news
"""
import asyncio
import sys

import gi
gi.require_version('Grip', '1.0')
from gi.repository import Grip


async def main(uri, channel):
    lines = [line for line in sys.stdin.buffer]
    async with Grip.PubControl(uri) as control:
        published = [control.publish_async(channel, [
            Grip.HttpStreamFormat(line),
            Grip.HttpResponseFormat(line),
            Grip.WebSocketMessageFormat(line.decode('utf-8', 'replace')),
        ]) for line in lines]
        await asyncio.gather(*published)

    print('published %d items' % len(published), file=sys.stderr)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit('usage: example.py URI CHANNEL')
    try:
        asyncio.run(main(*sys.argv[1:]))
    except Grip.GripError as error:
        sys.exit('example.py: ' + error.message)
