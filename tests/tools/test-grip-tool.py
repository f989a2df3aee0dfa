#!/usr/bin/python3
# test-grip-tool.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs grip-tool as a user does. Writes TAP."""

import http.server
import json
import os
import re
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

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.bodies.append((self.path, body))
        if self.server.status == 0:
            self.server.release.wait(PATIENCE)
            return
        self.send_response(self.server.status)
        self.send_header('Content-Length', '6')
        self.end_headers()
        self.wfile.write(b'words\n')

    def log_message(self, *args):
        pass


class Server:
    """A proxy that answers all with one status; 0 never answers."""

    def __init__(self, status):
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.status = status
        self.server.bodies = []
        self.server.release = threading.Event()
        self.uri = 'http://127.0.0.1:%d' % self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.release.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def bodies(self):
        return self.server.bodies

    def items(self):
        return [item for _, body in self.bodies for item in json.loads(body)['items']]


def run(*args, stdin=b'', code=0, env=None):
    environment = dict(os.environ, NO_COLOR='1', **(env or {}))
    if 'GRIP_URL' not in (env or {}):
        environment.pop('GRIP_URL', None)
    done = subprocess.run([TOOL, *args], input=stdin, capture_output=True, env=environment, timeout=PATIENCE)
    assert done.returncode == code, '%r: exit %d, not %d: %r' % (args, done.returncode, code, done.stderr)
    return done


def dry(*args, **kwargs):
    body = json.loads(run('publish', '--dry-run', 'json', *args, **kwargs).stdout)
    expect(len(body['items']), 1)
    return body['items'][0]


def walk(*words):
    text = run('help', *words).stdout.decode()
    commands = re.search(r'Commands:\n((?:  .*\n)+)', text)
    yield words, text
    for line in commands.group(1).splitlines() if commands else []:
        yield from walk(*words, line.split()[0])


@test
def version_and_usage():
    assert re.match(rb'grip-tool \d+\.\d+\.\d+\n$', run('--version').stdout)
    assert 'version' in json.loads(run('--json', '--version').stdout)
    run(code=1)
    assert b"did you mean 'publish'" in run('pubish', code=1).stderr
    assert b'--wrong' in run('publish', '--wrong', 'c', 'x', code=1).stderr
    run('publish', 'c', code=1)
    run('publish', 'c', 'a', 'b', code=1)
    run('publish', '--close', 'c', 'text', code=1)
    run('publish', '--close', '--hint', 'c', code=1)
    run('publish', '--code', 'many', 'c', 'x', code=1)
    run('publish', '--code', '404', '--format', 'http-stream', 'c', 'x', code=1)
    run('publish', '--meta', 'novalue', 'c', 'x', code=1)
    run('publish', '--header', 'nocolon', 'c', 'x', code=1)
    run('publish', '--format', 'ws', 'c', 'x', code=1)
    run('publish', '--timeout', '0', 'c', 'x', code=1)
    run('publish', '--lines', '--id', '1', 'c', code=1)


@test
def help_of_every_command():
    for words, text in walk():
        expect(run(*words, '--help').stdout.decode(), text)
        words_now = run('help', '--complete', *words).stdout.decode().split()
        options = [word for word in words_now if word.startswith('--')]
        assert '--help' in options and '--json' in options
        for option in options:
            assert option in text, '%s of %r is not in the help' % (option, words)


@test
def dry_run_json_bytes():
    expect(run('publish', '--dry-run', 'json', 'c', 'hé\n').stdout,
           '{"items":[{"channel":"c","formats":{"http-response":{"body":"hé\\n"},'
           '"http-stream":{"content":"hé\\n"},"ws-message":{"content":"hé\\n"}}}]}'.encode())
    expect(run('publish', '-n', 'json', '--lines', '-f', 'http-stream', 'c', stdin=b'a\n\nb').stdout,
           b''.join(b'{"items":[{"channel":"c","formats":{"http-stream":{"content":"%s"}}}]}\n' % line
                    for line in (b'a', b'', b'b')))


@test
def dry_run_tnetstring_bytes():
    wanted = b'62:7:channel,1:c,7:formats,34:11:http-stream,15:7:content,2:hi,}}}'
    got = run('publish', '--dry-run', 'tnetstring', '-f', 'http-stream', 'c', 'hi').stdout
    expect(got, wanted)


@test
def item_options():
    item = dry('--id', '2', '--prev-id', '1', '--meta', 'a=b=c', '--filter', 'skip-self', '--code', '201',
               '--header', 'X-A: 1', '--header', 'X-A: 2', '--no-seq', 'c', 'x')
    expect((item['id'], item['prev-id'], item['meta'], item['no-seq']), ('2', '1', {'a': 'b=c'}, True))
    expect(item['formats']['http-response']['code'], 201)
    expect(item['formats']['http-response']['headers'], [['X-A', '1'], ['X-A', '2']])
    for value in item['formats'].values():
        expect(value['content-filters'], ['skip-self'])
    expect(dry('--format', 'http-stream,ws-message', 'c', 'x')['formats'].keys(), {'http-stream', 'ws-message'})
    expect(dry('-f', 'http-stream', '-f', 'ws-message', 'c', 'x')['formats'].keys(), {'http-stream', 'ws-message'})


