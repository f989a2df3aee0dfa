#!/bin/sh
# make.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How the keys beside this file were made. They guard nothing.
set -e
cd "$(dirname "$0")"

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-pkcs8.pem
openssl pkey -in rsa-pkcs8.pem -pubout -out rsa-spki.pem
openssl rsa -in rsa-pkcs8.pem -traditional -out rsa-pkcs1.pem
openssl rsa -in rsa-pkcs8.pem -RSAPublicKey_out -out rsa-pkcs1-public.pem
openssl req -x509 -key rsa-pkcs8.pem -subj /CN=grip -days 1 -out rsa-certificate.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 | openssl pkey -pubout -out rsa-1024.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 | openssl pkey -pubout -out rsa-pss.pem

openssl ecparam -name prime256v1 -genkey -out ec-sec1.pem
openssl pkcs8 -topk8 -nocrypt -in ec-sec1.pem -out ec-pkcs8.pem
openssl pkey -in ec-sec1.pem -pubout -out ec-spki.pem
openssl req -x509 -key ec-sec1.pem -subj /CN=grip -days 1 -out ec-certificate.pem
openssl pkcs8 -topk8 -in ec-sec1.pem -passout pass:secret -out ec-encrypted.pem
openssl ec -in ec-sec1.pem -aes128 -passout pass:secret -out ec-sec1-encrypted.pem
openssl ecparam -name secp384r1 -genkey -noout | openssl pkey -pubout -out ec-p384.pem
openssl ecparam -name secp256k1 -genkey -noout | openssl pkey -pubout -out ec-k256.pem

openssl genpkey -algorithm ED25519 -out ed25519-pkcs8.pem
openssl pkey -in ed25519-pkcs8.pem -pubout -out ed25519-spki.pem
openssl genpkey -algorithm X25519 | openssl pkey -pubout -out x25519.pem

/usr/bin/python3 - <<'PYTHON'
import base64, json
from cryptography.hazmat.primitives import serialization as s

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()

def num(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, 'big'))

def load(name):
    return s.load_pem_private_key(open(name, 'rb').read(), None)

def write(name, members):
    open(name, 'w').write(json.dumps(members, indent=1) + '\n')

rsa = load('rsa-pkcs8.pem').private_numbers()
public = {'kty': 'RSA', 'n': num(rsa.public_numbers.n), 'e': num(rsa.public_numbers.e)}
write('rsa.jwk', public)
write('rsa-private.jwk', dict(public, d=num(rsa.d), p=num(rsa.p), q=num(rsa.q), dp=num(rsa.dmp1),
                              dq=num(rsa.dmq1), qi=num(rsa.iqmp)))
ec = load('ec-pkcs8.pem').private_numbers()
public = {'kty': 'EC', 'crv': 'P-256', 'x': num(ec.public_numbers.x, 32), 'y': num(ec.public_numbers.y, 32)}
write('ec.jwk', public)
write('ec-private.jwk', dict(public, d=num(ec.private_value, 32)))
ed = load('ed25519-pkcs8.pem')
raw = (s.Encoding.Raw, s.PublicFormat.Raw)
public = {'kty': 'OKP', 'crv': 'Ed25519', 'x': b64(ed.public_key().public_bytes(*raw))}
write('ed25519.jwk', public)
write('ed25519-private.jwk',
      dict(public, d=b64(ed.private_bytes(s.Encoding.Raw, s.PrivateFormat.Raw, s.NoEncryption()))))
PYTHON
