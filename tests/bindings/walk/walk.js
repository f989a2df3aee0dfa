/* walk.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// walk.js PLAN START: the calls of a plan of test-walk.py, from the one at START.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Grip from 'gi://Grip?version=1.0';
import GripSoup from 'gi://GripSoup?version=1.0';
import Soup from 'gi://Soup?version=3.0';
import System from 'system';

const [planPath, start] = ARGV;
const plan = JSON.parse(new TextDecoder().decode(GLib.file_get_contents(planPath)[1]));
const namespaces = {Grip, GripSoup};
const loop = GLib.MainContext.default();
const kept = {};

const Walker = GObject.registerClass({
    Implements: [Grip.HttpControl],
}, class Walker extends Grip.BaseTransport {
    vfunc_deliver(delivery) {
        kept.delivery = delivery;
    }

    vfunc_send_call(call) {
        kept.call = call;
    }
});

const ZmqWalker = GObject.registerClass({
    Implements: [Grip.ZmqControl],
}, class ZmqWalker extends Grip.BaseTransport {
    vfunc_send_call(call) {
        kept.zmqCall = call;
    }
});

function until(condition) {
    const tick = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 10, () => GLib.SOURCE_CONTINUE);
    for (let i = 0; i < 1000 && !condition(); i++)
        loop.iteration(true);
    GLib.source_remove(tick);
    if (!condition())
        throw new Error('it did not come');
}

function newDelivery() {
    kept.delivery = null;
    kept.control = new Grip.PubControl();
    kept.control.add_transport(new Walker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')}));
    kept.control.publish_async('c', newItem(), null, () => {});
    until(() => kept.delivery);
    return kept.delivery;
}

function newCall() {
    kept.walker = new Walker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')});
    kept.walker.call_async('GET', '', null, null, null, () => {});
    until(() => kept.call);
    return kept.call;
}

function newZmqCall() {
    kept.zmqWalker = new ZmqWalker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')});
    kept.zmqWalker.recover_async(null, () => {});
    until(() => kept.zmqCall);
    return kept.zmqCall;
}

function newRequest() {
    if (!kept.origin) {
        kept.origin = GripSoup.Origin.new(new Soup.Server());
        kept.origin.add_handler('/', (_origin, request) => {
            kept.request = request;
        });
        kept.origin.set_embedded(true);
        kept.origin.listen(0);
    }
    kept.request = null;
    kept.sessions = [new Soup.Session(), ...(kept.sessions ?? []).slice(0, 20)];
    kept.sessions[0].send_async(Soup.Message.new('GET', `http://127.0.0.1:${kept.origin.get_port()}/`), 0, null, () => {});
    until(() => kept.request);
    return kept.request;
}

function newItem() {
    return Grip.Item.new(Grip.HttpStreamFormat.new_text('x'), null, null);
}

const key = () => Grip.Key.new_for_secret(new GLib.Bytes(new Uint8Array(32).fill(65)));
const token = () => key().sign('i', 4102444800);

const instances = {
    'Grip.BaseFormat': () => Grip.HttpStreamFormat.new_text('x'),
    'Grip.BaseTransport': () => new Walker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')}),
    'Grip.Channel': () => Grip.Channel.new('c'),
    'Grip.Delivery': newDelivery,
    'Grip.Endpoint': () => Grip.Endpoint.new('http://127.0.0.1:1'),
    'Grip.Format': () => Grip.HttpStreamFormat.new_text('x'),
    'Grip.HttpCall': newCall,
    'Grip.HttpControl': () => new Walker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')}),
    'Grip.HttpStreamFormat': () => Grip.HttpStreamFormat.new_text('x'),
    'Grip.Instruct': () => Grip.Instruct.new_hold_stream('c'),
    'Grip.Item': newItem,
    'Grip.Key': key,
    'Grip.Response': () => Grip.Response.new_text(200, null, 'x'),
    'Grip.SigResult': () => new Grip.PubControl().validate_sig(token()),
    'Grip.Signature': () => Grip.validate_sig(token(), key(), null),
    'Grip.Transport': () => new Walker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')}),
    'Grip.WebSocketContext': () => Grip.WebSocketContext.new('1', []),
    'Grip.WebSocketEvent': () => Grip.WebSocketEvent.new_text('TEXT', 'x'),
    'Grip.WebSocketMessageFormat': () => Grip.WebSocketMessageFormat.new_text('x'),
    'Grip.ZmqCall': newZmqCall,
    'Grip.ZmqControl': () => new ZmqWalker({endpoint: Grip.Endpoint.new('http://127.0.0.1:1')}),
    'GripSoup.Origin': () => GripSoup.Origin.new(new Soup.Server()),
    'GripSoup.Request': newRequest,
    'Gio.Cancellable': () => new Gio.Cancellable(),
    'Gio.AsyncResult': () => Gio.Task.new(new Grip.PubControl(), null, null),
    'Gio.MemoryMonitor': () => Gio.MemoryMonitor.dup_default(),
    'Gio.NetworkMonitor': () => Gio.NetworkMonitor.get_default(),
    'Soup.Server': () => new Soup.Server(),
};

// Objects for which everything is over.
const ended = {
    'Grip.Delivery': () => {
        const delivery = newDelivery();
        delivery.complete();
        return delivery;
    },
    'Grip.PubControl': () => {
        const control = new Grip.PubControl();
        control.close(null);
        return control;
    },
    'GripSoup.Request': () => {
        const request = newRequest();
        request.respond_text(200, null, null);
        return request;
    },
};

function newInstance(type) {
    if (instances[type])
        return instances[type]();
    const [namespace, name] = type.split('.');
    return new namespaces[namespace][name]();
}

// An object that no constructor function has made; null where that is refused.
function newBare(type) {
    const [namespace, name] = type.split('.');
    try {
        return new namespaces[namespace][name]();
    } catch {
        return null;
    }
}

const variant = (type, value) => new GLib.Variant(type, value);
const texts = ['', 'x', 'http://127.0.0.1:1', '{"control_uri":"http://127.0.0.1:1"}', '\u00e9\u{1f600}', '%ff',
    'a\u0000b', 'x'.repeat(70000), null, 5, {}, undefined];
const variants = () => [
    variant('a{sv}', {control_uri: variant('s', 'http://127.0.0.1:1')}), variant('a{sv}', {x: variant('mv', null)}),
    variant('a(ss)', [['A', 'b']]), variant('a{ss}', {a: 'b'}), variant('s', 'x'), variant('ay', [0, 255]),
    variant('av', [variant('d', NaN)]), variant('(sv)', ['x', variant('x', 5)]), null, 5, {}, 'x'];
const bytes = () => [new GLib.Bytes(new Uint8Array([0, 255])), new GLib.Bytes(new Uint8Array(0)),
    new Uint8Array([1]), new GLib.Bytes(new TextEncoder().encode('OPEN\r\nTEXT 1\r\nx\r\n')), null, 5, {}, []];
const numbers = [1, 0, -1, 1000, 65535, 2 ** 31, 2 ** 63, -1e300, NaN, 1.5, null, 'x', {}];

function* values(type) {
    if (type === 'utf8' || type === 'filename')
        yield* texts;
    else if (type === 'gboolean')
        yield* [true, false, null, 'x', 5];
    else if (/^g(u?int|size|ssize|double)/.test(type) || type === 'GLib.Quark')
        yield* numbers;
    else if (type === 'GLib.Bytes')
        yield* bytes();
    else if (type === 'GLib.Variant')
        yield* variants();
    else if (type === 'GLib.Error')
        yield* [new GLib.Error(Grip.Error, Grip.Error.FAILED, 'x'), new Error('x'), null, 5];
    else if (type === 'GType')
        yield* [Walker, GObject.TYPE_STRING, Grip.Item, null, 5, 'x'];
    else if (type === '{}')
        yield* [{a: 'b'}, {}, null, {a: 5}, {a: null}, 5];
    else if (type === '[utf8]')
        yield* [['x'], [], [null], [5], null, 'x', 5, ['x'.repeat(70000)]];
    else if (type === '[guint8]')
        yield* [new Uint8Array([0, 255]), new Uint8Array(0), 'x', [], null, 5];
    else if (type.startsWith('['))
        yield* lists(type.slice(1, -1));
    else if (plan.enums.includes(type))
        yield* [0, 1, -1, 9999, null, 'x'];
    else if (type === 'Gio.AsyncReadyCallback' || type.endsWith('.Handler'))
        yield* [() => {}, null, 5];
    else if (type === 'gpointer')
        yield null;
    else
        yield* [newInstance(type), newBare(type), null, new Gio.Cancellable(), {}, 5, Grip.Channel.new('c')];
}

function* lists(type) {
    const one = newInstance(type);
    yield* [[one], [], [newBare(type)], [one, one], [null], [new Gio.Cancellable()], [5], [one, null], null, 5, {}, one];
}

// Each combination has one argument that is not the first of its values, which is a valid one.
function* combinations(types) {
    const valid = types.map(type => values(type).next().value);
    yield valid;
    for (let i = 0; i < types.length; i++) {
        for (const value of values(types[i])) {
            const given = types.map(type => values(type).next().value);
            given[i] = value;
            yield given;
        }
    }
    yield types.map(() => null);
    yield [];
}

// Looks at what a call gave, after the garbage collector has.
function look(value) {
    if (value instanceof GLib.Variant)
        value.print(true);
    else if (value instanceof GLib.Bytes)
        value.toArray().length;
    else if (Array.isArray(value))
        value.forEach(look);
    else
        `${value}`;
}

const qualify = (type, namespace) => type === 'GType'
    ? type : type.replace(/^(\[?)([A-Z]\w*)(\]?)$/, `$1${namespace}.$2$3`);

// Calls a method of an object that @make makes, or a function.
function callAll(call, types, make, results) {
    for (const given of combinations(types)) {
        const target = make();
        try {
            const result = target[call.call](...given);
            if (result instanceof Promise)
                result.catch(() => {});
            results.push(result);
        } catch (error) {
            if (typeof target[call.call] !== 'function')
                print(`problem ${call.call} cannot be called: ${error}`);
        }
    }
}

function walk(call) {
    const types = call.arguments.map(argument => qualify(argument.type, call.namespace));
    const owner = call.owner ? namespaces[call.namespace][call.owner] : namespaces[call.namespace];
    const type = `${call.namespace}.${call.owner}`;
    let results = [];

    callAll(call, types, () => call.method ? newInstance(type) : owner, results);
    if (call.method && call.bare && newBare(type) !== null)
        callAll(call, types, () => newBare(type), results);
    if (call.method && ended[type])
        callAll(call, types, ended[type], results);
    if (call.method) {
        const method = newInstance(type)[call.call];
        for (const wrong of [{}, new Gio.Cancellable(), owner.prototype, null]) {
            try {
                method.apply(wrong, types.map(type => values(type).next().value));
            } catch {
            }
        }
    }
    clean(results);
    results = null;
}

function attempt(run) {
    try {
        return run();
    } catch {
        return null;
    }
}

// Reads and writes each property, and constructs with it alone.
function walkProperties({namespace, owner, properties}) {
    const type = `${namespace}.${owner}`;

    for (const {name, type: kind} of properties) {
        for (const make of [() => newInstance(type), () => newBare(type)])
            look(attempt(() => make()[name]));
        for (const value of values(qualify(kind, namespace))) {
            for (const make of [() => newInstance(type), () => newBare(type)]) {
                attempt(() => {
                    make()[name] = value;
                });
            }
            look(attempt(() => new namespaces[namespace][owner]({[name]: value})[name]));
        }
    }
    clean([]);
}

// Lets the garbage collector come, and what is on its way, and looks at what calls gave.
function clean(results) {
    System.gc();
    results.forEach(look);
    while (loop.iteration(false))
        ;
    System.gc();
}

for (let i = Number(start); i < plan.calls.length; i++) {
    print(`begin ${i}`);
    if (plan.calls[i].properties)
        walkProperties(plan.calls[i]);
    else
        walk(plan.calls[i]);
    print(`end ${i}`);
}
