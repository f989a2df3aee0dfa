#!/usr/bin/python3
# test-grip-tool-watch.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs `grip-tool watch` and `grip-tool doctor` against proxies that are made of sockets. Writes TAP."""

import contextlib
import http.server
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from tap import expect, main, test

TOOL = sys.argv[1]
PATIENCE = 120


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        proxy = self.server.proxy
        status = proxy.statuses.get(self.path.split('?')[0], proxy.statuses.get('*', 200))
        if status != 200:
            self.answer(status, b'no\n')
        elif self.path.startswith('/subscriptions/items/'):
            body = {'items': proxy.history if 'since' not in self.path else [], 'last_cursor': 'c0'}
            self.answer(200, json.dumps(body).encode())
        elif self.path == '/subscriptions/stream/':
            self.send_response(200)
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            for number, (channel, state) in enumerate(proxy.changes):
                line = json.dumps({'item': {'channel': channel, 'state': state}, 'cursor': 'c%d' % (number + 1),
                                   'prev_cursor': 'c%d' % number}).encode() + b'\n'
                self.wfile.write(b'%x\r\n%s\r\n' % (len(line), line))
            self.wfile.flush()
            proxy.release.wait(60)
        elif self.path == '/':
            self.answer(200, b'Pushpin API\n')
        else:
            self.answer(404, b'not here\n')

    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        proxy = self.server.proxy
        proxy.posts += 1
        self.answer(proxy.statuses.get('publish', 200), b'Published\n')

    def log_message(self, *args):
        pass


class Proxy:
    def __init__(self, history=(), changes=(), **statuses):
        self.history = [{'channel': channel, 'state': 'subscribed'} for channel in history]
        self.changes = list(changes)
        self.statuses = {name.replace('__', '/'): status for name, status in statuses.items()}
        self.release = threading.Event()
        self.posts = 0
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.proxy = self
        self.uri = 'http://127.0.0.1:%d' % self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


def environment(**extra):
    result = dict(os.environ, NO_COLOR='1', TERM='xterm', **extra)
    result.pop('GRIP_URL', None)
    return result


def run(*args, code=0):
    done = subprocess.run([TOOL, *args], capture_output=True, env=environment(), timeout=PATIENCE)
    assert done.returncode == code, '%r: exit %d, not %d: %r %r' % (args, done.returncode, code, done.stdout,
                                                                    done.stderr)
    return done


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


CHANGES = [('b', 'subscribed'), ('a', 'unsubscribed'), ('c\x1b[31m', 'subscribed')]


@test
def watch_lines():
    with Proxy(['a'], CHANGES) as proxy:
        done = run('watch', '--uri', proxy.uri, '--count', '4')
        expect(done.stdout.decode(), 'some\ta\nsome\tb\n0\ta\nsome\tc\\u001b[31m\n')
        assert b'4 changes in ' in done.stderr and b'2 channels with subscribers' in done.stderr, done.stderr


@test
def watch_json():
    with Proxy(['a'], CHANGES) as proxy:
        *changes, summary = lines(run('watch', '--json', '--uri', proxy.uri, '--count', '4'))
        expect([(change['channel'], change['subscribed']) for change in changes],
               [('a', True), ('b', True), ('a', False), ('c\x1b[31m', True)])
        assert all(change['endpoint'].startswith(proxy.uri) for change in changes), changes
        expect((summary['changes'], summary['channels'], summary['subscribers']), (4, 2, 0))


@test
def watch_timeout():
    with Proxy(['a'], CHANGES) as proxy:
        *changes, summary = lines(run('watch', '--json', '--uri', proxy.uri, '--count', '4', '--timeout', '90'))
        expect((len(changes), summary['changes']), (4, 4))
        assert summary['secs'] < 90
    with reserved_address() as address:
        *changes, summary, error = lines(run('watch', '--json', '--zmq', address, '--timeout', '2', code=3))
        expect((changes, summary['changes']), ([], 0))
        assert summary['secs'] >= 2


