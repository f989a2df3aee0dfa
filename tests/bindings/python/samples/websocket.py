import threading, time
import tornado.httpserver, tornado.websocket, tornado.ioloop, tornado.web
from tornado.websocket import WebSocketProtocol13
from pubcontrol import Item
from gripcontrol import websocket_control_message, GripPubControl
from gripcontrol import WebSocketMessageFormat

# Send a 'Sec-WebSocket-Extensions: grip; message-prefix=""' header to
# the GRIP proxy by extending the WebSocketProtocol13 class.
class WebSocketProtocolGrip(WebSocketProtocol13):
    def _accept_connection(self):
        self.stream.write(tornado.escape.utf8(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                "Sec-WebSocket-Extensions: grip; message-prefix=\"\"\r\n"
                "\r\n" % (self._challenge_response())))
        super(self.__class__, self)._run_callback(self.handler.open,
                *self.handler.open_args, **self.handler.open_kwargs)
        super(self.__class__, self)._receive_frame()

class WebSocketHandler(tornado.websocket.WebSocketHandler):
    def check_origin(self, origin):
        return True

    def on_message(self, message):
        pass
 
    # Override the get method to have it use the WebSocketProtocolGrip class:
    def get(self, *args, **kwargs):
        self.open_args = args
        self.open_kwargs = kwargs
        self.stream = self.request.connection.detach()
        self.ws_connection = WebSocketProtocolGrip(self, None)
        self.ws_connection.accept_connection()

    def open(self):
        # Subscribe the WebSocket to a channel:
        self.write_message('c:' + websocket_control_message(
                'subscribe', {'channel': '<channel>'}))
        threading.Thread(target = self.publish_message).start()
       
    def publish_message(self):
        # Wait and then publish a message to the subscribed channel:
        time.sleep(3)
        grippub = GripPubControl({'control_uri': '<myendpoint>'})
        grippub.publish('<channel>',
                Item(WebSocketMessageFormat('Test WebSocket publish!!')))

if __name__ == "__main__":
    http_server = tornado.httpserver.HTTPServer(
            tornado.web.Application(
            [(r'/websocket', WebSocketHandler)]))
    http_server.listen(80)
    tornado.ioloop.IOLoop.instance().start()
