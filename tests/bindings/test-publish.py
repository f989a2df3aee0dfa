# test-publish.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Publishes through the typelib, synchronously, to a server that keeps what it gets."""
import http.server
import json
import threading

import gi
gi.require_version('Grip', '1.0')
from gi.repository import GLib, Grip

bodies = []


class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Sink)
threading.Thread(target=server.serve_forever, daemon=True).start()

pub = Grip.PubControl.new_for_uri('http://127.0.0.1:%d' % server.server_address[1])
item = Grip.Item.new(Grip.HttpStreamFormat.new_text('from Python\n'), 'id-1', None)
assert pub.publish('channel', item, None)
pub.close(None)

entry = bodies[0]['items'][0]
formats = entry.get('formats', entry)
assert entry['channel'] == 'channel' and entry['id'] == 'id-1', entry
assert formats['http-stream'] == {'content': 'from Python\n'}, entry
print('ok 1 python publishes')

try:
    Grip.PubControl.new().publish('channel', item, None)
    raise SystemExit('a publish to nobody did not fail')
except GLib.Error as error:
    assert error.matches(Grip.error_quark(), Grip.Error.NO_ENDPOINT), error
print('ok 2 python gets an error of our domain')
print('1..2')
