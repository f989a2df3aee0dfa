# web.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later


class Application:
    def __init__(self, handlers):
        self.handlers = handlers
