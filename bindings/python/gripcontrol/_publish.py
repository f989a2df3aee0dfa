# _publish.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GripPubControl: a PubControl with the shortcuts of GRIP."""
from pubcontrol import Item, PubControl

from ._formats import HttpResponseFormat, HttpStreamFormat


def _is_content(value):
    return isinstance(value, (str, bytes, bytearray, memoryview))


class GripPubControl(PubControl):
    """Publishes to GRIP proxies; `config` is a dictionary or a list of dictionaries."""

    def apply_grip_config(self, config):
        """Adds endpoints, as apply_config() does: `control_uri`, `control_iss`, `key`,
        `control_zmq_uri`, `require_subscribers` and the other options of Grip.Endpoint."""
        self.apply_config(config)

    def publish_http_response(self, channel, http_response, id=None, prev_id=None, blocking=False,
                              callback=None):
        """Publishes a body, or a HttpResponseFormat; see PubControl.publish()."""
        if _is_content(http_response):
            http_response = HttpResponseFormat(body=http_response)
        self.publish(channel, Item(http_response, id, prev_id), blocking, callback)

    def publish_http_stream(self, channel, http_stream, id=None, prev_id=None, blocking=False, callback=None):
        """Publishes content, or a HttpStreamFormat; see PubControl.publish()."""
        if _is_content(http_stream):
            http_stream = HttpStreamFormat(http_stream)
        self.publish(channel, Item(http_stream, id, prev_id), blocking, callback)
