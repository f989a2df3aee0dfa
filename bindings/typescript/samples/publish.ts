/* publish.ts
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// Each part of the API that a script uses, as TypeScript sees it. Checked by `tsc --noEmit`, strict.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Grip from 'gi://Grip?version=1.0';

class Memory extends Grip.BaseTransport {
    static {
        GObject.registerClass(this);
    }

    readonly channels: string[] = [];

    override vfunc_deliver(delivery: Grip.Delivery): void {
        for (let i = 0; i < delivery.get_n_messages(); i++)
            this.channels.push(delivery.get_channel(i) ?? '');
        delivery.complete();
    }
}

async function publish(): Promise<boolean> {
    const control = new Grip.PubControl({prefix: 'p-'});
    control.apply_config({control_uri: 'http://localhost:5561', control_iss: 'realm', key: 'changeme'});
    control.apply_config([{control_uri: 'http://localhost:5562'}]);

    Grip.Transport.register_type('memory', Memory);
    control.apply_uri('memory://here');

    const item = Grip.Item.new(new Grip.HttpStreamFormat('hello'), 'id', null);
    const first: boolean = await control.publish_async('channel', item);
    const second: boolean = await control.publish_http_stream_async(
        'channel', new Uint8Array([1, 2]), null, null, new Gio.Cancellable());
    for (const transport of control)
        print(`${transport}`);

    await control.close_async();
    return first && second;
}

function originSide(token: string | null): Grip.Response {
    const key = Grip.Key.new_for_secret('changeme');
    const issuer: string | null = Grip.validate_sig(token, key, null).get_issuer();
    const [event] = Grip.decode_websocket_events('OPEN\r\n');
    const headers: GLib.Variant = Grip.Instruct.new_hold_stream('channel').to_headers();
    print(`${issuer} ${event.get_event_type()} ${headers.print(false)}`);

    return Grip.Response.new(200, null, {'Content-Type': 'text/plain'}, 'body');
}

publish().then(() => originSide(null)).catch((error: unknown) => {
    if (error instanceof GLib.Error && error.matches(Grip.Error, Grip.Error.NOT_CONNECTED))
        printerr(error.message);
});
