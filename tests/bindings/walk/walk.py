# walk.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""walk.py PLAN START: the calls of a plan of test-walk.py, from the one at START."""
import gc
import json
import re
import sys

import gi
gi.require_version('Grip', '1.0')
gi.require_version('GripSoup', '1.0')
gi.require_version('Soup', '3.0')
from gi.repository import Gio, GLib, GObject, Grip, GripSoup, Soup

with open(sys.argv[1], encoding='utf-8') as plan_file:
    PLAN = json.load(plan_file)
NAMESPACES = {'Grip': Grip, 'GripSoup': GripSoup}
LOOP = GLib.MainContext.default()
URI = 'http://127.0.0.1:1'
KEPT = {}


class Walker(Grip.BaseTransport, Grip.HttpControl):
    def do_deliver(self, delivery):
        KEPT['delivery'] = delivery

    def do_send_call(self, call):
        KEPT['call'] = call


class ZmqWalker(Grip.BaseTransport, Grip.ZmqControl):
    def do_send_call(self, call):
        KEPT['zmq-call'] = call


def until(name):
    tick = GLib.timeout_add(10, lambda: GLib.SOURCE_CONTINUE)
    for _ in range(1000):
        if KEPT.get(name):
            break
        LOOP.iteration(True)
    GLib.source_remove(tick)
    return KEPT.pop(name)


def new_walker():
    return Walker(endpoint=Grip.Endpoint.new(URI))


def new_item():
    return Grip.Item.new(Grip.HttpStreamFormat.new_text('x'), None, None)


def new_delivery():
    KEPT['control'] = Grip.PubControl()
    KEPT['control'].add_transport(new_walker())
    KEPT['control'].publish_async('c', new_item(), None, lambda *_: None)
    return until('delivery')


def new_call():
    KEPT['walker'] = new_walker()
    KEPT['walker'].call_async('GET', '', None, None, None, lambda *_: None)
    return until('call')


def new_zmq_walker():
    return ZmqWalker(endpoint=Grip.Endpoint.new(URI))


def new_zmq_call():
    KEPT['zmq-walker'] = new_zmq_walker()
    KEPT['zmq-walker'].recover_async(None, lambda *_: None)
    return until('zmq-call')


def keep_request(_origin, request, *_data):
    KEPT['request'] = request


def new_request():
    if 'origin' not in KEPT:
        KEPT['origin'] = GripSoup.Origin.new(Soup.Server())
        KEPT['origin'].add_handler('/', keep_request)
        KEPT['origin'].set_embedded(True)
        KEPT['origin'].listen(0)
    KEPT['sessions'] = [Soup.Session(), *KEPT.get('sessions', [])[:20]]
    message = Soup.Message.new('GET', 'http://127.0.0.1:%d/' % KEPT['origin'].get_port())
    KEPT['sessions'][0].send_async(message, 0, None, lambda *_: None)
    return until('request')


def new_key():
    return Grip.Key.new_for_secret(GLib.Bytes.new(b'A' * 32))


def new_token():
    return new_key().sign('i', 4102444800)


def new_full_endpoint():
    key = '"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"'
    return Grip.Endpoint.new_from_json(
        '{"control_uri":"https://127.0.0.1:1","user":"u","pass":"p","verify_iss":"v","verify_key":"k",'
        '"control_zmq_uri":"tcp://127.0.0.1:1","control_zmq_push_uri":"tcp://127.0.0.1:2","control_zmq_mode":"push",'
        '"control_zmq_pub_uri":"tcp://*:3","control_zmq_bind":true,"control_zmq_stats_uri":"tcp://127.0.0.1:4",'
        '"control_zmq_server_key":%s,"control_zmq_public_key":%s,"control_zmq_secret_key":%s,"require_tls":true,'
        '"require_subscribers":true,"ca_file":"/ca","token_lifetime":7,"grace_time":8}' % (key, key, key))


def new_format():
    return Grip.HttpStreamFormat.new_text('x')


