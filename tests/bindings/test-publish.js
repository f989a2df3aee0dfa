/* test-publish.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// Publishes through the typelib, asynchronously, to a SoupServer in the same thread.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Grip from 'gi://Grip?version=1.0';
import Soup from 'gi://Soup?version=3.0';
import System from 'system';

Gio._promisify(Grip.PubControl.prototype, 'publish_async', 'publish_finish');

const bodies = [];
const server = new Soup.Server();
server.add_handler(null, (_server, message) => {
    bodies.push(JSON.parse(new TextDecoder().decode(message.get_request_body().flatten().toArray())));
    message.set_status(200, null);
});
server.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY);

const loop = new GLib.MainLoop(null, false);
let status = 1;

function check(good, what) {
    if (!good)
        throw new Error(what);
}

async function run() {
    const uri = server.get_uris()[0].to_string().replace(/\/$/, '');
    const pub = Grip.PubControl.new_for_uri(uri);
    const item = Grip.Item.new(Grip.HttpStreamFormat.new_text('from GJS\n'), 'id-1', null);

    check(await pub.publish_async('channel', item, null), 'publish');
    const entry = bodies[0].items[0];
    check(entry.channel === 'channel' && entry.id === 'id-1', JSON.stringify(entry));
    check((entry.formats ?? entry)['http-stream'].content === 'from GJS\n', JSON.stringify(entry));
    print('ok 1 gjs publishes');

    try {
        await new Grip.PubControl().publish_async('channel', item, null);
        check(false, 'a publish to nobody did not fail');
    } catch (error) {
        check(error.matches?.(Grip.error_quark(), Grip.Error.NO_ENDPOINT), `${error}`);
    }
    print('ok 2 gjs gets an error of our domain');
    print('1..2');
    status = 0;
}

run().catch(error => printerr(error)).finally(() => loop.quit());
loop.run();
System.exit(status);