@contextlib.contextmanager
def reserved_address():
    """Nobody listens there, and nobody else is given the port."""
    with socket.socket() as reserved:
        reserved.bind(('127.0.0.1', 0))
        yield 'tcp://127.0.0.1:%d' % reserved.getsockname()[1]


# Unknown is not nobody.
@test
def watch_unknown():
    with reserved_address() as address, Proxy(**{'*': 404}) as proxy, tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'config.json')
        with open(path, 'w') as config:
            json.dump({'control_uri': proxy.uri, 'control_zmq_uri': address, 'control_zmq_mode': 'command'}, config)
        for arguments, words in ((('--zmq-pub', address), address + ': nothing is known of its subscribers'),
                                 (('--config', path), proxy.uri + ': nothing is known of its subscribers'),
                                 (('--uri', address.replace('tcp', 'http')), address.replace('tcp', 'http') + ': ')):
            *changes, summary, error = lines(run('watch', '--json', '--timeout', '0.5', *arguments, code=3))
            expect((changes, summary['changes'], error['exit']), ([], 0, 3))
            assert words in error['error'], error
        done = run('watch', '--zmq-push', address, code=2)
        assert b"pub needs 'control_zmq_uri' or 'control_zmq_pub_uri'" in done.stderr, done.stderr


@test
def watch_unknown_interrupted():
    with reserved_address() as address:
        terminal, side = pty.openpty()
        tool = subprocess.Popen([TOOL, 'watch', '--zmq-pub', address], stdout=side, stderr=subprocess.PIPE,
                                env=environment())
        os.close(side)
        read_until(terminal, b'0 channels with subscribers')
        tool.send_signal(signal.SIGINT)
        _, talk = tool.communicate(timeout=60)
        os.close(terminal)
        expect(tool.returncode, 130)
        assert b'nothing is known of its subscribers' in talk, talk


@test
def watch_gives_up():
    for status, code in ((403, 4), (404, 5)):
        with Proxy(**{'*': status}) as proxy:
            done = run('watch', '--json', '--uri', proxy.uri, '--timeout', '60', code=code)
            assert b'status %d' % status in done.stderr, done.stderr
            expect(lines(done)[-1]['exit'], code)


@test
def watch_usage():
    run('watch', 'argument', code=1)
    run('watch', '--count', '0', code=1)
    run('watch', '--timeout', 'long', code=1)
    run('watch', '--uri', 'nonsense', code=2)
    run('watch', '--stats', 'udp://x', code=2)


@test
def watch_interrupted():
    with Proxy(['a']) as proxy:
        tool = subprocess.Popen([TOOL, 'watch', '--uri', proxy.uri], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=environment())
        expect(tool.stdout.readline(), b'some\ta\n')
        tool.send_signal(signal.SIGINT)
        _, talk = tool.communicate(timeout=60)
        expect(tool.returncode, 130)
        assert b'1 changes in ' in talk, talk


def read_until(fd, wanted):
    text = b''
    end = time.monotonic() + PATIENCE
    while wanted not in text and time.monotonic() < end:
        if select.select([fd], [], [], 1)[0]:
            text += os.read(fd, 4096)
    assert wanted in text, '%r has no %r' % (text, wanted)
    return text


@test
def watch_terminal():
    for no_color in ('1', ''):
        with Proxy(['a', 'b'], CHANGES) as proxy:
            terminal, side = pty.openpty()
            tool = subprocess.Popen([TOOL, 'watch', '--uri', proxy.uri], stdout=side, stderr=subprocess.PIPE,
                                    env=dict(environment(), NO_COLOR=no_color))
            os.close(side)
            drawn = read_until(terminal, b'c\\u001b[31m')
            tool.send_signal(signal.SIGINT)
            tool.communicate(timeout=60)
            os.close(terminal)
            assert b'\x1b[2J' in drawn and b'2 channels with subscribers' in drawn, drawn
            expect(b'\x1b[1m' in drawn, no_color == '')
            assert b'\x1b[31m' not in drawn, drawn


