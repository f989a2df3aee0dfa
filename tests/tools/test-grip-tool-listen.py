#!/usr/bin/python3
# test-grip-tool-listen.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs grip-tool listen against a server that does as a test says. Writes TAP."""

import base64
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

from tap import expect, main, test

TOOL = sys.argv[1]
PATIENCE = 60
MAX_MESSAGE = 16 * 1024 * 1024


class Peer:
    """One connection: what a test's script writes on."""

    def __init__(self, connection, server):
        self.connection = connection
        self.server = server
        self.sent = 0

    def request(self):
        """Reads the head of a request. None at the end."""
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            byte = self.connection.recv(1)
            if not byte:
                return None
            head += byte
        self.server.heads.append(head.decode())
        return self.server.heads[-1]

    def send(self, data):
        self.connection.sendall(data)
        self.sent += len(data)

    def head(self, status='200 OK', **headers):
        lines = ['%s: %s' % (name.replace('_', '-'), value) for name, value in headers.items()]
        self.send('\r\n'.join(['HTTP/1.1 ' + status, *lines, '', '']).encode())

    def chunk(self, data):
        self.send(b'%x\r\n%s\r\n' % (len(data), data))

    def answer(self, body, status='200 OK'):
        self.head(status, Content_Length=len(body))
        self.send(body)

    def shake_hands(self, accept=None, **headers):
        key = re.search(r'(?i)sec-websocket-key: (\S+)', self.request()).group(1)
        digest = hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()
        self.head('101 Switching Protocols', Upgrade='websocket', Connection='Upgrade',
                  Sec_WebSocket_Accept=accept or base64.b64encode(digest).decode(), **headers)

    def frame(self, opcode, data, final=True):
        head = bytes([opcode | (0x80 if final else 0)])
        if len(data) < 126:
            head += bytes([len(data)])
        elif len(data) < 65536:
            head += b'\x7e' + struct.pack('>H', len(data))
        else:
            head += b'\x7f' + struct.pack('>Q', len(data))
        self.send(head + data)

    def until_closed(self):
        while self.connection.recv(65536):
            pass


class Server:
    """Runs the script for each connection, with its number from 0."""

    def __init__(self, script, context=None):
        self.script = script
        self.context = context
        self.heads = []
        self.peers = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.http = 'http://127.0.0.1:%d/a?b=c' % self.port
        self.ws = 'ws://127.0.0.1:%d/socket' % self.port

    def __enter__(self):
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def accept(self):
        number = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection, number), name='serve', daemon=True).start()
            number += 1

    def serve(self, connection, number):
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            peer = Peer(connection, self)
            self.peers.append(peer)
            self.script(peer, number)
        except OSError:
            pass
        finally:
            connection.close()


def listen(*args, code=0):
    done = subprocess.run([TOOL, 'listen', *args], capture_output=True, timeout=PATIENCE,
                          env=dict(os.environ, NO_COLOR='1'), check=False)
    assert done.returncode == code, '%r: exit %d, not %d: %r' % (args, done.returncode, code, done.stderr)
    return done


def listen_json(*args, code=0):
    return [json.loads(line) for line in listen('--json', *args, code=code).stdout.splitlines()]


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, 'waited in vain'
        time.sleep(0.02)


def stream(*chunks, content_type='text/plain', end=True):
    def script(peer, number):
        peer.request()
        peer.head(Content_Type=content_type, Transfer_Encoding='chunked')
        for chunk in chunks:
            peer.chunk(chunk)
        if end:
            peer.send(b'0\r\n\r\n')
        peer.until_closed()
    return script


@test
def usage():
    listen(code=1)
    listen('http://a/', 'http://b/', code=1)
    listen('--count', '0', 'http://a/', code=1)
    listen('--timeout', '-1', 'http://a/', code=1)
    assert b'did you mean websocket' in listen('--mode', 'websockt', 'http://a/', code=1).stderr
    secret = listen('--header', 'X: se\r\ncret', 'http://a/', code=1)
    assert b'cret' not in secret.stderr
    listen('--header', ': x', 'http://a/', code=1)
    listen('--header', 'a b: x', 'http://a/', code=1)
    for uri in 'ftp://a/', 'nothing', 'http:///x', 'http://a/b c', 'ws://a/\r\nX: y':
        listen(uri, code=2)
    listen('--mode', 'sse', 'ws://a/', code=2)


