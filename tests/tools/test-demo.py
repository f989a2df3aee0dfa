#!/usr/bin/python3
# test-demo.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs grip-tool demo, and its page in a headless Chromium. Writes TAP.

test-demo.py TOOL                      the tests
test-demo.py TOOL --screenshot FILE    a picture of the page in use, behind a Pushpin
"""

import glob
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from devtools import PATIENCE, Chromium, wait_for
from tap import expect, main, test

TOOL = sys.argv[1]
PANELS = ('poll', 'stream', 'socket')
ALL_OPEN = '%s.every(id => document.getElementById(id)?.dataset.state === "open")' % json.dumps(PANELS)


class Demo:
    """Runs until it is left, by Ctrl-C."""

    def __init__(self, *options):
        self.process = subprocess.Popen([TOOL, 'demo', '--json', *options], stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        assert line, 'the demo did not start'
        self.uri = json.loads(line)['uri']
        self.control_uri = json.loads(line).get('control_uri')

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)
        if args[0] is None:
            expect(self.process.returncode, 130)

    def post(self, text, **headers):
        request = urllib.request.Request(self.uri + '/publish', text.encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status


def count(number):
    return '%s.every(id => document.querySelector(`#${id} .count`)?.textContent === "%d")' % (
        json.dumps(PANELS), number)


def first_texts(page):
    return page.run('%s.map(id => document.querySelector(`#${id} li span`).textContent)' % json.dumps(PANELS))


def publish(page, text):
    page.run('document.getElementById("text").value = %s; document.querySelector("button").click()'
             % json.dumps(text))


def use_page(page, demo):
    page.open(demo.uri + '/')
    page.wait('document.readyState === "complete" && ' + ALL_OPEN)
    page.wait('document.getElementById("listeners")?.textContent === "3"')

    publish(page, 'from the box')
    page.wait(count(1))
    expect(first_texts(page), ['from the box'] * 3)
    for id in PANELS:
        latency = page.run('document.querySelector("#%s .last").textContent' % id)
        assert latency.endswith(' ms') or latency.endswith(' s'), latency
        assert float(latency.split()[0]) >= 0

    demo.post('<img src=x onerror="document.title=1">')
    page.wait(count(2))
    expect(first_texts(page), ['<img src=x onerror="document.title=1">'] * 3)
    expect(page.run('document.querySelectorAll("li img").length'), 0)

    # The long poll misses nothing, however many items come between two polls.
    for number in range(20):
        demo.post('item %d' % number)
    page.wait(count(22))
    expect(first_texts(page), ['item 19'] * 3)
    page.wait('document.getElementById("items").textContent === "22"')


def check_page(page, demo):
    expect(page.problems, [])
    expect([uri for uri in page.requests
            if uri.split('://', 1)[1].split('/')[0] != demo.uri.split('://')[1] and not uri.startswith('data:')], [])
    assert any(uri.startswith('ws://') for uri in page.requests), page.requests


def use_listeners(page, demo):
    """Who listens without the page counts, too."""
    ways = {'/poll': 'poll', '/stream?only=items': 'sse', '/socket': 'websocket'}
    listeners = [subprocess.Popen([TOOL, 'listen', '--mode', mode, demo.uri + path],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                 for path, mode in ways.items()]
    try:
        page.wait('document.getElementById("listeners")?.textContent === "6"')
    finally:
        for listener in listeners:
            listener.send_signal(signal.SIGINT)
            listener.wait(PATIENCE)
    page.wait('document.getElementById("listeners")?.textContent === "3"')


def use_demo(*options):
    with Chromium() as browser, Demo(*options) as demo:
        page = browser.new_page()
        use_page(page, demo)
        other = browser.new_page()
        other.open(demo.uri + '/')
        page.wait('document.getElementById("listeners")?.textContent === "6"')
        publish(other, 'from the other window')
        page.wait(count(23))
        other.wait(count(1))
        other.close()
        page.wait('document.getElementById("listeners")?.textContent === "3"')
        use_listeners(page, demo)
        check_page(page, demo)


@test
def page_without_proxy():
    use_demo()


@test
def page_behind_pushpin():
    use_demo('--proxy')


def once(*options):
    done = subprocess.run([TOOL, 'demo', '--once', '--json', *options], capture_output=True, timeout=2 * PATIENCE,
                          check=False)
    expect(done.returncode, 0)
    clients = [json.loads(line) for line in done.stdout.splitlines()][1:]
    expect(sorted(client['client'] for client in clients), ['WebSocket', 'long poll', 'stream'])
    assert all(client['good'] and 'Hello from libgrip' in client['content'] for client in clients), clients


@test
def once_without_proxy():
    once()


@test
def once_behind_pushpin():
    before = set(glob.glob('/tmp/grip-demo-*'))
    once('--proxy')
    # Another demo on this machine may have one for a while.
    wait_for(lambda: not set(glob.glob('/tmp/grip-demo-*')) - before, 'the directory to be removed')


@test
def pushpin_missing():
    done = subprocess.run([TOOL, 'demo', '--once', '--proxy'], capture_output=True, timeout=2 * PATIENCE,
                          env=dict(os.environ, PATH='/nowhere'), check=False)
    expect(done.returncode, 8)
    assert b'Pushpin is not installed' in done.stderr


@test
def other_sites_do_not_publish():
    with Demo() as demo:
        expect(demo.post('x', Origin=demo.uri), 200)
        for headers in {'Origin': 'http://evil.example'}, {'Origin': 'null'}:
            try:
                demo.post('x', **headers)
                raise AssertionError('published')
            except urllib.error.HTTPError as error:
                expect(error.code, 400)


def listen_until(demo, mode, count, *args):
    """Something is published for as long as it listens."""
    process = subprocess.Popen([TOOL, 'listen', '--json', '--count', str(count), '--timeout', str(PATIENCE), *args],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        demo.post('hello')
        time.sleep(0.05)
    lines = [json.loads(line) for line in process.stdout]
    expect(process.returncode, 0)
    # A long poll is nothing before its answer.
    opened = [] if mode == 'poll' else [('open', mode)]
    expect([(line['type'], line['mode']) for line in lines if 'mode' in line], opened)
    expect((lines[-1]['type'], lines[-1]['items']), ('end', count))
    expect(len(lines), count + 1 + len(opened))
    assert any('hello' in line.get('content', '') for line in lines), lines


@test
def listen_as_each_kind():
    with Demo() as demo:
        kinds = {'poll': demo.uri + '/poll', 'sse': demo.uri + '/stream?only=items',
                 'websocket': demo.uri.replace('http', 'ws') + '/socket'}
        for mode, uri in kinds.items():
            listen_until(demo, mode, 3, uri)
        kinds['stream'] = kinds['sse']
        listen_until(demo, 'stream', 5, '--mode', 'stream', kinds['stream'])
        for mode, uri in kinds.items():
            done = subprocess.run([TOOL, 'listen', '--json', '--mode', mode, '--count', '100', '--timeout', '0.5', uri],
                                  capture_output=True, timeout=PATIENCE, check=False)
            expect(done.returncode, 7)


@test
def poll_asked_again():
    """A proxy that missed an item asks once more, and tells what it had last."""
    with Demo() as demo:
        for text in 'one', 'two', 'three':
            demo.post(text)
        for query, last, missed in ('', 'demo; last-id=1', [2, 3]), ('?last=1', 'demo; last-id=2', [3]), \
                ('?last=1', 'other; last-id=3', [2, 3]), ('?last=2', 'demo; last-id=x', [3]), \
                ('?last=2', 'demo; last-id=99', [3]):
            request = urllib.request.Request(demo.uri + '/poll' + query, headers={'Grip-Last': last})
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                expect([item['number'] for item in json.load(answer)], missed)


@test
def usage():
    for arguments in ['what'], ['--port', '65536'], ['--port', 'x']:
        expect(subprocess.run([TOOL, 'demo', *arguments], capture_output=True, check=False).returncode, 1)
    with Demo() as demo:
        port = demo.uri.rsplit(':', 1)[1]
        done = subprocess.run([TOOL, 'demo', '--port', port], capture_output=True, timeout=PATIENCE, check=False)
        expect(done.returncode, 3)


def take_screenshot(path):
    with Chromium() as browser, Demo('--proxy') as demo:
        page = browser.new_page()
        page.resize(1080, 690)
        page.open(demo.uri + '/')
        page.wait(ALL_OPEN)
        page.wait('document.getElementById("listeners")?.textContent === "3"')
        texts = ['tick'] * 24 + ['Good morning', 'Train 12: platform 4', '21.5 °C', '21.6 °C', '¡Hola!',
                                 'Hello from libgrip']
        for number, text in enumerate(texts, 1):
            publish(page, text)
            page.wait(count(number))
            time.sleep(0.3)
        page.run('document.activeElement.blur(); getSelection().removeAllRanges()')
        page.wait('document.getElementById("items").textContent === "%d"' % len(texts))
        time.sleep(1.5)
        with open(path, 'wb') as file:
            file.write(page.screenshot())


if sys.argv[2:3] == ['--screenshot']:
    take_screenshot(sys.argv[3])
    sys.exit()

main()
