# test-script-transports.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Transports and formats that are written in Python, good ones and bad ones."""
import asyncio
import gc
import json
import subprocess
import sys
import threading

import gbulb
import gi
gi.require_version('Grip', '1.0')
from gi.repository import GLib, GObject, Grip

import taps

if sys.argv[1:] == ['exit']:
    # The other half of test_exit_without_close().
    class Never(Grip.BaseTransport):
        def do_deliver(self, delivery):
            self.kept = delivery

    left = Grip.PubControl()
    left.add_transport(Never())
    left.publish_http_stream_async('c', 'x', None, None, None, print)
    other = Grip.PubControl('http://127.0.0.1:9/')
    other.publish_http_stream_async('c', 'x')
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass
    sys.exit(3)


class Keeping(Grip.BaseTransport):
    """Keeps what it gets and answers at once."""

    def __init__(self, **properties):
        super().__init__(**properties)
        self.got = []

    def do_deliver(self, delivery):
        self.got += [(delivery.get_channel(i), json.loads(delivery.get_payload(i)))
                     for i in range(delivery.get_n_messages())]
        delivery.complete()


def publisher(transport, **properties):
    pub = Grip.PubControl(**{'timeout': 30, **properties})
    pub.add_transport(transport)
    return pub


def publish(pub, text='x', id=None):
    """Asynchronously, in the default main context, to the end."""
    loop = GLib.MainLoop()
    outcome = []

    def done(source, result):
        try:
            outcome.append(source.publish_http_stream_finish(result))
        except Grip.PublishError as error:
            outcome.append(error)
        loop.quit()

    pub.publish_http_stream_async('c', text, id, None, None, done)
    loop.run()
    assert len(outcome) == 1, outcome
    return outcome[0]


def test_transport():
    """a transport of some lines: synchronously without a loop, asynchronously, with an open and a close"""
    calls = []

    class Opening(Keeping):
        def do_open(self):
            calls.append('open')

        def do_close(self):
            calls.append('close')

    transport = Opening()
    with publisher(transport) as pub:
        assert pub.publish_http_stream('c', 'one')
        assert publish(pub, 'two') is True
    assert [entry['formats']['http-stream']['content'] for _channel, entry in transport.got] == ['one', 'two']
    assert [channel for channel, _entry in transport.got] == ['c', 'c']
    # It is closed in its own context, which is the one of this thread.
    while len(calls) < 2:
        GLib.MainContext.default().iteration(True)
    assert calls == ['open', 'close'], calls


def test_bare_interface():
    """a transport that implements the interface and derives from nothing of ours"""
    class Bare(GObject.Object, Grip.Transport):
        def do_get_endpoint(self):
            return None

        def do_send(self, delivery):
            if delivery.get_channel(0) == 'bad':
                raise LookupError('not this one')
            delivery.complete()

    with publisher(Bare()) as pub:
        assert publish(pub) is True
        error = taps.raises(Grip.PublishError, pub.publish_http_stream, 'bad', 'x')
        assert 'LookupError: not this one' in error.message, error


def test_answer_later():
    """an answer that comes later, also from another thread"""
    class Later(Grip.BaseTransport):
        def do_deliver(self, delivery):
            threading.Timer(0.05, delivery.complete).start()

    class Coroutine(Grip.BaseTransport):
        async def do_deliver(self, delivery):
            await asyncio.sleep(0.05)
            if delivery.get_item(0).get_id() is None:
                raise Grip.NotConnectedError('no way there')
            delivery.complete()

    with publisher(Later()) as pub:
        assert publish(pub) is True
        error = taps.raises(Grip.FailedError, pub.publish_http_stream, 'c', 'x')
        assert 'use the asynchronous form' in error.message, error

    async def main():
        pub = publisher(Coroutine(), retry_limit=0)
        assert await pub.publish_http_stream_async('c', 'x', id='1')
        try:
            await pub.publish_http_stream_async('c', 'x')
            raise AssertionError('what the transport raised was lost')
        except Grip.NotConnectedError as error:
            assert 'no way there' in error.message, error
        await pub.close_async()

    loop = gbulb.GLibEventLoop(context=GLib.MainContext.default())
    loop.run_until_complete(main())
    loop.close()


