#!/usr/bin/python3
# test-grip-tool-data.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What grip-tool writes, read by readers that share nothing with libgrip. Writes TAP."""

import base64
import json
import os
import subprocess
import sys
import tempfile

from tap import expect, main, test

TOOL = sys.argv[1]


def run(*args, stdin=b'', code=0, env=None):
    environment = dict(os.environ, NO_COLOR='1', **(env or {}))
    environment.pop('GRIP_URL', None)
    done = subprocess.run([TOOL, *args], input=stdin, capture_output=True, env=environment, timeout=40)
    assert done.returncode == code, '%r: exit %d, not %d: %r' % (args, done.returncode, code, done.stderr)
    return done


def read_tnetstring(data):
    """The value, and what follows it. Bytes stay bytes."""
    digits, rest = data.split(b':', 1)
    assert str(int(digits)).encode() == digits, digits
    payload, kind, rest = rest[:int(digits)], rest[int(digits):int(digits) + 1], rest[int(digits) + 1:]
    if kind == b',':
        return payload, rest
    if kind == b'#':
        return int(payload), rest
    if kind == b'!':
        return {b'true': True, b'false': False}[payload], rest
    assert kind in (b'}', b']'), kind
    values = []
    while payload:
        value, payload = read_tnetstring(payload)
        values.append(value)
    return values if kind == b']' else dict(zip(values[::2], values[1::2])), rest


