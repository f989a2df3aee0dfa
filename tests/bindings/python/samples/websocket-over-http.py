try:
    # Python 3.x:
    from http.server import BaseHTTPRequestHandler, HTTPServer
except ImportError:
    # Python 2.x:
    from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer

import threading, time
from pubcontrol import Item
from gripcontrol import decode_websocket_events, GripPubControl
from gripcontrol import encode_websocket_events, WebSocketEvent
from gripcontrol import websocket_control_message, validate_sig
from gripcontrol import WebSocketMessageFormat

class GripHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        # Validate the Grip-Sig header:
        if validate_sig(self.headers.get('Grip-Sig'), '<key>') is False:
            return

        # Set the headers required by the GRIP proxy:
        self.send_response(200)
        self.send_header('Sec-WebSocket-Extensions',
                'grip; message-prefix=""')
        self.send_header('Content-Type', 'application/websocket-events')
        self.end_headers()

        request_body = self.rfile.read(int(self.headers.get('Content-Length')))
        in_events = decode_websocket_events(request_body)
        if in_events[0].type == 'OPEN':
            # Open the WebSocket and subscribe it to a channel:
            out_events = []
            out_events.append(WebSocketEvent('OPEN'))
            out_events.append(WebSocketEvent('TEXT', 'c:' +
                    websocket_control_message('subscribe',
                    {'channel': '<channel>'})))
            self.wfile.write(encode_websocket_events(
                    out_events).encode('utf-8'))
            threading.Thread(target = self.publish_message).start()

    def publish_message(self):
        # Wait and then publish a message to the subscribed channel:
        time.sleep(3)
        grippub = GripPubControl({'control_uri': '<myendpoint>'})
        grippub.publish('<channel>',
                Item(WebSocketMessageFormat('Test WebSocket publish!!')))

server = HTTPServer(('', 80), GripHandler)
try:
    server.serve_forever()
except KeyboardInterrupt:
    server.server_close()
