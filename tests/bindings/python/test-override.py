# test-override.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The override: native types, keywords, exceptions, `with` and `await`."""
import asyncio
import inspect
import json
import os
import signal
import subprocess
import sys
import threading

import gbulb
import gi
gi.require_version('Grip', '1.0')
from gi.repository import Gio, GLib, Grip

import taps
from doubles import NEVER, Sink, formats_of, interrupted


def test_text_bytes_and_keywords():
    """str and bytes are payloads, what is optional may be left out or named"""
    sink = Sink()
    with Grip.PubControl(sink.uri) as pub:
        assert pub.publish_http_stream('news', 'hello\n')
        assert pub.publish_http_stream('news', b'\xff\x00', id='2', prev_id='1')
        assert pub.publish_http_response('news', 'body', prev_id='3')
        assert pub.publish_websocket_message('news', b'\x00bin')
        assert pub.publish('news', Grip.HttpStreamFormat('alone'))
        assert pub.publish('news', item=Grip.Item([Grip.HttpStreamFormat('a'),
                                                   Grip.WebSocketMessageFormat('b')], meta={'sender': 'x'}))
    items = sink.items()
    assert formats_of(items[0]) == {'http-stream': {'content': 'hello\n'}}, items[0]
    assert items[1]['id'] == '2' and items[1]['prev-id'] == '1', items[1]
    assert formats_of(items[1])['http-stream'] == {'content-bin': '/wA='}, items[1]
    assert 'id' not in items[2] and items[2]['prev-id'] == '3', items[2]
    assert formats_of(items[2])['http-response']['body'] == 'body', items[2]
    assert formats_of(items[3])['ws-message']['content-bin'] == 'AGJpbg==', items[3]
    assert formats_of(items[4])['http-stream']['content'] == 'alone', items[4]
    assert set(formats_of(items[5])) == {'http-stream', 'ws-message'}, items[5]
    assert items[5]['meta'] == {'sender': 'x'}, items[5]
    sink.close()


def test_configurations():
    """dictionaries, lists and URIs are configurations"""
    sink = Sink()
    for config in ({'control_uri': sink.uri, 'user': 'u', 'pass': 'p'},
                   [{'control_uri': sink.uri, 'user': 'u', 'pass': 'p', 'verify_key': b'k', 'key': None}],
                   sink.uri.replace('//', '//u:p@')):
        with Grip.PubControl(config) as pub:
            assert pub.publish_http_stream('c', 'x')
    assert [headers['Authorization'] for headers in sink.headers()] == ['Basic dTpw'] * 3
    with Grip.PubControl([]) as pub:
        assert len(pub) == 0
        pub.add_endpoint({'control_uri': sink.uri})
        pub.add_endpoint(sink.uri)
        assert len(pub) == 2 and pub[0].get_endpoint().get_control_uri() == sink.uri
    sink.close()


def test_natural_constructors():
    """classes are made by calling them, and results are native"""
    format = Grip.HttpResponseFormat('x', code=201, reason='Made', headers={'A': 'b'})
    assert format.get_headers() == [('A', 'b')] and format.get_content() == b'x', format.get_headers()
    assert Grip.HttpResponseFormat(headers=[('A', '1'), ('A', '2')]).get_headers() == [('A', '1'), ('A', '2')]
    taps.raises(TypeError, Grip.HttpStreamFormat, 'x', status=3)
    assert Grip.Channel('a', filters=['skip-self']).get_filters() == ['skip-self']
    assert Grip.Response(404, body='no', headers={'A': 'b'}).get_body() == b'no'
    assert Grip.Key({'kty': 'oct', 'k': 'c2VjcmV0'}).equal(Grip.Key('secret'))
    assert Grip.Key(b'secret').equal(Grip.Key('base64:c2VjcmV0'))
    assert Grip.Endpoint('http://h/?iss=i&key=base64:AAE=').get_key_data() == b'\x00\x01'
    assert Grip.parse_grip_uri('http://h/?iss=i&key=base64:AAE=') == {
        'control_uri': 'http://h', 'control_iss': 'i', 'key': b'\x00\x01'}
    event, = Grip.decode_websocket_events(b'TEXT 3\r\nh\xc3\xa9\r\n')
    assert event.get_content() == 'hé'.encode() and event.dup_text() == 'hé'
    assert Grip.encode_websocket_events([Grip.WebSocketEvent('TEXT', 'hé')]) == b'TEXT 3\r\nh\xc3\xa9\r\n'
    assert Grip.websocket_control_message('set-meta', {'name': 'n', 'value': 'v'}) == \
        '{"type":"set-meta","name":"n","value":"v"}'
    signature = Grip.validate_sig(Grip.Key('k').sign('me', 4102444800), 'k', iss='me')
    assert signature.get_claims() == {'iss': 'me', 'exp': 4102444800}, signature.get_claims()
    assert str(inspect.signature(Grip.PubControl.publish)) == '(self, channel, item, cancellable=None)'
    assert str(inspect.signature(Grip.Item.new)) == '(format, id=None, prev_id=None)'


