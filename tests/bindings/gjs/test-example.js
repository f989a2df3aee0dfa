/* test-example.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// The example application: publishes on a timer, swaps its transport, loses nothing.

import Gio from 'gi://Gio';

import {equal, main, ok, test} from './tap.js';

const [example] = ARGV;

function run(...words) {
    const child = Gio.Subprocess.new(['gjs', '-m', example, ...words],
        Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE);
    const [, stdout, stderr] = child.communicate_utf8(null, null);
    return {status: child.get_exit_status(), stdout, stderr};
}

test('it publishes and swaps', () => {
    const {status, stdout, stderr} = run('--interval', '10', '--count', '7', 'log://a', 'log://b');
    equal([status, stderr], [0, '']);
    const lines = stdout.trim().split('\n').map(line => line.match(/^log:\/\/(\w): ticker: (.*)$/));
    equal(lines.map(([, where]) => where).join(''), 'aaabbba');
    equal(lines.map(([, , item]) => JSON.parse(item).id), ['1', '2', '3', '4', '5', '6', '7']);
});

test('it explains itself', () => {
    const {status, stderr} = run();
    equal(status, 1);
    ok(stderr.startsWith('usage: ticker.js'), stderr);
});

test('it tells what is wrong with a URI', () => {
    const {status, stderr} = run('nonsense');
    equal(status, 1);
    ok(stderr.includes('nonsense') || stderr.includes('scheme'), stderr);
});

main();