@test
def actions():
    item = dry('--close', '--close-code', '1001', '--close-reason', 'bye', 'c')
    expect(item['formats'], {'http-response': {'action': 'close'}, 'http-stream': {'action': 'close'},
                             'ws-message': {'action': 'close', 'code': 1001, 'reason': 'bye'}})
    expect({f['action'] for f in dry('--hint', 'c')['formats'].values()}, {'hint'})
    expect(dry('--refresh', 'c')['formats'], {'ws-message': {'action': 'refresh'}})


@test
def content_sources():
    expect(dry('-f', 'ws-message', '--binary', 'c', '-', stdin=b'\xff\0')['formats']['ws-message']['content-bin'],
           '/wA=')
    expect(dry('-f', 'http-stream', 'c', '-', stdin=b'a\0b')['formats']['http-stream']['content'], 'a\0b')
    with tempfile.NamedTemporaryFile() as file:
        file.write(b'of a file\n')
        file.flush()
        expect(dry('-f', 'http-stream', 'c', '@' + file.name)['formats']['http-stream']['content'], 'of a file\n')
    expect(dry('-f', 'http-stream', '--', 'c', '-x')['formats']['http-stream']['content'], '-x')
    run('publish', 'c', '@/nonexistent/file', code=2)
    run('publish', '-n', 'json', 'c', '-', stdin=b'\xff', code=5)


@test
def publish_is_accepted():
    with Server(200) as server, Server(200) as other:
        result = json.loads(run('publish', '--json', '--uri', server.uri, '--url', other.uri, 'c', 'hi').stdout)
        expect((result['published'], result['failed'], len(result['endpoints'])), (1, 0, 2))
        expect(server.bodies, [('/publish/', run('publish', '-n', 'json', 'c', 'hi').stdout)])
        expect(other.bodies, server.bodies)
        run('publish', 'c', 'env', env={'GRIP_URL': server.uri})
        expect(len(server.bodies), 2)
        with tempfile.NamedTemporaryFile('w') as file:
            json.dump([{'control_uri': server.uri}, {'control_uri': other.uri}], file)
            file.flush()
            run('publish', '--config', file.name, 'c', 'config')
        expect((len(server.bodies), len(other.bodies)), (3, 2))


@test
def publish_lines():
    with Server(200) as server:
        lines = [b'line %d' % i for i in range(5000)]
        result = json.loads(run('publish', '--json', '--lines', '--uri', server.uri, '-f', 'http-stream', 'c',
                                stdin=b'\n'.join(lines)).stdout)
        expect((result['published'], result['failed']), (5000, 0))
        expect([item['formats']['http-stream']['content'].encode() for item in server.items()], lines)


def reserve_port():
    """A socket whose port nobody listens on, and nobody else is given."""
    reserved = socket.socket()
    reserved.bind(('127.0.0.1', 0))
    return reserved, 'http://127.0.0.1:%d' % reserved.getsockname()[1]


@test
def exit_codes():
    reserved, dead = reserve_port()
    assert b'127.0.0.1' in run('publish', '--uri', dead, 'c', 'x', code=3).stderr
    expect(json.loads(run('publish', '--json', '--uri', dead, 'c', 'x', code=3).stdout)['code'], 'not-connected')
    run('publish', '--lines', '--uri', dead, 'c', stdin=b'a\nb\n', code=3)
    reserved.close()
    for status, code in ((401, 4), (403, 4), (400, 5)):
        with Server(status) as server:
            run('publish', '--uri', server.uri, 'c', 'x', code=code)
    run('publish', '--uri', 'nonsense', 'c', 'x', code=2)
    run('uri', 'nonsense', code=2)
    run('publish', '--config', '/nonexistent', 'c', 'x', code=2)
    with Server(0) as server:
        run('publish', '--timeout', '0.5', '--uri', server.uri, 'c', 'x', code=7)
    run('publish', 'c', 'x', code=8, env={'GRIP_URL': 'nosuchtransport://host'})
    run('transports', 'nosuchtransport', code=8)


