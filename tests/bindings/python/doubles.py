# doubles.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A control API that keeps what it gets."""
import http.server
import json
import signal
import subprocess
import sys
import threading
import time

PATIENCE = 60


class Sink:
    """Answers each POST with what @answer (number of the request) gives: (status, body)."""

    def __init__(self, answer=lambda number: (200, 'Published')):
        self.requests = []
        self.changed = threading.Condition(threading.RLock())
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                with sink.changed:
                    sink.requests.append((self.path, dict(self.headers), json.loads(body)))
                    number = len(sink.requests)
                    sink.changed.notify_all()
                status, text = answer(number)
                self.send_response(status)
                self.send_header('Content-Type', 'text/plain')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.uri = 'http://127.0.0.1:%d' % self.port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def items(self):
        with self.changed:
            return [item for _path, _headers, body in self.requests for item in body['items']]

    def headers(self):
        with self.changed:
            return [headers for _path, headers, _body in self.requests]

    def wait_items(self, count):
        limit = time.monotonic() + PATIENCE
        with self.changed:
            while len(self.items()) < count:
                if not self.changed.wait(limit - time.monotonic()):
                    raise AssertionError('only %r came' % self.items())
        return self.items()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# A transport that lives in another thread, says that it was asked, and answers when nobody wants it any more.
NEVER = """
import os, signal, sys
import gi
gi.require_version('Grip', '1.0')
from gi.overrides import _grip_loop
from gi.repository import GLib, Grip

class Never(Grip.BaseTransport):
    def do_deliver(self, delivery):
        delivery.get_cancellable().connect(lambda *_: delivery.fail_literal(Grip.Error.FAILED, 'given up'))
        print('asked', flush=True)
"""


def interrupted(program):
    """Runs what waits for the transport of NEVER, and sends it SIGINT when that was asked. By itself it has to
    wait for a thousand seconds."""
    child = subprocess.Popen([sys.executable, '-c', NEVER + program], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
    assert child.stdout.readline() == 'asked\n'
    child.send_signal(signal.SIGINT)
    try:
        out, err = child.communicate(timeout=100)
    finally:
        child.kill()
    return child.returncode, out, err


def formats_of(item):
    return item.get('formats', item)
