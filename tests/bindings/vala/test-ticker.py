# test-ticker.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Vala example: it publishes on a timer, and a second run of it changes the proxy of the first.

test-ticker.py TICKER, in a session bus of its own."""
import http.server
import json
import os
import queue
import subprocess
import sys
import threading

PATIENCE = 60
ticker = sys.argv[1]
n_tests = 0


class Sink(http.server.ThreadingHTTPServer):
    """A proxy's control API: keeps what is published."""
    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
            for item in body['items']:
                self.server.items.put(item)
            self.send_response(200)
            self.send_header('Content-Length', '0')
            self.end_headers()

        def log_message(self, *arguments):
            pass

    def __init__(self):
        super().__init__(('127.0.0.1', 0), self.Handler)
        self.items = queue.Queue()
        self.uri = 'http://127.0.0.1:%d' % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self):
        """The number of the next item."""
        item = self.items.get(timeout=PATIENCE)
        assert item['channel'] == 'ticks', item
        content = item.get('formats', item)['http-stream']['content']
        assert content == item['id'] + '\n', item
        return int(item['id'])

    def take_all(self):
        numbers = []
        while not self.items.empty():
            numbers.append(self.take())
        return numbers


def check(name, good, *what):
    global n_tests
    n_tests += 1
    print('%sok %d %s' % ('' if good else 'not ', n_tests, name), flush=True)
    for each in what if not good else ():
        print('#', each)


def run(*arguments, env=None):
    return subprocess.run([ticker, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          env=env)


alone = dict(os.environ, DBUS_SESSION_BUS_ADDRESS='disabled:')
first, second = Sink(), Sink()

result = run('--uri', first.uri, '--interval', '0.01', '--count', '3', env=alone)
check('publishes on a timer, without a bus',
      result.returncode == 0 and first.take_all() == [1, 2, 3] and
      result.stdout == 'published 1\npublished 2\npublished 3\n', result)

result = run(env=alone)
check('says what is missing', result.returncode == 2 and '--uri' in result.stderr, result)
result = run('--uri', 'http://[', env=alone)
check('says what is wrong with a URI',
      result.returncode == 2 and 'offset 7' in result.stderr, result)

primary = subprocess.Popen([ticker, '--uri', first.uri, '--interval', '0.02'],
                           stdout=subprocess.PIPE, text=True)
numbers = [first.take(), first.take()]
result = run('--replace', 'http://[')
check('a bad URI changes nothing', result.returncode == 2 and result.stderr != '', result)
result = run('--uri', second.uri)
check('a second ticker does not start',
      result.returncode == 2 and '--replace' in result.stderr, result)
numbers.append(first.take())

result = run('--replace', second.uri)
check('a second run changes the proxy',
      result.returncode == 0 and second.uri in result.stdout, result)
rest = [second.take(), second.take()]
result = run('--quit')
output, _ = primary.communicate(timeout=PATIENCE)
check('a second run ends the first', result.returncode == 0 and primary.returncode == 0, result)

numbers += first.take_all()
rest += second.take_all()
check('the old proxy got what came before, in order',
      numbers == list(range(1, len(numbers) + 1)), numbers)
check('the new proxy got all the rest, in order',
      rest == list(range(len(numbers) + 1, len(numbers) + len(rest) + 1)), numbers, rest)
check('each item was reported as published',
      output.count('published') == len(numbers) + len(rest), output)
print('1..%d' % n_tests)
