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
import GripSoup from 'gi://GripSoup?version=1.0';

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
    await control.publish_async('channel', {'http-stream': {content: 'hello'}, celsius: {degrees: 21.5}});
    await control.publish_async('channel', [new Grip.HttpStreamFormat('a'), new Grip.WebSocketMessageFormat('b')]);
    control.publish_http_stream('channel', 'hello');
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

function madeWithNew(): string {
    const item = new Grip.Item([new Grip.HttpStreamFormat('a'), {'http-response': {body: 'a'}}],
        {id: '2', prev_id: '1', meta: {sender: 'me'}});
    const endpoint = new Grip.Endpoint({control_uri: 'http://localhost:5561', key: new Uint8Array([1])});
    const control = new Grip.PubControl([{control_uri: 'http://localhost:5561'}], {prefix: 'p-'});
    const response = new Grip.Response({code: 404, headers: {'X-A': ['a', 'b']}, body: 'no'});
    const event = new Grip.WebSocketEvent('TEXT', 'hello');

    control.add_endpoint(endpoint);
    control.add_endpoint('http://localhost:5562');
    print(`${item.id} ${event.dup_text()} ${new Grip.Key('secret').equal('secret')}`);
    return Grip.create_hold_response(['a', new Grip.Channel('b', '1'), {name: 'c'}], response, 5);
}

function serve(): GripSoup.Origin {
    const origin = new GripSoup.Origin({embedded: true});

    origin.add_handler('/', async (_origin, request) => {
        await publish();
        request.respond({code: 201, body: madeWithNew()});
    });
    return origin;
}

publish().then(() => originSide(null)).then(() => serve()).catch((error: unknown) => {
    if (error instanceof GLib.Error && error.matches(Grip.Error, Grip.Error.NOT_CONNECTED))
        printerr(error.message);
});