def doctor(*args, code=0):
    """Runs it with --json: each check's result, the summary, the objects by check."""
    *checks, summary = lines(run('doctor', '--json', '--timeout', '60', *args, code=code))
    expect((summary['exit'], summary['ok']), (code, code == 0))
    expect(summary['failed'], len([check for check in checks if check['result'] == 'failed']))
    return ' '.join('%s=%s' % (check['check'], check['result']) for check in checks), {
        check['check']: check for check in checks}


@test
def doctor_well():
    with Proxy() as proxy:
        results, _ = doctor('--uri', proxy.uri)
        expect(results, 'plugin=ok resolve=ok connect=ok http=ok publish=ok')
        expect(proxy.posts, 1)
        done = run('doctor', '--uri', proxy.uri)
        assert b'is a Pushpin' in done.stdout and b'all is well (5 checks)' in done.stderr, done


@test
def doctor_ill():
    # Nobody listens there, and nobody else is given the port.
    reserved = socket.socket()
    reserved.bind(('127.0.0.1', 0))
    dead = 'http://127.0.0.1:%d' % reserved.getsockname()[1]
    results, checks = doctor('--uri', dead, code=3)
    expect(results, 'plugin=ok resolve=ok connect=failed tls=skipped http=skipped publish=skipped')
    assert 'Nothing listens on port' in checks['connect']['hint'], checks
    expect(checks['connect']['code'], 'not-connected')
    results, checks = doctor('--uri', 'http://no-such-host.invalid/', code=3)
    assert results.startswith('plugin=ok resolve=failed connect=skipped'), results
    assert 'no-such-host.invalid' in checks['resolve']['hint'], checks
    done = run('doctor', '--uri', dead, code=3)
    assert b'FAIL' in done.stdout and b'1 of 3 checks failed' in done.stderr, done
    reserved.close()


def answer_nonsense(server):
    client, _ = server.accept()
    with client:
        client.recv(1)
        client.sendall(b'x' * 64)
        while client.recv(4096):
            pass


@test
def doctor_abstract():
    name = 'grip-doctor-%d' % os.getpid()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind('\0' + name)
        server.listen()
        threading.Thread(target=answer_nonsense, args=[server], daemon=True).start()
        results, _ = doctor('--zmq-push', 'ipc://@' + name, code=5)
        expect(results, 'plugin=ok connect=ok push=failed')


