# _client.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients: one endpoint each."""
import base64
import hashlib
import hmac
import json
import threading
import time

from gi.repository import Grip

from ._engine import Engine

TOKEN_LIFETIME = 3600
TOKEN_MARGIN = 600


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def _sign(claims, key):
    """A JWT with claims of which libgrip's endpoints know nothing."""
    head, body = (_base64url(json.dumps(part, separators=(',', ':')).encode())
                  for part in ({'typ': 'JWT', 'alg': 'HS256'}, claims))
    key = key.encode() if isinstance(key, str) else key
    signature = hmac.new(key, ('%s.%s' % (head, body)).encode(), hashlib.sha256).digest()

    return '%s.%s.%s' % (head, body, _base64url(signature))


class Source:
    """What an endpoint is made from. It changes when credentials are set, or when a token becomes old."""

    def __init__(self, config):
        self._config = {name: value for name, value in config.items() if value is not None}
        self._generation = 0
        self._claims = None
        self._expires = None
        self.endpoint()

    def endpoint(self):
        return Grip.Endpoint(self._config)

    def generation(self):
        """A number that is another one when there is another endpoint."""
        if self._expires is not None and time.time() > self._expires - TOKEN_MARGIN:
            self.set_claims(*self._claims)

        return self._generation

    def set_auth(self, **auth):
        config = {name: value for name, value in self._config.items()
                  if name not in ('iss', 'key', 'user', 'pass')}
        config.update(auth)
        Grip.Endpoint(config)
        self._config = config
        self._claims = self._expires = None
        self._generation += 1

    def set_claims(self, claims, key):
        expires = int(time.time()) + TOKEN_LIFETIME
        self.set_auth(key=_sign({'exp': expires, **claims}, key))
        if 'exp' not in claims:
            self._claims, self._expires = (claims, key), expires


class Client:
    """What both kinds have in common; alone it has a publisher of its own."""

    def __init__(self, config, sub_callback=None):
        self._source = Source(config)
        self._sub_callback = sub_callback
        self._engine = None
        self._engine_lock = threading.Lock()

    def _own_engine(self):
        with self._engine_lock:
            if self._engine is None:
                self._engine = Engine(self, self._sub_callback)
                self._engine.add(self._source)
            return self._engine

    def publish(self, channel, item, blocking=False, callback=None):
        """Publishes; see PubControl.publish()."""
        self._own_engine().publish(channel, item, blocking, callback)

    def wait_all_sent(self):
        """Waits until everything that was published is sent and each callback was called."""
        if self._engine is not None:
            self._engine.flush()

    def finish(self):
        """The older name of wait_all_sent()."""
        self.wait_all_sent()

    def close(self):
        """Sends what is queued; nothing can be published afterwards."""
        self._own_engine().close()


class PubControlClient(Client):
    """An HTTP endpoint. The credentials that were set last are the ones that are sent."""

    def __init__(self, uri, auth_jwt_claim=None, auth_jwt_key=None, auth_bearer_key=None,
                 require_subscribers=False, sub_callback=None):
        super().__init__({'uri': uri, 'require_subscribers': require_subscribers}, sub_callback)
        self.uri = uri
        if auth_bearer_key is not None:
            self.set_auth_bearer(auth_bearer_key)
        elif auth_jwt_claim is not None:
            self.set_auth_jwt(auth_jwt_claim, auth_jwt_key)

    def set_auth_basic(self, username, password):
        self._source.set_auth(**{'user': username, 'pass': password})

    def set_auth_bearer(self, key):
        self._source.set_auth(key=key)

    def set_auth_jwt(self, claim, key):
        """Signs a JWT with the claims; `exp` is added, and renewed, unless it is among them."""
        if set(claim) == {'iss'}:
            self._source.set_auth(iss=claim['iss'], key=key)
        else:
            self._source.set_claims(dict(claim), key)


class ZmqPubControlClient(Client):
    """A ZMQ endpoint: `uri` is the command socket, which tells the other addresses."""

    def __init__(self, uri=None, push_uri=None, pub_uri=None, require_subscribers=False, sub_callback=None,
                 zmq_context=None):
        super().__init__({'zmq_uri': uri, 'zmq_push_uri': push_uri, 'zmq_pub_uri': pub_uri,
                          'require_subscribers': require_subscribers}, sub_callback)
        self.uri = uri
        self.push_uri = push_uri
        self.pub_uri = pub_uri
