# run-blocks.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every code block of the guide, beside a real Pushpin (grip-test-world starts this).

run-blocks.py BUILD_DIR PAGE...

A block is a whole program and must end with success. What is in a block of text right after it is what it
must write. The ports of a Pushpin as it is installed, and port 8000, are replaced by those of the test.
A comment before a block may say more:

    <!-- test: as=NAME -->        other blocks may go on from this one, or use it as the file NAME
    <!-- test: after=NAME -->     this goes on from that one
    <!-- test: receives=WORD -->  a client that is held on the channel 'news' gets this
    <!-- test: serves=PATH -->    an origin: a client is held there, gets 'hello', and the origin is ended
    <!-- test: status=N -->       ends with this exit status
"""
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PATIENCE = 60
BUILD, *PAGES = sys.argv[1:]
ENV = os.environ
APP_PORT = ENV['GRIP_TEST_APP_PORT']
REPLACED = [
    ('http://localhost:5561', ENV['GRIP_TEST_CONTROL']),
    ('http://localhost:7999', ENV['GRIP_TEST_PROXY']),
    ('tcp://localhost:5560', ENV['GRIP_TEST_PUSH']),
    ('tcp://localhost:5562', ENV['GRIP_TEST_SUB']),
    ('tcp://localhost:5563', ENV['GRIP_TEST_COMMAND']),
]
SHOWN = ('text', 'json', 'ini')
SUFFIXES = {'c': 'c', 'vala': 'vala', 'js': 'js', 'python': 'py', 'lua': 'lua', 'sh': 'sh'}


class Block:
    def __init__(self, page, line, language, text, options):
        self.place = '%s:%d' % (os.path.basename(page), line)
        self.page = page
        self.language = language
        self.text = text
        self.options = options
        self.output = None


def parse(page):
    """All blocks of a page, in order."""
    blocks = []
    options = {}
    lines = open(page, encoding='utf-8').read().split('\n')
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        comment = re.match(r'<!-- test: (.*) -->$', line)
        if comment:
            options = dict(word.split('=', 1) for word in shlex.split(comment.group(1)))
        elif line.startswith('```'):
            end = lines.index('```', number)
            blocks.append(Block(page, number, line[3:], '\n'.join(lines[number:end]) + '\n', options))
            options, number = {}, end + 1
        elif line.strip() and not line.startswith('<!--'):
            blocks.append(None)
            options = {}
    return blocks


def programs_of(page):
    """The blocks to run, each with what it must write, and those that have a name."""
    programs, named, previous = [], {}, None
    for block in parse(page):
        if block is not None and block.language in SHOWN and block.language == 'text' and previous:
            previous.output = block.text
        elif block is not None and block.language not in SHOWN:
            assert block.language in SUFFIXES, '%s: no way to run %r' % (block.place, block.language)
            programs.append(block)
            if 'as' in block.options:
                named[block.options['as']] = block
        previous = block if block is not None and block.language in SUFFIXES else None
    return programs, named


def source_of(block, named):
    text = block.text
    if 'after' in block.options:
        text = source_of(named[block.options['after']], named) + text
    return text


def localize(text):
    for old, new in REPLACED:
        text = text.replace(old, new)
    return re.sub(r'\b8000\b', APP_PORT, text)


def compile_c(path, program):
    flags = subprocess.check_output(['pkg-config', '--cflags', '--libs', 'libgrip-1.0', 'libgrip-soup-1.0'],
                                    text=True).split()
    return ['cc', '-Wall', '-Werror', '-o', program, path, *flags]


def compile_vala(path, program):
    packages = ['gio-2.0', 'libsoup-3.0', 'libgrip-1.0', 'libgrip-soup-1.0']
    return ['valac', '--fatal-warnings', '-X', '-w', '--vapidir', BUILD + '/bindings/vala',
            *['--pkg=' + package for package in packages], '-o', program, path]


COMPILERS = {'c': compile_c, 'vala': compile_vala}
RUNNERS = {'js': ['gjs', '-m'], 'python': ['/usr/bin/python3'], 'lua': ['lua5.3'], 'sh': ['sh', '-e']}


def write(name, text, directory):
    path = os.path.join(directory, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(localize(text))
    return path


def command_for(block, named, directory):
    """Writes the program, compiles it where that is needed, and says how to run it."""
    name = 'block-' + block.place.replace(':', '-').replace('.md', '')
    path = write('%s.%s' % (name, SUFFIXES[block.language]), source_of(block, named), directory)
    if block.language not in COMPILERS:
        return RUNNERS[block.language] + [path]
    program = os.path.join(directory, name)
    done = subprocess.run(COMPILERS[block.language](path, program), capture_output=True, text=True,
                          timeout=2 * PATIENCE)
    assert done.returncode == 0, done.stderr
    return [program]


class Held:
    """A client that the proxy holds; what it gets is kept."""
    def __init__(self, path):
        self.got = b''
        self.more = threading.Condition()
        self.path = path
        threading.Thread(target=self.read, daemon=True).start()

    def open(self):
        """An origin may need a moment before it listens."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return urllib.request.urlopen(ENV['GRIP_TEST_PROXY'] + self.path, timeout=4 * PATIENCE)
            except OSError:
                assert time.monotonic() < end, 'nobody serves ' + self.path
                time.sleep(0.05)

    def read(self):
        with self.open() as answer:
            while data := answer.read1(65536):
                with self.more:
                    self.got += data
                    self.more.notify_all()

    def wait_for(self, text, start=0):
        with self.more:
            return self.more.wait_for(lambda: text.encode() in self.got[start:], PATIENCE)


