# _grip_interrupt.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ctrl-C while a synchronous call waits in C, where Python cannot raise KeyboardInterrupt.

A thread reads what Python writes for each signal, and cancels the call; when that has returned, the handler
of the program runs, which raises. Before that it could raise within PyGObject, where it would be lost.
"""
import os
import select
import signal
from _signal import getsignal, signal as set_handler    # without what makes enumerations of numbers
import threading

_watcher = None


class _Watcher:
    def __init__(self):
        self._read, self.write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._lock = threading.Lock()
        self._cancellable = None
        self._seen = b''
        threading.Thread(target=self._run, name='grip-interrupt', daemon=True).start()

    def _take(self):
        try:
            self._seen += os.read(self._read, 64)
        except BlockingIOError:
            pass

    def _run(self):
        while True:
            select.select([self._read], [], [])
            with self._lock:
                self._take()
                cancellable = self._cancellable if signal.SIGINT in self._seen else None
            if cancellable is not None:
                cancellable.cancel()

    def begin(self, cancellable):
        with self._lock:
            self._cancellable = cancellable

    def end(self):
        """Gives the signals that came, for whoever else wants to know of them."""
        with self._lock:
            self._take()
            seen, self._seen, self._cancellable = self._seen, b'', None
        return seen


def _would_raise():
    """Does Ctrl-C end in a KeyboardInterrupt? PyGObject's main loop has a handler of its own for that."""
    handler = getsignal(signal.SIGINT)

    return handler is signal.default_int_handler or getattr(handler, '__module__', None) == 'gi._ossighelper'


def is_wanted():
    return threading.current_thread() is threading.main_thread() and _would_raise()


class Interruptible:
    """While this is entered Ctrl-C cancels @cancellable; for the main thread."""

    def __init__(self, cancellable):
        global _watcher

        if _watcher is None:
            _watcher = _Watcher()
        self._cancellable = cancellable
        self._came = False

    def _note(self, _number, _frame):
        self._came = True

    def __enter__(self):
        self._handler = set_handler(signal.SIGINT, self._note)
        _watcher.begin(self._cancellable)
        self._wakeup = signal.set_wakeup_fd(_watcher.write, warn_on_full_buffer=False)
        # The thread was not told of one that has come in between.
        if self._came:
            self._cancellable.cancel()

    def __exit__(self, *_exception):
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
        seen = _watcher.end()
        if seen and self._wakeup != -1:
            try:
                os.write(self._wakeup, seen)
            except OSError:
                pass
        set_handler(signal.SIGINT, self._handler)
        if self._came:
            self._handler(signal.SIGINT, None)


def _forget():
    """The child of a fork has no such thread."""
    global _watcher

    _watcher = None


os.register_at_fork(after_in_child=_forget)
