/* test-override.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// What the override of GJS adds: Promises, text or bytes, plain objects, iteration.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Grip from 'gi://Grip?version=1.0';
import Soup from 'gi://Soup?version=3.0';
import System from 'system';

import {equal, fails, main, ok, test, text} from './tap.js';

const bytes = new Uint8Array([0, 255, 65]);

// A proxy that keeps what it gets.
function startProxy() {
    const proxy = {requests: [], server: new Soup.Server()};
    proxy.server.add_handler(null, (_server, message, path) => {
        const body = text(message.get_request_body().flatten());
        proxy.requests.push({path, method: message.get_method(), body});
        message.set_status(200, null);
        message.set_response('text/plain', Soup.MemoryUse.COPY, new TextEncoder().encode('Published\n'));
    });
    proxy.server.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY);
    proxy.uri = proxy.server.get_uris()[0].to_string().replace(/\/$/, '');
    proxy.items = () => proxy.requests.flatMap(request => JSON.parse(request.body).items);
    return proxy;
}

test('every async call of every class returns a promise', () => {
    const names = Object.keys(Grip).filter(name => Grip[name]?.prototype);
    let n = 0;
    for (const name of names) {
        for (const call of Object.getOwnPropertyNames(Grip[name].prototype)) {
            if (call.endsWith('_async') && !call.startsWith('_')) {
                n++;
                ok(Grip[name].prototype[`_original_${call}`], `${name}.${call} is as GJS made it`);
            }
        }
    }
    ok(n >= 12, `only ${n} async calls were found`);
});

test('publishing waits with await, with and without the cancellable', async () => {
    const proxy = startProxy();
    const control = Grip.PubControl.new_for_uri(proxy.uri);
    const item = Grip.Item.new(new Grip.HttpStreamFormat('one'), null, null);

    equal(await control.publish_async('c', item), true);
    equal(await control.publish_async('c', item, null), true);
    equal(await control.publish_to_channels_async(['a', 'b'], item), true);
    equal(await control.publish_http_stream_async('c', 'two', null, null), true);
    equal(proxy.items().map(entry => entry.channel), ['c', 'c', 'a', 'b', 'c']);
    equal(await control.flush_async(), true);
    equal(await control.close_async(), true);
    await fails(() => control.close_async(), Grip.Error, Grip.Error.CLOSED, 'closed');
});

test('a callback is still taken', async () => {
    const control = new Grip.PubControl();
    const item = Grip.Item.new(new Grip.HttpStreamFormat('one'), null, null);
    await fails(() => new Promise((resolve, reject) => {
        control.publish_async('c', item, null, (source, result) => {
            try {
                resolve(source.publish_finish(result));
            } catch (error) {
                reject(error);
            }
        });
    }), Grip.Error, Grip.Error.NO_ENDPOINT, 'no endpoint');
});

test('a promise that is cancelled rejects', async () => {
    const cancellable = new Gio.Cancellable();
    const control = Grip.PubControl.new_for_uri(startProxy().uri);
    cancellable.cancel();
    await fails(() => control.publish_http_stream_async('c', 'x', null, null, cancellable),
        Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'cancelled');
});

test('the management calls of a transport return promises too', async () => {
    const proxy = startProxy();
    const control = Grip.PubControl.new_for_uri(proxy.uri);
    const [transport] = control;
    const [reply, status] = await transport.call_async('POST', 'x', 'text/plain', 'body');
    equal([text(reply), status], ['Published\n', 200]);
    equal(proxy.requests[0].body, 'body');
});

test('one constructor for text and for bytes', () => {
    for (const klass of [Grip.HttpResponseFormat, Grip.HttpStreamFormat, Grip.WebSocketMessageFormat]) {
        equal(text(new klass('hé').get_content()), 'hé');
        equal([...new klass(bytes).get_content().toArray()], [0, 255, 65]);
        equal(text(new klass({content: 'x', content_filters: ['f']}).get_content()), 'x');
        equal([...new klass(new GLib.Bytes(bytes)).get_content().toArray()], [0, 255, 65]);
        equal(text(klass.new('hé').get_content()), 'hé');
        equal([...klass.new(bytes).get_content().toArray()], [0, 255, 65]);
    }
    equal(new Grip.HttpResponseFormat({code: 404, content: 'x'}).code, 404);
    equal(new Grip.WebSocketMessageFormat('x').kind, Grip.WebSocketMessageKind.TEXT);
    equal(new Grip.WebSocketMessageFormat(bytes).kind, Grip.WebSocketMessageKind.BINARY);
    equal(Grip.WebSocketMessageFormat.new('x').kind, Grip.WebSocketMessageKind.TEXT);
    equal(new Grip.HttpStreamFormat('').get_content().get_size(), 0);
});

test('publishing takes text and bytes', async () => {
    const proxy = startProxy();
    const control = Grip.PubControl.new_for_uri(proxy.uri);
    await control.publish_http_response_async('c', bytes, null, null);
    await control.publish_http_stream_async('c', 'text', 'id', 'prev');
    await control.publish_websocket_message_async('c', bytes, null, null);
    const formats = proxy.items().map(entry => Object.values(entry.formats)[0]);
    equal([formats[0]['body-bin'], formats[1].content, formats[2]['content-bin']], ['AP9B', 'text', 'AP9B']);
});

const json = item => JSON.parse(text(item.encode('c', Grip.Encoding.JSON)));

// What @run throws, an error that is not of C.
function throws(run, words) {
    let error = null;
    try {
        run();
    } catch (e) {
        error = e;
    }
    ok(error instanceof Error && !(error instanceof GLib.Error), `${error} came`);
    ok(error.message.includes(words), `'${error.message}' has not '${words}'`);
}

test('an item is made of formats, and of objects that describe them', async () => {
    equal(json(new Grip.Item(new Grip.HttpStreamFormat('x'))).formats, {'http-stream': {content: 'x'}});
    const item = new Grip.Item(
        [new Grip.HttpStreamFormat('x'), {'http-response': {code: 201, body: 'y', headers: {A: 'b'}}}, {celsius: {n: 1.5}}],
        {id: '2', prev_id: '1', meta: {sender: 'me'}, no_seq: true, size: 3});
    equal(json(item), {
        channel: 'c', id: '2', 'prev-id': '1',
        formats: {
            'http-stream': {content: 'x'},
            'http-response': {code: 201, body: 'y', headers: {A: 'b'}},
            celsius: {n: 1.5},
        },
        meta: {sender: 'me'}, 'no-seq': true, size: 3,
    });
    equal(json(new Grip.Item({'http-stream': {content: bytes}, 'ws-message': {action: 'close', code: 1000}})).formats,
        {'http-stream': {'content-bin': 'AP9B'}, 'ws-message': {action: 'close', code: 1000}});
    equal(json(Grip.Item.new({'http-stream': {content: 'x'}})).formats, {'http-stream': {content: 'x'}});
    await fails(() => new Grip.Item({}), Grip.Error, Grip.Error.INVALID_ITEM, 'the item has no format');
    await fails(() => new Grip.Item({'http-stream': {}}), Grip.Error, Grip.Error.INVALID_ITEM, "'content' is missing");
    await fails(() => new Grip.Item([{a: {}}, {a: {}}]), Grip.Error, Grip.Error.INVALID_ITEM, "two formats are named 'a'");
    throws(() => new Grip.Item(), 'made of formats, not of undefined');
    throws(() => new Grip.Item(null), 'made of formats, not of null');
    throws(() => new Grip.Item('text'), 'made of formats, not of string');
    throws(() => new Grip.Item({'http-stream': 'text'}), "'http-stream' is described by string");
    throws(() => new Grip.Item({a: {}}, {idd: '1'}), "has no option 'idd'");
    throws(() => Grip.Item.new({a: {}, b: {}}), 'one format is wanted, not 2');
});

test('what is published may be an object', async () => {
    const proxy = startProxy();
    const control = new Grip.PubControl(proxy.uri);
    equal(await control.publish_async('c', {'http-stream': {content: 'one'}}), true);
    equal(await control.publish_async('c', [new Grip.HttpStreamFormat('two'), {'ws-message': {content: 'two'}}]), true);
    equal(await control.publish_to_channels_async(['c'], new Grip.HttpStreamFormat('three')), true);
    equal(control.is_subscribed('c'), true);
    equal(proxy.items().map(({formats}) => Object.values(formats)[0].content), ['one', 'two', 'three']);
    const batch = new Grip.Batch();
    batch.add('c', {'http-stream': {content: 'four'}});
    equal(await control.publish_batch_async(batch), true);
    equal(proxy.items().length, 4);
});

test('what is made is made with new', async () => {
    equal(new Grip.Endpoint({control_uri: 'http://h', control_iss: 'i', key: 'k'}).get_control_iss(), 'i');
    equal(new Grip.Endpoint('http://h?iss=i&key=k').get_control_iss(), 'i');
    const channels = [new Grip.Channel('a'), new Grip.Channel('b', '1', ['f']), new Grip.Channel({name: 'c', prev_id: '2'})];
    equal(channels.map(channel => [channel.name, channel.prev_id, channel.get_filters()]),
        [['a', null, []], ['b', '1', ['f']], ['c', '2', []]]);
    const keys = [new Grip.Key('secret'), new Grip.Key(new TextEncoder().encode('secret')),
        new Grip.Key({kty: 'oct', k: 'c2VjcmV0'})];
    ok(keys.every(key => key.equal(keys[0])), 'the keys differ');
    const response = new Grip.Response({code: 404, headers: {A: 'b'}, body: bytes});
    equal([response.get_code(), response.get_headers().deepUnpack(), [...response.get_body().toArray()]],
        [404, [['A', 'b']], [0, 255, 65]]);
    equal(new Grip.Response().get_code(), 200);
    equal(new Grip.WebSocketEvent('TEXT', 'hé').dup_text(), 'hé');
    equal(new Grip.WebSocketEvent({event_type: 'OPEN'}).get_event_type(), 'OPEN');
    equal([...new Grip.PubControl('http://h')].length, 1);
    const control = new Grip.PubControl([{control_uri: 'http://h'}, {control_uri: 'http://i'}], {prefix: 'p-'});
    equal([[...control].length, control.prefix], [2, 'p-']);
    equal(new Grip.HttpResponseFormat({content: 'x', headers: {A: 'b'}}).get_headers().deepUnpack(), [['A', 'b']]);
    await fails(() => new Grip.Endpoint({control_urii: 'http://h'}), Grip.Error, Grip.Error.INVALID_CONFIG, 'control_urii');
    await fails(() => new Grip.Key(''), Grip.Error, Grip.Error.INVALID_CONFIG, 'empty');
    await fails(() => new Grip.PubControl('nonsense'), Grip.Error, Grip.Error.INVALID_CONFIG, 'GRIP URI');
    for (let i = 0; i < 3; i++)
        System.gc();
    ok(keys[1].equal(keys[2]), 'a key is gone');
});

test('what cannot be made throws', () => {
    for (const name of ['Channel', 'Endpoint', 'Item', 'Key', 'WebSocketEvent']) {
        for (const value of [undefined, null, 5, () => 1])
            throws(() => new Grip[name](value), '');
    }
    throws(() => new Grip.Channel(null), 'a channel is not described by null');
    throws(() => new Grip.Response({code: 404, text: 'x'}), "has no option 'text'");
    throws(() => new Grip.Channel({nam: 'c'}), "has no option 'nam'");
    throws(() => new Grip.PubControl({control_uri: 'http://h'}), 'control_uri');
    throws(() => new Grip.HttpStreamFormat({contents: 'x'}), 'contents');
});

test('what C refuses with a critical throws', () => {
    const [path] = GLib.filename_from_uri(import.meta.url);
    const child = Gio.Subprocess.new(['gjs', '-m', path, 'refused'],
        Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE);
    const [, stdout] = child.communicate_utf8(null, null);
    equal(stdout, 'Error: Grip.Response.new was given an argument that it does not take\n');
});

test('nulls at the end may be left out', async () => {
    const control = new Grip.PubControl();
    const none = call => fails(call, Grip.Error, Grip.Error.NO_ENDPOINT, 'no endpoint');
    await none(() => control.publish_http_stream('c', 'x'));
    await none(() => control.publish_http_stream('c', 'x', '2'));
    await none(() => control.publish_http_stream('c', 'x', undefined, '1', undefined));
    await none(() => control.publish_http_stream_async('c', 'x'));
    await none(() => control.publish_http_response_async('c', bytes, '2'));
    await none(() => control.publish('c', new Grip.HttpStreamFormat('x')));
    equal(Grip.Response.new(200).get_body(), null);
    equal(Grip.WebSocketEvent.new('OPEN').get_content(), null);
    equal(JSON.parse(Grip.websocket_control_message('detach')), {type: 'detach'});
    const key = new Grip.Key('k');
    equal(Grip.validate_sig(key.sign('me', 4102444800), 'k').get_issuer(), 'me');
    control.close();
    throws(() => control.publish_http_stream('c'), 'arguments required');
    throws(() => Grip.validate_sig('token'), 'arguments required');
    throws(() => control.set_prefix(), 'argument required');
    throws(() => Grip.Item.new(), 'argument');
});

test('channels are names, objects, or channels', () => {
    equal(Grip.create_grip_channel_header('a'), 'a');
    equal(Grip.create_grip_channel_header(['a', {name: 'b', filters: ['f']}, new Grip.Channel('c', '1')]),
        'a, b; filter=f, c; prev-id=1');
    equal(JSON.parse(Grip.create_hold_response('a', 'later', 5)), {
        hold: {mode: 'response', channels: [{name: 'a'}], timeout: 5}, response: {code: 200, body: 'later'}});
    equal(JSON.parse(Grip.create_hold_response('a')), {hold: {mode: 'response', channels: [{name: 'a'}]}});
    equal(JSON.parse(Grip.create_hold_stream(['a'], {code: 201, body: 'x'})).response, {code: 201, body: 'x'});
    const instruct = Grip.Instruct.new_hold_stream('a');
    instruct.add_channel({name: 'b'});
    equal(instruct.get_channels().map(channel => channel.get_name()), ['a', 'b']);
});

test('events and keys take text and bytes', () => {
    const [open, message] = Grip.decode_websocket_events('OPEN\r\nTEXT 5\r\nhello\r\n');
    equal([open.get_event_type(), message.dup_text()], ['OPEN', 'hello']);
    equal(Grip.WebSocketEvent.new('TEXT', 'hé').dup_text(), 'hé');
    equal([...Grip.WebSocketEvent.new('BINARY', bytes).get_content().toArray()], [0, 255, 65]);
    const key = Grip.Key.new_for_secret('changeme');
    ok(key.equal(Grip.Key.new_from_string('changeme')), 'the key is another');
    equal(Grip.validate_sig(key.sign('iss', 4102444800), key, 'iss').get_issuer(), 'iss');
});

test('plain objects configure', () => {
    const secret = new Uint8Array(32).fill(255);
    const control = new Grip.PubControl({prefix: 'p-', retry_limit: 2});
    control.apply_config({control_uri: 'http://127.0.0.1:1', control_iss: 'me', key: secret});
    control.apply_config([{control_uri: 'http://127.0.0.1:2'}, {control_uri: 'http://127.0.0.1:3', key: 'k'}]);
    equal([...control].map(transport => transport.get_endpoint().get_control_uri()),
        ['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3']);
    equal([...control.get_item(0).get_endpoint().get_key_data().toArray()], [...secret]);
    equal(Grip.Endpoint.new_from_variant({control_uri: 'http://x', control_iss: 'i', key: 'k'}).get_control_iss(), 'i');
    equal(Grip.endpoints_new_from_variant([{control_uri: 'http://x'}]).length, 1);
    equal(JSON.parse(Grip.websocket_control_message('subscribe', {channel: 'c', n: 3, filters: ['f'], no: undefined})),
        {type: 'subscribe', channel: 'c', n: 3, filters: ['f']});
});

test('a wrong configuration is refused as in C', async () => {
    const control = new Grip.PubControl();
    const cases = [
        [{}, 'control_uri'],
        [{control_uri: 5}, 'control_uri'],
        [[{control_uri: 'http://127.0.0.1:1'}, {control_uri: 'nonsense'}], "endpoint 2 of the list: 'control_uri'"],
    ];
    for (const [config, words] of cases)
        await fails(() => control.apply_config(config), Grip.Error, Grip.Error.INVALID_CONFIG, words);
    for (const config of ['text', 5, null, {control_uri: () => 1}]) {
        let error = null;
        try {
            control.apply_config(config);
        } catch (e) {
            error = e;
        }
        ok(error !== null, `${config} was taken`);
    }
    equal([...control].length, 0);
});

test('headers are objects, maps or pairs', () => {
    const headers = [
        {'Content-Type': 'text/plain', 'Set-Cookie': ['a', 'b']},
        new Map([['Content-Type', 'text/plain'], ['Set-Cookie', ['a', 'b']]]),
        [['Content-Type', 'text/plain'], ['Set-Cookie', 'a'], ['Set-Cookie', 'b']],
        new GLib.Variant('a(ss)', [['Content-Type', 'text/plain'], ['Set-Cookie', 'a'], ['Set-Cookie', 'b']]),
    ];
    for (const one of headers) {
        equal(Grip.Response.new(200, null, one, 'body').get_headers().deepUnpack(),
            [['Content-Type', 'text/plain'], ['Set-Cookie', 'a'], ['Set-Cookie', 'b']]);
    }
    equal(text(Grip.Response.new(200, null, null, 'body').get_body()), 'body');
    const format = new Grip.HttpResponseFormat('x');
    format.set_headers({'X-N': 1});
    equal(format.get_headers().deepUnpack(), [['X-N', '1']]);
    const context = Grip.WebSocketContext.new_for_request(
        {'Connection-Id': '1', 'Content-Type': 'application/websocket-events'}, 'OPEN\r\n');
    ok(context.is_opening(), 'the context is not opening');
});

test('a JSON patch is a list of objects', () => {
    const format = new Grip.HttpResponseFormat();
    format.set_body_patch([{op: 'replace', path: '/a', value: null}, {op: 'add', path: '/b', value: [1, 2.5, 'x', true]}]);
    const variant = Grip.Item.new(format, null, null).encode('c', Grip.Encoding.JSON);
    equal(JSON.parse(text(variant)).formats['http-response']['body-patch'],
        [{op: 'replace', path: '/a', value: null}, {op: 'add', path: '/b', value: [1, 2.5, 'x', true]}]);
});

test('a publisher is iterated', () => {
    const control = new Grip.PubControl();
    equal([...control], []);
    control.apply_config([{control_uri: 'http://127.0.0.1:1'}, {control_uri: 'http://127.0.0.1:2'}]);
    let n = 0;
    for (const transport of control) {
        ok(transport instanceof Grip.BaseTransport, `${transport}`);
        n++;
    }
    equal(n, control.get_n_items());
    equal(Array.from(control)[1], control.get_item(1));
});

test('statistics are iterated', () => {
    const stats = Grip.Stats.new_for_endpoint({control_uri: 'http://h', control_zmq_stats_uri: 'ipc:///nowhere'});
    equal([...stats], []);
    for (const channel of ['a', 'b'])
        stats.take_json_record('sub', JSON.stringify({from: 'x', mode: 'stream', channel, subscribers: 1, ttl: 60}));
    equal([...stats].map(channel => channel.get_name()).sort(), ['a', 'b']);
});

if (ARGV[0] === 'refused') {
    try {
        Grip.Response.new(4444);
    } catch (error) {
        print(error);
    }
} else {
    main();
}
