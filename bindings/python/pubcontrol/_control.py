# _control.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""PubControl: publishes to all its clients."""
from gi.repository import Grip

from ._client import Client
from ._engine import Engine


class _Configured(Client):
    """The client of an entry of a configuration, of whatever kind."""


class PubControl:
    """Publishes to the endpoints of a configuration, and to clients that were added.

    `sub_callback` is called with 'sub' or 'unsub' and a channel, for endpoints that require subscribers.
    A `zmq_context` is not needed and not used: sockets belong to libgrip.
    """

    def __init__(self, config=None, sub_callback=None, zmq_context=None):
        self.clients = []
        self._engine = Engine(self, sub_callback)
        if config is not None:
            self.apply_config(config)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def apply_config(self, config):
        """Adds the endpoints of a dictionary or of a list of dictionaries: all, or none when one is wrong."""
        entries = [config] if isinstance(config, dict) else list(config)
        Grip.endpoints_new_from_variant(entries)
        clients = [_Configured(dict(entry)) for entry in entries]
        added = []
        try:
            for client in clients:
                self.add_client(client)
                added.append(client)
        except BaseException:
            for client in added:
                self.remove_client(client)
            raise

    def add_client(self, client):
        """Adds a PubControlClient or a ZmqPubControlClient."""
        if not isinstance(client, Client):
            raise TypeError('a client is to be added, not %s' % type(client).__name__)
        self._engine.add(client._source)
        self.clients.append(client)

    def remove_client(self, client):
        """Removes a client; what is queued for it is still sent."""
        self._engine.remove(client._source)
        self.clients.remove(client)

    def remove_all_clients(self):
        """Removes all clients; what is queued for them is still sent."""
        self._engine.remove_all()
        self.clients.clear()

    def publish(self, channel, item, blocking=False, callback=None):
        """Publishes an Item to all clients.

        With blocking=True it returns when all have taken it, and raises PublishError when one has not.
        Otherwise it returns at once, and callback (result, message) is called later, once, in the thread
        of the callbacks: with True and '', or with False and what went wrong, also with the item. Without
        a callback an item that Pushpin would refuse is a ValueError.
        """
        self._engine.publish(channel, item, blocking, callback)

    def wait_all_sent(self):
        """Waits until everything that was published is sent and each callback was called."""
        self._engine.flush()

    def finish(self):
        """The older name of wait_all_sent()."""
        self.wait_all_sent()

    def close(self):
        """Sends what is queued and closes the clients; nothing can be published afterwards."""
        self._engine.close()
