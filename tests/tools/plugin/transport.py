# transport.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A transport and two formats for grip-tool --plugin. The URI says how it answers, as in py://later."""
import gi
gi.require_version('Grip', '1.0')
from gi.repository import GLib, GObject, Grip


class PyTransport(Grip.BaseTransport):
    def do_deliver(self, delivery):
        how = self.get_endpoint().get_control_uri().split('//')[1]

        for i in range(delivery.get_n_messages()):
            print('delivered', delivery.get_payload(i).decode(), flush=True)

        if how == 'never':
            self.kept = delivery
        elif how == 'reject':
            delivery.fail(GLib.Error.new_literal(Grip.error_quark(), 'not that', Grip.Error.REJECTED))
        elif how == 'throw':
            raise ValueError('no luck')
        elif how == 'later':
            GLib.timeout_add(50, self.answer, delivery)
        else:
            delivery.complete()

    def answer(self, delivery):
        print('answered', flush=True)
        delivery.complete()
        return GLib.SOURCE_REMOVE


Grip.Transport.register_type('py', PyTransport)


class Temperature(GObject.Object, Grip.Format):
    content = GObject.Property(type=str)

    def do_get_name(self):
        return 'temperature'

    def do_to_variant(self):
        return {'degrees': float(self.content)}


class Picture(GObject.Object, Grip.Format):
    content = GObject.Property(type=GLib.Bytes)

    def do_get_name(self):
        return 'picture'

    def do_to_variant(self):
        return {'content': self.content}


Grip.Format.register_type('temperature', Temperature)
Grip.Format.register_type('picture', Picture)