def test_never_answers():
    """a transport that never answers: the publish ends, and says so"""
    class Never(Grip.BaseTransport):
        def do_deliver(self, delivery):
            self.kept = delivery

    # The time begins with the publish: on a busy machine it may be over before the transport has got it.
    transport, timeout = Never(), 0.3
    pub = publisher(transport)
    while not hasattr(transport, 'kept'):
        pub.set_timeout(timeout)
        error = publish(pub)
        assert isinstance(error, Grip.TimedOutError) and 'Never' in error.message, error
        timeout *= 2
    transport.kept.complete()
    error = taps.raises(Grip.PublishError, pub.publish_http_stream, 'c', 'x')
    assert 'Never' in error.message, error


def test_drops_the_delivery():
    """a transport that drops the delivery: the publish ends, and says so"""
    class Dropping(Grip.BaseTransport):
        def do_deliver(self, delivery):
            pass

    with publisher(Dropping()) as pub:
        for error in (publish(pub), taps.raises(Grip.PublishError, pub.publish_http_stream, 'c', 'x')):
            assert 'dropped the delivery without an answer' in error.message, error


def test_answers_twice():
    """a second answer is an exception, and changes nothing"""
    seen = []

    class Twice(Grip.BaseTransport):
        def do_deliver(self, delivery):
            delivery.complete()
            for again in (delivery.complete, lambda: delivery.fail(Grip.RejectedError('no')),
                          lambda: delivery.defer(1, Grip.RejectedError('no'))):
                seen.append(str(taps.raises(RuntimeError, again)))

    class TwiceUncaught(Grip.BaseTransport):
        def do_deliver(self, delivery):
            delivery.complete()
            delivery.complete()

    with publisher(Twice()) as pub:
        assert publish(pub) is True and pub.publish_http_stream('c', 'x')
        assert seen == ['a delivery was answered twice'] * 6, seen
    with publisher(TwiceUncaught()) as pub:
        assert publish(pub) is True


def test_raises():
    """what a transport raises is its answer, with the exception's name and words"""
    class Raising(Grip.BaseTransport):
        def do_deliver(self, delivery):
            text = json.loads(delivery.get_payload(0))['formats']['http-stream']['content']
            if text == 'refuse':
                raise Grip.RejectedError('no such channel')
            raise ZeroDivisionError('division by zero')

    with publisher(Raising()) as pub:
        for error in (publish(pub), taps.raises(Grip.PublishError, pub.publish_http_stream, 'c', 'x')):
            assert 'unknown: the transport Raising raised ZeroDivisionError: division by zero' in error.message, error
        error = publish(pub, 'refuse')
        assert isinstance(error, Grip.RejectedError) and 'no such channel' in error.message, error


def test_goes_on():
    """a bad answer is no end: what comes after it is delivered, in order"""
    class Moody(Keeping):
        def do_deliver(self, delivery):
            text = json.loads(delivery.get_payload(0))['formats']['http-stream']['content']
            if text == 'raise':
                raise ZeroDivisionError('division by zero')
            super().do_deliver(delivery)
            if text == 'twice':
                delivery.complete()

    transport = Moody()
    with publisher(transport) as pub:
        results = [publish(pub, text) for text in ('1', 'raise', '2', 'twice', '3')]
    assert [result is True for result in results] == [True, False, True, True, True], results
    assert [item['formats']['http-stream']['content'] for _channel, item in transport.got] == ['1', '2', 'twice', '3']


def test_implements_nothing():
    """a transport without do_deliver or with a wrong one, and an answer that is none, are told of"""
    class Nothing(Grip.BaseTransport):
        pass

    class NoArgument(Grip.BaseTransport):
        def do_deliver(self):
            pass

    class FailsWithText(Grip.BaseTransport):
        def do_deliver(self, delivery):
            delivery.fail('text')

    for kind, words in ((Nothing, "implements no 'deliver'"), (NoArgument, 'TypeError'), (FailsWithText, 'TypeError')):
        pub = publisher(kind(), retry_limit=0)
        error = publish(pub)
        assert isinstance(error, Grip.PublishError) and words in error.message, (kind, error)


def test_is_collected():
    """a transport that only the publisher knows keeps its state, and delivers"""
    got = []

    class Stateful(Keeping):
        def __init__(self):
            super().__init__()
            self.got = got

    pub = publisher(Stateful())
    gc.collect()
    for number in range(3):
        assert publish(pub, '%d' % number) is True
        gc.collect()
    assert len(got) == 3, got
    pub.close()
    del pub
    gc.collect()


def test_publisher_is_collected():
    """a publisher that is dropped still answers for what it took"""
    outcome = []
    transport = Keeping()
    loop = GLib.MainLoop()

    def done(source, result):
        outcome.append(source.publish_http_stream_finish(result))
        loop.quit()

    publisher(transport).publish_http_stream_async('c', 'x', None, None, None, done)
    gc.collect()
    loop.run()
    assert outcome == [True] and len(transport.got) == 1