@test
def interrupted():
    with Server(0) as server:
        for args in (['c', 'x'], ['--lines', 'c']):
            n = len(server.bodies)
            tool = subprocess.Popen([TOOL, 'publish', '--json', '--uri', server.uri, *args],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if '--lines' in args:
                tool.stdin.write(b'a\n')
                tool.stdin.flush()
            end = time.monotonic() + PATIENCE
            while len(server.bodies) == n and time.monotonic() < end:
                time.sleep(0.02)
            tool.send_signal(signal.SIGINT)
            out, _ = tool.communicate(timeout=PATIENCE)
            expect(tool.returncode, 130)
            expect(json.loads(out)['code'], 'cancelled')


@test
def sign_and_verify():
    keys = os.path.join(os.environ['G_TEST_SRCDIR'], 'unit', 'data', 'keys')
    pairs = [('hushhush', 'hushhush'), ('base64:aHVzaGh1c2g=', 'hushhush')]
    pairs += [('@%s/%s' % (keys, private), '@%s/%s' % (keys, public))
              for private, public in (('ec-sec1.pem', 'ec.jwk'), ('rsa-private.jwk', 'rsa-certificate.pem'),
                                      ('ed25519-pkcs8.pem', 'ed25519-spki.pem'))]
    for private, public in pairs:
        token = run('sign', '--key', private, '--iss', 'me', '--exp', '2000000000').stdout.decode().strip()
        verify = ['verify', '--json', '--key', public]
        claims = {'exp': 2000000000, 'iss': 'me'}
        expect(json.loads(run(*verify, '--iss', 'me', token).stdout),
               {'valid': True, 'reason': None, 'claims': claims})
        expect(json.loads(run('verify', '--key', public, token).stdout), claims)
        for args in (['--iss', 'you', token], ['--at', '2000000000', token], [token[:-4]], ['x']):
            answer = json.loads(run(*verify, *args, code=6).stdout)
            expect((answer['valid'], answer['claims']), (False, None))
            assert answer['reason'] and 'hush' not in answer['reason']
    run('verify', 'x', code=1)
    run('verify', '--key', 'k', code=1)
    run('sign', '--key', 'k', '--ttl', '1', '--exp', '1', code=1)
    run('sign', '--key', '@%s/ec.jwk' % keys, code=2)
    secret = run('verify', '--key', '{"kty":"oct","k":"aHVzaA"', token, code=2)
    assert b'aHVz' not in secret.stdout + secret.stderr
    answer = json.loads(run('sign', '--json', '--key', 'hushhush', '--ttl', '60').stdout)
    assert 0 < answer['exp'] - time.time() <= 60
    run('bench', 'sig', '--token', answer['token'], '--key', 'hushhush', '--n', '10')
    run('bench', 'sig', '--token', answer['token'], '--key', 'other', '--n', '10', code=6)


@test
def uri_and_secrets():
    uri = 'http://localhost:5561/x/?iss=me&key=base64:AAEC/w==&verify-key=hush&a=b'
    shown = json.loads(run('uri', '--json', '--show-secrets', uri).stdout)
    expect(shown, {'control_uri': 'http://localhost:5561/x?a=b', 'control_iss': 'me', 'key': 'base64:AAEC/w==',
                   'verify_key': 'hush', 'publish_uri': 'http://localhost:5561/x/publish/?a=b'})
    for args in (['--json'], []):
        masked = run('uri', *args, uri).stdout
        assert b'hush' not in masked and b'AAEC' not in masked and b'me' in masked
    secret = run('publish', '--json', '--uri', 'http://127.0.0.1:1/?iss=me&key=hushhush', 'c', 'x', code=3)
    assert b'hushhush' not in secret.stdout + secret.stderr


@test
def transports():
    plugins = [json.loads(line) for line in run('transports', '--json', 'http').stdout.splitlines()]
    expect((plugins[0]['name'], plugins[0]['loads'], plugins[0]['schemes']), ('http', True, ['http', 'https']))


@test
def bench():
    with Server(200) as server:
        for args in (['http', '--url', server.uri], ['http', '--url', server.uri, '--conc', '4'],
                     ['http', '--url', server.uri, '--batch', '10'], ['encode'],
                     ['encode', '--encoding', 'tnetstring']):
            line = json.loads(run('bench', *args, '--n', '50', '--size', '100').stdout)
            expect((line['n'], line['errors']), (50, 0))
            assert line['secs'] > 0 and 'cpu' in line and 'name' in line


def takes_interrupts(pid):
    """Whether the signal is blocked, for the thread that waits for it."""
    with open('/proc/%d/status' % pid) as status:
        blocked = re.search('^SigBlk:\t(.*)$', status.read(), re.M).group(1)
    return int(blocked, 16) >> (signal.SIGINT - 1) & 1


@test
def bench_interrupted():
    with Server(0) as server:
        http = ['http', '--url', server.uri, '--n', '5000']
        for args, lines in ((http, 1), (http + ['--conc', '4'], 1), (http + ['--batch', '10'], 1),
                            (['encode', '--n', '100000000000'], 1), (['events', '--n', '100000000000'], 2),
                            (['sig', '--token', 'a.b.c', '--key', 'hushhush', '--n', '100000000000'], 1)):
            tool = subprocess.Popen([TOOL, 'bench', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            end = time.monotonic() + PATIENCE
            while not takes_interrupts(tool.pid) and time.monotonic() < end:
                time.sleep(0.02)
            tool.send_signal(signal.SIGINT)
            out, _ = tool.communicate(timeout=PATIENCE)
            expect((args, tool.returncode), (args, 130))
            reports = [json.loads(line) for line in out.splitlines()]
            expect(len(reports), lines)
            if args[0] == 'http':
                expect((reports[0]['n'], reports[0]['errors']), (0, 0))


main()
