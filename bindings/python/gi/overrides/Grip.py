# Grip.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What makes Grip at home in Python; PyGObject loads it with `from gi.repository import Grip`."""
import asyncio
import functools
import traceback

from gi.module import get_introspection_module
from gi.overrides import override
from gi.repository import GLib, GObject

from . import _grip_calls as calls
from . import _grip_errors as errors
from . import _grip_loop as loops
from . import _grip_native as native

Grip = get_introspection_module('Grip')

errors.define([(name, getattr(Grip.Error, name)) for name in dir(Grip.Error) if name.isupper()])


def _to_endpoint(value):
    if isinstance(value, str):
        return Grip.Endpoint.new_for_uri(value)
    if isinstance(value, dict):
        return Grip.Endpoint.new_from_variant(value)

    return value


def _to_key(value):
    if isinstance(value, str):
        return Grip.Key.new_from_string(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Grip.Key.new_from_bytes(value)
    if isinstance(value, dict):
        return Grip.Key.new_from_variant(value)

    return value


def _to_formats(value):
    """The formats of a list; those that a dictionary describes are in there, too."""
    if isinstance(value, dict):
        return [_described()(name, description) for name, description in value.items()]
    if isinstance(value, (list, tuple)):
        return [format for member in value for format in _to_formats(member)]
    if value is None:
        raise TypeError('a format is wanted, not None')

    return [value]


def _to_format(value):
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ValueError('one format is wanted, not %d' % len(value))

    return _to_formats(value)[0]


def _to_item(value):
    return Item(value) if isinstance(value, (Grip.Format, list, tuple, dict)) else value


def _to_response(value):
    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return Response(body=value)

    return Response(**value) if isinstance(value, dict) else value


def _to_channel(value):
    if isinstance(value, str):
        return Channel(value)
    if value is None:
        raise TypeError('a channel is wanted, not None')

    return Channel(**value) if isinstance(value, dict) else value


def _to_channels(value):
    """Names, dictionaries and channels, one or several."""
    if isinstance(value, (str, dict, Grip.Channel)):
        return [_to_channel(value)]

    return [_to_channel(member) for member in value] if isinstance(value, (list, tuple)) else value


calls.from_python.update({
    'Grip.Channel': _to_channel,
    '[Grip.Channel]': _to_channels,
    'Grip.Endpoint': _to_endpoint,
    'Grip.Format': _to_format,
    '[Grip.Format]': _to_formats,
    'Grip.Key': _to_key,
    'Grip.Item': _to_item,
    'Grip.Response': _to_response,
})
_functions = {}
calls.wrap_namespace(Grip, _functions)
_functions['fate_to_string'] = Grip.fate_to_string
globals().update(errors.exported)
globals().update(_functions)
__all__ = [*errors.exported, *_functions]


def _export(cls):
    cls = override(cls)
    __all__.append(cls.__name__)

    return cls


# Publishing

def _by_content(name):
    """The form for text or the one for bytes, by what is given."""
    text = getattr(Grip.PubControl, name)
    data = getattr(Grip.PubControl, name.replace('_async', '') + '_bytes' + ('_async' if '_async' in name else ''))

    @functools.wraps(text)
    def publish(self, channel, content, *arguments, **keywords):
        return (text if isinstance(content, str) else data)(self, channel, content, *arguments, **keywords)

    return publish


@_export
class PubControl(Grip.PubControl):
    """A publisher; closed at the end of a `with` block.

    `config` is a GRIP URI, a dictionary, or a list of dictionaries.
    """

    def __init__(self, config=None, **properties):
        super().__init__(**properties)
        if isinstance(config, str):
            self.apply_uri(config)
        elif config is not None:
            self.apply_config(config)

    publish_http_response = _by_content('publish_http_response')
    publish_http_response_async = _by_content('publish_http_response_async')
    publish_http_stream = _by_content('publish_http_stream')
    publish_http_stream_async = _by_content('publish_http_stream_async')
    publish_websocket_message = _by_content('publish_websocket_message')
    publish_websocket_message_async = _by_content('publish_websocket_message_async')

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        try:
            self.close()
        except errors.GripError:
            # What is on its way already says more.
            if kind is None:
                raise

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        try:
            await self.close_async()
        except errors.GripError:
            if kind is None:
                raise


# Items

@_export
class Item(Grip.Item):
    """`Item(format)`, `Item([format, format], id='2', prev_id='1', meta={'sender': 'x'})`

    A format may be described by a dictionary: `Item({'http-stream': {'content': 'text'}})`.
    """

    def __new__(cls, formats, id=None, prev_id=None, meta=None, no_seq=False, size=-1):
        return Grip.Item.new_full(_to_formats(formats), id, prev_id, meta, no_seq, size)

    def __init__(self, *_arguments, **_keywords):
        pass


def _fill(self, content, properties):
    for name, value in properties.items():
        setter = getattr(self, 'set_' + name, None)
        if setter is None:
            raise TypeError("%s has no '%s'" % (type(self).__name__, name))
        setter(value)
    if content is not None:
        self.set_content(content)


@_export
class HttpStreamFormat(Grip.HttpStreamFormat):
    """`HttpStreamFormat('text')`, `HttpStreamFormat(b'bytes')`"""

    def __init__(self, content=None, **properties):
        super().__init__()
        _fill(self, content, properties)


@_export
class HttpResponseFormat(Grip.HttpResponseFormat):
    """`HttpResponseFormat('text', code=201, headers={'X-A': 'b'})`"""

    def __init__(self, body=None, **properties):
        super().__init__()
        _fill(self, body, properties)


@_export
class WebSocketMessageFormat(Grip.WebSocketMessageFormat):
    """`WebSocketMessageFormat('text')`; bytes make a binary message."""

    def __init__(self, content=None, **properties):
        super().__init__()
        if content is not None and not isinstance(content, str):
            self.set_kind(Grip.WebSocketMessageKind.BINARY)
        _fill(self, content, properties)


# The other classes that have a natural constructor

def _made_by(name, make):
    """A class whose objects make() makes; it has no other constructor in Python."""
    base = getattr(Grip, name)

    def new(cls, *arguments, **keywords):
        made = make(*arguments, **keywords)
        if not isinstance(made, base):
            raise TypeError('%s cannot be made from %s' % (name, type(made).__name__))
        return made

    return _export(type(name, (base,), {
        '__new__': new,
        '__init__': lambda self, *arguments, **keywords: None,
        '__module__': __name__,
        '__doc__': make.__doc__,
    }))


def _make_channel(name, prev_id=None, filters=None):
    """`Channel('news', prev_id='1', filters=['skip-self'])`"""
    return Grip.Channel.new_full(name, prev_id, filters)


def _make_endpoint(config):
    """`Endpoint('http://127.0.0.1:5561?key=…')`, `Endpoint({'control_uri': …})`"""
    return _to_endpoint(config)


def _make_key(key):
    """`Key('secret, PEM, JWK or base64:…')`, `Key(b'the same as bytes')`, `Key({'kty': …})`"""
    return _to_key(key)


def _make_response(code=200, reason=None, headers=None, body=None):
    """`Response(200, headers={'Content-Type': 'text/plain'}, body='text or bytes')`"""
    return Grip.Response.new(code, reason, headers, body)


def _make_event(event_type, content=None):
    """`WebSocketEvent('TEXT', 'text or bytes')`"""
    return Grip.WebSocketEvent.new(event_type, content)


Channel = _made_by('Channel', _make_channel)
Endpoint = _made_by('Endpoint', _make_endpoint)
Key = _made_by('Key', _make_key)
Response = _made_by('Response', _make_response)
WebSocketEvent = _made_by('WebSocketEvent', _make_event)


# Formats and transports that are written in Python

def _describe(function):
    """A dictionary will do for do_to_variant(), and what it raises becomes the cause of the error."""
    @functools.wraps(function)
    def do_to_variant(self):
        try:
            return native.to_variant(function(self))
        except Exception as error:
            errors.note_cause(error)
            return None

    return do_to_variant


def _fail(transport, delivery, error):
    try:
        if isinstance(error, GLib.Error):
            delivery.fail(error)
        else:
            delivery.fail_with_fate(Grip.Fate.UNKNOWN, errors.GripError(
                'the transport %s raised %s' % (type(transport).__name__, errors.describe(error))))
    except errors.AnsweredTwice:
        traceback.print_exception(error)


async def _await(transport, delivery, coroutine):
    try:
        await coroutine
    except Exception as error:
        _fail(transport, delivery, error)


def _guard(function):
    """What a transport raises is its answer; without this the traceback would keep the delivery alive.

    A coroutine function is run in the asyncio loop of the transport's thread.
    """
    @functools.wraps(function)
    def do_deliver(self, delivery):
        try:
            result = function(self, delivery)
            if asyncio.iscoroutine(result):
                self._running = asyncio.ensure_future(_await(self, delivery, result))
        except Exception as error:
            _fail(self, delivery, error)

    return do_deliver


def _route(function, cls):
    """PyGObject has one slot of an interface for a class and all that derive from it, and the last one
    that is defined has it: what is not for that one goes to its own class."""
    @functools.wraps(function)
    def routed(self, *arguments):
        if isinstance(self, cls):
            return function(self, *arguments)
        own = getattr(self, function.__name__, None)
        return own(*arguments) if own is not None else None

    return routed


_GUARDS = {'do_to_variant': _describe, 'do_deliver': _guard, 'do_deliver_sync': _guard, 'do_send': _guard}
_OF_INTERFACES = ('do_get_name', 'do_to_variant', 'do_get_endpoint', 'do_send')


def _guard_subclasses(base):
    def __init_subclass__(cls, **keywords):
        super(base, cls).__init_subclass__(**keywords)
        for name in {*_GUARDS, *_OF_INTERFACES} & set(cls.__dict__):
            function = _GUARDS.get(name, lambda unguarded: unguarded)(cls.__dict__[name])
            setattr(cls, name, _route(function, cls) if name in _OF_INTERFACES else function)

    base.__init_subclass__ = classmethod(__init_subclass__)


_guard_subclasses(Grip.Format)
_guard_subclasses(Grip.Transport)


@functools.lru_cache(None)
def _described():
    """The class of formats that are nothing but a description."""
    class DescribedFormat(GObject.Object, Grip.Format):
        # The classes of a module of overrides get no type of their own.
        __module__ = 'gi.repository.Grip'

        def __init__(self, name, description):
            super().__init__()
            self._name = name
            self._description = description

        def do_get_name(self):
            return self._name

        def do_to_variant(self):
            return self._description

    return DescribedFormat


def _once(name):
    """A second answer is an exception, with the words of the critical that C has for it."""
    answer = getattr(Grip.Delivery, name)

    @functools.wraps(answer)
    def guarded(self, *arguments, **keywords):
        if getattr(self, '_answered', False):
            raise errors.AnsweredTwice('a delivery was answered twice')
        answer(self, *arguments, **keywords)
        self._answered = True

    return guarded


for _name in ('complete', 'complete_first', 'fail', 'fail_literal', 'fail_with_fate', 'refuse', 'defer'):
    setattr(Grip.Delivery, _name, _once(_name))
