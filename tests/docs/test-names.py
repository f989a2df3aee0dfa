# test-names.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-names.py MIGRATING PYTHON CONFIGURATION GIR...: the tables of names in the guide.

Every name of the other libraries is there, and every name of ours that stands beside it exists; and every
option of an endpoint. Writes TAP."""
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import gripcontrol
import pubcontrol
from gi.repository import Grip

CORE = '{http://www.gtk.org/introspection/core/1.0}'
KINDS = {'class': ['class'], 'iface': ['interface'], 'ctor': ['constructor'], 'method': ['method'],
         'func': ['function'], 'property': ['property'], 'error': ['enumeration'], 'enum': ['enumeration', 'bitfield']}
# What js-grip 4 exports, without types and what is for its own use; and the methods of its classes.
JS_GRIP = '''
    Auth Basic Bearer Jwt Channel Format GripInstruct Item HttpResponseFormat HttpStreamFormat WebSocketContext
    WebSocketEvent WebSocketMessageFormat WebSocketException WebSocketDecodeEventException
    ConnectionIdMissingException PublishException Publisher PublisherClient
    parseChannels parseGripUri createGripChannelHeader createKeepAliveHeader createMetaHeader createNextLinkHeader
    validateSig PemKey JwkKey loadKey encodeWebSocketEvents decodeWebSocketEvents createWebSocketControlMessage
    isWsOverHttp getWebSocketContextFromReq isNodeReqWsOverHttp getWebSocketContextFromNodeReq
    buildFanoutGripConfig buildFanoutGripUrl PUBLIC_KEY_FASTLY_FANOUT_PEM PUBLIC_KEY_FASTLY_FANOUT_JWK
    addChannel setStatus setHoldLongPoll setHoldStream setKeepAlive setNextLink meta toHeaders
    isOpening accept close canRecv disconnect recvRaw recv send sendBinary sendControl subscribe unsubscribe detach
    getOutgoingEvents applyConfig applyConfigs addClient publish publishFormats publishHttpResponse
    publishHttpStream validateGripSig'''.split()
MIGRATING, PYTHON, CONFIGURATION, *GIRS = sys.argv[1:]


def tables(path):
    """The rows of each table, two cells each, by the heading above it."""
    found, heading = {}, None
    with open(path, encoding='utf-8') as page:
        for line in page:
            if line.startswith('#'):
                heading = line.strip('# \n')
            elif line.startswith('| ') and not line.startswith('| ---'):
                left, right = line.strip().strip('|').split(' | ', 1)
                found.setdefault(heading, []).append((left, right))
    return found


def words_of(cells):
    return {word for cell in cells for code in re.findall(r'`([^`]*)`', cell) for word in re.findall(r'--[\w-]+|\w+', code)}


def public(*owners):
    return {name for owner in owners for name in dir(owner) if not name.startswith('_')}


def read_girs():
    names = set()
    for gir in GIRS:
        namespace = ET.parse(gir).getroot().find(CORE + 'namespace')
        for element in namespace.iter():
            kind = element.tag.rpartition('}')[2]
            if element.get('moved-to') or element.get('name') is None:
                continue
            if kind in ('class', 'interface', 'enumeration', 'bitfield'):
                names.add((kind, '%s.%s' % (namespace.get('name'), element.get('name'))))
                for member in element:
                    if member.get('name') and not member.get('moved-to'):
                        names.add((member.tag.rpartition('}')[2],
                                   '%s.%s.%s' % (namespace.get('name'), element.get('name'), member.get('name'))))
        names |= {('function', '%s.%s' % (namespace.get('name'), function.get('name')))
                  for function in namespace.findall(CORE + 'function')}
    return names


MIGRATING_TABLES = tables(MIGRATING)
PYTHON_NAMES = tables(PYTHON)['Names']
OURS = read_girs()
OF_PYTHON = {*gripcontrol.__all__, *pubcontrol.__all__,
             *public(gripcontrol.GripPubControl, pubcontrol.PubControlClient, pubcontrol.ZmqPubControlClient)}


def test_names_of_python():
    """each name of the Python libraries is in both tables"""
    of_contexts = public(gripcontrol.WebSocketContext) - {'accepted', 'closed'}
    missing = (OF_PYTHON | of_contexts) - words_of(left for left, _ in MIGRATING_TABLES['PyGripControl and PyPubControl'])
    assert not missing, missing
    missing = OF_PYTHON - words_of(left for left, _ in PYTHON_NAMES)
    assert not missing, missing


def test_names_of_js_grip():
    """each name of js-grip is in its table"""
    missing = set(JS_GRIP) - words_of(left for left, _ in MIGRATING_TABLES['js-grip'])
    assert not missing, missing


def test_options_of_pushpin_publish():
    """each option of the pushpin-publish that is installed is in its table, and what it becomes exists"""
    options = subprocess.run(['pushpin-publish', '--help'], capture_output=True, text=True, check=True).stdout
    rows = MIGRATING_TABLES['pushpin-publish']
    missing = set(re.findall(r' (--[a-z][\w-]*)', options)) - words_of(left for left, _ in rows)
    assert not missing, missing
    ours = subprocess.run(['grip-tool', 'publish', '--help'], capture_output=True, text=True, check=True).stdout
    ours = set(re.findall(r'--[a-z][\w-]*', ours)) | {'--version'}
    for left, right in rows:
        wanted = words_of([left, right] if 'the same' in right else [right])
        unknown = {word for word in wanted if word.startswith('--')} - ours
        assert not unknown, (left, right, unknown)


def test_links():
    """each link of the tables leads to something of ours"""
    n_links = 0
    for rows in MIGRATING_TABLES.values():
        for left, right in rows:
            for kind, name in re.findall(r'\[(\w+)@([\w.:-]+)\]', right):
                n_links += 1
                if kind == 'signal':
                    owner, _, signal = name.partition('::')
                    assert ('signal', '%s.%s' % (owner, signal)) in OURS, name
                else:
                    assert any((tag, name.replace(':', '.')) in OURS for tag in KINDS[kind]), (left, kind, name)
    assert n_links > 80, n_links


def test_same_names():
    """what has the same name here exists"""
    own = {name.rpartition('.')[2] for _kind, name in OURS}
    for left, right in MIGRATING_TABLES['PyGripControl and PyPubControl'] + PYTHON_NAMES:
        if 'the same names' in right:
            unknown = words_of([left]) - own
            assert not unknown, (left, unknown)


def test_python_names():
    """each name of ours in the table of Python exists there"""
    for left, right in PYTHON_NAMES:
        for code in re.findall(r'`([^`]*)`', right):
            name = re.match(r'(?:await )?((?:Grip|PubControl)(?:\.\w+)*)', code)
            if name is None:
                continue
            value = Grip
            for part in name.group(1).removeprefix('Grip').strip('.').split('.'):
                value = getattr(value, part) if part else value
            assert value is not None, (left, code)


def test_options_of_an_endpoint():
    """each option of an endpoint, and each parameter of a ZMQ address, is in the page of the configuration"""
    with open(CONFIGURATION, encoding='utf-8') as page:
        told = words_of(page)
    for wrong in ({'nonsense': 1}, 'tcp://h:1?nonsense=1'):
        try:
            Grip.Endpoint(wrong)
        except Grip.InvalidConfigError as error:
            known = re.findall(r'[\w-]+', error.message.partition('there are ')[2].replace(' or ', ', '))
        missing = {name for word in known for name in word.split('-')} - told
        assert len(known) > 9 and not missing, missing


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith('test_')]
    failed = False
    print('1..%d' % len(tests))
    for number, (_name, test) in enumerate(tests, 1):
        try:
            test()
            print('ok %d %s' % (number, test.__doc__))
        except (AssertionError, AttributeError) as error:
            failed = True
            print('not ok %d %s\n# %r' % (number, test.__doc__, error))
    sys.exit(failed)


main()