def test_exceptions():
    """each code has an exception, which is still a GLib.Error of our domain"""
    for name, code in (('NoEndpointError', Grip.Error.NO_ENDPOINT), ('RejectedError', Grip.Error.REJECTED),
                       ('UnauthorizedError', Grip.Error.UNAUTHORIZED), ('ClosedError', Grip.Error.CLOSED)):
        kind = getattr(Grip, name)
        assert issubclass(kind, Grip.GripError) and issubclass(kind, GLib.Error)
        assert kind('x').matches(Grip.error_quark(), code), name
    error = taps.raises(Grip.PublishError, Grip.PubControl().publish_http_stream, 'c', 'x')
    assert isinstance(error, Grip.NoEndpointError) and error.matches(Grip.error_quark(), Grip.Error.NO_ENDPOINT)

    sink = Sink(lambda number: (400, "Invalid format") if number < 3 else (401, 'no'))
    with Grip.PubControl(sink.uri) as pub:
        for _ in range(2):
            error = taps.raises(Grip.PublishError, pub.publish_http_stream, 'c', 'x')
            assert isinstance(error, Grip.RejectedError) and 'Invalid format' in error.message, error
        error = taps.raises(Grip.UnauthorizedError, pub.publish_http_stream, 'c', 'x')
        assert isinstance(error, Grip.PublishError) and sink.uri in error.message, error
    sink.close()
    error = taps.raises(Grip.ClosedError, pub.publish_http_stream, 'c', 'x')

    taps.raises(Grip.MalformedError, Grip.validate_sig, 'a.b.c', 'key')
    error = taps.raises(Grip.UnauthorizedError, Grip.validate_sig, Grip.Key('other').sign('me', 4102444800), 'key')
    assert not isinstance(error, Grip.PublishError)
    taps.raises(ValueError, Grip.PubControl, {'control_uri': 'nonsense'})
    taps.raises(ValueError, Grip.decode_websocket_events, b'TEXT zz\r\n')
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    error = taps.raises(GLib.Error, Grip.PubControl().publish_http_stream, 'c', 'x', cancellable=cancellable)
    assert error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error


def test_described():
    """dictionaries describe formats, channels and responses; a channel may be its name"""
    def encoded(item):
        return json.loads(item.encode('c', Grip.Encoding.JSON))['formats']

    assert encoded(Grip.Item({'http-stream': {'content': b'\xff'}, 'celsius': {'degrees': 21.5}})) == {
        'http-stream': {'content-bin': '/w=='}, 'celsius': {'degrees': 21.5}}
    assert encoded(Grip.Item([Grip.HttpStreamFormat('x'), {'ws-message': {'action': 'close', 'code': 1000}}])) == {
        'http-stream': {'content': 'x'}, 'ws-message': {'action': 'close', 'code': 1000}}
    assert encoded(Grip.Item.new({'http-stream': {'content': 'x'}})) == {'http-stream': {'content': 'x'}}
    error = taps.raises(Grip.InvalidItemError, Grip.Item, {'http-stream': {}})
    assert error.message == "http-stream: 'content' is missing", error
    taps.raises(Grip.InvalidItemError, Grip.Item, {})
    taps.raises(ValueError, Grip.Item.new, {'a': {}, 'b': {}})
    taps.raises(Grip.NoEndpointError, Grip.PubControl().publish, 'c', {'http-stream': {'content': 'x'}})
    assert Grip.create_grip_channel_header('a') == 'a'
    assert Grip.create_grip_channel_header(['a', {'name': 'b', 'filters': ['f']}, Grip.Channel('c', '1')]) == \
        'a, b; filter=f, c; prev-id=1'
    held = json.loads(Grip.create_hold_response('a', {'code': 201, 'body': 'later'}, 5))
    assert held['response'] == {'code': 201, 'body': 'later'} and held['hold']['channels'] == [{'name': 'a'}], held
    assert json.loads(Grip.create_hold_response('a')) == {'hold': {'mode': 'response', 'channels': [{'name': 'a'}]}}
    assert json.loads(Grip.create_hold_response(['a'], timeout=5))['hold']['timeout'] == 5
    instruct = Grip.Instruct.new_hold_stream('a')
    instruct.add_channel('b')
    instruct.set_response('text')
    assert [channel.get_name() for channel in instruct.get_channels()] == ['a', 'b']
    for wrong in (5, [5], [None]):
        taps.raises(TypeError, Grip.create_grip_channel_header, wrong)


