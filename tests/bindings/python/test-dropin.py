# test-dropin.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules pubcontrol and gripcontrol: what they promise beyond the samples of the readme."""
import asyncio
import base64
import gc
import hashlib
import hmac
import json
import logging
import multiprocessing
import signal
import socket
import subprocess
import sys
import threading

from gripcontrol import (Channel, GripPubControl, HttpResponseFormat, HttpStreamFormat, Response,
                         WebSocketContext, WebSocketEvent, WebSocketMessageFormat, create_grip_channel_header,
                         create_hold, create_hold_response, create_hold_stream, decode_websocket_events,
                         encode_websocket_events, parse_grip_uri, validate_sig, websocket_control_message)
from pubcontrol import Format, Item, PubControl, PubControlClient, PublishError, ZmqPubControlClient
from gi.repository import Grip
import pubcontrol._client
import pubcontrol._engine

import taps
from doubles import Sink, formats_of, interrupted


def exits(uri, seconds):
    """The other half of test_exit()."""
    pubcontrol._engine.EXIT_TIMEOUT = float(seconds)
    pub = GripPubControl({'control_uri': uri})
    for number in range(20):
        pub.publish_http_stream('c', '%d' % number, callback=print if number % 2 else None)
    sys.exit(3)


if sys.argv[1:2] == ['exit']:
    exits(*sys.argv[2:])
# What is meant to fail needs no line on the terminal.
logging.getLogger('pubcontrol').setLevel(logging.CRITICAL)


class Results:
    """A callback that keeps what it gets."""

    def __init__(self):
        self.got = []
        self.threads = set()

    def __call__(self, result, message):
        self.got.append((result, message))
        self.threads.add(threading.current_thread().name)


def texts(sink):
    return [formats_of(item)['http-stream']['content'] for item in sink.items()]


def test_order_and_callbacks():
    """blocking or not, items leave in order; each callback is called once, in the thread of the callbacks"""
    sink, results = Sink(), Results()
    pub = GripPubControl({'control_uri': sink.uri})
    for number in range(100):
        pub.publish_http_stream('c', '%d' % number, blocking=number % 10 == 5,
                                callback=results if number % 3 == 0 and number % 10 != 5 else None)
    pub.finish()
    assert texts(sink) == ['%d' % number for number in range(100)], texts(sink)
    assert results.got == [(True, '')] * len([n for n in range(100) if n % 3 == 0 and n % 10 != 5]), results.got
    assert results.threads == {'pubcontrol-callbacks'}, results.threads
    pub.close()
    pub.close()
    taps.raises(Grip.ClosedError, pub.publish_http_stream, 'c', 'x', blocking=True)
    sink.close()


def test_failures_are_told():
    """what fails is an exception when blocking, and a callback with the reason when not"""
    good, bad = Sink(), Sink(lambda number: (400, 'Invalid format'))
    pub = PubControl([{'uri': good.uri}, {'uri': bad.uri}])
    item = Item(HttpStreamFormat('x'))
    error = taps.raises(PublishError, pub.publish, 'c', item, blocking=True)
    assert bad.uri in error.message and good.uri not in error.message and 'Invalid format' in error.message, error
    results = Results()
    pub.publish('c', item, callback=results)
    pub.publish('c', item)
    pub.wait_all_sent()
    assert len(results.got) == 1 and results.got[0][0] is False and 'Invalid format' in results.got[0][1], results.got
    assert len(good.items()) == 3

    pub.remove_all_clients()
    taps.raises(Grip.NoEndpointError, pub.publish, 'c', item, blocking=True)
    pub.publish('c', item, callback=results)
    pub.publish('c', item)
    pub.finish()
    assert results.got[1:] == [(False, 'no endpoint is configured: nobody would get the item')], results.got
    pub.close()
    good.close()
    bad.close()


