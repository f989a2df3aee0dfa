/* memory-transport.vala
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bytes have no end that a string could be read to. */
public string text_of (Bytes bytes) {
  var text = new StringBuilder ();

  text.append_len ((string) bytes.get_data (), bytes.length);
  return text.str;
}

/** A transport that keeps what it is given, and answers as it is told. */
public class MemoryTransport : Grip.BaseTransport, Grip.HttpControl {
  public GenericArray<string> lines = new GenericArray<string> ();
  public GLib.Error? failure = null;
  public uint n_opened = 0;
  public uint n_closed = 0;

  public MemoryTransport (Grip.Endpoint endpoint) {
    Object (endpoint: endpoint);
  }

  public override void open () {
    n_opened++;
  }

  public override void close () {
    n_closed++;
  }

  public override bool is_subscribed (string channel) {
    return channel == "heard";
  }

  /* Answers later, as a real one does. */
  public override void deliver (Grip.Delivery delivery) {
    answer.begin (delivery);
  }

  /* The other calls of an HTTP control API. */
  public void send_call (Grip.HttpCall call) {
    call.respond (200, new Bytes ("%s %s".printf (call.get_method (), call.get_path ()).data));
  }

  private async void answer (Grip.Delivery delivery) {
    Idle.add (answer.callback);
    yield;

    if (failure != null) {
      delivery.fail (failure);
      return;
    }
    for (uint i = 0; i < delivery.get_n_messages (); i++)
      lines.add (text_of (delivery.get_payload (i)));
    delivery.complete ();
  }
}

/** The same without the base class: only what the interface asks for. */
public class BareTransport : Object, Grip.Transport, Grip.ZmqControl {
  private Grip.Endpoint endpoint;
  public uint n_messages = 0;

  public BareTransport (Grip.Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  public unowned Grip.Endpoint? get_endpoint () {
    return endpoint;
  }

  public void send (Grip.Delivery delivery) {
    n_messages += delivery.get_n_messages ();
    delivery.complete ();
  }

  /* The calls of a ZMQ command socket. */
  public void send_call (Grip.ZmqCall call) {
    call.respond (new Variant.parsed ("{'command': <'tcp://one'>}"));
  }
}

/** A format that no proxy knows yet. */
public class NoteFormat : Object, Grip.Format {
  public string content { get; set; default = ""; }

  public NoteFormat (string content) {
    Object (content: content);
  }

  public unowned string get_name () {
    return "note";
  }

  public Variant to_variant () {
    var fields = new VariantDict ();

    fields.insert ("content", "s", content);
    fields.insert ("stars", "i", 3);
    return fields.end ();
  }
}
