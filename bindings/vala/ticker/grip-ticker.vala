/* grip-ticker.vala
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * Publishes a number again and again, to a proxy that can be changed while it runs:
 *
 *     grip-ticker --uri http://localhost:5561
 *     grip-ticker --replace http://localhost:6561     # another shell, the same program
 */
public class Ticker : Application {
  private const OptionEntry[] OPTIONS = {
    { "uri", 'u', 0, OptionArg.STRING, null, "Publish to this proxy, to start with", "URI" },
    { "channel", 'c', 0, OptionArg.STRING, null, "Publish to this channel (ticks)", "NAME" },
    { "interval", 'i', 0, OptionArg.DOUBLE, null, "Wait so long between two items (1)", "SECONDS" },
    { "count", 'n', 0, OptionArg.INT, null, "End after so many items", "N" },
    { "replace", 'r', 0, OptionArg.STRING, null, "Let the running ticker use this proxy", "URI" },
    { "quit", 'q', 0, OptionArg.NONE, null, "End the running ticker", null },
    { null }
  };

  private Grip.PubControl control = new Grip.PubControl ();
  private string channel = "ticks";
  private int count = int.MAX;
  private int n_ticks = 0;
  private int exit_status = 0;
  private uint timer = 0;
  private bool ending = false;

  public Ticker () {
    Object (application_id: "org.libgrip.Ticker", flags: ApplicationFlags.HANDLES_COMMAND_LINE);
    add_main_option_entries (OPTIONS);
    set_option_context_summary ("Publishes a number again and again to a GRIP proxy.");
  }

  protected override void startup () {
    base.startup ();
    Unix.signal_add (Posix.Signal.INT, on_signal);
    Unix.signal_add (Posix.Signal.TERM, on_signal);
  }

  private bool on_signal () {
    end.begin ();
    return Source.REMOVE;
  }

  /* Runs in the first ticker, also for what a second one was told. */
  protected override int command_line (ApplicationCommandLine line) {
    try {
      obey (line, line.get_options_dict ());
      return 0;
    } catch (Error e) {
      line.printerr ("grip-ticker: %s\n", e.message);
      return 2;
    }
  }

  private void obey (ApplicationCommandLine line, VariantDict options) throws Error {
    string uri;

    if (options.contains ("quit")) {
      end.begin ();
    } else if (options.lookup ("replace", "s", out uri)) {
      replace (uri);
      line.print ("now publishing to %s\n", new Grip.Endpoint.for_uri (uri).to_string ());
    } else if (timer != 0) {
      throw new Grip.Error.INVALID_CONFIG ("the ticker is running; change it with --replace URI");
    } else if (options.lookup ("uri", "s", out uri)) {
      control.apply_uri (uri);
      start (options);
    } else {
      throw new Grip.Error.INVALID_CONFIG ("no proxy is given: --uri URI");
    }
  }

  private void start (VariantDict options) {
    double interval;
    string name;
    int limit;

    if (!options.lookup ("interval", "d", out interval))
      interval = 1;
    if (options.lookup ("count", "i", out limit))
      count = limit;
    if (options.lookup ("channel", "s", out name))
      channel = name;
    timer = Timeout.add ((uint) (interval * 1000), on_tick);
    hold ();
  }

  /* What the old transport has not sent yet goes to the new one, in order. */
  private void replace (string uri) throws Error {
    var old_transport = control.get_item (0) as Grip.Transport;
    var new_transport = Grip.Transport.new_for_endpoint (new Grip.Endpoint.for_uri (uri));

    if (old_transport == null)
      throw new Grip.Error.NO_ENDPOINT ("no ticker is running");
    control.replace_transport (old_transport, new_transport);
  }

  private bool on_tick () {
    tick.begin (++n_ticks);
    if (n_ticks < count)
      return Source.CONTINUE;
    end.begin ();
    return Source.REMOVE;
  }

  private async void tick (int number) {
    string id = number.to_string ();

    try {
      yield control.publish_http_stream_async (channel, id + "\n", id);
      print ("published %d\n", number);
    } catch (Grip.Error.REJECTED e) {
      printerr ("refused: %s\n", e.message);
      exit_status = 5;
    } catch (Error e) {
      printerr ("not published: %s\n", e.message);
      exit_status = 3;
    }
  }

  /* What is on its way arrives before the program ends. */
  private async void end () {
    if (ending)
      return;
    ending = true;
    if (timer != 0 && n_ticks < count)
      Source.remove (timer);
    try {
      yield control.close_async ();
    } catch (Error e) {
      printerr ("%s\n", e.message);
    }
    if (timer != 0)
      release ();
  }

  public static int main (string[] args) {
    var ticker = new Ticker ();
    int status = ticker.run (args);

    return status != 0 ? status : ticker.exit_status;
  }
}