def test_refused_items_are_told():
    """an item that Pushpin would refuse is told to the callback; without one, or blocking, it is an exception"""
    sink, results = Sink(), Results()
    pub = GripPubControl({'control_uri': sink.uri})
    items = [('c', HttpStreamFormat('\ud800')), ('', HttpStreamFormat('x')), ('\ud800', HttpStreamFormat('x')),
             ('c', HttpResponseFormat(headers={'a b': 'c'})), ('c', WebSocketMessageFormat('x', content_filters=['']))]
    for channel, format in items:
        pub.publish(channel, Item(format), callback=results)
        taps.raises(ValueError, pub.publish, channel, Item(format), blocking=True)
    pub.publish_http_stream('c', '\ud800', callback=results)
    pub.publish_http_response('c', b'\xff', callback=results)
    taps.raises(ValueError, pub.publish_http_stream, 'c', '\ud800')
    pub.wait_all_sent()
    assert sorted(result for result, _message in results.got) == [False] * 6 + [True], results.got
    assert all(message for result, message in results.got if not result), results.got
    assert "http-response: 'headers' element 0: the name is no header name" in [m for _, m in results.got], results.got
    assert [formats_of(item) for item in sink.items()] == [{'http-response': {'body-bin': '/w=='}}], sink.items()
    pub.close()
    sink.close()


def test_callbacks_may_do_anything():
    """a callback may publish, wait, close and raise"""
    sink, results = Sink(), Results()
    pub = GripPubControl({'control_uri': sink.uri})

    def callback(result, message):
        pub.publish_http_stream('c', 'again', callback=results)
        pub.publish_http_stream('c', 'blocking', blocking=True)
        pub.finish()
        raise KeyError('in a callback')

    for _ in range(3):
        pub.publish_http_stream('c', 'first', callback=callback)
    pub.finish()
    pub.finish()
    assert sorted(texts(sink)) == ['again'] * 3 + ['blocking'] * 3 + ['first'] * 3, texts(sink)
    assert results.got == [(True, '')] * 3, results.got

    closed = threading.Event()
    pub.publish_http_stream('c', 'last', callback=lambda *_result: (pub.close(), closed.set()))
    assert closed.wait(60)
    sink.close()


def test_dropped_without_close():
    """what was published through an object that is dropped is sent, as in the samples"""
    sink = Sink()

    def publish():
        GripPubControl({'control_uri': sink.uri}).publish('c', Item(HttpStreamFormat('x')))
        PubControlClient(sink.uri).publish('c', Item(HttpStreamFormat('y')))

    publish()
    gc.collect()
    sink.wait_items(2)
    while pubcontrol._engine._engines:
        threading.Event().wait(0.01)
    sink.close()


def test_exit():
    """a process that ends without close() sends what it can, and neither hangs nor crashes"""
    def run(uri, seconds):
        return subprocess.run([sys.executable, __file__, 'exit', uri, seconds], timeout=120,
                              capture_output=True, text=True)

    sink = Sink()
    done = run(sink.uri, '60')
    assert done.returncode == 3 and done.stdout == 'True \n' * 10, done
    assert texts(sink) == ['%d' % number for number in range(20)], texts(sink)
    sink.close()
    # Nobody listens there, and nobody else is given the port.
    with socket.socket() as reserved:
        reserved.bind(('127.0.0.1', 0))
        uri = 'http://127.0.0.1:%d' % reserved.getsockname()[1]
        done = run(uri, '1')
    assert done.returncode == 3 and 'True' not in done.stdout and '20' in done.stderr, done


def forked(run):
    """The exit status of a child that calls @run with a number, and that number.

    A fork may catch another thread while it has a lock of GLib's, which nobody opens in the child: that one hangs,
    and another child is made then."""
    for number in range(10):
        process = multiprocessing.get_context('fork').Process(target=lambda: (signal.alarm(10), run(number)))
        process.start()
        process.join()
        if process.exitcode != -signal.SIGALRM:
            break
    return process.exitcode, number


def test_interrupt():
    """Ctrl-C ends a blocking publish, and a wait for what is sent"""
    for program in ("try: pub.publish_http_stream('c', 'x', blocking=True)",
                    "try: pub.publish_http_stream('c', 'x'); pub.finish()",
                    "try: pub.publish_http_stream('c', 'x', callback=print); pub.wait_all_sent()"):
        status, out, err = interrupted("""
from gripcontrol import GripPubControl
_grip_loop.loop_thread().call(lambda: Grip.Transport.register_type('never', Never))
pub = GripPubControl({'control_uri': 'never://here'})
pub._engine._control.set_timeout(1000)
""" + program + """
except KeyboardInterrupt: print('caught', flush=True)
os._exit(5)
""")
        assert (status, out) == (5, 'caught\n'), (program, status, out, err)