def test_swap():
    """one Python transport takes over from another, in order"""
    first, second = Keeping(), Keeping()
    with publisher(first) as pub:
        for number in range(20):
            if number == 10:
                assert pub.replace_transport(first, second)
            assert pub.publish_http_stream('c', '%d' % number)
    texts = [entry['formats']['http-stream']['content'] for _channel, entry in first.got + second.got]
    assert texts == ['%d' % number for number in range(20)] and len(first.got) == 10, texts


def test_opened_by_uri():
    """a Python transport that is registered for a scheme is opened by URI"""
    class ByUri(Keeping):
        pass

    assert Grip.transport_register_type('python-test', ByUri)
    taps.raises(Grip.NoTransportError, Grip.transport_register_type, 'python-test', ByUri)
    with Grip.PubControl('python-test://somewhere/?verify-key=k') as pub:
        assert pub.publish_http_stream('c', 'x')
        assert publish(pub, 'y') is True
        transport = pub[0]
        assert [channel for channel, _entry in transport.got] == ['c', 'c'], transport.got
        assert transport.get_endpoint().get_control_uri() == 'python-test://somewhere'


def test_subscriptions():
    """a transport tells of its subscribers, and signals reach the publisher"""
    class Listening(Keeping):
        def do_is_subscribed(self, channel):
            return channel == 'known'

    events = []
    transport = Listening()
    with publisher(transport) as pub:
        loop = GLib.MainLoop()
        pub.connect('channel-subscribed', lambda _pub, channel: (events.append(channel), loop.quit()))
        assert pub.publish_http_stream('known', 'x')
        transport.channel_subscribed('known')
        if not events:
            loop.run()
        assert events == ['known']
        assert pub.is_subscribed('known') and not pub.is_subscribed('other')


def test_format():
    """a format that is written in Python, with a dictionary"""
    class Mine(GObject.Object, Grip.Format):
        def do_get_name(self):
            return 'my-format'

        def do_to_variant(self):
            return {'content': 'text', 'list': [1, 'a', None, {'deep': True}], 'float': 0.5}

    class Raw(Mine):
        def do_to_variant(self):
            return GLib.Variant('a{sv}', {'content': GLib.Variant('s', 'raw')})

    transport = Keeping()
    with publisher(transport) as pub:
        assert pub.publish('c', Mine())
        assert pub.publish('c', [Raw(), Grip.HttpStreamFormat('x')])
    assert transport.got[0][1]['formats'] == {
        'my-format': {'content': 'text', 'list': [1, 'a', None, {'deep': True}], 'float': 0.5}}, transport.got
    assert transport.got[1][1]['formats']['my-format'] == {'content': 'raw'}, transport.got


def test_bad_formats():
    """what a format raises is the cause of the error; one that makes no sense is refused"""
    def described_as(description, name='bad'):
        class Bad(GObject.Object, Grip.Format):
            def do_get_name(self):
                return name

            def do_to_variant(self):
                return description()

        return Bad()

    def fail():
        raise KeyError('boom')

    error = taps.raises(Grip.InvalidItemError, Grip.Item, described_as(fail))
    assert isinstance(error.__cause__, KeyError) and 'bad' in error.message, error
    error = taps.raises(Grip.InvalidItemError, Grip.Item, described_as(lambda: {'x': object()}))
    assert isinstance(error.__cause__, TypeError), error
    for description in (lambda: None, lambda: 'text', lambda: [1], lambda: GLib.Variant('i', 1)):
        error = taps.raises(Grip.InvalidItemError, Grip.Item, described_as(description))
        assert error.__cause__ is None, error

    class Nothing(GObject.Object, Grip.Format):
        pass

    class Named(Nothing):
        def do_get_name(self):
            return 'named'

    for format in (Nothing(), Named(), described_as(dict, None), described_as(dict, 5)):
        taps.raises(Grip.InvalidItemError, Grip.Item, format)

    deep = []
    for _ in range(500):
        deep = [deep]
    taps.raises((Grip.InvalidItemError, RecursionError), Grip.Item, described_as(lambda: {'deep': deep}))
    Grip.Item(described_as(lambda: {'content': 'good'}))


def test_exit_without_close():
    """a process that ends with items in its queues neither hangs nor crashes"""
    done = subprocess.run([sys.executable, __file__, 'exit'], timeout=120, capture_output=True, text=True)
    assert done.returncode == 3, done


taps.run(globals())
