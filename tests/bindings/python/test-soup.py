# test-soup.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An origin in Python, with GripSoup: it holds a client by itself, and publishes to it."""
import asyncio
import gc
import threading
import urllib.error
import urllib.request

import gbulb
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


def answer_of(handler):
    """What a client gets of a handler. Nothing is collected meanwhile but by counting."""
    origin = GripSoup.Origin(embedded=True)
    origin.add_handler('/', handler)
    origin.listen(0)
    gc.collect()
    gc.disable()
    try:
        answer = fetch('http://127.0.0.1:%d/' % origin.get_port())
        iterate_until(lambda: answer)
    finally:
        gc.enable()
    if isinstance(answer[0], urllib.error.HTTPError):
        return answer[0].code, answer[0].read()
    return answer[0]


def test_responses():
    """a response is a dictionary, text or bytes"""
    assert answer_of(lambda _origin, request: request.respond({'code': 404, 'body': 'gone'})) == (404, b'gone')
    assert answer_of(lambda _origin, request: request.respond('text')) == (200, b'text')
    assert answer_of(lambda _origin, request: request.respond(b'\xff')) == (200, b'\xff')


def test_forgotten():
    """a handler that forgets to answer has answered at once"""
    assert answer_of(lambda _origin, _request: None) == (500, b'The request was not answered.\n')
    assert answer_of(lambda _origin, request: request.get_path()) == (500, b'The request was not answered.\n')


def test_later():
    """a handler that keeps the request may answer later"""
    def later(_origin, request):
        GLib.timeout_add(20, lambda: request.respond('later'))

    assert answer_of(later) == (200, b'later')


def test_coroutines():
    """a coroutine function is a handler where asyncio iterates the main context"""
    loop = gbulb.GLibEventLoop(context=GLib.MainContext.default())
    asyncio.set_event_loop(loop)

    def run(handler):
        origin = GripSoup.Origin(embedded=True)
        origin.add_handler('/', handler)
        origin.listen(0)
        address = 'http://127.0.0.1:%d/' % origin.get_port()
        try:
            with loop.run_until_complete(loop.run_in_executor(
                    None, lambda: urllib.request.urlopen(address, timeout=PATIENCE))) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    async def answers(_origin, request):
        await asyncio.sleep(0.01)
        request.respond('awaited')

    async def raises(_origin, _request):
        await asyncio.sleep(0.01)
        raise KeyError('in a coroutine')

    async def forgets(_origin, _request):
        await asyncio.sleep(0.01)

    assert run(answers) == (200, b'awaited')
    assert run(raises) == (500, b'Internal error\n')
    assert run(forgets) == (500, b'Internal error\n')
    asyncio.set_event_loop(None)
    loop.close()


taps.run(globals())
