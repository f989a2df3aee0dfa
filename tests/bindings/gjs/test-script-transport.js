/* test-script-transport.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// Transports and formats that are written in JavaScript, good ones and bad ones.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Grip from 'gi://Grip?version=1.0';
import System from 'system';

import {equal, fails, main, ok, sleep, test, text, until} from './tap.js';

// How it answers is the path of its URI.
const answers = {
    now: (_transport, delivery) => delivery.complete(),
    later: async (_transport, delivery) => {
        await sleep(20);
        delivery.complete();
    },
    never: (transport, delivery) => transport.kept.push(delivery),
    drop: () => {},
    twice: (_transport, delivery) => {
        delivery.complete();
        delivery.fail(new GLib.Error(Grip.Error, Grip.Error.FAILED, 'second'));
    },
    reject: (_transport, delivery) => delivery.fail(new GLib.Error(Grip.Error, Grip.Error.REJECTED, 'not that')),
    throw: () => {
        throw new Error('no luck');
    },
    'throw-later': async () => {
        await sleep(20);
        throw new Error('no luck later');
    },
    'throw-error': () => {
        throw new GLib.Error(Grip.Error, Grip.Error.REJECTED, 'thrown');
    },
    'throw-answered': (_transport, delivery) => {
        delivery.complete();
        throw new Error('too late to matter');
    },
};

const ScriptTransport = GObject.registerClass(class ScriptTransport extends Grip.BaseTransport {
    _init(params = {}) {
        super._init(params);
        this.log = [];
        this.kept = [];
    }

    vfunc_open() {
        this.log.push('open');
    }

    vfunc_close() {
        this.log.push('close');
    }

    vfunc_deliver(delivery) {
        for (let i = 0; i < delivery.get_n_messages(); i++)
            this.log.push(`${delivery.get_channel(i)} ${text(delivery.get_payload(i))}`);
        return answers[this.get_endpoint().get_control_uri().split('//')[1]](this, delivery);
    }
});
Grip.Transport.register_type('script', ScriptTransport);

const Celsius = GObject.registerClass({
    Implements: [Grip.Format],
}, class Celsius extends GObject.Object {
    vfunc_get_name() {
        return 'celsius';
    }

    vfunc_to_variant() {
        return new GLib.Variant('a{sv}', {degrees: new GLib.Variant('x', 21), text: new GLib.Variant('s', 'warm')});
    }
});

function open(how) {
    return Grip.PubControl.new_for_uri(`script://${how}`);
}

function item(id = null) {
    return Grip.Item.new(new Grip.HttpStreamFormat('hello'), id, null);
}

test('a type is opened by the URIs of its scheme', async () => {
    const control = open('now');
    const [transport] = control;
    ok(transport instanceof ScriptTransport, `${transport}`);
    equal(Grip.Transport.list_registered(), ['script']);
    equal(await control.publish_async('c', item()), true);
    equal(control.publish('d', item(), null), true);
    await control.close_async();
    const payload = channel => `${channel} {"channel":"${channel}","formats":{"http-stream":{"content":"hello"}}}`;
    await until(() => transport.log.includes('close'), 'it was not closed');
    equal(transport.log, ['open', payload('c'), payload('d'), 'close']);
});

test('its configuration and its answers come later', async () => {
    const control = new Grip.PubControl();
    control.apply_config({control_uri: 'script://later', control_iss: 'me', key: 'k'});
    const results = await Promise.all(Array.from({length: 50}, (_, i) => control.publish_async('c', item(`${i}`))));
    equal(results.every(one => one), true);
    const ids = control.get_item(0).log.slice(1).map(line => JSON.parse(line.slice(2)).id);
    equal(ids, Array.from({length: 50}, (_, i) => `${i}`));
});

test('what cannot be registered is refused', async () => {
    const refused = (scheme, type, words) => fails(() => Grip.Transport.register_type(scheme, type),
        Grip.Error, Grip.Error.NO_TRANSPORT, words);
    await refused('script', ScriptTransport, "'script' is registered already");
    await refused('http', ScriptTransport, "'http' is that of a plugin");
    await refused('two words', ScriptTransport, "'two words' cannot be the name");
    await refused('celsius', Celsius, 'cannot be a transport');
});

test('one that answers later needs the asynchronous form', async () => {
    const control = open('later');
    await fails(() => control.publish('c', item(), null), Grip.Error, Grip.Error.FAILED, 'use the asynchronous form');
});

test('one that never answers is given up, and holds up nothing', async () => {
    const control = open('never');
    const [transport] = control;
    control.remove_transport(transport);
    control.add_transport(transport);
    // The time begins with the publish: on a busy machine it may be over before the transport has got it.
    for (let timeout = 0.2; transport.kept.length === 0; timeout *= 2) {
        control.set_timeout(timeout);
        await Promise.all(['1', '2'].map(id => fails(() => control.publish_async('c', item(id)),
            Grip.Error, Grip.Error.TIMED_OUT, 'in time')));
    }
    transport.kept.forEach(delivery => delivery.complete());
    await control.close_async();
});

test('one that drops a delivery is told of', async () => {
    const control = open('drop');
    const published = control.publish_async('c', item());
    await until(() => control.get_item(0).log.length > 1, 'nothing was delivered');
    const collect = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 10, () => {
        System.gc();
        return GLib.SOURCE_CONTINUE;
    });
    const error = await fails(() => published, Grip.Error, Grip.Error.FAILED, 'dropped the delivery without an answer');
    GLib.source_remove(collect);
    ok(error.message.includes("'c' at script://drop: unknown"), error.message);
});

test('what one throws is its answer', async () => {
    const cases = [
        ['throw', Grip.Error.FAILED, 'the transport ScriptTransport threw Error: no luck'],
        ['throw-later', Grip.Error.FAILED, 'the transport ScriptTransport threw Error: no luck later'],
        ['throw-error', Grip.Error.REJECTED, 'refused: thrown'],
        ['reject', Grip.Error.REJECTED, 'refused: not that'],
    ];
    for (const [how, code, words] of cases)
        await fails(() => open(how).publish_async('c', item()), Grip.Error, code, words);
});

test('one that implements nothing, or answers with what is no answer, is told of', async () => {
    const Nothing = GObject.registerClass(class Nothing extends Grip.BaseTransport {});
    const WithText = GObject.registerClass(class WithText extends Grip.BaseTransport {
        vfunc_deliver(delivery) {
            delivery.fail('text');
        }
    });
    const cases = [
        [Nothing, Grip.Error.NO_TRANSPORT, "implements no 'deliver'"],
        [WithText, Grip.Error.FAILED, 'the transport WithText threw'],
    ];
    for (const [klass, code, words] of cases) {
        // Else what was certainly not sent is tried again: another transport may take its place.
        const control = new Grip.PubControl({retry_limit: 0});
        control.add_transport(new klass());
        await fails(() => control.publish_async('c', item()), Grip.Error, code, words);
    }
});

test('one that derives from nothing of ours', async () => {
    const Bare = GObject.registerClass({
        Implements: [Grip.Transport],
    }, class Bare extends GObject.Object {
        vfunc_get_endpoint() {
            return null;
        }

        vfunc_send(delivery) {
            if (delivery.get_channel(0) === 'throw')
                throw new Error('no luck');
            delivery.complete();
        }
    });
    const control = new Grip.PubControl({timeout: 0.5});
    control.add_transport(new Bare());
    equal(await control.publish_async('c', item()), true);
    equal(control.publish('c', item()), true);
    // Whether the garbage collector comes before the time is over is not known.
    const message = await control.publish_async('throw', item()).catch(error => error.message);
    ok(/in time|dropped the delivery/.test(message), message);
    equal(await control.publish_async('c', item()), true);
});

test('a bad answer is no end: what comes after it is delivered, in order', async () => {
    const Moody = GObject.registerClass(class Moody extends Grip.BaseTransport {
        got = [];

        vfunc_deliver(delivery) {
            const content = JSON.parse(text(delivery.get_payload(0))).formats['http-stream'].content;
            if (content === 'throw')
                throw new Error('no luck');
            if (content === 'throw twice') {
                delivery.complete();
                delivery.complete();
            }
            this.got.push(content);
            if (content !== 'throw twice')
                delivery.complete();
        }
    });
    const control = new Grip.PubControl();
    const transport = new Moody({endpoint: new Grip.Endpoint('moody://here')});
    control.add_transport(transport);
    const results = [];
    for (const content of ['1', 'throw', '2', 'throw twice', '3'])
        results.push(await control.publish_async('c', new Grip.HttpStreamFormat(content)).catch(error => error.message));
    equal(transport.got, ['1', '2', '3']);
    equal(results.map(result => result === true), [true, false, true, true, true]);
    ok(results[1].includes('the transport Moody threw Error: no luck'), results[1]);
});

test('a second answer throws', async () => {
    const seen = [];
    const Twice = GObject.registerClass(class Twice extends Grip.BaseTransport {
        vfunc_deliver(delivery) {
            delivery.complete();
            const error = new GLib.Error(Grip.Error, Grip.Error.REJECTED, 'no');
            for (const again of [() => delivery.complete(), () => delivery.fail(error), () => delivery.refuse(error),
                () => delivery.defer(1, error), () => delivery.complete_first(1),
                () => delivery.fail_with_fate(Grip.Fate.UNKNOWN, error),
                () => delivery.fail_literal(Grip.Error.FAILED, 'no')]) {
                try {
                    again();
                } catch (e) {
                    seen.push(e.message);
                }
            }
        }
    });
    const control = new Grip.PubControl();
    control.add_transport(new Twice());
    equal(await control.publish_async('c', item()), true);
    equal(seen, Array(7).fill('a delivery was answered twice'));
});

test('the first of two answers counts', async () => {
    // Answering twice is a critical, so it happens in another process.
    const [path] = GLib.filename_from_uri(import.meta.url);
    const child = Gio.Subprocess.new(['gjs', '-m', path, 'twice'],
        Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE);
    const [, stdout, stderr] = child.communicate_utf8(null, null);
    ok(child.get_successful(), stderr);
    equal(stdout, 'true true\n');
    ok(stderr.includes('a delivery was answered twice'), stderr);
    ok(stderr.includes('too late to matter'), stderr);
});

test('one that nobody keeps is kept by the publisher', async () => {
    const control = new Grip.PubControl();
    control.add_transport(new ScriptTransport({endpoint: Grip.Endpoint.new('script://now')}));
    control.get_item(0).mark = 'of the script';
    for (let i = 0; i < 3; i++) {
        System.gc();
        await sleep(5);
    }
    equal(await control.publish_async('c', item()), true);
    const [transport] = control;
    equal([transport.mark, transport.log.length], ['of the script', 2]);
});

test('one that is removed while it holds a delivery', async () => {
    const control = open('never');
    const [transport] = control;
    const published = control.publish_async('c', item());
    await until(() => transport.kept.length === 1, 'nothing was delivered');
    control.remove_transport(transport);
    transport.kept.pop().complete();
    equal(await published, true);
});

test('a publisher that nobody keeps ends what it has begun', async () => {
    const published = open('later').publish_async('c', item());
    System.gc();
    equal(await published, true);
});

test('a format of a script', async () => {
    const control = open('now');
    await control.publish_async('c', Grip.Item.new(new Celsius(), null, null));
    equal(JSON.parse(control.get_item(0).log[1].slice(2)).formats, {celsius: {degrees: 21, text: 'warm'}});
});

function badFormat(name, toVariant) {
    return new (GObject.registerClass({
        GTypeName: `Bad${badFormat.n = (badFormat.n ?? 0) + 1}`,
        Implements: [Grip.Format],
    }, class extends GObject.Object {
        vfunc_get_name() {
            return name();
        }

        vfunc_to_variant() {
            return toVariant();
        }
    }))();
}

test('a bad format of a script is refused as in C', async () => {
    const good = () => new GLib.Variant('a{sv}', {});
    const cases = [
        [badFormat(() => null, good), 'name'],
        [badFormat(() => '', good), 'name'],
        [badFormat(() => 'x', () => new GLib.Variant('s', 'x')), 'x'],
        [badFormat(() => 'x', () => null), 'x'],
    ];
    for (const [format, words] of cases)
        await fails(() => Grip.Item.new(format, null, null), Grip.Error, Grip.Error.INVALID_ITEM, words);
});

if (ARGV[0] === 'twice') {
    const loop = new GLib.MainLoop(null, false);
    Promise.all(['twice', 'throw-answered'].map(how => open(how).publish_async('c', item()))).then(
        results => print(results.join(' '))).finally(() => loop.quit());
    loop.run();
} else {
    main();
}