INSTANCES = {
    'Grip.BaseFormat': new_format,
    'Grip.BaseTransport': new_walker,
    'Grip.Channel': lambda: Grip.Channel.new('c'),
    'Grip.Delivery': new_delivery,
    'Grip.Endpoint': lambda: Grip.Endpoint.new(URI),
    'Grip.Format': new_format,
    'Grip.HttpCall': new_call,
    'Grip.HttpControl': new_walker,
    'Grip.HttpStreamFormat': new_format,
    'Grip.Instruct': lambda: Grip.Instruct.new_hold_stream('c'),
    'Grip.Item': new_item,
    'Grip.Key': new_key,
    'Grip.Response': lambda: Grip.Response.new_text(200, None, 'x'),
    'Grip.SigResult': lambda: Grip.PubControl().validate_sig(new_token()),
    'Grip.Signature': lambda: Grip.validate_sig(new_token(), new_key(), None),
    'Grip.Transport': new_walker,
    'Grip.WebSocketContext': lambda: Grip.WebSocketContext.new('1', []),
    'Grip.WebSocketEvent': lambda: Grip.WebSocketEvent.new_text('TEXT', 'x'),
    'Grip.WebSocketMessageFormat': lambda: Grip.WebSocketMessageFormat.new_text('x'),
    'Grip.ZmqCall': new_zmq_call,
    'Grip.ZmqControl': new_zmq_walker,
    'GripSoup.Origin': lambda: GripSoup.Origin.new(Soup.Server()),
    'GripSoup.Request': new_request,
    'Gio.MemoryMonitor': Gio.MemoryMonitor.dup_default,
    'Gio.NetworkMonitor': Gio.NetworkMonitor.get_default,
    'Gio.AsyncResult': lambda: Gio.Task.new(Grip.PubControl(), None, None),
}


def ended_delivery():
    delivery = new_delivery()
    delivery.complete()
    return delivery


def ended_control():
    control = Grip.PubControl()
    control.close(None)
    return control


def ended_request():
    request = new_request()
    request.respond_text(200, None, None)
    return request


# Objects with as much as they can have.
FULL = {
    'Grip.Endpoint': new_full_endpoint,
    'Grip.Item': lambda: Grip.Item.new(new_format(), 'id', 'prev-id'),
}

# Objects for which everything is over.
ENDED = {
    'Grip.Delivery': ended_delivery,
    'Grip.PubControl': ended_control,
    'GripSoup.Request': ended_request,
}


def new_instance(name):
    if name in INSTANCES:
        return INSTANCES[name]()
    namespace, _, klass = name.partition('.')
    return getattr(NAMESPACES.get(namespace) or {'Gio': Gio, 'Soup': Soup}[namespace], klass)()


def new_bare(name):
    """An object that no constructor function has made; None where that is refused."""
    namespace, _, klass = name.partition('.')
    try:
        return getattr(NAMESPACES[namespace], klass)()
    except Exception:
        return None


def variants():
    text = GLib.Variant('s', URI)
    return [GLib.Variant('a{sv}', {'control_uri': text}), GLib.Variant('a(ss)', [('A', 'b')]),
            GLib.Variant('a{ss}', {'a': 'b'}), text, GLib.Variant('ay', b'\0\xff'),
            GLib.Variant('av', [GLib.Variant('d', float('nan'))]), GLib.Variant('(sv)', ('x', GLib.Variant('x', 5))),
            None, 5, {}, 'x']


def values(name):
    if name in ('utf8', 'filename'):
        return ['', 'x', URI, '{"control_uri":"%s"}' % URI, '\u00e9\U0001f600', '%ff', 'a\0b', 'x' * 70000, '\ud800',
                None, 5, {}, b'\xff']
    if name == 'gboolean':
        return [True, False, None, 'x', 5]
    if re.match(r'g(u?int|size|ssize|double)', name) or name == 'GLib.Quark':
        return [1, 0, -1, 1000, 65535, 2 ** 31, 2 ** 63, 2 ** 80, -1e300, float('nan'), 1.5, None, 'x', {}]
    if name == 'GLib.Bytes':
        return [GLib.Bytes.new(b'\0\xff'), GLib.Bytes.new(b''), GLib.Bytes.new(b'OPEN\r\nTEXT 1\r\nx\r\n'), b'x', None, 5]
    if name == 'GLib.Variant':
        return variants()
    if name == 'GLib.Error':
        return [GLib.Error.new_literal(Grip.error_quark(), 'x', Grip.Error.FAILED), ValueError('x'), None, 5]
    if name == 'GType':
        return [Walker, GObject.TYPE_STRING, Grip.Item, None, 5, 'x']
    if name == '{}':
        return [{'a': 'b'}, {}, None, {'a': 5}, {'a': None}, 5]
    if name == '[utf8]':
        return [['x'], [], [None], [5], None, 'x', 5, ['x' * 70000]]
    if name == '[guint8]':
        return [b'\0\xff', b'', 'x', [], None, 5]
    if name.startswith('['):
        one = new_instance(name[1:-1])
        return [[one], [], [new_bare(name[1:-1])], [one, one], [None], [Gio.Cancellable()], [5], [one, None], None, 5, {}, one]
    if name in PLAN['enums']:
        return [0, 1, -1, 9999, None, 'x']
    if name == 'Gio.AsyncReadyCallback' or name.endswith('.Handler'):
        return [lambda *_: None, None, 5]
    if name == 'gpointer':
        return [None]
    return [new_instance(name), new_bare(name), None, Gio.Cancellable(), {}, 5, Grip.Channel.new('c')]


