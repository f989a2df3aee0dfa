# websocket.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
import base64
import hashlib
import struct


class WebSocketProtocol13:
    def __init__(self, handler, compression_options):
        self.handler = handler
        self.stream = handler.stream

    def accept_connection(self):
        self._accept_connection()

    def _challenge_response(self):
        key = self.handler.request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
        return base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()

    def _run_callback(self, callback, *arguments, **keywords):
        callback(*arguments, **keywords)

    def _receive_frame(self):
        """Reads until the peer has closed."""
        while self.stream.file.read(1):
            pass

    def write_message(self, message):
        data = message.encode('utf-8')
        length = bytes([len(data)]) if len(data) < 126 else b'\x7e' + struct.pack('>H', len(data))
        self.stream.write(b'\x81' + length + data)


class WebSocketHandler:
    def __init__(self, application, request):
        self.application = application
        self.request = request

    def write_message(self, message):
        self.ws_connection.write_message(message)
