# SPDX-License-Identifier: LGPL-2.1-or-later
# python3 origin-stream.py [PORT]: an origin that holds a stream of the channel "news"
import gi, sys
gi.require_version('GripSoup', '1.0')
from gi.repository import GLib, GripSoup

origin = GripSoup.Origin.new(None)
origin.add_handler('/', lambda origin, request, *data: request.hold_stream('news') and None, None)
origin.listen(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
GLib.MainLoop().run()
