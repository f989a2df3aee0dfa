# GripSoup.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The origin on SoupServer: native arguments and results, exceptions by code, `await`."""
from gi.module import get_introspection_module
from gi.repository import Grip    # noqa: F401, its converters are the ones of this namespace too

from . import _grip_calls as calls

_functions = {}
calls.wrap_namespace(get_introspection_module('GripSoup'), _functions)
globals().update(_functions)
__all__ = [*_functions]
