# scenario.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The scenario that every language plays: see README.md beside this."""
import asyncio
import os

import gbulb
import gi
gi.require_version('Grip', '1.0')
gi.require_version('GripSoup', '1.0')
gi.require_version('Soup', '3.0')
from gi.repository import Gio, GLib, GObject, Grip, GripSoup, Soup

TOKEN_EXPIRES = 4102444800


def show(key, value):
    print('%s\t%s' % (key, value), flush=True)


def show_error(key, function, *arguments):
    try:
        function(*arguments)
    except Grip.GripError as error:
        show(key, '%s %s' % (Grip.Error(error.code).value_nick, error.message))
    else:
        raise AssertionError('%s: there is no error' % key)


def play_uri():
    endpoint = Grip.Endpoint('http://localhost:5561/base/?iss=me&key=base64:AP+A'
                             '&verify-iss=pushpin&verify-key=changeme&x=1')
    show('uri.control-uri', endpoint.get_control_uri())
    show('uri.publish-uri', endpoint.get_publish_uri())
    show('uri.iss', endpoint.get_control_iss())
    show('uri.verify-iss', endpoint.get_verify_iss())
    show('uri.shown', endpoint.to_string())
    show_error('uri.bad', Grip.Endpoint, 'http://[')


def play_signature():
    token = Grip.Key('changeme').sign('pushpin', TOKEN_EXPIRES)
    signature = Grip.validate_sig(token, 'changeme', 'pushpin')
    show('signature.token', token)
    show('signature.issuer', signature.get_issuer())
    show('signature.expires', signature.get_expires())
    show_error('signature.wrong-key', Grip.validate_sig, token, b'other', 'pushpin')
    show_error('signature.wrong-issuer', Grip.validate_sig, token, 'changeme', 'fastly')


def describe(event):
    kind, content, text = event.get_event_type(), event.get_content(), event.dup_text()
    if event.get_close_code() > 0:
        return '%s %d %s' % (kind, event.get_close_code(), event.get_close_reason())
    if content is None:
        return kind
    return '%s %s' % (kind, text) if text is not None else '%s of %d bytes' % (kind, len(content))


def play_events():
    body = 'OPEN\r\nTEXT 6\r\nhéllo\r\nBINARY 3\r\n'.encode() + b'\0\xff\x80\r\nCLOSE 5\r\n\x03\xe8bye\r\n'
    events = Grip.decode_websocket_events(body)
    for number, event in enumerate(events):
        show('events.%d' % number, describe(event))
    show('events.encoded', 'the same' if Grip.encode_websocket_events(events) == body else 'different')
    show_error('events.cut', Grip.decode_websocket_events, body[:12])


class NoteFormat(GObject.Object, Grip.Format):
    def do_get_name(self):
        return 'note'

    def do_to_variant(self):
        return {'content': 'héllo'}


def play_format():
    note = NoteFormat()
    item = Grip.Item(note, id='2', prev_id='1')
    show('format.json', item.encode('news', Grip.Encoding.JSON).decode())
    show_error('format.twice', Grip.Item, [note, note])


class MemoryTransport(Grip.BaseTransport):
    def __init__(self):
        super().__init__(endpoint=Grip.Endpoint('memory://here'))
        self.log = ''
        self.refusal = None

    def do_deliver(self, delivery):
        if self.refusal is not None:
            raise self.refusal
        for i in range(delivery.get_n_messages()):
            self.log += delivery.get_payload(i).decode()
        delivery.complete()


def play_transport():
    control, first, second = Grip.PubControl(), MemoryTransport(), MemoryTransport()

    control.add_transport(first)
    control.publish_http_stream('news', '1')
    control.publish_http_stream('news', '2')
    control.replace_transport(first, second)
    control.publish_http_stream('news', '3')
    show('transport.first', first.log)
    show('transport.second', second.log)

    second.refusal = Grip.RejectedError('not today')
    show_error('transport.refused', control.publish_http_stream, 'news', '4')
    control.close()
    show_error('transport.closed', control.publish_http_stream, 'news', '5')


def future_of(begin, finish, *arguments):
    """libsoup has no override that would do this."""
    future = asyncio.get_event_loop().create_future()

    def done(source, result):
        try:
            future.set_result(finish(result))
        except GLib.Error as error:
            future.set_exception(error)

    begin(*arguments, GLib.PRIORITY_DEFAULT, None, done)
    return future


class Client:
    """A client that the proxy holds, from the moment it is made."""
    def __init__(self, path):
        self.session = Soup.Session()
        self.message = Soup.Message.new('GET', os.environ['GRIP_TEST_PROXY'] + path)
        self.sent = future_of(self.session.send_async, self.session.send_finish, self.message)
        self.stream = None

    async def read_line(self):
        if self.stream is None:
            self.stream = Gio.DataInputStream.new(await self.sent)
        line, _length = await future_of(self.stream.read_line_async, self.stream.read_line_finish_utf8)
        return line


async def wait_subscribed(channel):
    session = Soup.Session()
    message = Soup.Message.new('GET', '%s?channel=%s' % (os.environ['GRIP_TEST_SUBSCRIBED'], channel))
    await future_of(session.send_and_read_async, session.send_and_read_finish, message)


def answer(_origin, request):
    mode = 'stream' if request.get_path().endswith('/stream') else 'poll'
    if mode == 'stream':
        instruct = Grip.Instruct.new_hold_stream('stream')
        instruct.set_response(Grip.Response(200, headers={'Content-Type': 'text/plain'}, body='open\n'))
    else:
        instruct = Grip.Instruct.new_hold_response('poll')
    show('hold.%s.signed' % mode, 'yes' if request.is_signed() else 'no')
    request.hold(instruct)


def swap_to_zmq(control):
    endpoint = Grip.Endpoint({'control_zmq_push_uri': os.environ['GRIP_TEST_PUSH']})
    control.replace_transport(control[0], Grip.Transport.new_for_endpoint(endpoint))


async def play_stream(control):
    client = Client('/app/stream')
    show('hold.stream.first', await client.read_line())
    await wait_subscribed('stream')
    await control.publish_http_stream_async('stream', 'by HTTP\n', id='1')
    show('hold.stream.http', await client.read_line())
    swap_to_zmq(control)
    await control.publish_http_stream_async('stream', 'by ZMQ\n', id='2')
    show('hold.stream.zmq', await client.read_line())


async def play_poll(control):
    client = Client('/app/poll')
    await wait_subscribed('poll')
    await control.publish_async('poll', Grip.HttpResponseFormat('late\n', code=203))
    line = await client.read_line()
    show('hold.poll.http', '%d %s' % (client.message.get_status(), line))


async def play_hold():
    origin = GripSoup.Origin.new(None)
    origin.set_verification(GripSoup.SignaturePolicy.REQUIRED, 'changeme', 'pushpin')
    origin.add_handler('/app', answer)
    origin.listen(int(os.environ['GRIP_TEST_APP_PORT']))
    async with Grip.PubControl(os.environ['GRIP_TEST_CONTROL']) as control:
        await play_poll(control)
        await play_stream(control)


play_uri()
play_signature()
play_events()
play_format()
play_transport()
gbulb.GLibEventLoop(context=GLib.MainContext.default()).run_until_complete(play_hold())
