#!/usr/bin/python3
# delivery.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How fast items are delivered, each figure beside the bare limit in the same run.

  delivery.py BUILD_DIR [SECTION ...] [--rounds 5] [--target 0.5] [--kinds REGEX] [--pin one|free]

  sink        publishing without waiting to a keep-alive sink: 100 B, 1 KiB, 64 KiB; one thread and four
  pushpin     the same into a real Pushpin, with the CPU of both sides
  sequential  one publish after the other, to the sink and to Pushpin
  fanout      through Pushpin to 1, 100 and 1000 stream clients
  latency     publish to client received at low load, by HTTP and by PUSH
  memory      a million queued items of 100 bytes, and what is left after the drain and malloc_trim()

It wants the harness that has the bare senders, sinks and clients: GRIP_BENCH names its directory, BENCH_BIN
its built programs, BENCH_PORT the first port. Contestants take turns; medians and ranges are printed, and
the ratio of libgrip's median to that of each. --kinds takes only the cases whose name
("sink 100 B") it matches."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.environ.get('GRIP_BENCH', 'bench'))
import run as harness  # noqa: E402

BIN = harness.BIN
SIZES = {'100 B': 100, '1 KiB': 1024, '64 KiB': 65536}
# What an item has around its content, as the harness writes it: a body is filled up to the proxy's limit.
FRAME, BODY_LIMIT = 62, 1000000


def build(*argv):
    return [os.path.join(ARGS.build, 'tests/bench', argv[0]), *argv[1:]]


