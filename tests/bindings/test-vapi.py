# test-vapi.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The VAPI against the GIR that it is made from.

test-vapi.py GIR VAPI [VALA]...: nothing is lost on the way, and what may be null is marked; every
class stands in one of the Vala sources, which are compiled against it."""
import re
import sys
import xml.etree.ElementTree

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
gir, vapi, *sources = sys.argv[1:]
namespace = xml.etree.ElementTree.parse(gir).getroot().find(CORE + 'namespace')
name = namespace.get('name')
text = open(vapi).read()
vala = '\n'.join(open(source).read() for source in sources)
n_tests = 0


def check(what, missing):
    global n_tests
    n_tests += 1
    print('%sok %d %s: %s' % ('not ' if missing else '', n_tests, name, what))
    for each in missing:
        print('#', each)


def body_of(kind):
    """What stands between the braces of a type."""
    match = re.search(r'^\t\S[^\n;]*\b(?:class|interface|enum|errordomain) %s\b.*?^\t}' % kind, text,
                      re.M | re.S)
    return match.group() if match else ''


def types(*tags):
    return [each for each in namespace for tag in tags if each.tag == CORE + tag]


classes = types('class', 'interface')
check('each type is there',
      [each.get('name') for each in classes + types('enumeration', 'bitfield', 'callback')
       if not body_of(each.get('name')) and 'delegate void %s ' % each.get('name') not in text])

lost = []
for each in classes:
    for method in each.findall(CORE + 'method') + each.findall(CORE + 'function'):
        if method.get('shadowed-by') or method.get('introspectable') == '0':
            continue
        label = method.get('name')
        wanted = re.sub('_finish$', '_async', label)
        if not re.search(r'\b%s (\(|\{)' % wanted, body_of(each.get('name'))):
            lost.append('%s.%s' % (each.get('name'), label))
check('each method is there', lost)

unmarked = []
for each in classes:
    getters = {method.get('name'): method for method in each.findall(CORE + 'method')}
    for prop in each.findall(CORE + 'property'):
        label = prop.get('name').replace('-', '_')
        getter = getters.get('get_' + label)
        if getter is None or getter.find(CORE + 'return-value').get('nullable') != '1':
            continue
        if not re.search(r'\S+\? %s \{' % label, body_of(each.get('name'))):
            unmarked.append('%s.%s#property nullable' % (each.get('name'), label))
check('a property may be null where its getter may return null', unmarked)

if sources:
    check('each class is used by a Vala program',
          [each.get('name') for each in classes
           if not re.search(r'\b%s\.%s\b' % (name, each.get('name')), vala)])
print('1..%d' % n_tests)
