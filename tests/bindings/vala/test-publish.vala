/* test-publish.vala
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Publishing from Vala: through a transport and with a format that are written in Vala. */

private Grip.Endpoint make_endpoint (string uri = "memory://one") throws Error {
  return new Grip.Endpoint.for_uri (uri);
}

private delegate void Begin (AsyncReadyCallback done);

/* Runs an asynchronous call to its end. */
private AsyncResult wait_for (Begin begin) {
  var loop = new MainLoop ();
  AsyncResult? result = null;

  begin ((source, res) => {
    result = res;
    loop.quit ();
  });
  loop.run ();
  return result;
}

private async void publish_all (Grip.PubControl control) throws Error {
  yield control.publish_http_stream_async ("news", "text", "1");
  yield control.publish_http_response_async ("news", "text");
  yield control.publish_websocket_message_async ("news", "text", "2", "1");
  yield control.publish_async ("news", new Grip.Item (new NoteFormat ("mine"), "3"));
  yield control.publish_to_channels_async ({ "a", "b" },
                                           new Grip.Item (new Grip.HttpStreamFormat.text ("both")));
  yield control.flush_async ();
  yield control.close_async ();
}

private void test_publish () throws Error {
  var control = new Grip.PubControl ();
  var transport = new MemoryTransport (make_endpoint ());

  control.add_transport (transport);
  var result = wait_for ((done) => publish_all.begin (control, done));
  publish_all.end (result);

  assert (transport.lines.length == 6);
  assert ("\"http-stream\"" in transport.lines[0]);
  assert ("\"prev-id\":\"1\"" in transport.lines[2]);
  assert ("\"note\":{" in transport.lines[3] && "\"stars\":3" in transport.lines[3]);
  assert ("\"channel\":\"b\"" in transport.lines[5]);
  assert (transport.n_opened == 1);
  while (transport.n_closed == 0)
    MainContext.default ().iteration (true);
  assert (transport.n_closed == 1);
}

private async string publish_and_tell (Grip.PubControl control) {
  try {
    yield control.publish_http_stream_async ("news", "text");
    return "published";
  } catch (Grip.Error.REJECTED e) {
    return "rejected: " + e.message;
  } catch (Grip.Error e) {
    return "another error of Grip: " + e.message;
  } catch (Error e) {
    return "a foreign error: " + e.message;
  }
}

private void test_errors () throws Error {
  var control = new Grip.PubControl ();
  var transport = new MemoryTransport (make_endpoint ());

  var result = wait_for ((done) => publish_and_tell.begin (control, done));
  assert (publish_and_tell.end (result).has_prefix ("another error of Grip: "));

  transport.failure = new Grip.Error.REJECTED ("not today");
  control.add_transport (transport);
  result = wait_for ((done) => publish_and_tell.begin (control, done));
  string told = publish_and_tell.end (result);
  assert (told.has_prefix ("rejected: ") && "not today" in told && "memory://one" in told);

  var cancellable = new Cancellable ();
  cancellable.cancel ();
  try {
    control.publish_http_stream ("news", "text", null, null, cancellable);
    assert_not_reached ();
  } catch (IOError.CANCELLED e) {
  }

  try {
    new Grip.Endpoint.for_uri ("http://[");
    assert_not_reached ();
  } catch (Grip.Error.INVALID_CONFIG e) {
    assert (e.message.length > 0);
  }
  transport.failure = null;
  result = wait_for ((done) => control.close_async.begin (null, done));
  control.close_async.end (result);
}

private void test_swap () throws Error {
  var control = new Grip.PubControl ();
  var first = new MemoryTransport (make_endpoint ());
  var second = new BareTransport (make_endpoint ("memory://two"));

  control.add_transport (first);
  assert (control.is_subscribed ("heard"));
  var result = wait_for ((done) => publish_and_tell.begin (control, done));
  assert (publish_and_tell.end (result) == "published");
  assert (control.replace_transport (first, second));
  assert (control.get_n_items () == 1 && control.get_item (0) == second);
  result = wait_for ((done) => publish_and_tell.begin (control, done));
  assert (publish_and_tell.end (result) == "published");
  assert (first.lines.length == 1 && second.n_messages == 1);
  result = wait_for ((done) => control.close_async.begin (null, done));
  control.close_async.end (result);
}

private delegate void Body () throws Error;

/* What a test throws is a failure with its message. */
private void add (string path, owned Body body) {
  Test.add_data_func (path, () => {
    try {
      body ();
    } catch (Error e) {
      error ("%s: %s", path, e.message);
    }
  });
}

public static int main (string[] args) {
  Test.init (ref args);
  add ("/vala/publish", test_publish);
  add ("/vala/errors", test_errors);
  add ("/vala/swap", test_swap);
  add ("/vala/classes/item", test_item);
  add ("/vala/classes/formats", test_formats);
  add ("/vala/classes/endpoint", test_endpoint);
  add ("/vala/classes/trust", test_trust);
  add ("/vala/classes/instruct", test_instruct);
  add ("/vala/classes/websocket", test_websocket);
  add ("/vala/classes/subscriptions", test_subscriptions);
  add ("/vala/classes/batch", test_batch);
  add ("/vala/classes/stats", test_stats);
  add ("/vala/classes/plugins", test_plugins);
  add ("/vala/classes/origin", test_origin);
  return Test.run ();
}
