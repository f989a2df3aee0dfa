/* test-classes.vala
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Every class of the library once: the VAPI is compiled against, and each class is called. */

private void test_item () throws Error {
  var meta = new HashTable<string, string> (str_hash, str_equal);
  Grip.Format[] formats = {
    new Grip.HttpStreamFormat (new Bytes ("\xff".data)),
    new Grip.WebSocketMessageFormat.text ("t")
  };

  meta["sender"] = "me";
  var item = new Grip.Item.full (formats, "2", "1", meta, true, -1);
  assert (item.id == "2" && item.prev_id == "1" && item.no_seq && item.n_formats == 2);
  assert (item.get_format (0) == formats[0] && item.get_format (2) == null);
  assert (item.meta.lookup_value ("sender", VariantType.STRING).get_string () == "me");
  assert ("\"content-bin\":\"/w==\"" in text_of (item.encode ("c", Grip.Encoding.JSON)));

  string? nothing = new Grip.Item (formats[1]).id;
  assert (nothing == null);
  try {
    formats = { formats[1], new Grip.WebSocketMessageFormat.ping (null) };
    new Grip.Item.full (formats, null, null, null, false, -1);
    assert_not_reached ();
  } catch (Grip.Error.INVALID_ITEM e) {
  }
}

private void test_formats () throws Error {
  var response = new Grip.HttpResponseFormat.text ("body");

  response.code = 201;
  response.append_header ("X-A", "1");
  response.set_body_patch_json ("[]");
  assert (response.get_name () == "http-response" && response.reason == null);
  assert (response.to_variant ().lookup_value ("code", null).print (false) == "201");

  Grip.BaseFormat close = new Grip.WebSocketMessageFormat.close (1000, "bye");
  close.content_filters = { "skip-self" };
  assert (close.action == Grip.Action.CLOSE && close.content == null);
  assert (((Grip.WebSocketMessageFormat) close).kind == Grip.WebSocketMessageKind.TEXT);

  Grip.Format.register_type ("note", typeof (NoteFormat));
  var note = Grip.Format.new_for_name ("note", new Bytes ("mine".data));
  assert (note is NoteFormat && ((NoteFormat) note).content == "mine");
  assert ("note" in Grip.Format.list_registered ());
  try {
    Grip.Format.new_for_name ("nobody", null);
    assert_not_reached ();
  } catch (Grip.Error.INVALID_ITEM e) {
    assert (e.message == "there is no format 'nobody'");
  }
}

private void test_endpoint () throws Error {
  var endpoint = new Grip.Endpoint.for_uri ("http://localhost:5561/?iss=me&key=secret");

  assert (endpoint.control_iss == "me" && endpoint.user == null);
  assert (!("secret" in endpoint.to_string ()));
  GenericArray<Grip.Endpoint> several = Grip.endpoints_new_from_json (
    "[{\"control_uri\":\"http://a\"},{\"control_uri\":\"http://b\"}]");
  assert (several.length == 2 && several[1].control_uri == "http://b");
  Variant config = Grip.parse_grip_uri ("http://a/?iss=me&key=x");
  assert (config.lookup_value ("control_iss", null).get_string () == "me");
  assert (Grip.Fate.NOT_SENT.to_string ().length > 0);
}

private void test_trust () throws Error {
  var key = new Grip.Key.from_string ("changeme");
  int64 now = get_real_time () / 1000000;
  string token = key.sign ("pushpin", now + 60);
  Grip.Signature signature = Grip.validate_sig (token, key, "pushpin");

  assert (key.kind == Grip.KeyKind.SECRET && signature.get_issuer () == "pushpin");
  assert (signature.get_expires () == now + 60);
  try {
    Grip.validate_sig (token, new Grip.Key.from_string ("other"), null);
    assert_not_reached ();
  } catch (Grip.Error.UNAUTHORIZED e) {
  }

  var control = new Grip.PubControl ();
  control.apply_config (new Variant.parsed (
    "{'control_uri': <'http://127.0.0.1:1'>, 'verify_key': <'changeme'>}"));
  Grip.SigResult result = control.validate_sig (token);
  assert (result.is_signed () && result.get_endpoint () != null && result.get_reason () == null);
  assert (control.validate_sig (null).get_signature () == null);
  control.remove_all_transports ();
}

private void test_instruct () throws Error {
  var channel = new Grip.Channel.full ("news", "7", { "skip-self" });
  var instruct = new Grip.Instruct (Grip.HoldMode.RESPONSE);
  var channels = new GenericArray<Grip.Channel> ();

  instruct.add_channel (channel);
  instruct.timeout = 20;
  instruct.response = new Grip.Response.text (200, "text/plain", "late");
  Grip.Response answer = instruct.to_response (Grip.InstructForm.HEADERS);
  assert (answer.get_header ("Grip-Hold") == "response");
  assert (Grip.Instruct.parse (answer).get_channels ()[0].prev_id == "7");

  channels.add (channel);
  channels.add (new Grip.Channel ("other"));
  string header = Grip.create_grip_channel_header (channels);
  GenericArray<Grip.Channel> parsed = Grip.parse_grip_channel_header (header);
  assert (parsed.length == 2 && parsed[0].filters[0] == "skip-self" && parsed[1].prev_id == null);
  assert ("\"mode\":\"response\"" in Grip.create_hold_response (channels, null, 20));
}

