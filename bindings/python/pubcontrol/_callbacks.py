# _callbacks.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The thread in which the callbacks of the application are called: one at a time, in order."""
import logging
import os
import queue
import threading

log = logging.getLogger('pubcontrol')

_lock = threading.Lock()
_calls = None
_thread = None


def _run(calls):
    while True:
        function, arguments = calls.get()
        try:
            function(*arguments)
        except Exception:
            log.exception('a callback raised')


def call(function, *arguments):
    global _calls, _thread

    with _lock:
        if _thread is None:
            _calls = queue.SimpleQueue()
            _thread = threading.Thread(target=_run, args=(_calls,), name='pubcontrol-callbacks', daemon=True)
            _thread.start()
        _calls.put((function, arguments))


def is_current():
    return threading.current_thread() is _thread


def _forget():
    """The child of a fork has no such thread."""
    global _lock, _calls, _thread

    _lock = threading.Lock()
    _calls = _thread = None


os.register_at_fork(after_in_child=_forget)
