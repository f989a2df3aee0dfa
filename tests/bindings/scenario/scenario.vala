/* scenario.vala
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The scenario that every language plays: see README.md beside this. */

private const int64 TOKEN_EXPIRES = 4102444800;

private delegate void Attempt () throws Error;

private void show (string key, string value) {
  stdout.printf ("%s\t%s\n", key, value);
}

/* Tells with which error of ours the attempt fails. */
private void show_error (string key, Attempt attempt) throws Error {
  try {
    attempt ();
    assert_not_reached ();
  } catch (Grip.Error.INVALID_CONFIG e) {
    show (key, "invalid-config " + e.message);
  } catch (Grip.Error.INVALID_ITEM e) {
    show (key, "invalid-item " + e.message);
  } catch (Grip.Error.UNAUTHORIZED e) {
    show (key, "unauthorized " + e.message);
  } catch (Grip.Error.MALFORMED e) {
    show (key, "malformed " + e.message);
  } catch (Grip.Error.REJECTED e) {
    show (key, "rejected " + e.message);
  } catch (Grip.Error.CLOSED e) {
    show (key, "closed " + e.message);
  }
}

private string text_of (Bytes bytes) {
  var text = new StringBuilder ();

  text.append_len ((string) bytes.get_data (), bytes.length);
  return text.str;
}

private void play_uri () throws Error {
  var endpoint = new Grip.Endpoint.for_uri (
    "http://localhost:5561/base/?iss=me&key=base64:AP+A&verify-iss=pushpin&verify-key=changeme&x=1");

  show ("uri.control-uri", endpoint.control_uri);
  show ("uri.publish-uri", endpoint.publish_uri);
  show ("uri.iss", endpoint.control_iss);
  show ("uri.verify-iss", endpoint.verify_iss);
  show ("uri.shown", endpoint.to_string ());
  show_error ("uri.bad", () => { new Grip.Endpoint.for_uri ("http://["); });
}

private void play_signature () throws Error {
  var key = new Grip.Key.from_string ("changeme");
  var other = new Grip.Key.from_string ("base64:b3RoZXI=");
  string token = key.sign ("pushpin", TOKEN_EXPIRES);
  Grip.Signature signature = Grip.validate_sig (token, key, "pushpin");

  show ("signature.token", token);
  show ("signature.issuer", signature.get_issuer ());
  show ("signature.expires", signature.get_expires ().to_string ());
  show_error ("signature.wrong-key", () => { Grip.validate_sig (token, other, "pushpin"); });
  show_error ("signature.wrong-issuer", () => { Grip.validate_sig (token, key, "fastly"); });
}

private string describe (Grip.WebSocketEvent event) {
  string kind = event.event_type;

  if (event.get_close_code () > 0)
    return "%s %d %s".printf (kind, event.get_close_code (), event.get_close_reason ());
  if (event.content == null)
    return kind;
  string? text = event.dup_text ();
  return text != null ? @"$kind $text" : "%s of %d bytes".printf (kind, event.content.length);
}

private void play_events () throws Error {
  uint8[] binary = { 0, 0xff, 0x80 };
  uint8[] code = { 0x03, 0xe8 };
  var body = new ByteArray ();

  body.append ("OPEN\r\nTEXT 6\r\nhéllo\r\nBINARY 3\r\n".data);
  body.append (binary);
  body.append ("\r\nCLOSE 5\r\n".data);
  body.append (code);
  body.append ("bye\r\n".data);
  var bytes = new Bytes (body.data);
  GenericArray<Grip.WebSocketEvent> events = Grip.decode_websocket_events (bytes);
  for (int i = 0; i < events.length; i++)
    show (@"events.$i", describe (events[i]));
  bool same = Grip.encode_websocket_events (events).compare (bytes) == 0;
  show ("events.encoded", same ? "the same" : "different");
  show_error ("events.cut", () => { Grip.decode_websocket_events (bytes[0:12]); });
}

private class NoteFormat : Object, Grip.Format {
  public unowned string get_name () {
    return "note";
  }

  public Variant to_variant () {
    var fields = new VariantDict ();

    fields.insert ("content", "s", "héllo");
    return fields.end ();
  }
}

private void play_format () throws Error {
  var note = new NoteFormat ();
  var item = new Grip.Item (note, "2", "1");
  Grip.Format[] twice = { note, note };

  show ("format.json", text_of (item.encode ("news", Grip.Encoding.JSON)));
  show_error ("format.twice", () => { new Grip.Item.full (twice, null, null, null, false, -1); });
}

private class MemoryTransport : Grip.BaseTransport {
  public string log = "";
  public Grip.Error? refusal = null;

  public MemoryTransport () throws Error {
    Object (endpoint: new Grip.Endpoint.for_uri ("memory://here"));
  }

  public override void deliver (Grip.Delivery delivery) {
    if (refusal != null) {
      delivery.fail (refusal);
      return;
    }
    for (uint i = 0; i < delivery.get_n_messages (); i++)
      log += text_of (delivery.get_payload (i));
    delivery.complete ();
  }
}