def test_fork():
    """the child of a fork publishes through what its parent made"""
    def publish(number):
        results = Results()
        pub.publish_http_stream('c', 'child %d' % number, callback=results)
        pub.publish_http_stream('c', 'child %d' % number, blocking=True)
        pub.finish()
        assert results.got == [(True, '')], results.got

    sink = Sink()
    pub = GripPubControl({'control_uri': sink.uri})
    pub.publish_http_stream('c', 'parent', blocking=True)
    status, first = forked(publish)
    assert status == 0, status
    pub.publish_http_stream('c', 'parent', blocking=True)

    # One that only exits sends what it has.
    status, second = forked(lambda number: pub.publish_http_stream('c', 'exiting %d' % number))
    assert status == 0, status
    kept = ('parent', 'child %d' % first, 'exiting %d' % second)
    assert [text for text in texts(sink) if text in kept] == \
        ['parent', kept[1], kept[1], 'parent', kept[2]], texts(sink)
    pub.close()
    sink.close()


def claims_of(header):
    kind, token = header.split()
    assert kind == 'Bearer', header
    head, body, signature = token.split('.')
    expected = hmac.new(b'key', ('%s.%s' % (head, body)).encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(expected).rstrip(b'=').decode() == signature
    return json.loads(base64.urlsafe_b64decode(body + '=='))


def test_credentials():
    """basic, bearer and JWT; the last ones that were set are sent, also after the first publish"""
    sink = Sink()
    client = PubControlClient(sink.uri + '/')
    pub = PubControl()
    pub.add_client(client)
    item = Item(HttpStreamFormat('x'))

    def sent():
        pub.publish('c', item, blocking=True)
        return sink.headers()[-1].get('Authorization')

    assert sent() is None and sink.requests[0][0] == '/publish/', sink.requests
    client.set_auth_basic('user', 'password')
    assert sent() == 'Basic dXNlcjpwYXNzd29yZA=='
    client.set_auth_bearer('token')
    assert sent() == 'Bearer token'
    client.set_auth_jwt({'iss': 'realm'}, 'key')
    claims = claims_of(sent())
    assert claims['iss'] == 'realm' and claims['exp'] > 0 and set(claims) == {'iss', 'exp'}, claims
    client.set_auth_jwt({'iss': 'realm', 'sub': 'é'}, b'key')
    claims = claims_of(sent())
    assert claims['sub'] == 'é' and claims['exp'] > 0, claims
    pubcontrol._client.TOKEN_LIFETIME, before = 7200, claims['exp']
    pubcontrol._client.TOKEN_MARGIN = 3700
    assert claims_of(sent())['exp'] > before
    client.set_auth_jwt({'exp': 4102444800}, 'key')
    assert claims_of(sent()) == {'exp': 4102444800}
    taps.raises(ValueError, client.set_auth_bearer, 'line\nbreak')
    taps.raises(ValueError, PubControlClient, 'nonsense')
    assert len(sink.items()) == 7
    pub.close()
    client.close()
    sink.close()


def test_custom_format():
    """a Format of the application's own, with name() and export()"""
    class Mine(Format):
        def name(self):
            return 'my-format'

        def export(self):
            return {'body': 'text', 'list': [1, None, {'a': True}]}

    class Broken(Mine):
        def export(self):
            raise KeyError('in export()')

    sink = Sink()
    pub = PubControl({'uri': sink.uri})
    pub.publish('c', Item([Mine(), HttpStreamFormat('x')], 'id', 'prev', {'sender': 's'}), blocking=True)
    item, = sink.items()
    assert formats_of(item)['my-format'] == {'body': 'text', 'list': [1, None, {'a': True}]}, item
    assert (item['id'], item['prev-id'], item['meta']) == ('id', 'prev', {'sender': 's'}), item
    taps.raises(KeyError, pub.publish, 'c', Item(Broken()))
    taps.raises(NotImplementedError, pub.publish, 'c', Item(Format()))
    taps.raises(Grip.InvalidItemError, pub.publish, 'c', Item([Mine(), Mine()]))
    taps.raises(TypeError, pub.publish, 'c', Item('text'))
    taps.raises(TypeError, pub.publish, 'c', 'text')
    pub.close()
    sink.close()


def test_formats():
    """the three formats, text and bytes"""
    assert HttpResponseFormat().export() == {'body': ''}
    assert HttpResponseFormat(201, 'Made', {'A': 'b'}, b'\xff').export() == {
        'code': 201, 'reason': 'Made', 'headers': [['A', 'b']], 'body-bin': '/w=='}
    assert HttpStreamFormat(b'text').export() == {'content': 'text'}
    assert HttpStreamFormat(close=True).export() == {'action': 'close'}
    assert HttpStreamFormat('x', content_filters=['skip-self']).export()['content-filters'] == ['skip-self']
    assert WebSocketMessageFormat('text').export()['content'] == 'text'
    assert WebSocketMessageFormat(b'text').export()['content'] == 'text'
    assert WebSocketMessageFormat('text', binary=True).export()['content-bin'] == 'dGV4dA=='
    assert WebSocketMessageFormat(b'\xff').export()['content-bin'] == '/w=='
    taps.raises(ValueError, HttpStreamFormat)


def test_configurations():
    """a list is taken as a whole or not at all; what is wrong is said"""
    pub = GripPubControl()
    error = taps.raises(ValueError, pub.apply_grip_config, [{'control_uri': 'http://h'}, {'control_url': 'http://h'}])
    assert 'control_url' in error.message and pub.clients == [], error
    taps.raises(ValueError, pub.apply_config, {'uri': 'http://h', 'key': 5})
    pub.apply_grip_config([{'control_uri': 'http://h', 'key': b'x', 'control_iss': None}, {'control_uri': 'http://i'}])
    assert len(pub.clients) == 2
    taps.raises(TypeError, pub.add_client, 'http://h')
    pub.close()


def test_inside_asyncio():
    """within a coroutine a publish returns at once, and its callback comes"""
    async def main():
        loop = asyncio.get_running_loop()
        arrived = loop.create_future()
        assert pub.publish_http_stream('c', 'x') is None
        assert pub.publish_http_stream(
            'c', 'y', callback=lambda *result: loop.call_soon_threadsafe(arrived.set_result, result)) is None
        return await asyncio.wait_for(arrived, 60)

    sink = Sink()
    pub = GripPubControl({'control_uri': sink.uri})
    assert asyncio.run(main()) == (True, '')
    assert texts(sink) == ['x', 'y']
    pub.close()
    sink.close()


def test_threads():
    """many threads publish through one object"""
    sink, results = Sink(), Results()
    pub = GripPubControl({'control_uri': sink.uri})

    def work(name):
        for number in range(25):
            pub.publish_http_stream(name, '%d' % number, callback=results)

    threads = [threading.Thread(target=work, args=('c%d' % i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pub.close()
    assert results.got == [(True, '')] * 200
    for i in range(8):
        assert [formats_of(item)['http-stream']['content'] for item in sink.items()
                if item['channel'] == 'c%d' % i] == ['%d' % number for number in range(25)]
    sink.close()


def test_instructs():
    """holds and channel headers; filters are in both"""
    assert json.loads(create_hold_response('c')) == {'hold': {'mode': 'response', 'channels': [{'name': 'c'}]}}
    held = json.loads(create_hold_stream(['a', Channel('b', filters=['skip-self'])], 'first\n'))
    assert held['hold'] == {'mode': 'stream', 'channels': [
        {'name': 'a'}, {'name': 'b', 'filters': ['skip-self']}]}, held
    assert held['response']['body'] == 'first\n', held
    # Pushpin would end such a stream at once.
    taps.raises(ValueError, create_hold_stream, Channel('b', '1'))
    held = json.loads(create_hold('response', [Channel('c')], Response(404, 'No', {'A': 'b'}, b'\xff'), timeout=5))
    for timeout in (0, 1, 3600):
        assert json.loads(create_hold('response', 'c', timeout=timeout))['hold']['timeout'] == timeout
    assert 'timeout' not in json.loads(create_hold('response', 'c'))['hold']
    taps.raises(ValueError, create_hold_response, 'c', timeout=-1)
    taps.raises(ValueError, create_hold, 'stream', 'c', timeout=5)
    assert held['hold']['timeout'] == 5 and held['response']['code'] == 404, held
    assert held['response']['body-bin'] == '/w==' and held['response']['reason'] == 'No', held
    assert create_grip_channel_header('c') == 'c'
    assert create_grip_channel_header(['a', Channel('b', '1', ['skip-self'])]) == 'a, b; prev-id=1; filter=skip-self'
    taps.raises(ValueError, create_grip_channel_header, 'a,b')
    taps.raises(ValueError, create_grip_channel_header, 'a\r\nX: y')
    taps.raises(ValueError, create_hold, 'push', 'c')
    assert parse_grip_uri('http://h/realm/r?iss=r&key=base64:AAE=') == {
        'control_uri': 'http://h/realm/r', 'control_iss': 'r', 'key': b'\x00\x01'}


def jwt(claims, key, header=None):
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b'=')
                  for part in (header or {'alg': 'HS256', 'typ': 'JWT'}, claims))
    signature = hmac.new(key, head + b'.' + body, hashlib.sha256).digest()
    return (head + b'.' + body + b'.' + base64.urlsafe_b64encode(signature).rstrip(b'=')).decode()


def test_validate_sig():
    """True for a good token; anything else is False and no exception"""
    good = jwt({'iss': 'pushpin', 'exp': 4102444800}, b'key')
    assert validate_sig(good, 'key') is True and validate_sig(good.encode(), b'key') is True
    assert validate_sig(good, 'base64:a2V5', 'pushpin') is True
    assert validate_sig(good, 'key', iss='other') is False and validate_sig(good, 'other') is False
    for token in (None, '', 5, 'x', 'a.b.c', good[:-2], '\ud800', '\x00', b'\xff', 'é.é.é',
                  jwt({'iss': 'pushpin'}, b'key'), jwt({'exp': '4102444800'}, b'key'), jwt({'exp': 1}, b'key'),
                  jwt({'exp': None}, b'key'), jwt([], b'key'), jwt({'exp': 4102444800}, b'key', {'alg': 'none'})):
        assert validate_sig(token, 'key') is False, token
    # A public key is no secret: a token that was signed with its text proves nothing.
    public = json.dumps({'kty': 'EC', 'crv': 'P-256', 'x': 'CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg',
                         'y': '7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M'})
    assert validate_sig(jwt({'exp': 4102444800}, public.encode()), public) is False
    for key in (None, '', 5, '{"kty":"EC"}'):
        taps.raises((ValueError, TypeError), validate_sig, good, key)


def test_websocket_events():
    """events there and back, and the context of a connection"""
    body = b'OPEN\r\nPING 1\r\nx\r\nTEXT 3\r\nh\xc3\xa9\r\nBINARY 1\r\n\xff\r\nTEXT 0\r\n\r\nCLOSE 5\r\n\x03\xe9bye\r\n'
    events = decode_websocket_events(body)
    assert [event.type for event in events] == ['OPEN', 'PING', 'TEXT', 'BINARY', 'TEXT', 'CLOSE']
    assert events[2].content == 'hé'.encode() and encode_websocket_events(events) == body, events
    assert decode_websocket_events('TEXT 3\r\nhé\r\n')[0].content == 'hé'
    assert encode_websocket_events([WebSocketEvent('TEXT', 'hé'), WebSocketEvent('OPEN')]) == 'TEXT 3\r\nhé\r\nOPEN\r\n'
    for bad in (b'TEXT 5\r\nhi\r\n', b'TEXT -1\r\n', b'TEXT zz\r\n', b'TEXT 1\r\nxyz', b'TEXT ffffffffffffffff\r\n'):
        taps.raises(ValueError, decode_websocket_events, bad)
    assert json.loads(websocket_control_message('subscribe', {'channel': 'c', 'filters': ['f']})) == {
        'type': 'subscribe', 'channel': 'c', 'filters': ['f']}
    assert json.loads(websocket_control_message('detach')) == {'type': 'detach'}

    context = WebSocketContext('id', {'user': 'u'}, events, grip_prefix='p-')
    assert context.is_opening() and context.meta == {'user': 'u'} and context.id == 'id'
    context.accept()
    context.subscribe('c')
    assert context.can_recv() and context.recv() == 'hé' and context.recv() == b'\xff' and context.recv() == ''
    context.send('text')
    context.send_binary(b'\x00')
    assert context.recv() is None and context.close_code == 1001 and not context.can_recv()
    taps.raises(IOError, context.recv)
    context.close()
    assert [(event.type, event.content) for event in context.out_events] == [
        ('OPEN', None), ('TEXT', b'c:{"type":"subscribe","channel":"p-c"}'), ('PONG', b'x'), ('TEXT', b'm:text'),
        ('BINARY', b'm:\x00'), ('CLOSE', None)], context.out_events
    context = WebSocketContext('id', {}, decode_websocket_events(b'DISCONNECT\r\n'))
    taps.raises(IOError, context.recv)


def test_zmq_client():
    """a ZMQ client is made from its addresses"""
    client = ZmqPubControlClient('tcp://localhost:5563', require_subscribers=True)
    assert client.uri == 'tcp://localhost:5563'
    taps.raises(ValueError, ZmqPubControlClient, 'nonsense')
    taps.raises(ValueError, ZmqPubControlClient)


taps.run(globals())
