# _grip_calls.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wraps what the typelib offers: native arguments and results, exceptions by code, `await`.

What is wrapped is read from the typelib, so a new function of the library needs nothing here.
"""
import inspect

from gi._gi import FunctionInfo
from gi.repository import Gio, GLib

from . import _grip_errors as errors
from . import _grip_interrupt as interrupts
from . import _grip_loop as loops
from . import _grip_native as native

OUT = 1

# By the type of the argument; Grip.py adds those that need its classes.
from_python = {
    'GLib.Bytes': native.to_bytes,
    'GLib.Variant': native.to_variant,
    'GLib.Error': lambda value: errors.from_exception(value) if isinstance(value, Exception) else value,
}
to_python = {
    'GLib.Bytes': native.from_bytes,
    'GLib.Variant': native.from_variant,
    'GLib.Error': lambda value: errors.translate(value) if isinstance(value, GLib.Error) else value,
}


def _ask(info, *names):
    """By the first of the names that this version of PyGObject has."""
    for name in names:
        if hasattr(info, name):
            return getattr(info, name)()

    raise AttributeError('%s has none of %s' % (type(info).__name__, ', '.join(names)))


def _type_of(argument):
    return _ask(argument, 'get_type_info', 'get_type')


def _type_name(info):
    """Such as 'Grip.Item'; '[Grip.Channel]' for a list of them."""
    if info.get_tag_as_string() == 'error':
        return 'GLib.Error'
    if info.get_tag_as_string() == 'array':
        return '[%s]' % _type_name(info.get_param_type(0))
    if info.get_tag_as_string() != 'interface':
        return None

    interface = info.get_interface()

    return '%s.%s' % (interface.get_namespace(), interface.get_name())


def _visible(info):
    """The arguments that a caller in Python sees."""
    arguments = info.get_arguments()
    hidden = set()
    for argument in arguments:
        kind = _type_of(argument)
        hidden |= {_ask(argument, 'get_closure_index', 'get_closure'),
                   _ask(argument, 'get_destroy_index', 'get_destroy')}
        if kind.get_tag_as_string() == 'array':
            hidden.add(_ask(kind, 'get_array_length_index', 'get_array_length'))

    return [argument for i, argument in enumerate(arguments)
            if i not in hidden and int(argument.get_direction()) != OUT]


def _converter(argument):
    if argument.get_name() == 'headers' and _type_name(_type_of(argument)) == 'GLib.Variant':
        convert = native.to_headers
    else:
        convert = from_python.get(_type_name(_type_of(argument)))
    if convert is None or not argument.may_be_null():
        return convert

    return lambda value: None if value is None else convert(value)


# What may be left out though it cannot be null.
_DEFAULTS = {('create_hold_response', 'timeout'): -1}


def _default_of(info, argument):
    return _DEFAULTS.get((info.get_name(), argument.get_name()))


def _signature(info, arguments):
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    first = 'self' if info.is_method() else 'cls' if info.is_constructor() else None
    parameters = [inspect.Parameter(first, kind)] if first is not None else []
    defaults = True
    made = []
    for argument in reversed(arguments):
        default = _default_of(info, argument)
        defaults = defaults and (argument.may_be_null() or default is not None)
        made.append(inspect.Parameter(argument.get_name(), kind,
                                      default=default if defaults else inspect.Parameter.empty))

    return inspect.Signature(parameters + made[::-1])


def _publishes(info):
    return info.get_name().startswith(('publish', 'flush', 'close'))


class _Call:
    """One function of the typelib; `is_method` ones get self as their first argument."""

    def __init__(self, info):
        arguments = _visible(info)
        self.info = info
        self.names = {argument.get_name(): i for i, argument in enumerate(arguments)}
        self.converters = [_converter(argument) for argument in arguments]
        self.converts = any(self.converters)
        self.completes = any(_default_of(info, argument) is not None for argument in arguments)
        self.result = to_python.get(_type_name(info.get_return_type()))
        if info.get_name() == 'to_variant':
            self.result = None
        self.signature = _signature(info, arguments)
        self.publishes = _publishes(info)
        self.makes = (not info.is_method() and not info.may_return_null() and
                      info.get_return_type().get_tag_as_string() != 'void')
        self.waits = 'cancellable' in self.names and not info.get_name().endswith('_async')

    def needed(self):
        return self.converts or self.makes or self.result is not None or self.info.can_throw_gerror()

    def convert(self, first, arguments, keywords):
        """Converts what comes after the first @first of the arguments, self or the class."""
        converted = list(arguments)
        for i, convert in enumerate(self.converters[:len(arguments) - first]):
            if convert is not None:
                converted[first + i] = convert(converted[first + i])
        for name in keywords:
            i = self.names.get(name)
            if i is not None and self.converters[i] is not None:
                keywords[name] = self.converters[i](keywords[name])

        return converted

    def __call__(self, target, first, arguments, keywords):
        if self.completes:
            bound = self.signature.bind(*arguments, **keywords)
            bound.apply_defaults()
            arguments, keywords = bound.args, {}
        if self.converts:
            arguments = self.convert(first, arguments, keywords)
        errors.take_cause()
        try:
            if self.waits and interrupts.is_wanted():
                result = self._wait(target, first, list(arguments), keywords)
            else:
                result = target(*arguments, **keywords)
        except GLib.Error as error:
            raise errors.translate(error, self.publishes) from errors.take_cause()

        if result is None and self.makes:
            # C has written a critical.
            raise ValueError('%s was given an argument that it does not take' % self.info.get_name())

        return self.result(result) if self.result is not None else result


    def _wait(self, target, first, arguments, keywords):
        """Calls what may wait, with a cancellable for Ctrl-C unless there is one."""
        at = first + self.names['cancellable']
        cancellable = arguments[at] if len(arguments) > at else keywords.get('cancellable')
        if cancellable is None:
            cancellable = Gio.Cancellable()
            if len(arguments) > at:
                arguments[at] = cancellable
            else:
                keywords['cancellable'] = cancellable
        elif not isinstance(cancellable, Gio.Cancellable):
            return target(*arguments, **keywords)

        try:
            with interrupts.Interruptible(cancellable):
                return target(*arguments, **keywords)
        except KeyboardInterrupt as interrupt:
            # That the call was cancelled by it is no news.
            interrupt.__suppress_context__ = True
            raise


def _dress(function, call):
    function.__name__ = function.__qualname__ = call.info.get_name()
    function.__doc__ = call.info.__doc__
    function.__signature__ = call.signature
    function.raw = call.info

    return function


def wrap_function(info):
    call = _Call(info)

    return _dress(lambda *arguments, **keywords: call(info, 0, arguments, keywords), call)


def _wrap_member(info):
    call = _Call(info)
    if not call.needed():
        return None

    if info.is_method():
        return _dress(lambda *arguments, **keywords: call(info, 1, arguments, keywords), call)
    if info.is_constructor():
        return classmethod(_dress(
            lambda cls, *arguments, **keywords: call(info, 1, (cls, *arguments), keywords), call))

    return staticmethod(_dress(lambda *arguments, **keywords: call(info, 0, arguments, keywords), call))


def _wrap_async(info, finish):
    """Without a callback, and within a coroutine, the call gives something to await."""
    call = _Call(info)
    at_cancellable = call.names['cancellable'] + 1
    at_callback = call.names['callback'] + 1

    def asynchronous(*arguments, **keywords):
        arguments = call.convert(1, arguments, keywords)
        has_callback = (len(arguments) > at_callback and arguments[at_callback] is not None or
                        keywords.get('callback') is not None)
        loop = None if has_callback else loops.running_loop()
        if loop is None:
            return info(*arguments, **keywords)

        given = keywords.pop('cancellable', None)
        keywords.pop('callback', None)
        if len(arguments) > at_cancellable:
            given = arguments[at_cancellable]
        return loops.start(
            loop,
            lambda cancellable, callback: info(*arguments[:at_cancellable], **keywords,
                                               cancellable=cancellable, callback=callback),
            finish, given)

    return _dress(asynchronous, call)


def wrap_class(cls):
    members = {name: info for name, info in vars(cls).items() if isinstance(info, FunctionInfo)}
    for name, info in members.items():
        wrapped = _wrap_member(info)
        if wrapped is not None:
            setattr(cls, name, wrapped)
    for name, info in members.items():
        finish = name[:-len('async')] + 'finish'
        if name.endswith('_async') and finish in members:
            setattr(cls, name, _wrap_async(info, getattr(cls, finish)))


def wrap_namespace(namespace, exported):
    """Wraps the classes in place and puts the functions into @exported."""
    for name in dir(namespace):
        if name.startswith('_'):
            continue
        member = getattr(namespace, name)
        if isinstance(member, FunctionInfo):
            exported[name] = wrap_function(member)
        elif isinstance(member, type) and member.__module__ == 'gi.repository.' + namespace._namespace:
            wrap_class(member)