INTERRUPTED = """
pub = Grip.PubControl(timeout=1000)
pub.add_transport(_grip_loop.loop_thread().call(Never))
"""


REFUSED = """
for call in (lambda: Grip.Response(4444), lambda: Grip.create_hold_response(['c'], None, -5)):
    try: call()
    except (TypeError, ValueError) as error: print(error)
"""


def test_interrupt():
    """Ctrl-C ends what waits, at once and as KeyboardInterrupt"""
    status, _out, err = interrupted(INTERRUPTED + "pub.publish_http_stream('c', 'x')")
    assert status in (130, -signal.SIGINT) and '\nKeyboardInterrupt\n' in err, (status, err)
    assert 'During handling' not in err, err
    for program in ("try: pub.publish('c', Grip.HttpStreamFormat('x'), None)",
                    "try: pub.publish_http_stream_async('c', 'x'); pub.flush()",
                    "try: pub.publish_http_stream_async('c', 'x'); pub.close()"):
        status, out, err = interrupted(INTERRUPTED + program + """
except KeyboardInterrupt: print('caught', signal.set_wakeup_fd(-1), signal.getsignal(2) is signal.default_int_handler)
os._exit(5)
""".replace('os._exit', 'sys.stdout.flush(); os._exit'))
        assert (status, out) == (5, 'caught -1 True\n'), (program, status, out, err)


def test_interrupt_at_the_worst_moment():
    """a Ctrl-C that comes when the call is about to wait"""
    done = subprocess.run([sys.executable, '-c', NEVER + INTERRUPTED + """
set_wakeup_fd = signal.set_wakeup_fd
def after_a_signal(*arguments, **named):
    signal.set_wakeup_fd = set_wakeup_fd
    os.kill(os.getpid(), signal.SIGINT)
    return set_wakeup_fd(*arguments, **named)
signal.set_wakeup_fd = after_a_signal
try: pub.publish_http_stream('c', 'x')
except KeyboardInterrupt: print('caught', flush=True)
os._exit(5)
"""], capture_output=True, text=True, timeout=100)
    assert done.returncode == 5 and done.stdout.splitlines()[-1] == 'caught', done


def test_interrupt_with_a_handler():
    """a handler of the program is called when the call has returned, in a main loop as well"""
    status, out, err = interrupted(INTERRUPTED + """
def handler(number, frame):
    print('handler', flush=True)
    os._exit(5)
signal.signal(signal.SIGINT, handler)
loop = GLib.MainLoop()
GLib.idle_add(lambda: pub.publish_http_stream_async('c', 'x'))
GLib.timeout_add(10, lambda: True)
while True: GLib.MainContext.default().iteration(True)
""")
    assert (status, out) == (5, 'handler\n'), (status, out, err)
    status, out, err = interrupted(INTERRUPTED + """
loop = GLib.MainLoop()
def work():
    try: pub.publish_http_stream('c', 'x')
    except GLib.Error as error: print(error.message, flush=True)
GLib.idle_add(work)
try: loop.run()
except KeyboardInterrupt: print('caught', flush=True)
os._exit(5)
""")
    assert status == 5 and out.splitlines()[-1] == 'caught', (status, out, err)


def test_batch():
    """a batch tells what became of each item, with exceptions by code"""
    sink = Sink(lambda number: (400, 'Invalid format'))
    batch = Grip.Batch()
    assert batch.add('a', Grip.HttpStreamFormat('x')) and batch.add('b', Grip.HttpStreamFormat(b'y'))
    with Grip.PubControl(sink.uri) as pub:
        taps.raises(Grip.PublishError, pub.publish_batch, batch)
    for index in range(2):
        assert batch.get_fate(index) == Grip.Fate.REFUSED
        assert isinstance(batch.get_error(index), Grip.RejectedError), batch.get_error(index)
    sink.close()


