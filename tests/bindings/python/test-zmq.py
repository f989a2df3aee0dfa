# test-zmq.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The drop-in modules and the override over ZMQ, with a real Pushpin by grip-test-world."""
import threading

from gripcontrol import GripPubControl, HttpStreamFormat
from pubcontrol import Item, PubControl, ZmqPubControlClient
from gi.repository import Grip

import taps
from clients import PATIENCE, HttpClient, wait_subscribed, world


class Held:
    """A stream that is subscribed to a channel."""

    def __init__(self, channel, clients=1):
        self.client = HttpClient('/stream?channel=' + channel)
        wait_subscribed(channel, clients)
        assert self.client.read_head() == 200 and self.client.read_content(5) == 'open\n'

    def expect(self, text):
        got = self.client.read_content(len(text.encode('latin-1')), 'latin-1')
        assert got == text, got


def test_discovery():
    """a command socket in the configuration: what is published at once arrives, in order, with callbacks"""
    held = Held('discovery')
    results = []
    pub = GripPubControl({'control_zmq_uri': world('COMMAND')})
    for number in range(20):
        pub.publish_http_stream('discovery', '%02d\n' % number, callback=lambda *result: results.append(result))
    pub.finish()
    assert results == [(True, '')] * 20, results
    held.expect(''.join('%02d\n' % number for number in range(20)))
    pub.close()


def test_clients():
    """a client for the PUSH socket, and one that is used alone; bytes arrive as bytes"""
    held = Held('clients')
    pub = PubControl()
    client = ZmqPubControlClient(push_uri=world('PUSH'))
    pub.add_client(client)
    pub.publish('clients', Item(HttpStreamFormat(b'\xff\x00\n')), blocking=True)
    held.expect('\xff\x00\n')
    client.publish('clients', Item(HttpStreamFormat('alone\n')), blocking=True)
    held.expect('alone\n')
    client.close()
    pub.close()


def test_require_subscribers():
    """the XPUB socket: sub_callback tells of channels, and publishes reach those who listen"""
    events = []
    changed = threading.Condition()

    def sub_callback(event, channel):
        with changed:
            events.append((event, channel))
            changed.notify_all()

    def wait_event(event):
        with changed:
            assert changed.wait_for(lambda: event in events, 2 * PATIENCE), (event, events)

    with PubControl({'zmq_uri': world('COMMAND'), 'require_subscribers': True}, sub_callback) as pub:
        held = Held('xpub')
        wait_event(('sub', 'xpub'))
        pub.publish('xpub', Item(HttpStreamFormat('for one\n')), blocking=True)
        pub.publish('nobody', Item(HttpStreamFormat('for none\n')), blocking=True)
        held.expect('for one\n')
        held.client.close()
        wait_event(('unsub', 'xpub'))


def test_override():
    """the library itself over PUSH and over the command socket"""
    held = Held('override')
    for config in ({'control_zmq_push_uri': world('PUSH')},
                   {'control_zmq_uri': world('COMMAND'), 'control_zmq_mode': 'command'}):
        with Grip.PubControl(config) as pub:
            assert pub.publish_http_stream('override', 'text\n')
        held.expect('text\n')
    held.client.close()


def test_nobody_there():
    """an endpoint that is not there is told of, and neither finish() nor close() hangs"""
    pub = Grip.PubControl({'control_zmq_push_uri': 'tcp://127.0.0.1:9'}, timeout=0.5)
    error = taps.raises(Grip.TimedOutError, pub.publish_http_stream, 'c', 'x')
    assert 'tcp://127.0.0.1:9' in error.message, error
    pub.close()


taps.run(globals())
