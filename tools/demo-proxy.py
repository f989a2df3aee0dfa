#!/usr/bin/python3
# demo-proxy.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The demo through a real Pushpin: see tools/demo, which starts this."""
import argparse
import http.server
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CHANNEL = 'demo'
PATIENCE = 20


def say(text=''):
    print(text, flush=True)


class Origin(http.server.ThreadingHTTPServer):
    """The application: it tells the proxy to hold a client, by three headers."""
    daemon_threads = True
    request_queue_size = 128

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.split('?')[0]
            mode = {'/stream': 'stream', '/poll': 'response', '/ready': 'stream'}.get(path)
            body = b'(held open)\n' if mode == 'stream' else b''
            self.send_response(200)
            self.send_header('Content-Type', 'text/plain')
            if mode:
                self.send_header('Grip-Hold', mode)
                self.send_header('Grip-Channel', 'ready' if path == '/ready' else CHANNEL)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    def __init__(self):
        super().__init__(('127.0.0.1', 0), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def free_ports(number):
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(('127.0.0.1', 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Pushpin:
    """A Pushpin with its own configuration, directory and ports."""

    def __init__(self, origin_port):
        self.dir = tempfile.mkdtemp(prefix='gp-', dir='/tmp')
        client, control, push, sub, command = free_ports(5)
        self.uri = 'http://127.0.0.1:%d' % client
        self.control_uri = 'http://127.0.0.1:%d' % control
        values = dict(dir=self.dir, http_port=client, control_port=control, handler_log_level=2,
                      push_spec='tcp://127.0.0.1:%d' % push, sub_spec='tcp://127.0.0.1:%d' % sub,
                      command_spec='tcp://127.0.0.1:%d' % command, sub_connect='false',
                      stats_spec='ipc://%s/run/pp-stats' % self.dir, sig_iss='pushpin',
                      sig_key='changeme', max_body=1000000, message_rate=0, message_hwm=0)
        with open(HERE + '/pushpin/pushpin.conf.in', encoding='utf-8') as template:
            text = template.read()
        for name, value in values.items():
            text = text.replace('@%s@' % name, str(value))
        self.write('pushpin.conf', text)
        self.write('routes', '* 127.0.0.1:%d\n' % origin_port)
        self.guard = subprocess.Popen(['sh', HERE + '/pushpin/guard.sh', self.dir],
                                      stdin=subprocess.PIPE, start_new_session=True)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), 'w', encoding='utf-8') as out:
            out.write(text)

    def is_ready(self):
        """Its ports open before its parts have found each other, so ask through all of them."""
        try:
            with urllib.request.urlopen(self.uri + '/ready', timeout=0.5) as answer:
                answer.read(1)
            with urllib.request.urlopen(self.control_uri, timeout=0.5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait_subscribed(self, number):
        """Until so many clients wait: its log has a line for each."""
        def subscribed():
            try:
                with open(self.dir + '/log/pushpin-handler.log', encoding='utf-8') as log:
                    return sum(line.endswith(' channel=%s\n' % CHANNEL) and ' subscribe ' in line
                               for line in log) >= number
            except OSError:
                return False
        return wait_until(subscribed)

    def stop(self):
        self.guard.stdin.close()
        self.guard.wait()


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Client:
    """A curl that waits, and what it has received."""

    def __init__(self, name, uri):
        self.name = name
        self.text = ''
        command = ['curl', '-s', '-N', '--noproxy', '*', uri]
        say('  %-9s $ %s' % (name, shlex.join(command)))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in iter(self.process.stdout.readline, b''):
            text = line.decode('utf-8', 'replace').rstrip('\n')
            self.text += text + '\n'
            say('  %-9s < %s' % (self.name, text))

    def has(self, text):
        return text in self.text

    def stop(self):
        self.process.terminate()
        self.process.wait()


def publish(grip_tool, pushpin, text):
    command = [grip_tool, 'publish', '--uri', pushpin.control_uri, CHANNEL, '-']
    say("  publisher $ echo '%s' | %s" % (text, shlex.join(command)))
    result = subprocess.run(command, input=text + '\n', text=True, timeout=PATIENCE, check=False)
    return result.returncode == 0


def run_once(grip_tool, pushpin, clients, text):
    """Publishes one item. True when every client received it."""
    if not pushpin.wait_subscribed(2):
        say('The clients are not held.')
        return False
    if not publish(grip_tool, pushpin, text):
        say('The publish failed.')
        return False
    for client in clients:
        wait_until(lambda: client.has(text))
        say('  %-9s %s' % (client.name, 'got the item' if client.has(text) else 'DID NOT GET the item'))
    return all(client.has(text) for client in clients)


def run_on(grip_tool, pushpin, clients):
    """Publishes until Ctrl-C. The long poll asks again after each answer, as a browser would."""
    held = 2
    number = 1
    say('\nOpen another terminal and be a client too:  curl -N %s/stream' % pushpin.uri)
    say('or a publisher:  %s publish --uri %s %s "Hello"' % (grip_tool, pushpin.control_uri, CHANNEL))
    say('Ctrl-C ends the demo.\n')
    while pushpin.wait_subscribed(held) and publish(grip_tool, pushpin, 'Item number %d' % number):
        time.sleep(3)
        number += 1
        for index, client in enumerate(clients):
            if client.process.poll() is not None:
                clients[index] = Client(client.name, client.process.args[-1])
                held += 1
    return False


def start_pushpin(origin):
    for _ in range(3):
        pushpin = Pushpin(origin.server_address[1])
        if wait_until(pushpin.is_ready):
            return pushpin
        pushpin.stop()
    sys.exit('Pushpin did not start.')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--grip-tool', required=True)
    parser.add_argument('--proxy', action='store_true')
    parser.add_argument('--once', action='store_true')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    pushpin = None
    clients = []
    good = False
    try:
        origin = Origin()
        pushpin = start_pushpin(origin)
        say('origin     http://127.0.0.1:%d' % origin.server_address[1])
        say('Pushpin    %s, control %s\n' % (pushpin.uri, pushpin.control_uri))
        clients += [Client('stream', pushpin.uri + '/stream'), Client('long poll', pushpin.uri + '/poll')]
        if options.once:
            good = run_once(options.grip_tool, pushpin, clients, 'Hello from libgrip')
        else:
            good = run_on(options.grip_tool, pushpin, clients)
    except KeyboardInterrupt:
        good = not options.once
    finally:
        for client in clients:
            client.stop()
        if pushpin:
            pushpin.stop()
    say('\nEverything is stopped.')
    return 0 if good else 1


sys.exit(main())
