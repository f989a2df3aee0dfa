#!/usr/bin/python3
# fanout.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Fan-out of one 100-byte item to held clients: an origin that holds them itself, beside a Pushpin.

fanout.py PROGRAM [--kind stream|websocket] [--rounds N] [--clients N,N...] [--base-port P]

PROGRAM is bench-embedded of a build. They take turns, and the medians are printed: deliveries a second, the
time from the publish to each client, and the memory for each held client. Pushpin 1.36 cuts clients off when it
has to write to a thousand at once. $GRIP_BENCH names the folder with
pushpin/pushpin_ctl.py. GRIP_TRANSPORT_PATH must lead to the transports of the build.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

ITEMS = {1: 3000, 100: 500, 5000: 40}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('program')
parser.add_argument('--kind', default='stream', choices=['stream', 'websocket'])
parser.add_argument('--rounds', type=int, default=3)
parser.add_argument('--clients', default='1,100,5000')
parser.add_argument('--base-port', type=int, default=18700)
options = parser.parse_args()

sys.path.insert(0, os.path.join(os.environ['GRIP_BENCH'], 'pushpin'))
from pushpin_ctl import Pushpin


def memory(pids):
    """Resident bytes of processes."""
    total = 0
    for pid in pids:
        with open('/proc/%s/statm' % pid, encoding='ascii') as file:
            total += int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    return total


def embedded(clients, items):
    done = subprocess.run([options.program, options.kind, str(clients), str(items)], stdout=subprocess.PIPE,
                          check=True)
    return json.loads(done.stdout)


def pushpin(clients, items):
    directory = tempfile.mkdtemp(prefix='fanout-', dir='/tmp')
    origin_port = options.base_port + 80
    with Pushpin(directory, base_port=options.base_port, routes=['* 127.0.0.1:%d' % origin_port],
                 maxconn=20000) as proxy:
        pids = list(proxy.pids().values())
        before = memory(pids)
        process = subprocess.Popen([options.program, options.kind, str(clients), str(items),
                                    proxy.http.rsplit(':', 1)[1].strip('/'), str(origin_port), proxy.push],
                                   stdout=subprocess.PIPE)
        assert process.stdout.readline() == b'held\n', 'the clients are not held'
        after = memory(pids)
        line = process.stdout.read()
        failed = process.wait() != 0
    shutil.rmtree(directory, ignore_errors=True)
    return None if failed else dict(json.loads(line), bytes_per_client=(after - before) // clients)


def median(results, *path):
    values = []
    for result in results:
        for name in path:
            result = result[name]
        values.append(result)
    return statistics.median(values)


print('| clients | held by | deliveries/s | p50 | p99 | bytes a client |')
print('|---|---|---|---|---|---|')
for number in map(int, options.clients.split(',')):
    count = ITEMS.get(number, max(20, 100000 // number))
    rounds = {'origin': [], 'Pushpin': []}
    for _ in range(options.rounds):
        rounds['origin'].append(embedded(number, count))
        rounds['Pushpin'].append(pushpin(number, count))
    for name, results in rounds.items():
        if None in results:
            print('| %d | %s | some clients were cut off | | | |' % (number, name), flush=True)
            continue
        print('| %d | %s | %.0f | %.2f ms | %.2f ms | %d |'
              % (number, name, median(results, 'deliveries_per_s'), median(results, 'latency_us', 'p50') / 1000,
                 median(results, 'latency_us', 'p99') / 1000, median(results, 'bytes_per_client')), flush=True)
