# httpserver.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
import re
import socket
import threading


class Stream:
    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile('rb')

    def detach(self):
        return self

    def write(self, data):
        self.connection.sendall(data)


class Request:
    def __init__(self, stream, first_line):
        self.connection = stream
        self.path = first_line.split()[1].decode()
        self.headers = {}
        for line in iter(lambda: stream.file.readline().strip(), b''):
            name, value = line.decode().split(':', 1)
            self.headers[name.lower()] = value.strip()


class HTTPServer:
    def __init__(self, application):
        self.application = application

    def listen(self, port):
        listener = socket.create_server(('', port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            threading.Thread(target=self._serve, args=(listener.accept()[0],), daemon=True).start()

    def _serve(self, connection):
        stream = Stream(connection)
        first_line = stream.file.readline()
        if not first_line:
            return
        request = Request(stream, first_line)
        for pattern, handler in self.application.handlers:
            if re.fullmatch(pattern, request.path):
                handler(self.application, request).get()
                return
        connection.sendall(b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
