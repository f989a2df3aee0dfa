# test-walk.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-walk.py RUNNER... -- GIR...: calls every public function with valid, null and wrong arguments, and
reads and writes every property; each also of a bare object, one that no constructor function has made.

The functions and their argument types are read from the GIRs. The RUNNER, walk.js or walk.py with its
interpreter, does the calls in a process of its own and says which one it begins, so that a crash or a
hang has a name; after one it goes on behind it. An exception or a critical is right. Writes TAP, one
test for each class."""
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ET

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
SILENCE = 40


def type_of(parameter):
    """A type as text: 'utf8', '[utf8]' for a list, '{}' for a table, 'Grip.Item' for a class."""
    array = parameter.find(CORE + 'array')
    kind = array if array is not None else parameter.find(CORE + 'type')
    inner = kind.find(CORE + 'type')
    if array is not None:
        return '[%s]' % inner.get('name')
    return '{}' if kind.get('name') == 'GLib.HashTable' else kind.get('name')


def arguments_of(call):
    parameters = call.findall(CORE + 'parameters/' + CORE + 'parameter')
    hidden = set()
    for parameter in parameters:
        if parameter.get('scope') and parameter.get('closure'):
            hidden |= {int(parameter.get('closure')), int(parameter.get('destroy', -1))}
        array = parameter.find(CORE + 'array')
        if array is not None and array.get('length'):
            hidden.add(int(array.get('length')))
    return [{'name': p.get('name'), 'type': type_of(p)} for i, p in enumerate(parameters)
            if i not in hidden and p.get('direction', 'in') == 'in']


def properties_of(namespace, owner):
    return {'namespace': namespace.get('name'), 'owner': owner.get('name'), 'call': 'its properties',
            'properties': [{'name': p.get('name'), 'type': type_of(p), 'getter': p.get('getter'), 'setter': p.get('setter')}
                           for p in owner.findall(CORE + 'property')]}


def calls_of(gir):
    namespace = ET.parse(gir).getroot().find(CORE + 'namespace')
    owners = [('', namespace)]
    for tag in ('class', 'interface', 'record', 'enumeration', 'bitfield'):
        owners += [(owner.get('name'), owner) for owner in namespace.findall(CORE + tag)]
    for owner_name, owner in owners:
        if owner.tag == CORE + 'class':
            yield properties_of(namespace, owner)
        is_bare = owner.tag == CORE + 'class' and owner.get('abstract') != '1'
        for tag in ('constructor', 'function', 'method'):
            for call in owner.findall(CORE + tag):
                if call.get('moved-to') or call.get('introspectable') == '0':
                    continue
                returns = call.find(CORE + 'return-value/' + CORE + 'type')
                yield {'namespace': namespace.get('name'), 'owner': owner_name, 'call': call.get('name'),
                       'method': tag == 'method', 'bare': is_bare, 'arguments': arguments_of(call),
                       'returns': returns.get('name') if returns is not None else ''}


def enums_of(gir):
    namespace = ET.parse(gir).getroot().find(CORE + 'namespace')
    return [namespace.get('name') + '.' + enum.get('name')
            for tag in ('enumeration', 'bitfield') for enum in namespace.findall(CORE + tag)]


class Walk:
    def __init__(self, runner, plan, n_calls):
        self.runner, self.plan, self.n_calls = runner, plan, n_calls
        self.problems = {}
        self.done = set()

    def read(self, process, lines):
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    def run_from(self, start):
        """Runs one process; returns the first call that it did not get to."""
        current = start
        with tempfile.TemporaryFile('w+') as log:
            process = subprocess.Popen([*self.runner, self.plan, str(start)], stdout=subprocess.PIPE, stderr=log,
                                       text=True, errors='replace')
            lines = queue.Queue()
            threading.Thread(target=self.read, args=(process, lines), daemon=True).start()
            ending = None
            while ending is None:
                try:
                    line = lines.get(timeout=SILENCE)
                except queue.Empty:
                    process.send_signal(signal.SIGKILL)
                    ending = 'it hung'
                    break
                if line is None:
                    ending = process.wait()
                elif line.startswith('begin '):
                    current = int(line.split()[1])
                elif line.startswith('end '):
                    self.done.add(int(line.split()[1]))
                elif line.startswith('problem '):
                    self.problems.setdefault(current, []).append(line[8:].strip())
            process.wait()
            if ending == 0:
                return self.n_calls
            log.seek(0)
            self.problems.setdefault(current, []).append(
                'it ended with %s after: %s' % (ending, ' | '.join(log.read().splitlines()[-4:])))
        return current + 1

    def run(self):
        start = 0
        while start < self.n_calls:
            start = self.run_from(start)


def main():
    split = sys.argv.index('--')
    runner, girs = sys.argv[1:split], sys.argv[split + 1:]
    calls = [call for gir in girs for call in calls_of(gir)]
    with tempfile.TemporaryDirectory() as directory:
        plan = os.path.join(directory, 'plan.json')
        with open(plan, 'w', encoding='utf-8') as file:
            json.dump({'calls': calls, 'enums': [enum for gir in girs for enum in enums_of(gir)],
                       'module': os.path.join(directory, 'none')}, file)
        walk = Walk(runner, plan, len(calls))
        walk.run()

    owners = {}
    for index, call in enumerate(calls):
        owners.setdefault('%s.%s' % (call['namespace'], call['owner'] or 'functions'), []).append(index)
    print('1..%d' % len(owners))
    for number, (owner, indices) in enumerate(owners.items(), 1):
        lines = ['%s: %s' % (calls[i]['call'], p) for i in indices for p in walk.problems.get(i, [])]
        lines += ['%s: not called to the end' % calls[i]['call'] for i in indices
                  if i not in walk.done and i not in walk.problems]
        print('%sok %d %s, %d functions' % ('not ' if lines else '', number, owner, len(indices)))
        for line in lines:
            print('# ' + line)
    sys.exit(bool(walk.problems))


main()
