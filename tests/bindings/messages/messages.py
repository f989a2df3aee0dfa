# messages.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""messages.py INPUTS: what Python says of each wrong input; see messages.c."""
import sys

import gi
gi.require_version('Grip', '1.0')
from gi.repository import GLib, Grip


def apply(**config):
    Grip.PubControl({'control_uri': 'http://h', **config})


def publish(channel, content):
    Grip.PubControl().publish_http_stream(channel, content)


def closed(channel):
    with Grip.PubControl() as control:
        pass
    control.publish_http_stream(channel, 'x')


def header(name, value):
    format = Grip.HttpResponseFormat('x')
    format.append_header(name, value)
    Grip.Item(format)


def refresh(name):
    format = Grip.Format.new_for_name(name)
    format.set_action(Grip.Action.REFRESH)
    Grip.Item(format)


OPERATIONS = {
    'control-uri': Grip.Endpoint.new,
    'uri': Grip.Endpoint,
    'parse-uri': Grip.parse_grip_uri,
    'json': Grip.endpoints_new_from_json,
    'config': lambda name, value: apply(**{name: value}),
    'config-number': lambda name: apply(**{name: 5}),
    'fanout': Grip.Endpoint.new_for_fanout,
    'pub': Grip.PubControl,
    'key': Grip.Key,
    'sig': Grip.validate_sig,
    'publish': publish,
    'closed': closed,
    'header': header,
    'reason': lambda reason: Grip.Item(Grip.HttpResponseFormat('x', reason=reason)),
    'patch': lambda patch: Grip.HttpResponseFormat('x').set_body_patch_json(patch),
    'filter': lambda name: Grip.Item(Grip.HttpStreamFormat('x', content_filters=[name])),
    'action-refresh': refresh,
    'no-content': lambda name: Grip.Item(Grip.Format.new_for_name(name)),
    'ping': lambda size: Grip.Item(Grip.WebSocketMessageFormat('x' * int(size), kind=Grip.WebSocketMessageKind.PING)),
    'close': lambda code, reason: Grip.Item(Grip.WebSocketMessageFormat.new_close(int(code), reason)),
    'binary': lambda: Grip.Item(Grip.WebSocketMessageFormat(b'\xff', kind=Grip.WebSocketMessageKind.TEXT)),
    'size': lambda size: Grip.Item(Grip.HttpStreamFormat('x'), size=int(size)),
    'two': lambda name: Grip.Item([Grip.Format.new_for_name(name, 'x'), Grip.Format.new_for_name(name, 'x')]),
    'channels': Grip.parse_grip_channel_header,
    'last': Grip.parse_grip_last,
    'channel-header': lambda name: Grip.create_grip_channel_header([Grip.Channel(name)]),
    'hold': lambda name, prev_id: Grip.create_hold_stream([Grip.Channel(name, prev_id)]),
    'events': Grip.decode_websocket_events,
    'control': Grip.websocket_control_parse,
    'control-message': Grip.websocket_control_message,
    'subscribe': Grip.websocket_control_subscribe,
    'session': Grip.websocket_control_session,
    'set-meta': Grip.websocket_control_set_meta,
    'register': lambda scheme: Grip.Transport.register_type(scheme, Grip.Item),
    'register-format': lambda name: Grip.Format.register_type(name, Grip.Item),
    'format': Grip.Format.new_for_name,
    'plugin': Grip.Transport.find_plugin,
    'changes': Grip.SubscriptionChanges.new_for_page,
    'context': lambda body: Grip.WebSocketContext.new_for_request({'Connection-Id': '1'}, body),
}


def attempt(operation, *words):
    try:
        OPERATIONS[operation](*[GLib.strcompress(word) for word in words])
    except GLib.Error as error:
        return '%s %d\t%s' % (error.domain, error.code, GLib.strescape(error.message, None))
    except Exception as error:
        return repr(error)
    return 'no error'


with open(sys.argv[1], encoding='utf-8') as inputs:
    lines = [line for line in inputs.read().split('\n') if line and not line.startswith('#')]
for number, line in enumerate(lines, 1):
    print('%d\t%s' % (number, attempt(*line.split('\t'))))
