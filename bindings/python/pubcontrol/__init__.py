# __init__.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The interface of the Python library pubcontrol, on top of libgrip.

docs/guide/python.md tells what is stricter than there.
"""
import gi as _gi
_gi.require_version('Grip', '1.0')
from gi.repository import Grip as _Grip

from ._client import PubControlClient, ZmqPubControlClient
from ._control import PubControl
from ._item import Format, Item

PublishError = _Grip.PublishError

__all__ = ['Format', 'Item', 'PubControl', 'PubControlClient', 'PublishError', 'ZmqPubControlClient']
