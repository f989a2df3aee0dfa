from base64 import b64decode
from pubcontrol import PubControlClient
from gripcontrol import GripPubControl

def callback(result, message):
    if result:
        print('Publish successful')
    else:
        print('Publish failed with message: ' + message)

# GripPubControl can be initialized with or without an endpoint configuration.
# Each endpoint can include optional JWT authentication info.
# Multiple endpoints can be included in a single configuration.

grippub = GripPubControl({ 
        'control_uri': 'https://api.fanout.io/realm/<myrealm>',
        'control_iss': '<myrealm>',
        'key': b64decode('<myrealmkey>')})

# Add new endpoints by applying an endpoint configuration:
grippub.apply_grip_config([{'control_uri': '<myendpoint_uri_1>'}, 
        {'control_uri': '<myendpoint_uri_2>'}])

# Add a ZMQ command URI endpoint for automatic PUSH/XPUB socket discovery
# and indicate that the XPUB socket should be used via require_subscribers.
# NOTE: the pyzmq and tnetstring packages must be installed for ZMQ publishing.
grippub.apply_grip_config({'control_zmq_uri': 'tcp://localhost:5563',
        'require_subscribers': True})

# Remove all configured endpoints:
grippub.remove_all_clients()

# Explicitly add an endpoint as a PubControlClient instance:
pubclient = PubControlClient('<myendpoint_uri>')
# Optionally set JWT auth: pubclient.set_auth_jwt(<claim>, '<key>')
# Optionally set basic auth: pubclient.set_auth_basic('<user>', '<password>')
grippub.add_client(pubclient)

# Publish across all configured endpoints:
grippub.publish_http_response('<channel>', 'Test publish!')
grippub.publish_http_response('<channel>', 'Test async publish!',
        blocking=False, callback=callback)
grippub.publish_http_stream('<channel>', 'Test publish!')
grippub.publish_http_stream('<channel>', 'Test async publish!',
        blocking=False, callback=callback)

# Wait for all async publish calls to complete:
grippub.finish()