def combinations(names):
    """Each has one argument that is not the first of its values, which is a valid one."""
    yield [values(name)[0] for name in names]
    for i, name in enumerate(names):
        for value in values(name):
            given = [values(other)[0] for other in names]
            given[i] = value
            yield given
    yield [None] * len(names)
    yield []


def look(value):
    """Looks at what a call gave, after the garbage collector has."""
    if isinstance(value, (list, tuple)):
        for one in value:
            look(one)
    elif isinstance(value, GLib.Variant):
        value.print_(True)
    elif isinstance(value, GLib.Bytes):
        len(value.get_data() or b'')
    else:
        repr(value)


def qualify(name, namespace):
    if name == 'GType':
        return name
    return re.sub(r'^(\[?)([A-Z]\w*)(\]?)$', r'\g<1>%s.\g<2>\g<3>' % namespace, name)


def call_all(call, names, make, results):
    """Calls a method of an object that @make makes, or a function."""
    for given in combinations(names):
        function = getattr(make(), call['call'])
        try:
            results.append(function(*given))
        except Exception:
            pass


def walk(call):
    namespace = call['namespace']
    names = [qualify(argument['type'], namespace) for argument in call['arguments']]
    owner = NAMESPACES[namespace]
    kind = '%s.%s' % (namespace, call['owner'])
    results = []
    if call['owner']:
        owner = getattr(owner, call['owner'])
    call_all(call, names, (lambda: new_instance(kind)) if call['method'] else lambda: owner, results)
    if call['method'] and call['bare'] and new_bare(kind) is not None:
        call_all(call, names, lambda: new_bare(kind), results)
    if call['method'] and kind in ENDED:
        call_all(call, names, ENDED[kind], results)
    if call['method']:
        for wrong in ({}, Gio.Cancellable(), None):
            try:
                getattr(owner, call['call'])(wrong, *[values(name)[0] for name in names])
            except Exception:
                pass
    clean(results)


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception:
        return None


def plain(value):
    """What can be compared."""
    if isinstance(value, GLib.Bytes):
        return value.get_data()
    if isinstance(value, GLib.Variant):
        return value.unpack()
    if isinstance(value, GObject.Object):
        return type(value)
    return list(value) if isinstance(value, (list, tuple)) else value


def check_accessors(kind, declared):
    """A property is what its getter tells, and its setter does as the property."""
    name, getter, setter = declared['name'], declared['getter'], declared['setter']
    given = [FULL[kind]() if kind in FULL else new_instance(kind)]
    for value in {'gboolean': [True, False], 'utf8': ['x', None]}.get(declared['type'], [1]) if setter else []:
        by_setter, by_property = new_instance(kind), new_instance(kind)
        try:
            getattr(by_setter, setter)(value)
            by_property.set_property(name, value)
        except Exception:
            continue
        given += [by_setter, by_property]
        if plain(by_setter.get_property(name)) != plain(by_property.get_property(name)):
            print('problem %s: %s (%r) does otherwise' % (name, setter, value), flush=True)
    for one in given if getter else []:
        if plain(getattr(one, getter)()) != plain(one.get_property(name)):
            print('problem %s: %s() tells otherwise' % (name, getter), flush=True)


def walk_properties(call):
    """Reads and writes each property, and constructs with it alone."""
    kind = '%s.%s' % (call['namespace'], call['owner'])
    klass = getattr(NAMESPACES[call['namespace']], call['owner'])
    for declared in call['properties']:
        name = declared['name']
        if declared['getter'] or declared['setter']:
            check_accessors(kind, declared)
        for make in (new_instance, new_bare):
            look(attempt(GObject.Object.get_property, make(kind), name))
        for value in values(qualify(declared['type'], call['namespace'])):
            for make in (new_instance, new_bare):
                attempt(GObject.Object.set_property, make(kind), name, value)
            look(attempt(klass, **{name.replace('-', '_'): value}))
    clean([])


def clean(results):
    """Lets the garbage collector come, and what is on its way, and looks at what calls gave."""
    gc.collect()
    look(results)
    results.clear()
    while LOOP.iteration(False):
        pass
    gc.collect()


for index in range(int(sys.argv[2]), len(PLAN['calls'])):
    print('begin', index, flush=True)
    (walk_properties if 'properties' in PLAN['calls'][index] else walk)(PLAN['calls'][index])
    print('end', index, flush=True)