def as_bytes(value):
    if isinstance(value, dict):
        return {as_bytes(key): as_bytes(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_bytes(entry) for entry in value]
    return value.encode() if isinstance(value, str) else value


def dry(*args, **kwargs):
    """The item of both encodings."""
    body = json.loads(run('publish', '--dry-run', 'json', *args, **kwargs).stdout)
    expect((list(body), len(body['items'])), (['items'], 1))
    value, rest = read_tnetstring(run('publish', '--dry-run', 'tnetstring', *args, **kwargs).stdout)
    expect(rest, b'')
    return body['items'][0], value


FORMATS = {'http-response': {'body': 'x'}, 'http-stream': {'content': 'x'}, 'ws-message': {'content': 'x'}}


@test
def publish_options():
    filters = {'content-filters': ['f', 'g']}
    cases = [
        ([], {}, {}),
        (['--id', '2'], {'id': '2'}, {}),
        (['--prev-id', '1'], {'prev-id': '1'}, {}),
        (['--meta', 'b=2', '--meta', 'a=1'], {'meta': {'a': '1', 'b': '2'}}, {}),
        (['--no-seq'], {'no-seq': True}, {}),
        (['--filter', 'f', '--filter', 'g'], {}, {name: filters for name in FORMATS}),
        (['--code', '0'], {}, {'http-response': {'code': 0}}),
        (['--header', 'A: 1', '--header', 'B:2', '--header', 'A: 3'], {},
         {'http-response': {'headers': [['A', '1'], ['B', '2'], ['A', '3']]}}),
    ]
    for args, fields, additions in cases:
        wanted = {'channel': 'c', 'formats': {name: {**value, **additions.get(name, {})}
                                              for name, value in FORMATS.items()}, **fields}
        as_json, as_tnetstring = dry(*args, 'c', 'x')
        expect(as_json, wanted)
        expect(as_tnetstring, as_bytes(wanted))


@test
def publish_actions():
    for args, formats in (
            (['--close'], {name: {'action': 'close'} for name in FORMATS}),
            (['--hint'], {name: {'action': 'hint'} for name in FORMATS}),
            (['--refresh'], {'ws-message': {'action': 'refresh'}}),
            (['--close', '-f', 'ws-message', '--close-code', '4000', '--close-reason', 'ä'],
             {'ws-message': {'action': 'close', 'code': 4000, 'reason': 'ä'}}),
            (['--close', '-f', 'ws-message', '--close-reason', 'bye'],
             {'ws-message': {'action': 'close', 'code': 1000, 'reason': 'bye'}})):
        as_json, as_tnetstring = dry(*args, 'c')
        expect(as_json, {'channel': 'c', 'formats': formats})
        expect(as_tnetstring, as_bytes(as_json))


@test
def publish_bytes():
    data = bytes(range(256)) * 40
    as_json, as_tnetstring = dry('--binary', 'c', '-', stdin=data)
    encoded = base64.b64encode(data).decode()
    expect(as_json['formats'], {'http-response': {'body-bin': encoded}, 'http-stream': {'content-bin': encoded},
                                'ws-message': {'content-bin': encoded}})
    expect(as_tnetstring[b'formats'], {b'http-response': {b'body': data}, b'http-stream': {b'content': data},
                                       b'ws-message': {b'content-bin': data}})
    for text in ('', 'a\0b', '\x01\x1f"\\/\x7f\u2028\U0001f600', 'x' * 65536):
        as_json, as_tnetstring = dry('-f', 'http-stream', 'ch"\\\u00e4', '-', stdin=text.encode())
        expect(as_json, {'channel': 'ch"\\\u00e4', 'formats': {'http-stream': {'content': text}}})
        expect(as_tnetstring, as_bytes(as_json))


@test
def publish_refuses():
    assert b"'code' 1005" in run('publish', '-n', 'json', '--close', '-f', 'ws-message', '--close-code', '1005', 'c',
                                 code=5).stderr
    assert b"'headers'" in run('publish', '-n', 'json', '--header', 'A B: 1', 'c', 'x', code=5).stderr
    assert b"'channel'" in run('publish', '-n', 'json', '', 'x', code=5).stderr
    refused = run('publish', '-n', 'json', '--header', 'A: 1\r\nB: 2', 'c', 'x', code=5)
    expect(refused.stdout, b'')


@test
def plugin_missing():
    refused = run('publish', '--uri', 'http://127.0.0.1:1', 'c', 'x', code=8, env={'GRIP_TRANSPORT_PATH': ''})
    assert b'libgrip-http.so' in refused.stderr and b'/libgrip-1.0/transports' in refused.stderr


@test
def bad_config():
    for content in (b'', b'\n', b'{', b'\0', b'\xff', b'1', b'[1]', b'{}', b'{"control_uri":1}', b'{"control_urri":"x"}',
                    b'{"control_uri":"http://h"', b'[' * 100000):
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            refused = run('publish', '--config', file.name, 'c', 'x', code=2)
            assert file.name.encode() in refused.stderr, refused.stderr
    run('publish', '--config', '/dev/null', 'c', 'x', code=2)
    run('publish', '--config', '/', 'c', 'x', code=2)


EVENTS = (b'OPEN\r\nTEXT 5\r\nhello\r\nTEXT 0\r\n\r\nTEXT\r\nBINARY 3\r\n\xff\x00\n\r\nPING\r\nPONG 1\r\np\r\n'
          b'CLOSE 5\r\n\x03\xe9bye\r\nDISCONNECT\r\n')


@test
def events_round_trip():
    lines = run('events', 'decode', stdin=EVENTS).stdout
    events = [json.loads(line) for line in lines.splitlines()]
    expect([event['type'] for event in events],
           ['OPEN', 'TEXT', 'TEXT', 'TEXT', 'BINARY', 'PING', 'PONG', 'CLOSE', 'DISCONNECT'])
    expect(events[:5], [{'type': 'OPEN'}, {'type': 'TEXT', 'content': 'hello'}, {'type': 'TEXT', 'content': ''},
                        {'type': 'TEXT'}, {'type': 'BINARY', 'content-bin': '/wAK'}])
    expect(run('events', 'encode', stdin=lines).stdout, EVENTS)
    expect(run('events', 'decode').stdout, b'')
    expect(run('events', 'encode').stdout, b'')


@test
def events_refused():
    for body in (b'TEXT 5\r\nhell', b'TEXT x\r\n', b'TEXT 1\r\nab\r\n', b'TEXT', b'TEXT ffffffffffffffffff\r\n'):
        run('events', 'decode', stdin=body, code=5)
    for line in (b'{', b'{}', b'{"type":1}', b'{"type":"TEXT","content":1}', b'{"type":"TEXT","content-bin":"*"}',
                 b'{"type":"A B"}', b'[]'):
        run('events', 'encode', stdin=line + b'\n', code=5)


def read_headers(text):
    return [tuple(line.split(': ', 1)) for line in text.decode().splitlines() if line]


@test
def instruct_as_headers():
    got = read_headers(run('instruct', '--hold', 'stream', '--channel', 'a', '--prev-id', '7', '--filter', 'f',
                           '--channel', 'b', '--keep-alive', 'k', '--keep-alive-timeout', '20',
                           '--link', '/next').stdout)
    names = {name for name, _ in got}
    assert {'Grip-Hold', 'Grip-Channel', 'Grip-Keep-Alive', 'Grip-Link'} <= names, names
    expect(dict(got)['Grip-Hold'], 'stream')
    channels = ', '.join(value for name, value in got if name == 'Grip-Channel')
    for part in ('a; prev-id=7; filter=f', 'b'):
        assert part in channels, channels
    assert 'timeout=20' in dict(got)['Grip-Keep-Alive']
    assert '/next' in dict(got)['Grip-Link'] and 'rel=next' in dict(got)['Grip-Link']
    run('instruct', '--hold', 'stream', '--channel', 'a,b', code=5)
    run('instruct', '--hold', 'wrong', '--channel', 'a', code=1)


@test
def instruct_drops_nothing():
    for args, words in ((['--timeout', '-1'], b"--timeout takes 0 to 2147483647, not '-1'"),
                        (['--status', '-1'], b"--status takes 0 to 999, not '-1'"),
                        (['--code', '-1'], b"--code takes 0 to 999, not '-1'"),
                        (['--link', '/next', '--link-timeout', '-1'], b"--link-timeout takes 0"),
                        (['--keep-alive', 'k', '--keep-alive-timeout', '-1'], b"--keep-alive-timeout takes 0"),
                        (['--keep-alive-timeout', '5'], b'go with --keep-alive\n'),
                        (['--keep-alive-mode', 'idle'], b'go with --keep-alive\n'),
                        (['--link-timeout', '5'], b'--link-timeout goes with --link\n')):
        done = run('instruct', '--hold', 'stream', '--channel', 'a', *args, code=1)
        assert words in done.stderr and done.stdout == b'', done
    run('instruct', '--hold', 'response', '--channel', 'a', '--timeout', '0')


@test
def instruct_as_json():
    got = json.loads(run('instruct', '--hold', 'response', '--channel', 'a,b', '--prev-id', '7', '--filter', 'f',
                         '--channel', 'c', '--timeout', '30', '--code', '404', '--header', 'A: 1',
                         '--body', 'nothing', '--meta', 'k=v', '--as', 'json').stdout)
    hold = got['hold']
    expect((hold['mode'], hold['timeout'], hold['meta']), ('response', 30, {'k': 'v'}))
    expect(hold['channels'], [{'name': 'a,b', 'prev-id': '7', 'filters': ['f']}, {'name': 'c'}])
    expect((got['response']['code'], got['response']['body']), (404, 'nothing'))


@test
def uri_keys():
    for key, shown in (('hush', 'hush'), ('base64:aHVzaA==', 'hush'), ('base64:_w', 'base64:/w=='),
                       ('base64:AA', 'base64:AA=='), ('a%20b+c', 'a b+c')):
        value = json.loads(run('uri', '--json', '--show-secrets', 'http://h?iss=i&key=' + key).stdout)
        expect((value['key'], value['publish_uri']), (shown, 'http://h/publish/'))
    for secret in ('http://u:hushhush@h/', 'http://h?key=hushhush', 'http://h?verify-key=hushhush'):
        for args in (['--json'], []):
            done = run('uri', *args, secret)
            assert b'hushhush' not in done.stdout + done.stderr, done
    shown = json.loads(run('uri', '--json', '--show-secrets', 'http://u%40:p%3A@[::1]:5561/a/').stdout)
    expect((shown['user'], shown['pass'], shown['control_uri']), ('u@', 'p:', 'http://[::1]:5561/a'))


main()
