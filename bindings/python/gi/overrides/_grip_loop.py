# _grip_loop.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Results for programs that have no GLib main loop, and asyncio."""
import asyncio
import atexit
import collections
import os
import threading

from gi.repository import Gio, GLib

_lock = threading.RLock()
_thread = None
_left_behind = []


class LoopThread:
    """A main context that is iterated in a thread of its own; no code of the user's runs there, but
    `to_variant` of a format that is written in Python."""

    def __init__(self):
        self.context = GLib.MainContext.new()
        self._calls = collections.deque()
        self._quit = False
        self._thread = threading.Thread(target=self._run, name='grip-results', daemon=True)
        self._thread.start()

    def _run(self):
        self.context.push_thread_default()
        while not self._quit:
            self.context.iteration(True)
            while self._calls:
                self._calls.popleft()()

    def is_current(self):
        return threading.current_thread() is self._thread

    def invoke(self, function):
        """Calls @function in the thread, in the order of the calls of invoke()."""
        self._calls.append(function)
        self.context.wakeup()

    def call(self, function):
        """Calls @function in the thread and waits for what it returns or raises."""
        if self.is_current():
            return function()

        done = threading.Event()
        result = []

        def run():
            try:
                result.append((function(), None))
            except BaseException as error:
                result.append((None, error))
            done.set()

        self.invoke(run)
        done.wait()
        value, error = result[0]
        if error is not None:
            raise error

        return value

    def stop(self):
        self._quit = True
        self.context.wakeup()
        if not self.is_current():
            self._thread.join(5)


def loop_thread():
    """The one of this process, started when it is first asked for."""
    global _thread

    with _lock:
        if _thread is None:
            _thread = LoopThread()
        return _thread


def _forget():
    """The child of a fork has no such thread, and locks that nobody may open: those of its context too,
    so that is never freed."""
    global _lock, _thread

    _left_behind.append(_thread)
    _lock = threading.RLock()
    _thread = None


def _stop():
    """No thread may be within Python when the interpreter goes away."""
    if _thread is not None:
        _thread.stop()


os.register_at_fork(after_in_child=_forget)
atexit.register(_stop)


class Pending(asyncio.Future):
    """What an asynchronous call gives to `await`.

    Cancelling it cancels the operation; the future ends when that has ended, so what was delivered all
    the same is not reported as cancelled.
    """

    def __init__(self, loop, cancellable):
        super().__init__(loop=loop)
        self._cancellable = cancellable

    def cancel(self, msg=None):
        if self.done():
            return False
        self._cancellable.cancel()
        return True

    def settle(self, value, error):
        if self.done():
            return
        if error is None:
            self.set_result(value)
        elif isinstance(error, GLib.Error) and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED):
            super().cancel()
        else:
            self.set_exception(error)


def _iterates_glib(loop):
    """Does the asyncio loop run the thread-default main context, as gbulb's and gi.events' do?"""
    context = getattr(loop, '_context', None)
    if not isinstance(context, GLib.MainContext):
        return False

    return context == (GLib.MainContext.get_thread_default() or GLib.MainContext.default())


def running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def start(loop, begin, finish, cancellable):
    """Runs begin (cancellable, callback), and gives what finish (source, result) makes of the result."""
    cancellable = cancellable or Gio.Cancellable()
    pending = Pending(loop, cancellable)

    def settle(value, error):
        try:
            loop.call_soon_threadsafe(pending.settle, value, error)
        except RuntimeError:
            pass    # the loop was closed meanwhile

    def callback(source, result, *_data):
        try:
            settle(finish(source, result), None)
        except Exception as error:
            settle(None, error)

    def run():
        try:
            begin(cancellable, callback)
        except Exception as error:
            settle(None, error)

    if _iterates_glib(loop):
        begin(cancellable, callback)
    else:
        loop_thread().invoke(run)

    return pending
