# devtools.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A headless Chromium, driven over its DevTools protocol with nothing but Python's own modules."""

import base64
import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

PATIENCE = 90
OPTIONS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
           '--no-proxy-server', '--disable-background-networking', '--disable-component-update',
           '--disable-sync', '--disable-extensions', '--hide-scrollbars', '--mute-audio',
           '--remote-debugging-port=0']


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('waited in vain for %s' % what)
        time.sleep(0.05)


class WebSocket:
    """The client's side, as far as DevTools needs it."""

    def __init__(self, uri):
        host, path = uri[len('ws://'):].split('/', 1)
        name, port = host.rsplit(':', 1)
        self.socket = socket.create_connection((name, int(port)), timeout=PATIENCE)
        self.socket.sendall(('GET /%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                             'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n'
                             % (path, host, base64.b64encode(os.urandom(16)).decode())).encode())
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            head += self.read(1)
        assert b' 101 ' in head.split(b'\r\n')[0], head

    def read(self, length):
        data = b''
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            assert more, 'Chromium is gone'
            data += more
        return data

    def send(self, text):
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else (
            b'\xfe' + struct.pack('>H', len(data)) if len(data) < 65536 else b'\xff' + struct.pack('>Q', len(data)))
        # A mask of zeros is a mask.
        self.socket.sendall(b'\x81' + size + bytes(4) + data)

    def receive(self):
        message = b''
        while True:
            first, length = self.read(2)
            if length == 126:
                length, = struct.unpack('>H', self.read(2))
            elif length == 127:
                length, = struct.unpack('>Q', self.read(8))
            data = self.read(length)
            if first & 0x0f in (0, 1):
                message += data
                if first & 0x80:
                    return message.decode()

    def close(self):
        self.socket.close()


class Page:
    """A tab: what it asked for and what went wrong in it are kept."""

    def __init__(self, browser, target):
        self.browser = browser
        self.id = target['id']
        self.socket = WebSocket(target['webSocketDebuggerUrl'])
        self.numbers = itertools.count(1)
        self.requests = []
        self.problems = []
        for domain in 'Page', 'Runtime', 'Network', 'Log':
            self.call(domain + '.enable')

    def call(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({'id': number, 'method': method, 'params': params}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get('id') == number:
                assert 'error' not in message, message
                return message['result']
            self.note(message.get('method'), message.get('params'))

    def note(self, method, params):
        if method == 'Network.requestWillBeSent':
            self.requests.append(params['request']['url'])
        elif method == 'Network.webSocketCreated':
            self.requests.append(params['url'])
        elif method == 'Runtime.exceptionThrown':
            self.problems.append(params['exceptionDetails'])
        elif method == 'Log.entryAdded' and params['entry']['level'] == 'error':
            self.problems.append(params['entry'])

    def open(self, uri):
        self.call('Page.navigate', url=uri)

    def run(self, script):
        result = self.call('Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True)
        assert 'exceptionDetails' not in result, result
        return result['result'].get('value')

    def wait(self, script):
        return wait_for(lambda: self.run(script), script)

    def resize(self, width, height, scale=1):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=scale,
                  mobile=False)

    def set_dark(self, dark):
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])

    def screenshot(self):
        return base64.b64decode(self.call('Page.captureScreenshot', format='png')['data'])

    def close(self):
        self.socket.close()
        self.browser.get('/json/close/' + self.id)


class Chromium:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='grip-chromium-', dir='/tmp')
        environment = {name: value for name, value in os.environ.items()
                       if name not in ('LD_PRELOAD', 'MALLOC_CHECK_', 'MALLOC_PERTURB_', 'G_DEBUG')}
        self.process = subprocess.Popen(['chromium', '--user-data-dir=' + self.dir, *OPTIONS, 'about:blank'],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True, env=environment)
        self.port = int(wait_for(self.read_port, 'Chromium'))

    def read_port(self):
        assert self.process.poll() is None, 'Chromium ended with %d' % self.process.returncode
        try:
            with open(self.dir + '/DevToolsActivePort', encoding='utf-8') as file:
                return file.readline().strip()
        except OSError:
            return None

    def get(self, path, method='GET'):
        request = urllib.request.Request('http://127.0.0.1:%d%s' % (self.port, path), method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()

    def new_page(self):
        return Page(self, json.loads(self.get('/json/new?about:blank', 'PUT')))

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
