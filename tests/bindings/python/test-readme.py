# test-readme.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The samples of the readme of pygripcontrol, run with a real Pushpin by grip-test-world.

The first two arguments are the directories of the samples and of what stands in for Tornado."""
import base64
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from gripcontrol import GripPubControl, parse_grip_uri

import taps
from clients import PATIENCE, HttpClient, WebSocketClient, wait_subscribed, world
from doubles import Sink, formats_of

samples, standins = sys.argv[1:3]
PORT = world('APP_PORT')


def sample(name, **values):
    """The text of a sample with values for the placeholders that are named, and a free port."""
    with open(os.path.join(samples, name + '.py'), encoding='utf-8') as file:
        text = file.read()
    for placeholder, value in {'key': 'changeme', 'port': PORT, **values}.items():
        text = text.replace('<%s>' % placeholder, value)
    text = re.sub(r"\('', 80\)", "('', %s)" % PORT, text).replace('listen(80)', 'listen(%s)' % PORT)
    # What is left of the placeholders stands in comments.
    assert not re.search(r'^[^#]*<\w+>', text, re.M), text

    return text


class Origin:
    """A sample that serves, in a process of its own."""

    def __init__(self, text):
        environment = dict(os.environ)
        environment['PYTHONPATH'] = standins + ':' + environment['PYTHONPATH']
        self.process = subprocess.Popen([sys.executable, '-c', text], env=environment)

    def __enter__(self):
        limit = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < limit:
            try:
                socket.create_connection(('127.0.0.1', int(PORT)), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError('the sample does not serve')

    def __exit__(self, *_exception):
        self.process.terminate()
        self.process.wait(PATIENCE)


def check_hold(name):
    # Whoever was subscribed once stays counted, so each has a channel of its own.
    with Origin(sample(name, channel=name)):
        client = HttpClient('/app/hold')
        wait_subscribed(name)
        pub = GripPubControl({'control_uri': world('CONTROL')})
        pub.publish_http_response(name, 'for those who wait', blocking=True)
        pub.close()
        assert client.read_head() == 200 and client.read_content(18) == 'for those who wait'
        client.close()


def test_publish():
    """publish.py: two endpoints, a ZMQ endpoint, all removed, one added, four publishes"""
    first, second = Sink(), Sink()
    stream, poll = HttpClient('/stream?channel=readme'), HttpClient('/poll?channel=readme')
    wait_subscribed('readme', 2)
    assert stream.read_head() == 200 and stream.read_content(5) == 'open\n'
    text = sample('publish', channel='readme', myrealm='realm', myendpoint_uri=world('CONTROL'),
                  myrealmkey=base64.b64encode(b'key').decode(), myendpoint_uri_1=first.uri, myendpoint_uri_2=second.uri)
    text = text.replace('https://api.fanout.io/realm/realm', first.uri)
    text = text.replace('localhost:5563', world('COMMAND').split('://')[1])
    done = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0 and done.stdout == 'Publish successful\n' * 2, done
    assert stream.read_content(len('Test publish!Test async publish!')) == 'Test publish!Test async publish!'
    assert poll.read_head() == 200 and poll.read_content(13) == 'Test publish!'
    assert first.items() == [] and second.items() == []
    for each in (stream, poll, first, second):
        each.close()


def test_first_part_of_publish():
    """publish.py, up to where the endpoints are removed: each gets the item, with its own credentials"""
    first, second, third = Sink(), Sink(), Sink()
    text = sample('publish', channel='readme', myrealm='realm', myendpoint_uri=world('CONTROL'),
                  myrealmkey=base64.b64encode(b'key').decode(), myendpoint_uri_1=second.uri, myendpoint_uri_2=third.uri)
    text = text.replace('https://api.fanout.io/realm/realm', first.uri).split('# Add a ZMQ')[0]
    text += "\ngrippub.publish_http_stream('readme', 'to all', blocking=True)\n"
    subprocess.run([sys.executable, '-c', text], check=True, timeout=PATIENCE)
    for sink in (first, second, third):
        assert [formats_of(item)['http-stream']['content'] for item in sink.items()] == ['to all']
    token = first.headers()[0]['Authorization'].split()[1]
    assert json.loads(base64.urlsafe_b64decode(token.split('.')[1] + '=='))['iss'] == 'realm'
    assert 'Authorization' not in second.headers()[0]
    for sink in (first, second, third):
        sink.close()


def test_validate_sig():
    """validate-sig.py: with a token by Pushpin"""
    with urllib.request.urlopen(world('PROXY') + '/sig', timeout=PATIENCE) as answer:
        token = answer.read().decode().strip()
    assert token.count('.') == 2, token
    for request, expected in (({'Grip-Sig': token}, True), ({'Grip-Sig': token[:-3]}, False), ({'Grip-Sig': None}, False)):
        names = {'request': request}
        exec(sample('validate-sig'), names)
        assert names['is_valid'] is expected, request


def test_long_poll_headers():
    """long-poll-headers.py: holds a client by headers"""
    check_hold('long-poll-headers')


def test_long_poll_body():
    """long-poll-body.py: holds a client by the body"""
    check_hold('long-poll-body')


def read_published(path):
    """The sample publishes once for each WebSocket, a while after it was opened. When that was too early, what is
    published for another one comes here too."""
    client, others, arrived = WebSocketClient(path), [], threading.Event()

    def open_others():
        while not arrived.wait(10):
            others.append(WebSocketClient(path))

    thread = threading.Thread(target=open_others)
    thread.start()
    try:
        return client.read_text()
    finally:
        arrived.set()
        thread.join()
        for each in (client, *others):
            each.close()


def test_websocket():
    """websocket.py: an origin that speaks WebSocket, in Tornado's manner"""
    with Origin(sample('websocket', channel='websocket', myendpoint=world('CONTROL'))):
        assert read_published('/websocket') == 'Test WebSocket publish!!'


def test_websocket_over_http():
    """websocket-over-http.py: an origin that speaks WebSocket-over-HTTP"""
    with Origin(sample('websocket-over-http', channel='over-http', myendpoint=world('CONTROL'))):
        assert read_published('/app/ws') == 'Test WebSocket publish!!'


def test_parse_grip_uri():
    """parse-grip-uri.py: control_uri, control_iss and key"""
    names = {}
    exec(sample('parse-grip-uri', myrealm='realm', myrealmkey=base64.b64encode(b'\x00key').decode()), names)
    assert names['config'] == {'control_uri': 'http://api.fanout.io/realm/realm', 'control_iss': 'realm',
                               'key': b'\x00key'}, names['config']
    assert parse_grip_uri('http://h/?key=text') == {'control_uri': 'http://h', 'key': 'text'}


taps.run(globals())
