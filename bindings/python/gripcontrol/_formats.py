# _formats.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The three formats."""
import json

from gi.repository import Grip
from pubcontrol import Format


class _GripFormat(Format):
    """A format that libgrip knows: its fields are attributes and may be changed until it is published."""

    def export(self):
        """The members as they are in JSON."""
        encoded = Grip.Item(self._to_grip()).encode('-', Grip.Encoding.JSON)

        return json.loads(encoded)['formats'][self.name()]


class HttpResponseFormat(_GripFormat):
    """A response for clients that poll; what is not given is 200, its usual reason, and an empty body."""

    def __init__(self, code=None, reason=None, headers=None, body=None, content_filters=None):
        self.code = code
        self.reason = reason
        self.headers = headers
        self.body = body
        self.content_filters = content_filters

    def name(self):
        return 'http-response'

    def _to_grip(self):
        fields = {'code': self.code, 'reason': self.reason, 'headers': self.headers,
                  'content_filters': self.content_filters}

        return Grip.HttpResponseFormat(self.body if self.body is not None else '',
                                       **{name: value for name, value in fields.items() if value is not None})


class HttpStreamFormat(_GripFormat):
    """More content for clients that stream, or the end of it."""

    def __init__(self, content=None, close=False, content_filters=None):
        if content is None and not close:
            raise ValueError('a stream format needs content, or close=True')
        self.content = content
        self.close = close
        self.content_filters = content_filters

    def name(self):
        return 'http-stream'

    def _to_grip(self):
        if self.close:
            return Grip.HttpStreamFormat.new_close()

        format = Grip.HttpStreamFormat(self.content)
        format.set_content_filters(self.content_filters)

        return format


class WebSocketMessageFormat(_GripFormat):
    """A message for WebSockets. Bytes that are not text make a binary one, as binary=True does."""

    def __init__(self, content, binary=False, content_filters=None):
        self.content = content
        self.binary = binary
        self.content_filters = content_filters

    def name(self):
        return 'ws-message'

    def _is_binary(self):
        if self.binary or isinstance(self.content, str):
            return self.binary
        try:
            bytes(self.content).decode('utf-8')
        except UnicodeDecodeError:
            return True

        return False

    def _to_grip(self):
        content = self.content.encode('utf-8') if isinstance(self.content, str) else bytes(self.content)
        format = Grip.WebSocketMessageFormat(content if self._is_binary() else content.decode('utf-8'))
        format.set_content_filters(self.content_filters)

        return format
