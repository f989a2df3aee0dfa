-- messages.lua
--
-- Copyright 2026 The libgrip authors
--
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- messages.lua INPUTS: what Lua says of each wrong input; see messages.c.

local lgi = require 'lgi'
local GLib = lgi.GLib
local Grip = lgi.require ('Grip', '1.0')

local function item (format)
  return Grip.Item.new (format, nil, nil)
end

local function response ()
  return Grip.HttpResponseFormat.new_text ('x')
end

local function bytes (text)
  return GLib.Bytes.new (text)
end

local function apply (name, value)
  local config = { control_uri = GLib.Variant ('s', 'http://h') }

  config[name] = value
  return Grip.PubControl ():apply_config (GLib.Variant ('a{sv}', config))
end

local function changed (format, change)
  change (format)
  return item (format)
end

local function closed (channel)
  local control = Grip.PubControl ()

  control:close ()
  return control:publish_http_stream (channel, 'x')
end

-- What fails gives nil or false, and an error.
local operations = {
  ['control-uri'] = Grip.Endpoint.new,
  uri = Grip.Endpoint.new_for_uri,
  ['parse-uri'] = Grip.parse_grip_uri,
  json = Grip.endpoints_new_from_json,
  config = function (name, value) return apply (name, GLib.Variant ('s', value)) end,
  ['config-number'] = function (name) return apply (name, GLib.Variant ('i', 5)) end,
  fanout = Grip.Endpoint.new_for_fanout,
  pub = Grip.PubControl.new_for_uri,
  key = Grip.Key.new_from_string,
  sig = function (token, key, iss) return Grip.validate_sig (token, Grip.Key.new_from_string (key), iss) end,
  publish = function (channel, content) return Grip.PubControl ():publish_http_stream (channel, content) end,
  closed = closed,
  header = function (name, value)
    return changed (response (), function (format) format:append_header (name, value) end)
  end,
  reason = function (reason)
    return changed (response (), function (format) format:set_reason (reason) end)
  end,
  patch = function (patch) return response ():set_body_patch_json (patch) end,
  filter = function (name)
    return changed (Grip.HttpStreamFormat.new_text ('x'), function (format) format:set_content_filters { name } end)
  end,
  ['action-refresh'] = function (name)
    return changed (Grip.Format.new_for_name (name), function (format) format:set_action ('REFRESH') end)
  end,
  ['no-content'] = function (name) return item (Grip.Format.new_for_name (name)) end,
  ping = function (size)
    return changed (Grip.WebSocketMessageFormat.new_text (('x'):rep (tonumber (size))),
                    function (format) format:set_kind ('PING') end)
  end,
  close = function (code, reason)
    return item (Grip.WebSocketMessageFormat.new_close (math.tointeger (code), reason))
  end,
  binary = function ()
    return changed (Grip.WebSocketMessageFormat.new (bytes '\xff'), function (format) format:set_kind ('TEXT') end)
  end,
  size = function (size)
    return Grip.Item.new_full ({ Grip.HttpStreamFormat.new_text ('x') }, nil, nil, nil, false, math.tointeger (size))
  end,
  two = function (name)
    return Grip.Item.new_full ({ Grip.Format.new_for_name (name, bytes 'x'), Grip.Format.new_for_name (name, bytes 'x') },
                               nil, nil, nil, false, -1)
  end,
  channels = Grip.parse_grip_channel_header,
  last = Grip.parse_grip_last,
  ['channel-header'] = function (name) return Grip.create_grip_channel_header { Grip.Channel.new (name) } end,
  hold = function (name, prev_id)
    return Grip.create_hold_stream ({ Grip.Channel.new_full (name, prev_id, nil) }, nil)
  end,
  events = function (body) return Grip.decode_websocket_events (bytes (body)) end,
  control = Grip.websocket_control_parse,
  ['control-message'] = Grip.websocket_control_message,
  subscribe = Grip.websocket_control_subscribe,
  session = Grip.websocket_control_session,
  ['set-meta'] = Grip.websocket_control_set_meta,
  register = function (scheme) return Grip.Transport.register_type (scheme, Grip.Item) end,
  ['register-format'] = function (name) return Grip.Format.register_type (name, Grip.Item) end,
  format = Grip.Format.new_for_name,
  plugin = Grip.Transport.find_plugin,
  changes = function (json) return Grip.SubscriptionChanges.new_for_page (bytes (json)) end,
  context = function (body)
    return Grip.WebSocketContext.new_for_request (GLib.Variant ('a(ss)', { { 'Connection-Id', '1' } }), bytes (body))
  end,
}

local function attempt (line)
  local words = {}

  for word in (line .. '\t'):gmatch ('([^\t]*)\t') do
    words[#words + 1] = GLib.strcompress (word)
  end

  local result, e = operations[words[1]] (table.unpack (words, 2))
  if result or not e then
    return 'no error'
  end
  -- To Lua the code is the nick of the value.
  return ('grip-error-quark %d\t%s'):format (Grip.Error[e.code], GLib.strescape (e.message, nil))
end

local number = 0
for line in io.lines (arg[1]) do
  if line ~= '' and line:sub (1, 1) ~= '#' then
    number = number + 1
    print (('%d\t%s'):format (number, attempt (line)))
  end
end
