try:
    # Python 3.x:
    from http.server import BaseHTTPRequestHandler, HTTPServer
except ImportError:
    # Python 2.x:
    from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer

from gripcontrol import create_grip_channel_header, validate_sig

class GripHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        # Validate the Grip-Sig header:
        if validate_sig(self.headers.get('Grip-Sig'), '<key>') is False:
            return
        # Instruct the client to long poll via the response headers:
        self.send_response(200)
        self.send_header('Grip-Hold', 'response')
        self.send_header('Grip-Channel',
                create_grip_channel_header('<channel>'))
        # To optionally set a timeout value in seconds:
        # self.send_header('Grip-Timeout', <timeout_value>)
        self.end_headers()

server = HTTPServer(('', 80), GripHandler)
try:
    server.serve_forever()
except KeyboardInterrupt:
    server.server_close()