def full_batch(size):
    return max(1, (BODY_LIMIT - 12) // (size + FRAME))


def settle(pushpin):
    """Pushpin answers before it has handled the items."""
    last = None
    while (now := pushpin.cpu_secs()) != last:
        last = now
        time.sleep(0.1)
    return sum(last.values())


def wanted(name):
    return re.search(ARGS.kinds, name) is not None


def median(results, key):
    return statistics.median(key(r) for r in results)


def rate_of(result):
    return result['n'] / result['secs']


def table(title, results, extra=None):
    """results: {contestant: [result]}; the first is libgrip."""
    print('\n%s' % title)
    base = None
    for name, runs in results.items():
        if not runs:
            continue
        rates = sorted(rate_of(r) for r in runs)
        middle = statistics.median(rates)
        base = base or middle
        print('  %-28s %11.0f /s  (%.0f to %.0f)  %7.2f us of CPU  ratio %5.2f  errors %d%s' % (
            name, middle, rates[0], rates[-1], median(runs, lambda r: r['cpu'] / r['n'] * 1e6), base / middle,
            sum(r['errors'] for r in runs), extra(runs) if extra else ''), flush=True)


def in_turns(cases, measure):
    """cases: {contestant: (argv template, count)}; measure gives one result or None."""
    results = {name: [] for name in cases}
    names = list(cases)
    for number in range(ARGS.rounds):
        at = number % len(names)
        for name in names[at:] + names[:at]:
            result = measure(*cases[name])
            if result:
                results[name].append(result)
    return results


def run_one(template, count, **values):
    lines = harness.run(harness.pin(harness.fill(template, n=count, **values)))
    return lines[0] if lines else None


def calibrated(contestants, values):
    """Each runs for about the target; the figures of wrk, which has its own time, are left as they are."""
    cases = {}
    for name, (template, least) in contestants.items():
        if 'wrk' in name:
            cases[name] = (template, 0)
            continue
        count = harness.calibrate(template, ARGS.target, values, lo=least, hi=20000000, start=least)
        if count:
            cases[name] = (template, count)
    return cases


def queued(size, threads=1):
    return build('bench-publish', '--url', '{url}', '--n', '{n}', '--size', str(size), '--threads', str(threads)), 40


def raw(size):
    return [BIN + '/httpraw', '--url', '{url}', '--n', '{n}', '--size', str(size), '--batch', str(full_batch(size))], 3


def section_sink():
    for label, size in SIZES.items():
        if not wanted('sink ' + label):
            continue
        url = 'http://127.0.0.1:%d' % (harness.B + 90)
        contestants = {
            'libgrip': queued(size),
            'libgrip, 4 threads': queued(size, 4),
            'libsoup3-async-batch10': ([BIN + '/souppub', '--url', '{url}', '--n', '{n}', '--size', str(size), '--conc', '4',
                                        '--batch', '10', '--idempotent'], 20),
            'httpraw, %d a request' % full_batch(size): raw(size),
        }
        with harness.Server([BIN + '/sink', '--port', str(harness.B + 90)]):
            cases = calibrated(contestants, {'url': url})
            table('sink, %s' % label, in_turns(cases, lambda argv, n: run_one(argv, n, url=url)))


def section_pushpin():
    for label, size in SIZES.items():
        if not wanted('pushpin ' + label):
            continue
        contestants = {'libgrip': queued(size), 'libgrip, 4 threads': queued(size, 4)}
        if size < 65536:
            contestants['wrk-c4-batch100'] = ([harness.PY, harness.HERE + '/wrk_pub.py', '--url', '{url}', '--size',
                                               str(size), '--conc', '4', '--batch', '100'], 1)
        contestants['httpraw, %d a request' % full_batch(size)] = raw(size)
        with harness.pushpin() as pushpin:
            url = pushpin.pub_http

            def measure(argv, count):
                before = settle(pushpin)
                result = run_one(argv, count, url=url)
                if result:
                    result['server'] = settle(pushpin) - before
                return result

            cases = calibrated(contestants, {'url': url})
            table('Pushpin, %s' % label, in_turns(cases, measure),
                  lambda runs: '  Pushpin %.2f us' % median(runs, lambda r: r['server'] / r['n'] * 1e6))


def section_sequential():
    soup = [BIN + '/souppub', '--url', '{url}', '--n', '{n}', '--size', '100', '--idempotent']
    contestants = {
        'libgrip': (build('bench-publish', '--url', '{url}', '--n', '{n}', '--size', '100', '--sync'), 100),
        'libsoup loop': (soup, 100),
        'libsoup loop with json-glib': (soup + ['--json'], 100),
        'raw socket': ([BIN + '/httpraw', '--url', '{url}', '--n', '{n}', '--size', '100', '--build'], 100),
    }
    servers = {'sink': lambda: harness.Server([BIN + '/sink', '--port', str(harness.B + 90)]), 'Pushpin': harness.pushpin}
    for where, make in servers.items():
        if not wanted('sequential ' + where):
            continue
        with make() as server:
            url = server.pub_http if where == 'Pushpin' else 'http://127.0.0.1:%d' % (harness.B + 90)
            cases = calibrated(contestants, {'url': url})
            table('one after the other, %s' % where, in_turns(cases, lambda argv, n: run_one(argv, n, url=url)))


def ours_stamped(uri='{to}'):
    return build('bench-publish', '--url', uri, '--n', '{n}', '--size', '{size}', '--rate', '{rate}', '--channel', '{channel}',
                 '--stamp')


def received(results):
    for name, runs in results.items():
        if runs:
            print('  %-28s %9.0f deliveries/s  received %6.2f %%  p50 %7.2f ms  p99 %7.2f ms  %6.1f us of Pushpin\'s CPU each' % (
                name, median(runs, lambda r: r['received'] / max(r['secs'], 1e-9)),
                100 * sum(r['received'] for r in runs) / sum(r['expected'] for r in runs),
                median(runs, lambda r: r['p50_ms']), median(runs, lambda r: r['p99_ms']),
                median(runs, lambda r: sum(r['pushpin_cpu'].values()) / max(1, r['received']) * 1e6)), flush=True)


def through_pushpin(title, plan, contestants):
    """plan: (clients, items a second, items); contestants: {name: (http or push, command or None for the harness's own)}."""
    origin = harness.origin()
    try:
        with harness.pushpin() as pushpin:
            for clients, rate, count in plan:
                label = '%s %d' % (title, clients)
                if not wanted(label):
                    continue
                cases = {name: (contestant, count) for name, contestant in contestants.items()}
                print('\n%s client%s, %d items a second' % (label, 's' if clients > 1 else '', rate))
                received(in_turns(cases, lambda how, n: harness.e2e_case(pushpin, how[0], clients, rate, n, pub=how[1])))
    finally:
        origin.terminate()
        origin.wait()


def section_fanout():
    through_pushpin('fanout', [(1, 4000, 8000), (100, 200, 400), (1000, 20, 60)],
                    {'libgrip': ('http', ours_stamped()), 'e2epub, a request each': ('http', None)})


def section_latency():
    curl = [sys.executable, os.path.abspath(__file__), 'curl', '{to}', '{n}', '{rate}', '{channel}']
    through_pushpin('latency', [(1, 20, 100)],
                    {'libgrip': ('http', ours_stamped()), 'e2epub, a request each': ('http', None),
                     'curl, a process each': ('http', curl), 'libgrip, by PUSH': ('push', ours_stamped('{to}?socket=push')),
                     'e2epub, by PUSH': ('push', None)})


def publish_by_curl(to, count, rate, channel):
    start = time.monotonic()
    for i in range(int(count)):
        time.sleep(max(0, start + i / int(rate) - time.monotonic()))
        content = 'T%020d;%sZ\n' % (time.monotonic_ns(), 'a' * 76)
        body = json.dumps({'items': [{'channel': channel, 'formats': {'http-stream': {'content': content}}}]})
        subprocess.run(['curl', '-sf', '-o', '/dev/null', '-H', 'Content-Type: application/json', '-d', body, to + '/publish/'],
                       check=True)
    print(json.dumps({'name': 'curl', 'n': int(count), 'secs': time.monotonic() - start, 'cpu': 0, 'errors': 0}))


def section_memory():
    if not wanted('memory'):
        return
    command = build('bench-queue-memory', '1000000', '100')
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, env=dict(os.environ, TRIM='1')).stdout)
            for _ in range(min(ARGS.rounds, 3))]
    print('\nmemory of 1 000 000 queued items of 100 bytes')
    print('  %.0f bytes each over the payload; resident %.0f MB before, %.0f MB queued, %.0f MB after the drain (%.1f %% of what was taken)' % (
        median(runs, lambda r: r['over_payload']), median(runs, lambda r: r['before'] / 1e6),
        median(runs, lambda r: r['queued'] / 1e6), median(runs, lambda r: r['drained'] / 1e6),
        median(runs, lambda r: 100 * (r['drained'] - r['before']) / (r['queued'] - r['before']))))


