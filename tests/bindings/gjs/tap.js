/* tap.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// Tests of a script: each a function, perhaps async, that throws when it fails. Writes TAP.

import GLib from 'gi://GLib';
import System from 'system';

const tests = [];

export function test(name, run) {
    tests.push({name, run});
}

export function ok(good, what) {
    if (!good)
        throw new Error(what);
}

export function equal(got, expected) {
    const [a, b] = [got, expected].map(value => JSON.stringify(value));
    ok(a === b, `got ${a}, expected ${b}`);
}

// What @run throws, an error of @domain and @code whose message has @words.
export async function fails(run, domain, code, words) {
    let result;
    try {
        result = await run();
    } catch (error) {
        ok(error instanceof GLib.Error && error.matches(domain, code), `${error} is not ${code}`);
        ok(error.message.includes(words), `'${error.message}' has not '${words}'`);
        return error;
    }
    throw new Error(`no error but ${result}`);
}

export function text(bytes) {
    return new TextDecoder().decode(bytes.toArray());
}

export function sleep(milliseconds) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, milliseconds, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

// Waits for what will come, and for longer than any machine takes.
export async function until(condition, what) {
    for (let i = 0; i < 3000 && !condition(); i++)
        await sleep(20);
    ok(condition(), what);
}

async function runAll() {
    let failed = 0;
    print(`1..${tests.length}`);
    for (const [index, {name, run}] of tests.entries()) {
        try {
            await run();
            print(`ok ${index + 1} ${name}`);
        } catch (error) {
            failed++;
            print(`not ok ${index + 1} ${name}`);
            printerr(`${name}: ${error}\n${error.stack}`);
        }
    }
    return failed;
}

export function main() {
    const loop = new GLib.MainLoop(null, false);
    let failed = 1;
    runAll().then(n => {
        failed = n;
    }).finally(() => loop.quit());
    loop.run();
    System.exit(failed > 0 ? 1 : 0);
}
