/* test-soup.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// What the override of GJS adds to GripSoup: plain objects for responses, and an answer whatever a handler
// does.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Grip from 'gi://Grip?version=1.0';
import GripSoup from 'gi://GripSoup?version=1.0';
import Soup from 'gi://Soup?version=3.0';

import {equal, main, ok, sleep, test, text, until} from './tap.js';

Gio._promisify(Soup.Session.prototype, 'send_and_read_async', 'send_and_read_finish');
Gio._promisify(Soup.Session.prototype, 'websocket_connect_async', 'websocket_connect_finish');
const session = new Soup.Session();

function serve(handler) {
    const origin = new GripSoup.Origin({server: new Soup.Server(), embedded: true});
    origin.add_handler('/', handler);
    origin.listen(0);
    return origin;
}

async function fetch(origin) {
    const message = Soup.Message.new('GET', `http://127.0.0.1:${origin.get_port()}/`);
    const body = await session.send_and_read_async(message, GLib.PRIORITY_DEFAULT, null);
    return [message.get_status(), text(body)];
}

async function answerOf(handler) {
    const origin = serve(handler);
    try {
        return await fetch(origin);
    } finally {
        origin.get_server().disconnect();
    }
}

test('a response is an object, text, or bytes', async () => {
    equal(await answerOf((_origin, request) => request.respond({code: 404, body: 'gone', headers: {'X-A': 'b'}})),
        [404, 'gone']);
    equal(await answerOf((_origin, request) => request.respond('text')), [200, 'text']);
    equal(await answerOf((_origin, request) => request.respond(new Uint8Array([65]))), [200, 'A']);
    equal(await answerOf((_origin, request) => request.respond_text(201)), [201, '']);
});

test('a handler may answer later', async () => {
    equal(await answerOf((_origin, request) => {
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, () => {
            request.respond('later');
            return GLib.SOURCE_REMOVE;
        });
    }), [200, 'later']);
    equal(await answerOf(async (_origin, request) => {
        await sleep(20);
        request.respond('awaited');
    }), [200, 'awaited']);
});

test('a handler that throws has answered', async () => {
    equal(await answerOf(() => {
        throw new Error('in a handler');
    }), [500, 'Internal error\n']);
    equal(await answerOf(async () => {
        await sleep(20);
        throw new Error('in a handler, later');
    }), [500, 'Internal error\n']);
    equal(await answerOf((_origin, request) => {
        request.respond('first');
        throw new Error('too late to matter');
    }), [200, 'first']);
});

test('a handler that forgets to answer has answered', async () => {
    equal(await answerOf(() => {}), [500, 'The request was not answered.\n']);
    equal(await answerOf((_origin, request) => request.get_path()), [500, 'The request was not answered.\n']);
    equal(await answerOf(async () => {}), [500, 'Internal error\n']);
});

test('an async handler of a WebSocket is waited for', async () => {
    const origin = serve(async (_origin, request) => {
        const websocket = request.get_websocket();
        await sleep(20);
        if (websocket.is_opening())
            websocket.accept();
        for (let message; (message = websocket.receive()) !== null;)
            websocket.send_text(`echo ${message.dup_text()}`);
    });
    const connection = await session.websocket_connect_async(
        Soup.Message.new('GET', `ws://127.0.0.1:${origin.get_port()}/`), null, null, GLib.PRIORITY_DEFAULT, null);
    const got = [];
    connection.connect('message', (_connection, _type, message) => got.push(text(message)));
    connection.send_text('one');
    await until(() => got.length === 1, 'no echo came');
    equal(got, ['echo one']);
});

test('a held client gets what is published', async () => {
    const origin = serve((_origin, request) => request.hold_response('c'));
    const control = new Grip.PubControl();
    control.add_transport(origin);
    const answer = fetch(origin);
    await until(() => origin.get_n_clients() === 1, 'nobody is held');
    ok(await control.publish_async('c', {'http-response': {body: 'held'}}), 'it was not published');
    equal(await answer, [200, 'held']);
});

main();
