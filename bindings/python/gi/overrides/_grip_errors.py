# _grip_errors.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exceptions for the codes of GRIP_ERROR.

Each is a GLib.Error, so `except GLib.Error` and `error.matches (Grip.error_quark (), …)` still hold;
Grip.Error remains the enumeration of the codes.
"""
import threading

from gi.repository import GLib

DOMAIN = 'grip-error-quark'
FAILED = 12


class GripError(GLib.Error):
    """What libgrip reports; the subclasses say which code of Grip.Error it is."""
    number = FAILED

    def __init__(self, message='failed'):
        super().__init__(message, DOMAIN, self.number)


class PublishError(GripError):
    """A publish, a flush or a close that failed; it is one of the others at the same time."""


# Wrong input is a ValueError as well.
_BASES = {
    'InvalidConfigError': (GripError, ValueError),
    'InvalidItemError': (GripError, ValueError),
    'MalformedError': (GripError, ValueError),
}

_plain = {}
_publish = {}
exported = {'GripError': GripError, 'PublishError': PublishError}


def define(codes):
    """Makes the classes: RejectedError for Grip.Error.REJECTED."""
    for name, code in codes:
        title = name.title().replace('_', '') + 'Error'
        members = {'number': int(code), '__module__': 'gi.repository.Grip',
                   '__doc__': 'GRIP_ERROR_%s' % name}
        plain = type(title, _BASES.get(title, (GripError,)), dict(members))
        exported[title] = _plain[int(code)] = plain
        _publish[int(code)] = type(title, (plain, PublishError), dict(members))


def translate(error, publishing=False):
    """The exception for a GLib.Error; one of another domain, such as a cancellation, stays as it is."""
    if error.domain != DOMAIN or (isinstance(error, PublishError) if publishing else isinstance(error, GripError)):
        return error

    # An unknown code is to be treated as FAILED.
    classes = _publish if publishing else _plain
    translated = classes.get(error.code, classes[FAILED])(error.message)
    translated.code = error.code

    return translated


def from_exception(error):
    """What a transport may be failed with: any exception."""
    if isinstance(error, GLib.Error):
        return error

    return _plain[FAILED](describe(error))


def describe(error):
    text = str(error)

    return '%s: %s' % (type(error).__name__, text) if text else type(error).__name__


# What a format that is written in Python raised: C only learns that there is no description.
_raised = threading.local()


def note_cause(error):
    _raised.cause = error


def take_cause():
    cause = getattr(_raised, 'cause', None)
    _raised.cause = None

    return cause


class AnsweredTwice(RuntimeError):
    """A transport answered a delivery that it has answered already."""
