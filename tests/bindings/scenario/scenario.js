/* scenario.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// The scenario that every language plays: see README.md beside this.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Grip from 'gi://Grip?version=1.0';
import GripSoup from 'gi://GripSoup?version=1.0';
import Soup from 'gi://Soup?version=3.0';
import System from 'system';

Gio._promisify(Soup.Session.prototype, 'send_async', 'send_finish');
Gio._promisify(Soup.Session.prototype, 'send_and_read_async', 'send_and_read_finish');
Gio._promisify(Gio.DataInputStream.prototype, 'read_line_async', 'read_line_finish_utf8');

const TOKEN_EXPIRES = 4102444800;

function show(key, value) {
    print(`${key}\t${value}`);
}

function showError(key, attempt) {
    try {
        attempt();
    } catch (error) {
        if (!(error instanceof Grip.Error))
            throw error;
        const [name] = Object.entries(Grip.Error).find(([, code]) => code === error.code);
        show(key, `${name.toLowerCase().replaceAll('_', '-')} ${error.message}`);
        return;
    }
    throw new Error(`${key}: there is no error`);
}

function playUri() {
    const endpoint = Grip.Endpoint.new_for_uri('http://localhost:5561/base/?iss=me&key=base64:AP+A' +
        '&verify-iss=pushpin&verify-key=changeme&x=1');

    show('uri.control-uri', endpoint.control_uri);
    show('uri.publish-uri', endpoint.publish_uri);
    show('uri.iss', endpoint.control_iss);
    show('uri.verify-iss', endpoint.verify_iss);
    show('uri.shown', endpoint.to_string());
    showError('uri.bad', () => Grip.Endpoint.new_for_uri('http://['));
}

function playSignature() {
    const key = Grip.Key.new_from_string('changeme');
    const other = Grip.Key.new_from_string('base64:b3RoZXI=');
    const token = key.sign('pushpin', TOKEN_EXPIRES);
    const signature = Grip.validate_sig(token, key, 'pushpin');

    show('signature.token', token);
    show('signature.issuer', signature.get_issuer());
    show('signature.expires', signature.get_expires());
    showError('signature.wrong-key', () => Grip.validate_sig(token, other, 'pushpin'));
    showError('signature.wrong-issuer', () => Grip.validate_sig(token, key, 'fastly'));
}

function describe(event) {
    const [kind, content, text] = [event.event_type, event.get_content(), event.dup_text()];

    if (event.get_close_code() > 0)
        return `${kind} ${event.get_close_code()} ${event.get_close_reason()}`;
    if (content === null)
        return kind;
    return text !== null ? `${kind} ${text}` : `${kind} of ${content.get_size()} bytes`;
}

function playEvents() {
    const text = [...'OPEN\r\nTEXT 6\r\nh\xc3\xa9llo\r\nBINARY 3\r\n\0\xff\x80\r\nCLOSE 5\r\n\x03\xe8bye\r\n'];
    const body = Uint8Array.from(text, letter => letter.charCodeAt(0));
    const events = Grip.decode_websocket_events(body);

    events.forEach((event, i) => show(`events.${i}`, describe(event)));
    const same = Grip.encode_websocket_events(events).equal(new GLib.Bytes(body));
    show('events.encoded', same ? 'the same' : 'different');
    showError('events.cut', () => Grip.decode_websocket_events(body.slice(0, 12)));
}

const NoteFormat = GObject.registerClass({
    Implements: [Grip.Format],
}, class NoteFormat extends GObject.Object {
    vfunc_get_name() {
        return 'note';
    }

    vfunc_to_variant() {
        return new GLib.Variant('a{sv}', {content: GLib.Variant.new_string('héllo')});
    }
});

function playFormat() {
    const note = new NoteFormat();
    const item = Grip.Item.new(note, '2', '1');

    show('format.json', new TextDecoder().decode(item.encode('news', Grip.Encoding.JSON).toArray()));
    showError('format.twice', () => Grip.Item.new_full([note, note], null, null, null, false, -1));
}

const MemoryTransport = GObject.registerClass(class MemoryTransport extends Grip.BaseTransport {
    log = '';
    refusal = null;

    vfunc_deliver(delivery) {
        if (this.refusal !== null)
            throw this.refusal;
        for (let i = 0; i < delivery.get_n_messages(); i++)
            this.log += new TextDecoder().decode(delivery.get_payload(i).toArray());
        delivery.complete();
    }
});

function playTransport() {
    const control = new Grip.PubControl();
    const endpoint = Grip.Endpoint.new_for_uri('memory://here');
    const [first, second] = [new MemoryTransport({endpoint}), new MemoryTransport({endpoint})];

    control.add_transport(first);
    control.publish_http_stream('news', '1', null, null, null);
    control.publish_http_stream('news', '2', null, null, null);
    control.replace_transport(first, second);
    control.publish_http_stream('news', '3', null, null, null);
    show('transport.first', first.log);
    show('transport.second', second.log);

    second.refusal = new GLib.Error(Grip.Error, Grip.Error.REJECTED, 'not today');
    showError('transport.refused', () => control.publish_http_stream('news', '4', null, null, null));
    control.close(null);
    showError('transport.closed', () => control.publish_http_stream('news', '5', null, null, null));
}

// A client that the proxy holds, from the moment it is made.
class Client {
    constructor(path) {
        this.session = new Soup.Session();
        this.message = Soup.Message.new('GET', GLib.getenv('GRIP_TEST_PROXY') + path);
        this.sent = this.session.send_async(this.message, GLib.PRIORITY_DEFAULT, null);
    }

    async readLine() {
        this.stream ??= new Gio.DataInputStream({base_stream: await this.sent});
        const [line] = await this.stream.read_line_async(GLib.PRIORITY_DEFAULT, null);
        return line;
    }
}

async function waitSubscribed(channel) {
    const message = Soup.Message.new('GET', `${GLib.getenv('GRIP_TEST_SUBSCRIBED')}?channel=${channel}`);
    await new Soup.Session().send_and_read_async(message, GLib.PRIORITY_DEFAULT, null);
}

function answer(_origin, request) {
    const stream = request.get_path().endsWith('/stream');
    const instruct = stream
        ? Grip.Instruct.new_hold_stream('stream') : Grip.Instruct.new_hold_response('poll');

    instruct.response = Grip.Response.new_text(200, 'text/plain', stream ? 'open\n' : '');
    show(`hold.${stream ? 'stream' : 'poll'}.signed`, request.is_signed() ? 'yes' : 'no');
    request.hold(instruct);
}

function swapToZmq(control) {
    const endpoint = Grip.Endpoint.new_from_variant({control_zmq_push_uri: GLib.getenv('GRIP_TEST_PUSH')});
    const [http] = control;

    control.replace_transport(http, Grip.Transport.new_for_endpoint(endpoint));
}

async function playStream(control) {
    const client = new Client('/app/stream');

    show('hold.stream.first', await client.readLine());
    await waitSubscribed('stream');
    await control.publish_http_stream_async('stream', 'by HTTP\n', '1', null);
    show('hold.stream.http', await client.readLine());
    swapToZmq(control);
    await control.publish_http_stream_async('stream', 'by ZMQ\n', '2', null);
    show('hold.stream.zmq', await client.readLine());
}

async function playPoll(control) {
    const client = new Client('/app/poll');
    const format = new Grip.HttpResponseFormat('late\n');

    format.code = 203;
    await waitSubscribed('poll');
    await control.publish_async('poll', Grip.Item.new(format, null, null));
    const line = await client.readLine();
    show('hold.poll.http', `${client.message.status_code} ${line}`);
}

async function playHold() {
    const origin = GripSoup.Origin.new(null);
    const control = Grip.PubControl.new_for_uri(GLib.getenv('GRIP_TEST_CONTROL'));

    origin.set_verification(GripSoup.SignaturePolicy.REQUIRED, Grip.Key.new_from_string('changeme'), 'pushpin');
    origin.add_handler('/app', answer);
    origin.listen(parseInt(GLib.getenv('GRIP_TEST_APP_PORT')));
    await playPoll(control);
    await playStream(control);
    await control.close_async();
}

const loop = new GLib.MainLoop(null, false);
let status = 1;

playUri();
playSignature();
playEvents();
playFormat();
playTransport();
playHold().then(() => {
    status = 0;
}).catch(error => logError(error)).finally(() => loop.quit());
loop.run();
System.exit(status);
