#!/usr/bin/env -S gjs -m
/* ticker.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// ticker.js [--interval MILLISECONDS] [--count N] URI [URI...]
//
// Publishes the time on the channel "ticker", to the proxy of the first URI, and swaps to the next one
// after every three items: a GRIP URI, or log://NAME for the transport that stands here, which prints.
// Nothing that was published is lost by the swap.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Grip from 'gi://Grip?version=1.0';
import System from 'system';

const ITEMS_PER_PROXY = 3;

const LogTransport = GObject.registerClass(class LogTransport extends Grip.BaseTransport {
    /** @param {Grip.Delivery} delivery */
    vfunc_deliver(delivery) {
        const where = this.get_endpoint()?.get_control_uri();

        for (let i = 0; i < delivery.get_n_messages(); i++) {
            const payload = delivery.get_payload(i)?.toArray() ?? new Uint8Array();
            print(`${where}: ${delivery.get_channel(i)}: ${new TextDecoder().decode(payload)}`);
        }
        delivery.complete();
    }
});
Grip.Transport.register_type('log', LogTransport);

/** @param {number} milliseconds */
function sleep(milliseconds) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, milliseconds, () => {
        resolve(null);
        return GLib.SOURCE_REMOVE;
    }));
}

/**
 * Puts the transport of @uri in the place of the one that is there.
 *
 * @param {Grip.PubControl} control
 * @param {string} uri
 */
function swap(control, uri) {
    const next = Grip.Transport.new_for_endpoint(Grip.Endpoint.new_for_uri(uri));
    const [current] = /** @type {Grip.Transport[]} */ ([...control]);

    control.replace_transport(current, next);
}

/**
 * @param {string[]} uris
 * @param {number} interval
 * @param {number} count
 */
async function tick(uris, interval, count) {
    const control = Grip.PubControl.new_for_uri(uris[0]);

    for (let n = 1; n <= count; n++) {
        const text = `${n} at ${new Date().toISOString()}\n`;

        try {
            await control.publish_http_stream_async('ticker', text, `${n}`, n > 1 ? `${n - 1}` : null);
        } catch (error) {
            printerr(`${error}`);
        }
        if (n < count)
            await sleep(interval);
        if (n % ITEMS_PER_PROXY === 0 && uris.length > 1)
            swap(control, uris[n / ITEMS_PER_PROXY % uris.length]);
    }

    await control.close_async();
}

/** @param {string[]} words */
function readArguments(words) {
    const uris = [];
    const numbers = {interval: 1000, count: Infinity};

    for (let i = 0; i < words.length; i++) {
        if (words[i] === '--interval')
            numbers.interval = Number(words[++i]);
        else if (words[i] === '--count')
            numbers.count = Number(words[++i]);
        else
            uris.push(words[i]);
    }

    return {uris, ...numbers};
}

const {uris, interval, count} = readArguments(ARGV);
if (uris.length === 0 || Number.isNaN(interval) || Number.isNaN(count)) {
    printerr('usage: ticker.js [--interval MILLISECONDS] [--count N] URI [URI...]');
    System.exit(1);
}

const loop = new GLib.MainLoop(null, false);
let status = 0;
tick(uris, interval, count).catch(error => {
    printerr(`${error}`);
    status = 1;
}).finally(() => loop.quit());
loop.run();
System.exit(status);
