# generate.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""generate.py GIR TEMPLATE: writes a GJS override with the calls of the GIR that it has to wrap.

Of each call: which arguments are converted, how many have to be given when the others may be null, the twin
that takes text where this one takes bytes or the other way round, and whether null is no result. Written to
standard output."""
import json
import sys
import xml.etree.ElementTree as ET

CORE = '{http://www.gtk.org/introspection/core/1.0}'
CALLS = [CORE + kind for kind in ('constructor', 'function', 'method')]
KINDS = {
    'GLib.Bytes': 'bytes',
    'GLib.Variant': 'variant',
    'Channel': 'channel',
    '[Channel]': 'channels',
    'Endpoint': 'endpoint',
    'Format': 'format',
    '[Format]': 'formats',
    'Item': 'item',
    'Key': 'key',
    'Response': 'response',
}
# To leave these out is a mistake, even where null is one of the values that are checked.
NEEDED = ('key', 'token')


def type_of(parameter):
    array = parameter.find(CORE + 'array')
    kind = parameter.find(CORE + 'type') if array is None else array.find(CORE + 'type')
    name = kind.get('name').removeprefix('Grip.')
    return name if array is None else '[%s]' % name


def arguments(call):
    """The (name, type, may it be null) of what a script passes: no data of a callback, no length, no out
    argument."""
    given = call.findall(CORE + 'parameters/' + CORE + 'parameter')
    hidden = set()
    for parameter in given:
        if parameter.get('closure') and parameter.get('scope'):
            hidden.add(int(parameter.get('closure')))
        array = parameter.find(CORE + 'array')
        if array is not None and array.get('length'):
            hidden.add(int(array.get('length')))
    return [(p.get('name'), type_of(p), p.get('nullable') == '1') for i, p in enumerate(given)
            if i not in hidden and p.get('direction', 'in') == 'in']


def kind_of(argument):
    name, kind, _nullable = argument
    return 'headers' if kind == 'GLib.Variant' and name == 'headers' else KINDS.get(kind)


def required_of(name, given):
    """How many arguments have to be given; a setter wants all of them."""
    count = len(given)
    if name.startswith('set_') and not name.endswith('_async'):
        return count
    while count > 0 and given[count - 1][2] and given[count - 1][0] not in NEEDED:
        count -= 1
    return count


def makes(call):
    """Is null no result of it, but a sign of arguments that it does not take?"""
    result = call.find(CORE + 'return-value')
    kind = result.find(CORE + 'type')
    return call.tag != CALLS[2] and result.get('nullable') != '1' and (kind is None or kind.get('name') != 'none')


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
    found = [call for tag in CALLS for call in owner.findall(tag)
             if not call.get('moved-to') and call.get('introspectable') != '0']
    arguments_of = {call.get('name'): arguments(call) for call in found}
    static = {call.get('name') for call in found if call.tag != CALLS[2]}
    made = {call.get('name') for call in found if makes(call)}
    calls = {}
    for name, given in sorted(arguments_of.items()):
        promised = [a for a in given if a[1] != 'Gio.AsyncReadyCallback']
        call = {'converters': {str(i): kind_of(a) for i, a in enumerate(given) if kind_of(a)},
                'required': required_of(name, promised), 'given': len(promised)}
        for text in (True, False):
            twin = twin_of(name, arguments_of, text)
            if twin:
                call['twin'], call['at'] = twin
        call['makes'] = name in made
        if call['converters'] or call['makes'] or call['required'] < call['given'] or 'twin' in call:
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
