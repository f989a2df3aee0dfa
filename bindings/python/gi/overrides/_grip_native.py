# _grip_native.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Between Python's own types and those of GLib."""
from gi.repository import GLib

_INT32 = range(-2**31, 2**31)
_INT64 = range(-2**63, 2**63)


def to_bytes(value):
    if isinstance(value, str):
        return GLib.Bytes.new(value.encode('utf-8'))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return GLib.Bytes.new(bytes(value))

    return value


def _integer(value):
    if value in _INT32:
        return GLib.Variant('i', value)
    if value in _INT64:
        return GLib.Variant('x', value)
    if 0 <= value < 2**64:
        return GLib.Variant('t', value)

    raise OverflowError('%d does not fit into 64 bits' % value)


def _dictionary(value):
    builder = {}
    for name, member in value.items():
        if not isinstance(name, str):
            raise TypeError('a name in a dictionary is %s, not str' % type(name).__name__)
        builder[name] = to_variant(member)

    return GLib.Variant('a{sv}', builder)


def _list(value):
    if value and all(isinstance(member, str) for member in value):
        return GLib.Variant('as', value)
    if value and all(isinstance(member, dict) for member in value):
        return GLib.Variant('av', [_dictionary(member) for member in value])

    return GLib.Variant('av', [to_variant(member) for member in value])


def to_variant(value):
    """str, bytes, numbers, None, lists and dictionaries, one within the other."""
    if isinstance(value, GLib.Variant):
        return value
    if value is None:
        return GLib.Variant('mv', None)
    if isinstance(value, bool):
        return GLib.Variant('b', value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return GLib.Variant('d', value)
    if isinstance(value, str):
        return GLib.Variant('s', value)
    if isinstance(value, (bytes, bytearray, memoryview, GLib.Bytes)):
        return GLib.Variant.new_from_bytes(GLib.VariantType.new('ay'), to_bytes(value), True)
    if isinstance(value, dict):
        return _dictionary(value)
    if isinstance(value, (list, tuple)):
        return _list(value)

    raise TypeError('%s is not a type for a configuration or a format' % type(value).__name__)


def to_headers(value):
    """A dictionary, or pairs of name and value: these keep order and repeats."""
    if value is None or isinstance(value, GLib.Variant):
        return value

    pairs = value.items() if hasattr(value, 'items') else value

    return GLib.Variant('a(ss)', [(str(name), str(text)) for name, text in pairs])


def from_bytes(value):
    return value.get_data() or b'' if isinstance(value, GLib.Bytes) else value


def from_variant(value):
    """As GLib.Variant.unpack(), with bytes for `ay`."""
    if not isinstance(value, GLib.Variant):
        return value

    kind = value.get_type_string()
    if kind == 'ay':
        return value.get_data_as_bytes().get_data() or b''
    if kind.startswith('a{'):
        return {entry.get_child_value(0).unpack(): from_variant(entry.get_child_value(1))
                for entry in map(value.get_child_value, range(value.n_children()))}
    if kind == 'v':
        return from_variant(value.get_variant())
    if kind.startswith('a'):
        return [from_variant(value.get_child_value(i)) for i in range(value.n_children())]
    if kind.startswith('('):
        return tuple(from_variant(value.get_child_value(i)) for i in range(value.n_children()))

    return value.unpack()
