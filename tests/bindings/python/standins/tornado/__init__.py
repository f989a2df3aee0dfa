# __init__.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands in for Tornado 4, with what the sample needs of it: a thread for each connection."""
from . import escape, httpserver, ioloop, web, websocket    # noqa: F401