def wait_subscribed(channel, number):
    with urllib.request.urlopen('%s?channel=%s&clients=%d' % (ENV['GRIP_TEST_SUBSCRIBED'], channel, number),
                                timeout=2 * PATIENCE) as answer:
        assert answer.status == 200


n_served = 0
serving = threading.Lock()


def run_origin(block, command, directory):
    """Origins share one port, so there is one at a time."""
    global n_served
    with serving:
        origin = subprocess.Popen(command, cwd=directory)
        try:
            client = Held(block.options['serves'])
            n_served += 1
            wait_subscribed('live', n_served)
            subprocess.run(['grip-tool', 'publish', '--uri', ENV['GRIP_TEST_CONTROL'], 'live', 'hello'],
                           check=True, timeout=PATIENCE)
            assert client.wait_for('hello'), 'the client got %r' % client.got
        finally:
            origin.terminate()
            origin.wait(PATIENCE)


def run_program(block, command, directory, news):
    start = len(news.got)
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=2 * PATIENCE)
    said = done.stdout + done.stderr
    assert done.returncode == int(block.options.get('status', 0)), 'exit status %d\n%s' % (done.returncode, said)
    if block.output is not None:
        assert done.stdout == localize(block.output), said
    if 'receives' in block.options:
        assert news.wait_for(block.options['receives'], start), 'the client got %r' % news.got[start:]


def run(block, named, directory, news):
    try:
        command = command_for(block, named, directory)
        if 'serves' in block.options:
            run_origin(block, command, directory)
        else:
            run_program(block, command, directory, news)
        return None
    except (AssertionError, subprocess.SubprocessError) as error:
        return str(error)


def main():
    news = Held('/stream?channel=news')
    wait_subscribed('news', 1)
    with tempfile.TemporaryDirectory(prefix='grip-docs-') as directory:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            results = []
            for page in PAGES:
                programs, named = programs_of(page)
                # A name with a suffix is a file that other blocks use.
                for name in filter(lambda name: '.' in name, named):
                    write(name, source_of(named[name], named), directory)
                results += [(block, pool.submit(run, block, named, directory, news)) for block in programs]
            print('1..%d' % len(results))
            for number, (block, result) in enumerate(results, 1):
                fault = result.result()
                print('%sok %d %s %s' % ('not ' if fault else '', number, block.place, block.language), flush=True)
                for line in fault.splitlines() if fault else ():
                    print('# ' + line)


main()
