# __init__.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The interface of the Python library gripcontrol, on top of libgrip.

docs/guide/python.md tells what is stricter than there.
"""
import pubcontrol as _pubcontrol    # noqa: F401, it asks for the version of the typelib

from ._formats import HttpResponseFormat, HttpStreamFormat, WebSocketMessageFormat
from ._instruct import (Channel, Response, create_grip_channel_header, create_hold, create_hold_response,
                        create_hold_stream)
from ._publish import GripPubControl
from ._trust import parse_grip_uri, validate_sig
from ._websocket import (WebSocketContext, WebSocketEvent, decode_websocket_events, encode_websocket_events,
                         websocket_control_message)

__all__ = [
    'Channel', 'GripPubControl', 'HttpResponseFormat', 'HttpStreamFormat', 'Response', 'WebSocketContext',
    'WebSocketEvent', 'WebSocketMessageFormat', 'create_grip_channel_header', 'create_hold',
    'create_hold_response', 'create_hold_stream', 'decode_websocket_events', 'encode_websocket_events',
    'parse_grip_uri', 'validate_sig', 'websocket_control_message',
]