@test
def stream_as_it_is():
    with Server(stream(b'one\ntw', b'o\n', b'three')) as server:
        done = listen('--header', 'X-A: one', '--header', 'X-A:two', server.http)
        expect(done.stdout, b'one\ntwo\nthree')
        assert b'4 items, 13 bytes' in done.stderr, done.stderr
        assert server.heads[0].startswith('GET /a?b=c HTTP/1.1\r\n')
        expect(re.findall('X-A: (.*)\r', server.heads[0]), ['one', 'two'])


@test
def stream_as_json():
    with Server(stream(b'one\n', b'\xff\n')) as server:
        lines = listen_json(server.http)
        expect(lines[0], {'type': 'open', 'mode': 'stream', 'code': 200})
        expect(lines[1:3], [{'type': 'stream', 'content': 'one\n'}, {'type': 'stream', 'content-bin': '/wo='}])
        expect({name: lines[3][name] for name in ('type', 'items', 'bytes')},
               {'type': 'end', 'items': 2, 'bytes': 6})


@test
def count_ends_a_stream_that_goes_on():
    with Server(stream(b'1\n2\n3\n4\n', end=False)) as server:
        expect(listen('--count', '2', server.http).stdout, b'1\n2\n')
    with Server(stream(b'1\n')) as server:
        lines = listen_json('--count', '2', server.http, code=3)
        expect((lines[-1]['items'], lines[-1]['code'], lines[-1]['exit']), (1, 'closed', 3))


def until_in_time(wanted, *args, code=0):
    """On a busy machine a time may be over before what is to come in it has come: then it was too short."""
    for seconds in '1', '4', '16':
        done = subprocess.run([TOOL, 'listen', '--timeout', seconds, *args], capture_output=True, timeout=PATIENCE,
                              check=False)
        if done.stdout:
            break
    expect((done.stdout, done.returncode), (wanted, code))


@test
def timeout():
    with Server(stream(b'1\n', end=False)) as server:
        until_in_time(b'1\n', server.http)
        until_in_time(b'1\n', '--count', '2', server.http, code=7)
    with Server(stream(end=False)) as server:
        listen('--timeout', '0.5', server.http, code=7)
    with Server(lambda peer, number: peer.until_closed()) as server:
        listen('--timeout', '0.5', server.http, code=7)
        listen('--timeout', '0.5', server.ws, code=7)