private void play_transport () throws Error {
  var control = new Grip.PubControl ();
  var first = new MemoryTransport ();
  var second = new MemoryTransport ();

  control.add_transport (first);
  control.publish_http_stream ("news", "1");
  control.publish_http_stream ("news", "2");
  control.replace_transport (first, second);
  control.publish_http_stream ("news", "3");
  show ("transport.first", first.log);
  show ("transport.second", second.log);

  second.refusal = new Grip.Error.REJECTED ("not today");
  show_error ("transport.refused", () => { control.publish_http_stream ("news", "4"); });
  control.close ();
  show_error ("transport.closed", () => { control.publish_http_stream ("news", "5"); });
}

/** A client that the proxy holds, from the moment it is made. */
private class Client {
  private Soup.Session session = new Soup.Session ();
  private Soup.Message message;
  private AsyncResult? sent = null;
  private SourceFunc? on_sent = null;
  private DataInputStream? stream = null;

  public uint status { get { return message.status_code; } }

  public Client (string path) {
    message = new Soup.Message ("GET", Environment.get_variable ("GRIP_TEST_PROXY") + path);
    session.send_async.begin (message, Priority.DEFAULT, null, (source, result) => {
      sent = result;
      if (on_sent != null)
        on_sent ();
    });
  }

  public async string read_line () throws Error {
    if (sent == null) {
      on_sent = read_line.callback;
      yield;
      on_sent = null;
    }
    if (stream == null)
      stream = new DataInputStream (session.send_async.end (sent));
    return yield stream.read_line_utf8_async (Priority.DEFAULT, null);
  }
}

private async void wait_subscribed (string channel) throws Error {
  string uri = Environment.get_variable ("GRIP_TEST_SUBSCRIBED") + "?channel=" + channel;

  yield new Soup.Session ().send_and_read_async (new Soup.Message ("GET", uri), Priority.DEFAULT,
                                                 null);
}

private void answer (GripSoup.Request request) {
  bool stream = request.get_path ().has_suffix ("/stream");
  var instruct = stream ? new Grip.Instruct.hold_stream ("stream")
                        : new Grip.Instruct.hold_response ("poll");

  instruct.response = new Grip.Response.text (200, "text/plain", stream ? "open\n" : "");
  show (stream ? "hold.stream.signed" : "hold.poll.signed", request.is_signed () ? "yes" : "no");
  try {
    request.hold (instruct);
  } catch (Error e) {
    error ("%s", e.message);
  }
}

private GripSoup.Origin make_origin () throws Error {
  var origin = new GripSoup.Origin (null);

  origin.set_verification (GripSoup.SignaturePolicy.REQUIRED, new Grip.Key.from_string ("changeme"),
                           "pushpin");
  origin.add_handler ("/app", (origin, request) => answer (request));
  origin.listen (int.parse (Environment.get_variable ("GRIP_TEST_APP_PORT")));
  return origin;
}

private void swap_to_zmq (Grip.PubControl control) throws Error {
  string json = "{\"control_zmq_push_uri\":\"%s\"}".printf (Environment.get_variable ("GRIP_TEST_PUSH"));
  var endpoint = new Grip.Endpoint.from_json (json);

  control.replace_transport ((Grip.Transport) control.get_item (0),
                             Grip.Transport.new_for_endpoint (endpoint));
}

private async void play_stream (Grip.PubControl control) throws Error {
  var client = new Client ("/app/stream");

  show ("hold.stream.first", yield client.read_line ());
  yield wait_subscribed ("stream");
  yield control.publish_http_stream_async ("stream", "by HTTP\n", "1");
  show ("hold.stream.http", yield client.read_line ());
  swap_to_zmq (control);
  yield control.publish_http_stream_async ("stream", "by ZMQ\n", "2");
  show ("hold.stream.zmq", yield client.read_line ());
}

private async void play_poll (Grip.PubControl control) throws Error {
  var client = new Client ("/app/poll");
  var format = new Grip.HttpResponseFormat.text ("late\n") { code = 203 };

  yield wait_subscribed ("poll");
  yield control.publish_async ("poll", new Grip.Item (format));
  string line = yield client.read_line ();
  show ("hold.poll.http", "%u %s".printf (client.status, line));
}

private async void play_hold () throws Error {
  var origin = make_origin ();
  var control = new Grip.PubControl.for_uri (Environment.get_variable ("GRIP_TEST_CONTROL"));

  yield play_poll (control);
  yield play_stream (control);
  yield control.close_async ();
  origin.get_server ().disconnect ();
}

public static int main () {
  var loop = new MainLoop ();
  int status = 1;

  try {
    play_uri ();
    play_signature ();
    play_events ();
    play_format ();
    play_transport ();
    play_hold.begin ((source, result) => {
      try {
        play_hold.end (result);
        status = 0;
      } catch (Error e) {
        printerr ("%s\n", e.message);
      }
      loop.quit ();
    });
    loop.run ();
  } catch (Error e) {
    printerr ("%s\n", e.message);
  }
  return status;
}
