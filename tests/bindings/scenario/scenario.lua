-- scenario.lua
--
-- Copyright 2026 The libgrip authors
--
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- The scenario that every language plays: see README.md beside this.

local lgi = require 'lgi'
local GLib, GObject, Gio = lgi.GLib, lgi.GObject, lgi.Gio
local Grip = lgi.require ('Grip', '1.0')
local GripSoup = lgi.require ('GripSoup', '1.0')
local Soup = lgi.require ('Soup', '3.0')

local Scenario = lgi.package 'Scenario'
local TOKEN_EXPIRES = 4102444800

local function show (key, value)
  io.write (key, '\t', value, '\n')
end

-- A call fails with nil and an error.
local function show_error (key, result, e)
  assert (not result and e.domain == Grip.Error, e)
  show (key, e.code:lower ():gsub ('_', '-') .. ' ' .. e.message)
end

local function play_uri ()
  local endpoint = assert (Grip.Endpoint.new_for_uri (
    'http://localhost:5561/base/?iss=me&key=base64:AP+A&verify-iss=pushpin&verify-key=changeme&x=1'))

  show ('uri.control-uri', endpoint.control_uri)
  show ('uri.publish-uri', endpoint.publish_uri)
  show ('uri.iss', endpoint.control_iss)
  show ('uri.verify-iss', endpoint.verify_iss)
  show ('uri.shown', endpoint:to_string ())
  show_error ('uri.bad', Grip.Endpoint.new_for_uri ('http://['))
end

local function play_signature ()
  local key = Grip.Key.new_from_string ('changeme')
  local other = Grip.Key.new_from_string ('base64:b3RoZXI=')
  local token = key:sign ('pushpin', TOKEN_EXPIRES)
  local signature = assert (Grip.validate_sig (token, key, 'pushpin'))

  show ('signature.token', token)
  show ('signature.issuer', signature:get_issuer ())
  show ('signature.expires', ('%d'):format (signature:get_expires ()))
  show_error ('signature.wrong-key', Grip.validate_sig (token, other, 'pushpin'))
  show_error ('signature.wrong-issuer', Grip.validate_sig (token, key, 'fastly'))
end

local function describe (event)
  local kind = event.event_type

  if event:get_close_code () > 0 then
    return ('%s %d %s'):format (kind, event:get_close_code (), event:get_close_reason ())
  elseif not event.content then
    return kind
  end
  local text = event:dup_text ()
  return text and kind .. ' ' .. text or ('%s of %d bytes'):format (kind, event.content:get_size ())
end

local function play_events ()
  local body = 'OPEN\r\nTEXT 6\r\nhéllo\r\nBINARY 3\r\n\0\xff\x80\r\nCLOSE 5\r\n\x03\xe8bye\r\n'
  local events = assert (Grip.decode_websocket_events (GLib.Bytes.new (body)))

  for i, event in ipairs (events) do
    show ('events.' .. i - 1, describe (event))
  end
  local same = Grip.encode_websocket_events (events):get_data () == body
  show ('events.encoded', same and 'the same' or 'different')
  show_error ('events.cut', Grip.decode_websocket_events (GLib.Bytes.new (body:sub (1, 12))))
end

Scenario:class ('NoteFormat', GObject.Object, { Grip.Format })

function Scenario.NoteFormat:do_get_name ()
  return 'note'
end

function Scenario.NoteFormat:do_to_variant ()
  return GLib.Variant ('a{sv}', { content = GLib.Variant ('s', 'héllo') })
end

local function play_format ()
  local note = Scenario.NoteFormat ()
  local item = assert (Grip.Item.new (note, '2', '1'))

  show ('format.json', item:encode ('news', 'JSON'):get_data ())
  show_error ('format.twice', Grip.Item.new_full ({ note, note }, nil, nil, nil, false, -1))
end

Scenario:class ('MemoryTransport', Grip.BaseTransport)

function Scenario.MemoryTransport:do_deliver (delivery)
  local priv = self.priv

  if priv.refusal then
    delivery:fail_literal ('REJECTED', priv.refusal)
    return
  end
  for i = 0, delivery:get_n_messages () - 1 do
    priv.log = (priv.log or '') .. delivery:get_payload (i):get_data ()
  end
  delivery:complete ()
end