def tool_says(*arguments):
    """The words of the C program, behind the name of the command."""
    done = subprocess.run([os.environ['GRIP_TOOL'], *arguments], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode != 0, done
    return done.stderr


def test_same_words_as_in_c():
    """bad input gives an exception with the words that C has for it"""
    for uri in ('nonsense', 'http://h/?key=base64:%%%', 'http://h/?iss=', 'http://[::1', 'http://h:99999/'):
        message = taps.raises(Grip.InvalidConfigError, Grip.Endpoint.new_for_uri, uri).message
        assert message in tool_says('uri', '--json', uri), (message, tool_says('uri', '--json', uri))
    for token in ('', 'a.b', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'):
        message = taps.raises(Grip.GripError, Grip.validate_sig, token, 'key').message
        said = tool_says('verify', '--key', 'key', token)
        assert message in said or message.split(': ')[-1] in said, (message, said)


def test_wrong_types():
    """what no conversion takes is a TypeError, or an error of our domain"""
    pub = Grip.PubControl()
    for config in (5, {'control_uri': object()}, {3: 4}, [5], object()):
        taps.raises((TypeError, Grip.InvalidConfigError), pub.apply_config, config)
    for arguments in ((), ('c',), ('c', 5), ('c', None), (None, 'x'), ('c', 'x', 5), (5, 'x')):
        taps.raises(TypeError, pub.publish_http_stream, *arguments)
    for item in (5, None, 'text', [], [5]):
        taps.raises((TypeError, Grip.GripError), pub.publish, 'c', item)
    taps.raises(TypeError, Grip.Item)
    done = subprocess.run([sys.executable, '-c', NEVER + REFUSED], capture_output=True, text=True,
                          env=dict(os.environ, G_DEBUG=''), timeout=60)
    assert done.stdout == ('constructor returned NULL\n'
                           'create_hold_response was given an argument that it does not take\n'), done
    taps.raises(OverflowError, Grip.websocket_control_message, 'x', {'n': 2**64})
    assert len(pub) == 0


def test_await_gbulb():
    """await in a loop that iterates GLib's main context"""
    loop = gbulb.GLibEventLoop(context=GLib.MainContext.default())
    asyncio.set_event_loop(loop)
    loop.run_until_complete(awaits())
    asyncio.set_event_loop(None)
    loop.close()


def test_await_asyncio():
    """await in asyncio's own loop, which knows nothing of GLib"""
    asyncio.run(awaits())


def test_await_in_a_thread():
    """await in the loop of another thread"""
    results = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(awaits())))
    thread.start()
    thread.join(120)
    assert results == [True]


async def awaits():
    sink = Sink()
    silent = Gio.SocketListener()
    port = silent.add_any_inet_port(None)
    async with Grip.PubControl(sink.uri) as pub:
        assert await pub.publish_http_stream_async('c', 'x')
        assert await asyncio.gather(*(pub.publish_http_stream_async('c', '%d' % i) for i in range(20))) == [True] * 20
        assert [formats_of(item)['http-stream']['content'] for item in sink.items()] == \
            ['x'] + ['%d' % i for i in range(20)]
        assert await pub.publish_async('c', Grip.HttpStreamFormat(b'y'))
        assert await pub.flush_async()

    try:
        await Grip.PubControl().publish_http_stream_async('c', 'x')
        raise AssertionError('a publish to nobody did not fail')
    except Grip.PublishError as error:
        assert isinstance(error, Grip.NoEndpointError), error

    # A proxy that accepts and never answers.
    pub = Grip.PubControl('http://127.0.0.1:%d' % port)
    cancellable = Gio.Cancellable()
    waiting = asyncio.ensure_future(pub.publish_http_stream_async('c', 'x', cancellable=cancellable))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    waiting.cancel()
    try:
        await waiting
        raise AssertionError('a cancelled publish went well')
    except asyncio.CancelledError:
        assert cancellable.is_cancelled()
    try:
        await asyncio.wait_for(pub.publish_http_stream_async('c', 'x'), 0.2)
        raise AssertionError('a publish to a silent proxy went well')
    except asyncio.TimeoutError:
        pass
    await asyncio.wait_for(pub.close_async(), 60)
    silent.close()
    sink.close()
    return True


def test_example():
    """the example publishes the lines of its input, in order, or says why not"""
    def run(uri):
        return subprocess.run([sys.executable, os.path.join(os.environ['GRIP_PYTHON'], 'example.py'), uri, 'c'],
                              input=b'1\n2\n\xff\n', capture_output=True, timeout=120)

    sink = Sink()
    done = run(sink.uri)
    assert done.returncode == 0 and done.stderr == b'published 3 items\n', done
    assert [formats_of(item)['http-stream'].get('content') for item in sink.items()] == ['1\n', '2\n', None]
    sink.close()
    done = run('nonsense')
    assert done.returncode == 1 and done.stderr.startswith(b'example.py: the GRIP URI'), done


def test_callback_still_works():
    """a callback is called as without the override, also within a coroutine"""
    sink = Sink()
    pub = Grip.PubControl(sink.uri)
    results = []
    loop = GLib.MainLoop()

    def done(source, result, data):
        results.append((source.publish_http_stream_finish(result), data))
        loop.quit()

    pub.publish_http_stream_async('c', 'x', None, None, None, done, 'data')
    loop.run()
    assert results == [(True, 'data')], results
    pub.close()
    sink.close()


def test_with_keeps_the_first_error():
    """a `with` block closes, and what was raised in it goes on"""
    def fail():
        with Grip.PubControl() as pub:
            pubs.append(pub)
            raise KeyError('first')

    pubs = []
    taps.raises(KeyError, fail)
    taps.raises(Grip.ClosedError, pubs[0].publish_http_stream, 'c', 'x')


taps.run(globals())