def interrupt(uri, *args):
    process = subprocess.Popen([TOOL, 'listen', '--json', *args, uri], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    line = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    expect(process.returncode, 130)
    return line, json.loads(out.splitlines()[-1])


@test
def interrupt_sums_up():
    with Server(stream(b'1\n', end=False)) as server:
        line, last = interrupt(server.http)
        expect((line['type'], last['type'], last['code']), ('open', 'end', 'cancelled'))

    def script(peer, number):
        peer.shake_hands()
        peer.until_closed()
    with Server(script) as server:
        line, last = interrupt(server.ws)
        expect((line['mode'], last['items'], last['exit']), ('websocket', 0, 130))


@test
def events():
    text = ('\ufeffdata: one\n\n'
            ': a comment\nevent: news\nid: 7\ndata: two\ndata:three\n\n'
            'id\ndata\n\n'
            'event: nothing\n\n'
            'data: cr\rdata:lf\r\rdata: crlf\r\n\r\ndata: unfinished').encode()
    for size in 1, 7, len(text):
        chunks = [text[at:at + size] for at in range(0, len(text), size)]
        with Server(stream(*chunks, content_type='text/event-stream; charset=utf-8')) as server:
            lines = listen_json('--count', '5', server.http)
            expect(lines[0]['mode'], 'sse')
            expect(lines[1:-1], [
                {'type': 'event', 'event': 'message', 'content': 'one'},
                {'type': 'event', 'event': 'news', 'id': '7', 'content': 'two\nthree'},
                {'type': 'event', 'event': 'message', 'id': '', 'content': ''},
                {'type': 'event', 'event': 'message', 'id': '', 'content': 'cr\nlf'},
                {'type': 'event', 'event': 'message', 'id': '', 'content': 'crlf'}])


@test
def events_are_taken_up_again():
    def script(peer, number):
        peer.request()
        if number == 2:
            peer.head('204 No Content')
            return
        peer.head(Content_Type='text/event-stream', Transfer_Encoding='chunked')
        peer.chunk(b'retry: 1\nid: %d\ndata: x\n\ndata: half' % number)
        if number == 0:
            peer.send(b'0\r\n\r\n')
        # The second connection breaks.
    with Server(script) as server:
        expect(listen(server.http).stdout, b'x\nx\n')
        expect([re.findall('Last-Event-ID: (.*)\r', head) for head in server.heads], [[], ['0'], ['1']])


@test
def mode_overrules_the_server():
    with Server(stream(b'data: x\n\n')) as server:
        expect(listen('--mode', 'sse', '--count', '1', server.http).stdout, b'x\n')
        assert 'Accept: text/event-stream\r' in server.heads[0]
    with Server(stream(b'data: x\n\n', content_type='text/event-stream')) as server:
        expect(listen('--mode', 'stream', server.http).stdout, b'data: x\n\n')


@test
def long_poll_again_and_again():
    def script(peer, number):
        for body in b'one', b'', b'two\n', b'three':
            if peer.request() is None:
                return
            peer.answer(body)
        peer.until_closed()
    with Server(script) as server:
        expect(listen('--count', '3', server.http).stdout, b'one\ntwo\nthree\n')
        expect(len(server.heads), 4)
        lines = listen_json('--mode', 'poll', '--count', '1', server.http)
        expect(lines[0], {'type': 'response', 'code': 200, 'content': 'one'})


@test
def long_poll_does_not_hammer():
    asked, answered = [], []

    def script(peer, number):
        while peer.request() is not None:
            asked.append(time.monotonic())
            answered.append(time.monotonic())
            peer.answer(b'' if len(answered) < 6 else b'enough')
    with Server(script) as server:
        listen('--count', '1', server.http)
    # After an answer that came at once there is a pause; one that took long counts as held. Either takes time
    # between an answer and the request after the next, however busy the machine is.
    assert len(asked) == 6, asked
    assert min(third - first for first, third in zip(answered, asked[2:])) > 0.09, (asked, answered)


@test
def statuses():
    for status, code in ('401 No', 4), ('403 No', 4), ('404 No', 5), ('410 No', 5), ('500 No', 3), ('503 No', 3):
        def script(peer, number):
            peer.request()
            peer.answer(b'words', status)
        with Server(script) as server:
            for uri in server.http, server.ws:
                done = listen(uri, code=code)
                assert status[:3].encode() in done.stderr and done.stdout == b'', done


@test
def not_reachable():
    # Nobody listens there, and nobody else is given the port.
    with socket.socket() as reserved:
        reserved.bind(('127.0.0.1', 0))
        for scheme in 'http', 'ws':
            end = listen_json('%s://127.0.0.1:%d/' % (scheme, reserved.getsockname()[1]), code=3)[-1]
            expect((end['code'], end['exit']), ('not-connected', 3))


@test
def websocket():
    def script(peer, number):
        peer.shake_hands()
        peer.frame(1, 'hé'.encode())
        peer.frame(2, b'\xff\0')
        peer.frame(1, b'in ', final=False)
        peer.frame(9, b'ping')
        peer.frame(0, b'parts')
        pong = peer.connection.recv(64)
        peer.server.pong = pong[0]
        peer.frame(8, b'\x03\xe8bye')
        peer.until_closed()
    with Server(script) as server:
        lines = listen_json('--header', 'X-A: b', server.ws)
        expect(lines[:-1], [{'type': 'open', 'mode': 'websocket', 'code': 101},
                            {'type': 'text', 'content': 'hé'}, {'type': 'binary', 'content-bin': '/wA='},
                            {'type': 'text', 'content': 'in parts'},
                            {'type': 'close', 'code': 1000, 'reason': 'bye'}])
        expect(server.pong, 0x8a)
        assert server.heads[0].startswith('GET /socket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n' % server.port)
        assert 'X-A: b\r\n' in server.heads[0]
        expect(listen('--count', '1', '--mode', 'websocket', server.http).stdout, 'hé\n'.encode())


@test
def websocket_closes():
    for payload, code in (b'\x03\xe9', 0), (b'', 0), (b'\x0f\xa1no', 5):
        def script(peer, number):
            peer.shake_hands()
            peer.frame(8, payload)
            peer.until_closed()
        with Server(script) as server:
            listen(server.ws, code=code)

    with Server(lambda peer, number: peer.shake_hands()) as server:
        listen(server.ws, code=3)


@test
def websocket_handshakes():
    with Server(lambda peer, number: peer.shake_hands(accept='AAAAAAAAAAAAAAAAAAAAAAAAAAA=')) as server:
        listen(server.ws, code=5)
    with Server(lambda peer, number: peer.shake_hands(Sec_WebSocket_Extensions='permessage-deflate')) as server:
        listen(server.ws, code=5)
    with Server(stream(b'x')) as server:
        listen(server.ws, code=5)
    with Server(lambda peer, number: (peer.request(), peer.send(b'SSH-2.0-x\r\n\r\n'))) as server:
        listen(server.ws, code=5)
        listen(server.http, code=5)


def endless(server, *args, code=5):
    """Listens to a server that never stops, and tells how much it could send."""
    done = listen(*args, code=code)
    wait_for(lambda: all(not thread.name.startswith('serve') for thread in threading.enumerate()))
    sent = max(peer.sent for peer in server.peers)
    # What was sent and not read is in the buffers of the kernel.
    assert sent < 3 * MAX_MESSAGE, '%d bytes were taken' % sent
    return done


@test
def hostile_events():
    def script(peer, number):
        peer.request()
        peer.head(Content_Type='text/event-stream')
        while True:
            peer.send(piece)
    for piece in b'x' * 65536, b'data: %s\n' % (b'x' * 65536), b'id: ' + b'\0' * 65536:
        with Server(script) as server:
            assert b'more than 16777216 bytes' in endless(server, server.http).stderr


@test
def hostile_answers():
    def script(peer, number):
        peer.request()
        peer.head(Content_Length=10**12)
        while True:
            peer.send(b'x' * 65536)
    with Server(script) as server:
        assert b'more than 16777216 bytes' in endless(server, server.http).stderr


@test
def hostile_heads():
    def script(peer, number):
        peer.request()
        peer.send(b'HTTP/1.1 101 Yes\r\n')
        while True:
            peer.send(b'X-%s: y\r\n' % (b'x' * 1000))
    with Server(script) as server:
        assert b'more than 65536 bytes' in endless(server, server.ws).stderr


@test
def hostile_frames():
    def large(peer):
        peer.send(b'\x82\x7f' + struct.pack('>Q', 1 << 40))
        while True:
            peer.send(b'x' * 65536)

    def fragments(peer):
        peer.frame(2, b'x', final=False)
        while True:
            peer.frame(0, b'x' * 65536, final=False)

    def pings(peer):
        while True:
            peer.frame(9, b'x' * 125)

    def masked(peer):
        peer.send(b'\x81\x81abcdx')
        peer.until_closed()

    def reserved(peer):
        peer.frame(0x7, b'x')
        peer.until_closed()

    for attack in large, fragments, pings, masked, reserved:
        def script(peer, number):
            peer.shake_hands()
            attack(peer)
        with Server(script) as server:
            endless(server, server.ws)


@test
def tls_is_checked():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                        '-nodes', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
                        '-keyout', folder + '/key', '-out', folder + '/cert'], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + '/cert', folder + '/key')
        with Server(stream(b'x'), context) as server:
            for uri in server.http.replace('http', 'https'), server.ws.replace('ws', 'wss'):
                assert b'certificate' in listen(uri, code=3).stderr
                expect(server.heads, [])


@test
def terminal_is_safe():
    master, slave = os.openpty()
    with Server(stream(b'\x1b]0;evil\x07a\tb\n')) as server:
        subprocess.run([TOOL, 'listen', server.http], stdout=slave, stderr=subprocess.DEVNULL,
                       timeout=PATIENCE, check=True)
    shown = b''
    while not shown.endswith(b'\n'):
        shown += os.read(master, 100)
    expect(shown.replace(b'\r', b''), b'?]0;evil?a\tb\n')
    os.close(slave)
    os.close(master)


@test
def only_listen_loads_libsoup():
    def loads(*args):
        done = subprocess.run([TOOL, *args], capture_output=True, timeout=PATIENCE, check=False,
                              env=dict(os.environ, LD_DEBUG='files'))
        return b'libsoup' in done.stderr
    assert not loads('--version')
    assert not loads('help', 'listen')
    assert not loads('publish', '--dry-run', 'json', 'c', 'x')
    assert loads('listen', 'http://127.0.0.1:1/')


main()
