#!/usr/bin/python3
# test-grip-tool-plugin.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""test-grip-tool-plugin.py TOOL LANGUAGE: grip-tool --plugin with a transport and formats in JavaScript (js)
or Python (py). Writes TAP."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from tap import main, test

TOOL, LANGUAGE = sys.argv[1:]
HERE = os.path.dirname(os.path.abspath(__file__))
PLUGIN = os.path.join(HERE, 'plugin', 'transport.' + LANGUAGE)
BAD = {
    'js': {'throws': ("throw new Error('boom');", 'threw an exception', 'Error: boom'),
           'exits': ("import System from 'system'; System.exit(3);", 'Exit with code 3', ''),
           'is no script': ('a b', 'SyntaxError', '')},
    'py': {'throws': ("raise ValueError('boom')", 'ValueError: boom', 'Traceback'),
           'exits': ('raise SystemExit(3)', 'SystemExit: 3', ''),
           'is no script': ('a b', 'SyntaxError', '')},
}


def start(*args):
    return subprocess.Popen([TOOL, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=dict(os.environ, NO_COLOR='1'))


def run(*args, stdin=b'', code=0):
    process = start(*args)
    out, err = (text.decode() for text in process.communicate(stdin, timeout=100))
    assert code is None or process.returncode == code, (args, process.returncode, out, err)
    return out, err


def publish(how, *args, **kwargs):
    return run('--plugin', PLUGIN, 'publish', '--uri', '%s://%s' % (LANGUAGE, how), '--format', 'http-stream', 'c',
               *(args or ['hello']), **kwargs)


def items(out):
    return [json.loads(line.partition('delivered ')[2]) for line in out.splitlines() if 'delivered ' in line]


@test
def publishes_through_a_script():
    out, _ = publish('now')
    assert items(out) == [{'channel': 'c', 'formats': {'http-stream': {'content': 'hello'}}}], out


@test
def waits_for_an_answer_that_comes_later():
    out, err = publish('later')
    assert len(items(out)) == 1 and 'answered' in out, (out, err)


@test
def publishes_lines():
    out, err = publish('later', '--lines', stdin=b'1\n2\n3\n')
    assert [item['formats']['http-stream']['content'] for item in items(out)] == ['1', '2', '3'], out
    assert "published 3 to 'c', 0 failed" in err, err


@test
def tells_what_the_script_answered():
    _, err = publish('reject', code=5)
    assert "channel 'c' at %s://reject: refused: not that" % LANGUAGE in err, err


@test
def tells_what_the_script_threw():
    _, err = publish('throw', code=3)
    assert 'no luck' in err and 'the transport' in err, err


@test
def is_interrupted_while_the_script_does_not_answer():
    for more in (['hello'], ['--lines']):
        process = start('--plugin', PLUGIN, '--json', 'publish', '--uri', LANGUAGE + '://never', 'c', *more)
        if more == ['--lines']:
            process.stdin.write(b'1\n')
            process.stdin.flush()
        first = process.stdout.readline()
        assert b'delivered' in first, (first, process.communicate())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=100)
        assert process.returncode == 130, (process.returncode, out, err)
        assert b'may be published' in err, err


@test
def lists_what_the_script_registered():
    out, _ = run('--plugin', PLUGIN, '--json', 'transports', LANGUAGE)
    assert json.loads(out) == {'name': LANGUAGE, 'schemes': [LANGUAGE], 'loads': True}, out
    out, _ = run('-p', PLUGIN, 'transports')
    assert '%-8s ok\n' % LANGUAGE in out, out
    out, err = run('transports', LANGUAGE, code=8)
    assert 'broken' in out, out


def publish_as(formats, content, *args, **kwargs):
    out, err = run('--plugin', PLUGIN, 'publish', '--uri', LANGUAGE + '://now', '--format', formats, *args, 'c', content,
                   **kwargs)
    return [item['formats'] for item in items(out)], err