@test
def doctor_interrupted():
    # It takes the connection, and never answers.
    with socket.create_server(('127.0.0.1', 0)) as mute:
        tool = subprocess.Popen([TOOL, 'doctor', '--json', '--timeout', '60', '--uri',
                                 'http://127.0.0.1:%d' % mute.getsockname()[1]],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        while json.loads(tool.stdout.readline())['check'] != 'connect':
            pass
        tool.send_signal(signal.SIGINT)
        check, summary = [json.loads(line) for line in tool.communicate(timeout=60)[0].splitlines()]
    expect(tool.returncode, 130)
    expect((check['check'], check['code'], check.get('hint')), ('http', 'cancelled', None))
    expect(summary['exit'], 130)


@test
def doctor_refused():
    for status, code, hint in ((403, 4, "'control_iss'"), (404, 5, '/service/SERVICE_ID')):
        with Proxy(publish=status) as proxy:
            results, checks = doctor('--uri', proxy.uri + '/?iss=me&key=hushhush', code=code)
            expect(results, 'plugin=ok resolve=ok connect=ok http=ok publish=failed')
            assert hint in checks['publish']['hint'], checks
            assert 'hushhush' not in json.dumps(checks), checks


@test
def doctor_tls():
    with Proxy() as proxy:
        results, checks = doctor('--uri', proxy.uri.replace('http:', 'https:'), code=3)
        expect(results, 'plugin=ok resolve=ok connect=ok tls=failed http=skipped publish=skipped')
        assert 'https' in checks['tls']['hint'], checks


def with_config(**config):
    path = os.path.join(directory.name, 'config.json')
    with open(path, 'w') as file:
        json.dump(config, file)
    return path


@test
def doctor_subscriptions():
    with Proxy() as proxy:
        config = with_config(control_uri=proxy.uri, require_subscribers=True)
        expect(doctor('--config', config)[0], 'plugin=ok resolve=ok connect=ok http=ok publish=ok subscriptions=ok')
    with Proxy(**{'__subscriptions__items__': 404}) as proxy:
        config = with_config(control_uri=proxy.uri, require_subscribers=True)
        results, checks = doctor('--config', config, code=5)
        assert results.endswith('publish=ok subscriptions=failed'), results
        assert 'plain Pushpin' in checks['subscriptions']['hint'], checks


class ZmqPeer:
    """A socket that greets as ZMQ does, and says that it is of a type."""

    def __init__(self, kind, mechanism=b'NULL', greeting=None):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.address = 'tcp://127.0.0.1:%d' % self.socket.getsockname()[1]
        self.greeting = greeting
        if greeting is None:
            self.greeting = b'\xff' + bytes(8) + b'\x7f\3\0' + mechanism.ljust(20, b'\0') + bytes(32)
        body = b'\5READY\x0bSocket-Type' + len(kind).to_bytes(4, 'big') + kind
        self.ready = bytes((4, len(body))) + body

    def greet(self, peer):
        """Closing with something unread would be a reset, which may overtake what was said."""
        try:
            peer.sendall(self.greeting + (self.ready if len(self.greeting) == 64 else b''))
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(64):
                pass
        except OSError:
            pass

    def serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                self.greet(peer)

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@test
def doctor_zmq():
    with ZmqPeer(b'PULL') as pull, ZmqPeer(b'SUB') as sub, ZmqPeer(b'PUB') as pub:
        config = with_config(control_zmq_push_uri=pull.address, control_zmq_pub_uri=sub.address,
                             control_zmq_stats_uri=pub.address)
        results, _ = doctor_sockets('--config', config)
        expect(results, 'push=ok pub=ok stats=ok')
        config = with_config(control_zmq_push_uri=sub.address)
        results, checks = doctor_sockets('--config', config, code=2)
        expect(results, 'push=failed')
        assert 'a SUB socket, not PULL' in checks['push']['error'], checks
    with ZmqPeer(b'PULL', b'CURVE') as curve:
        results, checks = doctor_sockets('--zmq-push', curve.address, code=4)
        assert 'control_zmq_server_key' in checks['push']['hint'], checks
    with ZmqPeer(b'', greeting=b'SSH-2.0-OpenSSH\r\n'.ljust(64)) as other:
        doctor_sockets('--zmq-push', other.address, code=5)
    with ZmqPeer(b'', greeting=b'short') as other:
        doctor_sockets('--zmq-push', other.address, code=5)


def doctor_sockets(*args, code=0):
    """Only what the sockets say, and the exit code for that: a build may have no plugin for them."""
    done = subprocess.run([TOOL, 'doctor', '--json', '--timeout', '60', *args], capture_output=True,
                          env=environment(), timeout=PATIENCE)
    checks = [check for check in lines(done)[:-1] if check['check'] in ('command', 'push', 'pub', 'stats')]
    expect([check['exit'] for check in checks if check['result'] == 'failed'], [code] if code else [])
    return ' '.join('%s=%s' % (check['check'], check['result']) for check in checks), {
        check['check']: check for check in checks}


@test
def doctor_usage():
    run('doctor', 'argument', code=1)
    run('doctor', '--timeout', 'x', code=1)
    run('doctor', '--uri', 'nonsense', code=2)


directory = tempfile.TemporaryDirectory()
main()
