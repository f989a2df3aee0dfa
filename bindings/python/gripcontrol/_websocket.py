# _websocket.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""WebSocket-over-HTTP."""
from gi.repository import Grip


class WebSocketEvent:
    """`type` is 'OPEN', 'TEXT', …; `content` is str, bytes, or None where the event has none."""

    def __init__(self, type, content=None):
        self.type = type
        self.content = content

    def __repr__(self):
        return 'WebSocketEvent(%r, %r)' % (self.type, self.content)


def _text_if_possible(data):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError:
        return data


def decode_websocket_events(body):
    """The events of a body, which is bytes or str; the contents are of the same type."""
    is_text = isinstance(body, str)

    def content(event):
        data = event.get_content()
        return _text_if_possible(data) if is_text and data is not None else data

    return [WebSocketEvent(event.get_event_type(), content(event))
            for event in Grip.decode_websocket_events(body)]


def encode_websocket_events(events):
    """The body for events: a str, or bytes when there is content in it that is not text."""
    return _text_if_possible(Grip.encode_websocket_events(
        [Grip.WebSocketEvent(event.type, event.content) for event in events]))


def websocket_control_message(type, args=None):
    """A control message for the proxy, without the 'c:' before it."""
    return Grip.websocket_control_message(type, args)


class WebSocketContext:
    """One WebSocket, within a request: what came can be received, what is sent is in `out_events`."""

    def __init__(self, id, meta, in_events, grip_prefix=''):
        self.id = id
        self.orig_meta = dict(meta or {})
        self.meta = dict(self.orig_meta)
        self.in_events = list(in_events)
        self.out_events = []
        self._context = Grip.WebSocketContext.new(
            id, [Grip.WebSocketEvent(event.type, event.content) for event in self.in_events])
        self._context.set_channel_prefix(grip_prefix)
        self._received = []
        self.close_code = None

    @property
    def accepted(self):
        return self._context.is_accepted()

    @property
    def closed(self):
        return self._context.is_closed()

    def _collect(self):
        for event in self._context.take_events():
            self.out_events.append(WebSocketEvent(event.get_event_type(), event.get_content()))

    def is_opening(self):
        return self._context.is_opening()

    def accept(self):
        self._context.accept()
        self._collect()

    def close(self, code=None, reason=None):
        """Without a code there is none in the close, and not the code 0."""
        self._context.close(code or 0, reason)
        self._collect()

    def _next(self):
        if not self._received:
            event = self._context.receive()
            self._collect()
            if event is not None:
                self._received.append(event)

        return self._received[0] if self._received else None

    def can_recv(self):
        """Is there a message, a close or a disconnect?"""
        return self._next() is not None

    def recv(self):
        """The next message: str, or bytes for a binary one; None when the client has closed.

        IOError when it has gone without closing, or when nothing is there.
        """
        event = self._next()
        if event is None:
            raise IOError('no message is there: ask can_recv() before')

        self._received.clear()
        kind = event.get_event_type()
        if kind == 'DISCONNECT':
            raise IOError('the client has gone without closing the connection')
        if kind == 'CLOSE':
            code = self._context.get_close_code()
            self.close_code = code if code > 0 else None
            return None

        content = event.get_content() or b''

        return content.decode('utf-8', 'replace') if kind == 'TEXT' else content

    def send(self, message):
        """Sends a text message; bytes must be text in UTF-8."""
        self._context.send_text(message if isinstance(message, str) else bytes(message).decode('utf-8'))
        self._collect()

    def send_binary(self, message):
        self._context.send_binary(message)
        self._collect()

    def send_control(self, message):
        """Sends the proxy what websocket_control_message() gives."""
        self._context.send_control(message)
        self._collect()

    def subscribe(self, channel):
        self._context.subscribe(channel, None)
        self._collect()

    def unsubscribe(self, channel):
        self._context.unsubscribe(channel)
        self._collect()

    def detach(self):
        self._context.detach()
        self._collect()
