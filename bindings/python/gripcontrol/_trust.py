# _trust.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whom to trust, and where to publish."""
from gi.repository import Grip


def validate_sig(token, key, iss=None):
    """Is this Grip-Sig header by the proxy that has the key, and not expired?

    A token that is no good is False and never an exception; a key that is none is a ValueError.
    """
    key = Grip.Key(key) if not isinstance(key, Grip.Key) else key
    if isinstance(token, (bytes, bytearray)):
        token = bytes(token).decode('latin-1')
    if not isinstance(token, str):
        return False

    try:
        Grip.validate_sig(token, key, iss)
    except (Grip.GripError, UnicodeError, ValueError):
        return False

    return True


def parse_grip_uri(uri):
    """The configuration that a GRIP URI stands for: a dictionary with `control_uri`, and `control_iss`,
    `key`, `verify_iss` and `verify_key` where they are given; a key in base64 is bytes."""
    return Grip.parse_grip_uri(uri)
