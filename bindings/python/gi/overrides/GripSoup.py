# GripSoup.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The origin on SoupServer: native arguments and results, exceptions by code, `await`."""
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


@functools.wraps(_add_handler)
def add_handler(self, path, handler, *data):
    """A handler that raises has answered with 500."""
    def guarded(origin, request, *own):
        try:
            handler(origin, request, *own)
        except Exception:
            traceback.print_exc()
            if not request.is_answered():
                request.respond(Grip.Response(500, headers={'Content-Type': 'text/plain'}, body='Internal error\n'))

    _add_handler(self, path, guarded, *data)


GripSoup.Origin.add_handler = add_handler
