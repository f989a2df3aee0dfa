# _instruct.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Instructs: how an origin tells the proxy to hold a client."""
from gi.repository import Grip


class Channel:
    """A channel that a client is subscribed to."""

    def __init__(self, name, prev_id=None, filters=None):
        self.name = name
        self.prev_id = prev_id
        self.filters = list(filters) if filters else []


class Response:
    """What a held client gets when the time is over, or before what streams."""

    def __init__(self, code=None, reason=None, headers=None, body=None):
        self.code = code
        self.reason = reason
        self.headers = headers
        self.body = body


def _channels(channels):
    """Names and Channels, one or several."""
    if isinstance(channels, (str, Channel, Grip.Channel)):
        channels = [channels]

    return [channel if isinstance(channel, Grip.Channel) else
            Grip.Channel(channel) if isinstance(channel, str) else
            Grip.Channel(channel.name, channel.prev_id, channel.filters)
            for channel in channels]


def _response(response):
    if response is None or isinstance(response, Grip.Response):
        return response
    if isinstance(response, (str, bytes, bytearray, memoryview)):
        response = Response(body=response)

    return Grip.Response(200 if response.code is None else response.code, response.reason, response.headers,
                         response.body)


def create_grip_channel_header(channels):
    """The value of Grip-Channel."""
    return Grip.create_grip_channel_header(_channels(channels))


def create_hold(mode, channels, response=None, timeout=None):
    """The body of an answer of the type application/grip-instruct; `mode` is 'response' or 'stream'."""
    if mode == 'response':
        return create_hold_response(channels, response, timeout)
    if mode != 'stream':
        raise ValueError("a hold has the mode 'response' or 'stream', not %r" % (mode,))
    if timeout is not None:
        raise ValueError("a hold of the mode 'stream' has no timeout")

    return create_hold_stream(channels, response)


def create_hold_response(channels, response=None, timeout=None):
    """The instruct of a long poll; `timeout` in seconds."""
    if timeout is not None and timeout < 0:
        raise ValueError('a hold has a timeout of at least 0 seconds, not %r' % (timeout,))

    return Grip.create_hold_response(_channels(channels), _response(response), -1 if timeout is None else timeout)


def create_hold_stream(channels, response=None):
    """The instruct of a stream."""
    return Grip.create_hold_stream(_channels(channels), _response(response))
