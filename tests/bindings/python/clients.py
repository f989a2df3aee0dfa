# clients.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients of the proxy of grip-test-world."""
import os
import socket
import struct
import urllib.parse
import urllib.request

PATIENCE = 60


def world(name):
    return os.environ['GRIP_TEST_' + name]


def address_of(uri):
    parts = urllib.parse.urlsplit(uri)
    return parts.hostname, parts.port


def wait_subscribed(channel, clients=1):
    urllib.request.urlopen('%s?channel=%s&clients=%d' % (world('SUBSCRIBED'), channel, clients), timeout=PATIENCE)


class HttpClient:
    """A request to the proxy, with the answer's head not read yet."""

    def __init__(self, path):
        self.socket = socket.create_connection(address_of(world('PROXY')), PATIENCE)
        self.socket.sendall(b'GET %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n' % path.encode())
        self.file = self.socket.makefile('rb')
        self.is_chunked = False

    def read_head(self):
        status = int(self.file.readline().split()[1])
        for line in iter(lambda: self.file.readline().strip().lower(), b''):
            if line == b'transfer-encoding: chunked':
                self.is_chunked = True
        return status

    def read_content(self, length, encoding='utf-8'):
        """So much of the body, across chunks."""
        content = b''
        while len(content) < length:
            size = length - len(content)
            if self.is_chunked:
                size = int(self.file.readline(), 16)
            piece = self.file.read(size)
            assert piece, 'the connection ended after %r' % content
            content += piece
            if self.is_chunked:
                self.file.readline()
        return content.decode(encoding)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.file.close()
        self.socket.close()


class WebSocketClient:
    def __init__(self, path):
        self.socket = socket.create_connection(address_of(world('PROXY')), PATIENCE)
        self.socket.sendall(b'GET %s HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                            b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
                            % path.encode())
        self.file = self.socket.makefile('rb')
        status = self.file.readline()
        assert b' 101 ' in status, status
        for _line in iter(lambda: self.file.readline().strip(), b''):
            pass

    def read_text(self):
        first, length = self.file.read(2)
        if length == 126:
            length, = struct.unpack('>H', self.file.read(2))
        content = self.file.read(length)
        assert first == 0x81, (first, content)
        return content.decode()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.file.close()
        self.socket.close()
