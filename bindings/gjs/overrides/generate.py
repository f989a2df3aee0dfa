# generate.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""generate.py GIR TEMPLATE: writes the GJS override with the calls of the GIR that it has to convert.

A call is listed when one of its arguments is bytes or a variant, or when it has a twin for text: then
the override takes strings, byte arrays and plain objects there. Written to standard output."""
import json
import sys
import xml.etree.ElementTree as ET

CORE = '{http://www.gtk.org/introspection/core/1.0}'
CALLS = [CORE + kind for kind in ('constructor', 'function', 'method')]
KINDS = {'GLib.Bytes': 'bytes', 'GLib.Variant': 'variant'}


def arguments(call):
    """The (name, type) of what a script passes: no data of a callback, no length, no out argument."""
    given = [p for p in call.findall(CORE + 'parameters/' + CORE + 'parameter')]
    hidden = set()
    for parameter in given:
        if parameter.get('closure') and parameter.get('scope'):
            hidden.add(int(parameter.get('closure')))
        array = parameter.find(CORE + 'array')
        if array is not None and array.get('length'):
            hidden.add(int(array.get('length')))
    names = []
    for index, parameter in enumerate(given):
        kind = parameter.find(CORE + 'type')
        if index not in hidden and parameter.get('direction', 'in') == 'in':
            names.append((parameter.get('name'), kind.get('name') if kind is not None else 'array'))
    return names


def kind_of(argument):
    name, kind = argument
    return 'headers' if kind == 'GLib.Variant' and name == 'headers' else KINDS.get(kind)


def twin_of(name, arguments_of, text):
    """The call that takes text where @name takes bytes, or the other way round, and where."""
    if text:
        other = name[:-len('_async')] + '_bytes_async' if name.endswith('_async') else name + '_bytes'
        wanted = ('utf8', 'GLib.Bytes')
    else:
        other = name + '_text'
        wanted = ('GLib.Bytes', 'utf8')
    if other not in arguments_of or len(arguments_of[name]) != len(arguments_of[other]):
        return None
    pairs = enumerate(zip(arguments_of[name], arguments_of[other]))
    different = [(i, a[1], b[1]) for i, (a, b) in pairs if a[1] != b[1]]
    if len(different) != 1 or different[0][1:] != wanted:
        return None
    return other, different[0][0]


def describe(owner):
    found = [call for tag in CALLS for call in owner.findall(tag) if not call.get('moved-to')]
    arguments_of = {call.get('name'): arguments(call) for call in found}
    static = {call.get('name') for call in found if call.tag != CALLS[2]}
    calls = {}
    for name, given in sorted(arguments_of.items()):
        call = {str(i): kind_of(a) for i, a in enumerate(given) if kind_of(a)}
        for text in (True, False):
            twin = twin_of(name, arguments_of, text)
            if twin:
                call['twin'], call['at'] = twin
        if [a for a in given if a[0] == 'cancellable']:
            call['cancellable'] = [a[0] for a in given].index('cancellable')
        if call:
            calls[name] = dict(call, static=name in static)
    return calls


def main():
    namespace = ET.parse(sys.argv[1]).getroot().find(CORE + 'namespace')
    table = {'': describe(namespace)}
    for tag in ('class', 'interface'):
        for owner in namespace.findall(CORE + tag):
            table[owner.get('name')] = describe(owner)
    with open(sys.argv[2], encoding='utf-8') as template:
        print(template.read().replace('@CALLS@', json.dumps(table, sort_keys=True, indent=2)), end='')


main()