private void test_websocket () throws Error {
  var events = new GenericArray<Grip.WebSocketEvent> ();

  events.add (new Grip.WebSocketEvent ("OPEN", null));
  events.add (new Grip.WebSocketEvent.text ("TEXT", "hello"));
  events.add (new Grip.WebSocketEvent.close (1000, "bye"));
  GenericArray<Grip.WebSocketEvent> decoded =
    Grip.decode_websocket_events (Grip.encode_websocket_events (events));
  assert (decoded.length == 3 && decoded[1].dup_text () == "hello");
  assert (decoded[2].get_close_reason () == "bye");

  var context = new Grip.WebSocketContext ("id-1", decoded);
  context.accept ();
  context.subscribe ("news", null);
  assert (context.receive ().dup_text () == "hello" && context.connection_id == "id-1");
  context.send_text ("back");
  assert (context.to_response ().get_body () != null);
  assert ("\"type\":\"detach\"" in Grip.websocket_control_detach ());
}

private void test_subscriptions () throws Error {
  string line = """{"item":{"channel":"a","state":"subscribed"},"cursor":"2","prev_cursor":"1"}""";
  var changes = new Grip.SubscriptionChanges.for_line (new Bytes (line.data));

  assert (changes.get_n_changes () == 1 && changes.get_subscribed (0));
  assert (changes.get_channel (0) == "a" && changes.get_cursor () == "2");
}

private void test_batch () throws Error {
  var control = new Grip.PubControl ();
  var transport = new BareTransport (make_endpoint ());
  var batch = new Grip.Batch ();

  control.add_transport (transport);
  for (int i = 0; i < 3; i++)
    batch.add ("news", new Grip.Item (new Grip.HttpStreamFormat.text (@"$i")));
  control.publish_batch (batch);
  assert (transport.n_messages == 3 && batch.get_n_items () == 3);
  assert (batch.get_fate (2) == Grip.Fate.ACCEPTED && batch.get_error (2) == null);
  Grip.Statistics statistics = control.get_statistics ();
  assert (statistics.get_n_sent () == 3 && statistics.get_last_error () == null);
  control.close ();
}

/* Made by a plugin, for an endpoint with a stats socket. */
private void test_stats () throws Error {
  Type channels = typeof (Grip.StatsChannel);

  assert (typeof (Grip.Stats).is_a (typeof (ListModel)) && channels.is_a (typeof (Object)));
  try {
    new Grip.Stats.for_endpoint (make_endpoint ());
    assert_not_reached ();
  } catch (Grip.Error e) {
    assert (e.message.length > 0);
  }
}

private async string ask (Grip.HttpControl control) throws Error {
  uint status;
  Bytes reply = yield control.call_async ("GET", "subscriptions/items/", null, null, null,
                                          out status);

  return "%u %s".printf (status, text_of (reply));
}

private async Variant ask_zmq (Grip.ZmqControl control) throws Error {
  return yield control.call_async ("get-zmq-uris", null);
}

private void test_plugins () throws Error {
  Grip.Transport transport =
    Grip.Transport.new_for_endpoint (new Grip.Endpoint ("http://127.0.0.1:1"));
  Grip.HttpControl mine = new MemoryTransport (make_endpoint ());

  assert ("http" in Grip.Transport.list_plugins ());
  assert (transport.get_endpoint ().scheme == "http" && transport is Grip.HttpControl);
  var result = wait_for ((done) => ask.begin (mine, done));
  assert (ask.end (result).has_prefix ("200 GET subscriptions/items/"));
  Grip.ZmqControl command = new BareTransport (make_endpoint ());
  result = wait_for ((done) => ask_zmq.begin (command, done));
  assert (ask_zmq.end (result).n_children () == 1);
}

private void hold_stream (GripSoup.Request request) {
  assert (request.get_websocket () == null && !request.is_answered ());
  try {
    request.hold (new Grip.Instruct.hold_stream ("news"));
  } catch (Error e) {
    request.respond_text (500, null, e.message);
  }
}

private async string fetch (GripSoup.Origin origin) throws Error {
  var session = new Soup.Session ();
  var message = new Soup.Message ("GET", "http://127.0.0.1:%u/hold".printf (origin.get_port ()));

  message.request_headers.append ("Grip-Sig", "anything");
  yield session.send_and_read_async (message, Priority.DEFAULT, null);
  return message.response_headers.get_one ("Grip-Channel");
}

private void test_origin () throws Error {
  var origin = new GripSoup.Origin (null);

  origin.set_channel_prefix ("app-");
  origin.add_handler ("/hold", (o, request) => {
    assert (o == origin);
    hold_stream (request);
  });
  origin.listen (0);
  var result = wait_for ((done) => fetch.begin (origin, done));
  assert (fetch.end (result) == "app-news");
  assert (typeof (GripSoup.Extension).is_a (typeof (Soup.WebsocketExtension)));
}
