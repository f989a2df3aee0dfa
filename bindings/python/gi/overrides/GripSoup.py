# GripSoup.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The origin on SoupServer: native arguments and results, exceptions by code, `await`."""
import asyncio
import functools
import traceback

from gi.module import get_introspection_module
from gi.repository import Grip

from . import _grip_calls as calls

GripSoup = get_introspection_module('GripSoup')

_functions = {}
calls.wrap_namespace(GripSoup, _functions)
globals().update(_functions)
__all__ = [*_functions]

_add_handler = GripSoup.Origin.add_handler
_FAILED = {'code': 500, 'headers': {'Content-Type': 'text/plain'}, 'body': 'Internal error\n'}


def _fail(request, error):
    traceback.print_exception(error)
    if not request.is_answered():
        request.respond(_FAILED)


async def _await(request, coroutine):
    """It has to have answered when it ends; a WebSocket is answered then."""
    websocket = request.get_websocket()
    try:
        await coroutine
        if websocket is not None:
            request.finish()
        elif not request.is_answered():
            raise RuntimeError('a handler ended without an answer')
    except Exception as error:
        _fail(request, error)


_running = set()


@functools.wraps(_add_handler)
def add_handler(self, path, handler, *data):
    """A handler that raises has answered with 500. A coroutine function is run in the asyncio loop of the
    origin's thread, which has to iterate the main context."""
    def guarded(origin, request, *own):
        try:
            result = handler(origin, request, *own)
            if asyncio.iscoroutine(result):
                if request.get_websocket() is not None:
                    request.defer()
                task = asyncio.ensure_future(_await(request, result))
                _running.add(task)
                task.add_done_callback(_running.discard)
        except Exception as error:
            _fail(request, error)

    _add_handler(self, path, guarded, *data)


GripSoup.Origin.add_handler = add_handler
