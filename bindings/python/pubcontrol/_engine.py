# _engine.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Grip.PubControl behind the interface of the Python libraries."""
import atexit
import os
import sys
import threading
import weakref

from gi.overrides import _grip_loop
from gi.repository import Gio, GLib, Grip

from . import _callbacks
from ._callbacks import log
from ._item import item_to_grip

# How long a process that ends without close() waits for what is queued, in seconds.
EXIT_TIMEOUT = 10

# Those that are not closed: what was published through one that the application has dropped is sent.
_engines = set()
_left_behind = []
# Cancelled when a process that ends has waited long enough.
_end_of_wait = Gio.Cancellable()


class Engine:
    """Publishes to the endpoints of its sources; callable from any thread.

    It is closed when its owner, a PubControl or a client, is no more.
    """

    def __init__(self, owner, sub_callback=None):
        self._sub_callback = sub_callback
        self._sources = {}
        self._closed = False
        self._ended = threading.Event()
        self._lock = threading.RLock()
        self._start()
        _engines.add(self)
        weakref.finalize(owner, self._close_later).atexit = False

    def _start(self):
        self._idle = threading.Condition()
        self._pending = 0
        self._pid = os.getpid()
        _close_in_child(self._pid)
        # Its signals come in the context in which it is made, and the application iterates none.
        self._control = _grip_loop.loop_thread().call(Grip.PubControl)
        if self._sub_callback is not None:
            self._connect('channel-subscribed', 'sub')
            self._connect('channel-unsubscribed', 'unsub')

    def _connect(self, signal, event):
        callback = self._sub_callback
        self._control.connect(signal, lambda _control, channel: _callbacks.call(callback, event, channel))

    def after_fork(self):
        """Nothing of the parent's can be used, so the child begins anew, with the same endpoints."""
        _left_behind.append((self._control, self._lock, self._idle, dict(self._sources)))
        self._lock = threading.RLock()
        self._pid = None

    def is_in_use(self):
        return self._pid == os.getpid()

    def _resume(self):
        with self._lock:
            if self._pid is not None or self._closed:
                return
            self._start()
            for source in self._sources:
                self._add_endpoint(source)

    # Endpoints

    # Transports are added and removed in the thread that made the publisher.

    def _add_endpoint(self, source):
        def add():
            self._control.add_endpoint(source.endpoint())
            return self._control[len(self._control) - 1]

        generation = source.generation()
        self._sources[source] = (_grip_loop.loop_thread().call(add), generation)

    def _remove_transport(self, transport):
        _grip_loop.loop_thread().call(lambda: self._control.remove_transport(transport))

    def add(self, source):
        self._resume()
        with self._lock:
            if source not in self._sources:
                self._add_endpoint(source)

    def remove(self, source):
        self._resume()
        with self._lock:
            transport, _generation = self._sources.pop(source, (None, None))
            if transport is not None:
                self._remove_transport(transport)

    def remove_all(self):
        for source in list(self._sources):
            self.remove(source)

    def _refresh(self):
        """Credentials may have been set, or a token has become old."""
        for source, (transport, generation) in list(self._sources.items()):
            if source.generation() != generation:
                self._add_endpoint(source)
                self._remove_transport(transport)

    # Publishing

    def publish(self, channel, item, blocking, callback):
        """Publishes an Item. What cannot be one is an exception, unless there is a callback to tell."""
        try:
            self._publish(channel, item_to_grip(item), blocking, callback)
        except ValueError as error:
            if blocking or callback is None:
                raise
            self._tell(callback, getattr(error, 'message', str(error)))

    def _tell(self, callback, message):
        with self._idle:
            self._pending += 1
        _callbacks.call(self._call_back, callback, (False, message))

    def _publish(self, channel, item, blocking, callback):
        self._resume()
        with self._lock:
            self._refresh()
            if not blocking:
                self._publish_later(channel, item, callback)

        if blocking:
            self._control.publish(channel, item)

    def _publish_later(self, channel, item, callback):
        publish_async = Grip.PubControl.publish_async.raw
        if callback is None:
            publish_async(self._control, channel, item, None, None)
            return

        def done(control, result):
            try:
                control.publish_finish(result)
                outcome = (True, '')
            except GLib.Error as error:
                outcome = (False, error.message)
            _callbacks.call(self._call_back, callback, outcome)

        with self._idle:
            self._pending += 1
        try:
            _grip_loop.loop_thread().call(
                lambda: publish_async(self._control, channel, item, None, done))
        except BaseException:
            self._settle()
            raise

    def _call_back(self, callback, outcome):
        try:
            callback(*outcome)
        finally:
            self._settle()

    def _settle(self):
        with self._idle:
            self._pending -= 1
            self._idle.notify_all()
        self._forget_when_idle()

    # The end

    def _wait_for_callbacks(self, limit=None):
        # A callback that calls finish() would wait for itself.
        if _callbacks.is_current():
            return True
        with self._idle:
            return self._idle.wait_for(lambda: self._pending == 0, limit)

    def flush(self):
        """Waits until everything has its result and each callback has been called."""
        self._resume()
        try:
            self._control.flush()
        except GLib.Error as error:
            if not self._closed:
                log.warning('%s', error.message)
        self._wait_for_callbacks()

    def close(self, limit=None):
        with self._lock:
            begun, self._closed = self._closed, True
        if not begun:
            self._close()
        elif not _callbacks.is_current():
            self._ended.wait()
        self._wait_for_callbacks(limit)

    def _close(self):
        try:
            if self.is_in_use():
                self._control.close(_end_of_wait)
        except GLib.Error as error:
            log.warning('%s', error.message)
        self._end()

    def _end(self):
        self._ended.set()
        self._forget_when_idle()

    def _forget_when_idle(self):
        """At exit callbacks are waited for, also those of one that was dropped just before."""
        if self._ended.is_set() and self._pending == 0:
            _engines.discard(self)

    def _close_later(self):
        """The application has dropped it. This may run in any thread, within whatever, so it must not wait."""
        if self._closed or self._pid != os.getpid():
            return

        self._closed = True
        threading.Thread(target=self._close, name='pubcontrol-close', daemon=True).start()


def _after_fork():
    global _end_of_wait

    _left_behind.append(_end_of_wait)
    _end_of_wait = Gio.Cancellable()
    for engine in list(_engines):
        engine.after_fork()


def _at_exit():
    """What is queued is still sent, if that is possible within the time."""
    timer = threading.Timer(EXIT_TIMEOUT, _end_of_wait.cancel)
    timer.daemon = True
    timer.start()
    for engine in list(_engines):
        if engine.is_in_use():
            engine.close(EXIT_TIMEOUT)
    timer.cancel()


_closing_pid = None


def _close_in_child(pid):
    """A child of multiprocessing ends without what atexit has."""
    global _closing_pid

    if pid != _closing_pid and 'multiprocessing.util' in sys.modules:
        sys.modules['multiprocessing.util'].Finalize(None, _at_exit, exitpriority=1)
        _closing_pid = pid


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
