// SPDX-License-Identifier: LGPL-2.1-or-later
// gjs -m origin-stream.js [PORT]: an origin that holds a stream of the channel "news"
import GLib from 'gi://GLib';
import GripSoup from 'gi://GripSoup?version=1.0';

const origin = GripSoup.Origin.new(null);
origin.add_handler('/', (_, request) => void request.hold_stream('news'));
origin.listen(Number(ARGV[0] ?? 8000));
new GLib.MainLoop(null, false).run();