SECTIONS = {'sink': section_sink, 'pushpin': section_pushpin, 'sequential': section_sequential, 'fanout': section_fanout,
            'latency': section_latency, 'memory': section_memory}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', metavar='BUILD_DIR')
    parser.add_argument('sections', nargs='*', choices=[[], *SECTIONS], metavar='SECTION')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--target', type=float, default=0.5, help='seconds that a run takes')
    parser.add_argument('--kinds', default='', help='a regular expression for the cases')
    parser.add_argument('--pin', choices=['one', 'free'], default='one')
    return parser.parse_args()


if __name__ == '__main__':
    if sys.argv[1:2] == ['curl']:
        publish_by_curl(*sys.argv[2:])
        sys.exit(0)
    ARGS = parse()
    harness.A.pin, harness.A.rounds, harness.A.target = ARGS.pin, ARGS.rounds, ARGS.target
    harness.ENV['GRIP_TRANSPORT_PATH'] = ':'.join(os.path.abspath(ARGS.build + '/plugins/' + each) for each in ('http', 'zmq'))
    os.makedirs(harness.TMP, exist_ok=True)
    subprocess.run(['ninja', '-C', ARGS.build, 'tests/bench/bench-publish', 'tests/bench/bench-queue-memory'], check=True,
                   stdout=subprocess.DEVNULL)
    for name in ARGS.sections or SECTIONS:
        SECTIONS[name]()
