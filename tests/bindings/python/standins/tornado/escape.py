# escape.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later


def utf8(text):
    return text.encode('utf-8')
