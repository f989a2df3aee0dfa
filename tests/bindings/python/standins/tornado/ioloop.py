# ioloop.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
import threading


class IOLoop:
    @staticmethod
    def instance():
        return IOLoop()

    def start(self):
        threading.Event().wait()
