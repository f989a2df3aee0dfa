try:
    # Python 3.x:
    from http.server import BaseHTTPRequestHandler, HTTPServer
except ImportError:
    # Python 2.x:
    from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer

from gripcontrol import create_hold_response, validate_sig

class GripHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        # Validate the Grip-Sig header:
        if validate_sig(self.headers.get('Grip-Sig'), '<key>') is False:
            return

        # Instruct the client to long poll via the response body:
        self.send_response(200)
        self.send_header('Content-Type', 'application/grip-instruct')
        self.end_headers()
        self.wfile.write(create_hold_response('<channel>').encode('utf-8'))
        # Or to optionally set a timeout value in seconds:
        # self.wfile.write(create_hold_response(
        #         '<channel>', timeout=<timeout_value>).encode('utf-8'))
server = HTTPServer(('', 80), GripHandler)
try:
    server.serve_forever()
except KeyboardInterrupt:
    server.server_close()
