#!/usr/bin/python3
# api.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""api.py GIR SNAPSHOT [--update]

Compares the public API, as the GIR tells it, with the committed snapshot: one line for each
function, property, signal and constant. Refresh it after a wanted change:

    meson compile -C build api-snapshot
"""
import difflib
import sys
import xml.etree.ElementTree as ElementTree

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'
CALLABLES = ('function', 'method', 'constructor', 'virtual-method', 'callback')


def type_name(node):
    array = node.find(CORE + 'array')
    if array is not None:
        return '%s[%s]' % (array.get('name', ''), type_name(array))
    inner = node.find(CORE + 'type')
    if inner is None:
        return '...' if node.find(CORE + 'varargs') is not None else '?'
    parts = [type_name_of(part) for part in inner.findall(CORE + 'type')]
    return type_name_of(inner) + ('<%s>' % ', '.join(parts) if parts else '')


def type_name_of(node):
    return node.get('name', '?')


def value(node):
    words = [type_name(node)]
    if node.get('transfer-ownership', 'none') != 'none':
        words.append(node.get('transfer-ownership'))
    if node.get('nullable') == '1':
        words.append('nullable')
    if node.get('direction') in ('out', 'inout'):
        words.append(node.get('direction'))
    return ' '.join(words)


def signature(node):
    parameters = node.findall('%sparameters/%sparameter' % (CORE, CORE))
    text = ', '.join('%s: %s' % (p.get('name'), value(p)) for p in parameters)
    result = value(node.find(CORE + 'return-value'))
    return '(%s) -> %s%s' % (text, result, ' throws' if node.get('throws') == '1' else '')


def describe(node, owner):
    tag = node.tag.replace(CORE, '').replace(GLIB, 'glib:')
    name = node.get('name') or node.get(GLIB + 'name') or ''
    path = owner + name if owner else name
    if tag in CALLABLES or tag == 'glib:signal':
        kind = tag.replace('glib:', '')
        label = node.get(C + 'identifier') or path
        yield '%s %s%s' % (kind, label, signature(node))
    elif tag == 'property':
        access = ''.join(flag for flag, key in (('w', 'writable'), ('c', 'construct'), ('C', 'construct-only'))
                         if node.get(key) == '1')
        yield 'property %s: %s%s' % (path, value(node), ' ' + access if access else '')
    elif tag in ('constant', 'member'):
        yield '%s %s = %s' % (tag, node.get(C + 'identifier') or path, node.get('value'))
    elif tag in ('class', 'interface', 'record', 'enumeration', 'bitfield'):
        parent = node.get('parent')
        yield '%s %s%s' % (tag, path, ': ' + parent if parent else '')
        for child in node:
            yield from describe(child, path + ('.' if not child.tag.startswith(GLIB) else '::'))


def main():
    gir, snapshot = sys.argv[1:3]
    namespace = ElementTree.parse(gir).getroot().find(CORE + 'namespace')
    lines = sorted({line for node in namespace for line in describe(node, '')})
    text = ''.join(line + '\n' for line in lines)
    if '--update' in sys.argv:
        with open(snapshot, 'w', encoding='utf-8') as out:
            out.write(text)
        return 0
    with open(snapshot, encoding='utf-8') as old:
        changes = list(difflib.unified_diff(old.read().splitlines(), lines, 'snapshot', 'now', lineterm='', n=0))
    print('\n'.join(changes))
    if changes:
        print('The public API changed. If that was wanted: meson compile -C BUILD api-snapshot')
    return 1 if changes else 0


sys.exit(main())