local function play_transport ()
  local control = Grip.PubControl ()
  local endpoint = Grip.Endpoint.new_for_uri ('memory://here')
  local first = Scenario.MemoryTransport { endpoint = endpoint }
  local second = Scenario.MemoryTransport { endpoint = endpoint }

  control:add_transport (first)
  assert (control:publish_http_stream ('news', '1'))
  assert (control:publish_http_stream ('news', '2'))
  control:replace_transport (first, second)
  assert (control:publish_http_stream ('news', '3'))
  show ('transport.first', first.priv.log)
  show ('transport.second', second.priv.log)

  second.priv.refusal = 'not today'
  show_error ('transport.refused', control:publish_http_stream ('news', '4'))
  control:close ()
  show_error ('transport.closed', control:publish_http_stream ('news', '5'))
end

-- A client that the proxy holds, from the moment it is made. A coroutine that reads waits for it.
local Client = {}
Client.__index = Client

function Client.new (path)
  local self = setmetatable ({ session = Soup.Session () }, Client)

  self.message = Soup.Message.new ('GET', os.getenv 'GRIP_TEST_PROXY' .. path)
  self.session:send_async (self.message, GLib.PRIORITY_DEFAULT, nil, function (session, result)
    self.stream = Gio.DataInputStream.new (assert (session:send_finish (result)))
    if self.waiting then
      coroutine.resume (self.waiting)
    end
  end)
  return self
end

function Client:read_line ()
  if not self.stream then
    self.waiting = coroutine.running ()
    coroutine.yield ()
  end
  return self.stream:async_read_line ()
end

local function wait_subscribed (channel)
  local uri = os.getenv 'GRIP_TEST_SUBSCRIBED' .. '?channel=' .. channel

  Soup.Session ():async_send_and_read (Soup.Message.new ('GET', uri))
end

local function make_origin ()
  local origin = GripSoup.Origin.new (Soup.Server ())

  origin:set_verification ('REQUIRED', Grip.Key.new_from_string ('changeme'), 'pushpin')
  origin:add_handler ('/app', function (_, request)
    local stream = request:get_path ():match '/stream$'
    local instruct = stream and Grip.Instruct.new_hold_stream ('stream')
                     or Grip.Instruct.new_hold_response ('poll')

    instruct.response = Grip.Response.new_text (200, 'text/plain', stream and 'open\n' or '')
    show (stream and 'hold.stream.signed' or 'hold.poll.signed', request:is_signed () and 'yes' or 'no')
    assert (request:hold (instruct))
  end)
  assert (origin:listen (tonumber (os.getenv 'GRIP_TEST_APP_PORT')))
  return origin
end

local function swap_to_zmq (control)
  local json = ('{"control_zmq_push_uri":"%s"}'):format (os.getenv 'GRIP_TEST_PUSH')
  local endpoint = assert (Grip.Endpoint.new_from_json (json))

  control:replace_transport (control:get_item (0), assert (Grip.Transport.new_for_endpoint (endpoint)))
end

local function play_stream (control)
  local client = Client.new ('/app/stream')

  show ('hold.stream.first', client:read_line ())
  wait_subscribed ('stream')
  assert (control:async_publish_http_stream ('stream', 'by HTTP\n', '1'))
  show ('hold.stream.http', client:read_line ())
  swap_to_zmq (control)
  assert (control:async_publish_http_stream ('stream', 'by ZMQ\n', '2'))
  show ('hold.stream.zmq', client:read_line ())
end

local function play_poll (control)
  local client = Client.new ('/app/poll')
  local format = Grip.HttpResponseFormat.new_text ('late\n')

  format.code = 203
  wait_subscribed ('poll')
  assert (control:async_publish ('poll', Grip.Item.new (format)))
  local line = client:read_line ()
  show ('hold.poll.http', ('%d %s'):format (client.message.status_code, line))
end

local function play_hold ()
  local origin = make_origin ()
  local control = assert (Grip.PubControl.new_for_uri (os.getenv 'GRIP_TEST_CONTROL'))

  play_poll (control)
  play_stream (control)
  assert (control:async_close ())
  origin:get_server ():disconnect ()
end

local loop = GLib.MainLoop ()
local played

play_uri ()
play_signature ()
play_events ()
play_format ()
play_transport ()
Gio.Async.start (function ()
  local good, why = xpcall (play_hold, debug.traceback)

  if not good then
    io.stderr:write (tostring (why), '\n')
  end
  played = good
  loop:quit ()
end) ()
loop:run ()
os.exit (played and 0 or 1)