@test
def publishes_in_formats_of_a_script():
    assert publish_as('temperature', '21.5')[0] == [{'temperature': {'degrees': 21.5}}]
    assert publish_as('http-stream,temperature', '3', '--filter', 'f')[0] == [
        {'http-stream': {'content-filters': ['f'], 'content': '3'}, 'temperature': {'degrees': 3}}]
    assert publish_as('picture', '@' + __file__)[0][0]['picture']['content'].startswith('#!/usr/bin/python3')
    for encoding, words in (('json', '"degrees":-1.5'), ('tnetstring', '7:degrees,4:-1.5^')):
        out, _ = run('--plugin', PLUGIN, 'publish', '--dry-run', encoding, '--format', 'temperature', 'c', '--', '-1.5')
        assert words in out, out


@test
def publishes_lines_in_a_format_of_a_script():
    out, err = run('--plugin', PLUGIN, 'publish', '--uri', LANGUAGE + '://now', '--format', 'temperature', '--lines', 'c',
                   stdin=b'1\nx\n3\n', code=5)
    assert [item['formats']['temperature']['degrees'] for item in items(out)] == [1, 3], out
    assert 'line 2: temperature: its description is not of type a{sv}' in err, err


@test
def tells_what_is_wrong_with_a_format():
    _, err = publish_as('temprature', '1', code=1)
    assert "takes http-response, http-stream, ws-message, picture, temperature, not 'temprature'" in err, err
    assert 'did you mean temperature' in err, err
    _, err = publish_as('temperature', 'warm', code=5)
    assert 'temperature: its description is not of type a{sv}' in err, err
    _, err = run('publish', '--format', 'temperature', 'c', '1', code=1)
    assert "takes http-response, http-stream, ws-message, not 'temperature'" in err, err
    _, err = publish_as('temperature', '1', '--filter', 'f', code=1)
    assert '--filter goes with content of http-response' in err, err
    _, err = run('--plugin', PLUGIN, 'publish', '--format', 'temperature', '--close', 'c', code=1)
    assert '--close, --hint and --refresh go with http-response' in err, err


@test
def lists_formats_of_a_script():
    out, _ = run('--plugin', PLUGIN, '--json', 'transports', 'temperature')
    assert json.loads(out) == {'name': 'temperature', 'format': True, 'schemes': [], 'loads': True}, out
    out, _ = run('-p', PLUGIN, 'transports')
    assert 'temperature ok\n' in out and '  format   for publish --format picture\n' in out, out
    out, _ = run('transports', code=None)
    assert 'format' not in out, out


@test
def tells_what_is_wrong_with_a_script():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'bad.' + LANGUAGE)
        for name, (source, words, more) in BAD[LANGUAGE].items():
            with open(path, 'w', encoding='utf-8') as file:
                file.write(source)
            _, err = run('--plugin', path, 'publish', 'c', 'x', code=8)
            assert "the plugin '%s' cannot be used: " % path in err, (name, err)
            assert words in err and more in err, (name, err)
        _, err = run('--plugin', os.path.join(directory, 'none.' + LANGUAGE), 'publish', 'c', 'x', code=8)
        assert 'none.' + LANGUAGE in err and 'No such file' in err, err
        _, err = run('--plugin', directory, 'publish', 'c', 'x', code=8)
        assert 'is no \'.js\' and no \'.py\' file' in err, err


@test
def refuses_a_script_that_it_has():
    _, err = run('--plugin', PLUGIN, '--plugin=' + PLUGIN, 'publish', 'c', 'x', code=8)
    assert "the plugin '%s' cannot be used" % PLUGIN in err, err


@test
def maps_no_engine_without_a_script():
    needed = subprocess.run(['ldd', TOOL], capture_output=True, text=True, check=True).stdout
    assert 'libgjs' not in needed and 'libpython' not in needed, needed


main()
