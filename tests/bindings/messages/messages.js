/* messages.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// messages.js INPUTS: what JavaScript says of each wrong input; see messages.c.

import GLib from 'gi://GLib';
import Grip from 'gi://Grip?version=1.0';

const item = format => Grip.Item.new(format, null, null);
const response = () => new Grip.HttpResponseFormat('x');
const apply = config => new Grip.PubControl().apply_config({control_uri: 'http://h', ...config});

function closed(channel) {
    const control = new Grip.PubControl();
    control.close(null);
    control.publish_http_stream(channel, 'x', null, null, null);
}

function changed(format, change) {
    change(format);
    return item(format);
}

const operations = {
    'control-uri': uri => Grip.Endpoint.new(uri),
    'uri': uri => Grip.Endpoint.new_for_uri(uri),
    'parse-uri': uri => Grip.parse_grip_uri(uri),
    'json': json => Grip.endpoints_new_from_json(json),
    'config': (name, value) => apply({[name]: value}),
    'config-number': name => apply({[name]: 5}),
    'fanout': (id, token) => Grip.Endpoint.new_for_fanout(id, token),
    'pub': uri => Grip.PubControl.new_for_uri(uri),
    'key': key => Grip.Key.new_from_string(key),
    'sig': (token, key, iss = null) => Grip.validate_sig(token, Grip.Key.new_from_string(key), iss),
    'publish': (channel, content) => new Grip.PubControl().publish_http_stream(channel, content, null, null, null),
    'closed': closed,
    'header': (name, value) => changed(response(), format => format.append_header(name, value)),
    'reason': reason => changed(response(), format => format.set_reason(reason)),
    'patch': patch => response().set_body_patch_json(patch),
    'filter': filter => changed(new Grip.HttpStreamFormat('x'), format => format.set_content_filters([filter])),
    'action-refresh': name => changed(Grip.Format.new_for_name(name, null),
        format => format.set_action(Grip.Action.REFRESH)),
    'no-content': name => item(Grip.Format.new_for_name(name, null)),
    'ping': size => changed(new Grip.WebSocketMessageFormat('x'.repeat(size)),
        format => format.set_kind(Grip.WebSocketMessageKind.PING)),
    'close': (code, reason) => item(Grip.WebSocketMessageFormat.new_close(Number(code), reason)),
    'binary': () => changed(new Grip.WebSocketMessageFormat(new Uint8Array([255])),
        format => format.set_kind(Grip.WebSocketMessageKind.TEXT)),
    'size': size => Grip.Item.new_full([new Grip.HttpStreamFormat('x')], null, null, null, false, Number(size)),
    'two': name => Grip.Item.new_full([1, 2].map(() => Grip.Format.new_for_name(name, 'x')), null, null, null, false, -1),
    'channels': value => Grip.parse_grip_channel_header(value),
    'last': value => Grip.parse_grip_last(value),
    'channel-header': name => Grip.create_grip_channel_header([Grip.Channel.new(name)]),
    'hold': (name, prevId) => Grip.create_hold_stream([Grip.Channel.new_full(name, prevId, null)], null),
    'events': body => Grip.decode_websocket_events(body),
    'control': json => Grip.websocket_control_parse(json),
    'control-message': type => Grip.websocket_control_message(type, null),
    'subscribe': channel => Grip.websocket_control_subscribe(channel, null),
    'session': id => Grip.websocket_control_session(id),
    'set-meta': (name, value) => Grip.websocket_control_set_meta(name, value),
    'register': scheme => Grip.Transport.register_type(scheme, Grip.Item),
    'register-format': name => Grip.Format.register_type(name, Grip.Item),
    'format': name => Grip.Format.new_for_name(name, null),
    'plugin': name => Grip.Transport.find_plugin(name),
    'changes': json => Grip.SubscriptionChanges.new_for_page(json),
    'context': body => Grip.WebSocketContext.new_for_request({'Connection-Id': '1'}, body),
};

function attempt(line) {
    const [operation, ...words] = line.split('\t');
    try {
        operations[operation](...words.map(word => GLib.strcompress(word)));
    } catch (error) {
        if (!(error instanceof GLib.Error))
            return `${error}`;
        return `${GLib.quark_to_string(error.domain)} ${error.code}\t${GLib.strescape(error.message, null)}`;
    }
    return 'no error';
}

const text = new TextDecoder().decode(GLib.file_get_contents(ARGV[0])[1]);
text.split('\n').filter(line => line !== '' && !line.startsWith('#')).forEach((line, index) => {
    print(`${index + 1}\t${attempt(line)}`);
});
