/* transport.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// A transport and two formats for grip-tool --plugin. The URI says how it answers, as in js://later.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Grip from 'gi://Grip?version=1.0';

Grip.Transport.register_type('js', GObject.registerClass(class JsTransport extends Grip.BaseTransport {
    vfunc_deliver(delivery) {
        const how = this.get_endpoint().get_control_uri().split('//')[1];

        for (let i = 0; i < delivery.get_n_messages(); i++)
            print(`delivered ${new TextDecoder().decode(delivery.get_payload(i).toArray())}`);

        if (how === 'never') {
            this._kept = delivery;
        } else if (how === 'reject') {
            delivery.fail(new GLib.Error(Grip.Error, Grip.Error.REJECTED, 'not that'));
        } else if (how === 'throw') {
            throw new Error('no luck');
        } else if (how === 'later') {
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 50, () => {
                print('answered');
                delivery.complete();
                return GLib.SOURCE_REMOVE;
            });
        } else {
            delivery.complete();
        }
    }
}));

const description = (name, value) => new GLib.Variant('a{sv}', {[name]: value});

Grip.Format.register_type('temperature', GObject.registerClass({
    Implements: [Grip.Format],
    Properties: {content: GObject.ParamSpec.string('content', '', '', GObject.ParamFlags.READWRITE, '')},
}, class Temperature extends GObject.Object {
    vfunc_get_name() {
        return 'temperature';
    }

    vfunc_to_variant() {
        if (Number.isNaN(Number(this.content)))
            throw new Error('not a number');
        return description('degrees', new GLib.Variant('d', Number(this.content)));
    }
}));

Grip.Format.register_type('picture', GObject.registerClass({
    Implements: [Grip.Format],
    Properties: {content: GObject.ParamSpec.boxed('content', '', '', GObject.ParamFlags.READWRITE, GLib.Bytes.$gtype)},
}, class Picture extends GObject.Object {
    vfunc_get_name() {
        return 'picture';
    }

    vfunc_to_variant() {
        return description('content', new GLib.Variant('ay', this.content.toArray()));
    }
}));
