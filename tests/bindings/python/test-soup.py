# test-soup.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An origin in Python, with GripSoup: it holds a client by itself, and publishes to it."""
import threading
import urllib.request

import gi
gi.require_version('Grip', '1.0')
gi.require_version('GripSoup', '1.0')
from gi.repository import GLib, Grip, GripSoup

import taps
from doubles import PATIENCE


def fetch(uri, body=None):
    """In a thread of its own, while the main loop runs here."""
    answer = []

    def run():
        try:
            with urllib.request.urlopen(uri, body, PATIENCE) as response:
                answer.append((response.status, response.read()))
        except OSError as error:
            answer.append(error)
        GLib.idle_add(lambda: None)

    threading.Thread(target=run, daemon=True).start()
    return answer


def iterate_until(condition):
    while not condition():
        GLib.MainContext.default().iteration(True)


def test_origin():
    """handlers get native types, and a held client gets what is published"""
    origin = GripSoup.Origin(embedded=True)
    seen = []

    def echo(_origin, request):
        seen.append((request.get_method(), request.dup_body(), request.is_proxied()))
        request.respond(Grip.Response(201, body=b'\x00' + request.dup_body()))

    def hold(_origin, request):
        assert request.hold_response('news')

    origin.add_handler('/echo', echo)
    origin.add_handler('/hold', hold)
    origin.listen(0)
    uri = 'http://127.0.0.1:%d' % origin.get_port()

    echoed = fetch(uri + '/echo', b'\xff')
    iterate_until(lambda: echoed)
    assert echoed == [(201, b'\x00\xff')] and seen == [('POST', b'\xff', False)], (echoed, seen)

    def fail(_origin, _request):
        raise KeyError('in a handler')

    origin.add_handler('/fail', fail)
    failed = fetch(uri + '/fail')
    iterate_until(lambda: failed)
    assert getattr(failed[0], 'code', None) == 500, failed

    held = fetch(uri + '/hold')
    iterate_until(lambda: origin.get_n_clients() == 1)
    with Grip.PubControl() as pub:
        pub.add_transport(origin)
        assert pub.publish_http_response('news', b'for you\xff')
        iterate_until(lambda: held)
    assert held == [(200, b'for you\xff')], held


taps.run(globals())
