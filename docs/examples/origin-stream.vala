// SPDX-License-Identifier: LGPL-2.1-or-later
int main (string[] args) {
    var origin = new GripSoup.Origin (null);
    origin.add_handler ("/", (_, request) => {
        try { request.hold_stream ("news"); } catch (Error error) { warning (error.message); }
    });
    try { origin.listen (args.length > 1 ? int.parse (args[1]) : 8000); } catch (Error error) { return 1; }
    new MainLoop ().run ();
    return 0;
}
