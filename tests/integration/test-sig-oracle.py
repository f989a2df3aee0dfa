#!/usr/bin/python3
# test-sig-oracle.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-sig-oracle.py SIG_VERDICTS KEYS_DIR

Makes some thousand random tokens with PyJWT, good and damaged, and compares what PyJWT and libgrip
say of them. Where they differ, one of the reasons in EXPLAINED must hold, and libgrip must be the
stricter one.
"""
import base64
import json
import os
import random
import subprocess
import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization

TOKENS = 4000
ALGORITHMS = ['HS256', 'RS256', 'ES256', 'EdDSA']

verdicts, keys_dir = sys.argv[1:3]
rand = random.Random(20261124)
now = int(time.time())


def path(name):
    return os.path.join(keys_dir, name)


def load(name):
    with open(path(name), 'rb') as file:
        return serialization.load_pem_private_key(file.read(), None)


SECRET = b'a secret of some length'
FILES = ['rsa-spki.pem', 'ec.jwk', 'ed25519-spki.pem']
PRIVATE = [SECRET] + [load(name) for name in ('rsa-pkcs8.pem', 'ec-sec1.pem', 'ed25519-pkcs8.pem')]
PUBLIC = [SECRET] + [key.public_key() for key in PRIVATE[1:]]


def random_claims():
    claims = {'exp': rand.choice([now + rand.randint(7200, 10**6), now - rand.randint(0, 1000),
                                  now + 5000.5, str(now + 100), None, -1, 2**63 - 1, 2**63, 2**70])}
    if rand.random() < .5:
        claims['exp'] = now + 3600
    if rand.random() < .1:
        del claims['exp']
    if rand.random() < .7:
        claims['iss'] = rand.choice(['pushpin', 'fastly:x', '', 'é"\\\n', 'ü' * 100])
    if rand.random() < .2:
        claims['nbf'] = rand.choice([now - 10, now + 1000, 'x', now - 5.5])
    if rand.random() < .2:
        claims['iat'] = rand.choice([now - 10, now + 1000])
    if rand.random() < .2:
        claims['aud'] = 'somebody'
    if rand.random() < .2:
        claims['x'] = rand.choice([[1, [2, {}]], {'a': None}, 1.5, True, 'y' * 1000])
    return claims


def damage(token):
    """The token with something wrong, or not so wrong, in it."""
    head, payload, sig = token.split('.')
    at = rand.randrange(len(token))
    return rand.choice([
        lambda: token[:at] + rand.choice('AQgw-_=+/ .é') + token[at + 1:],
        lambda: token[:at],
        lambda: token[:at] + token[at + 1:],
        lambda: token + rand.choice(['=', '==', 'A', '.', '\t', ' ']),
        lambda: head + '.' + payload + '.',
        lambda: '.'.join([payload, head, sig]),
        lambda: head + '.' + sig + '.' + payload,
        lambda: head + '.' + payload + '=.' + sig,
        # Other spare bits in the last character of the signature.
        lambda: token[:-1] + chr(ord(token[-1]) + 1),
    ])()


def make():
    number = rand.randrange(4)
    algorithm = ALGORITHMS[number]
    headers = {}
    if rand.random() < .3:
        headers['kid'] = 'some'
    if rand.random() < .05:
        headers['crit'] = ['exp']
    if number == 0 and rand.random() < .2:
        algorithm = rand.choice(['HS384', 'HS512'])
    if number == 1 and rand.random() < .2:
        algorithm = rand.choice(['RS384', 'PS256'])
    try:
        token = jwt.encode(random_claims(), PRIVATE[number], algorithm, headers=headers)
    except (TypeError, ValueError):
        return make()
    if rand.random() < .3:
        token = damage(token)
    if rand.random() < .1:
        number = rand.randrange(4)
    return number, token


def oracle(number, token):
    """None if PyJWT takes the token as Grip-Sig, else why not."""
    try:
        claims = jwt.decode(token, PUBLIC[number], [ALGORITHMS[number]],
                            options={'require': ['exp'], 'verify_aud': False, 'verify_iat': False})
    except Exception as error:
        return '%s: %s' % (type(error).__name__, error)
    return None if isinstance(claims, dict) else 'no dictionary'


def canonical(part):
    try:
        return base64.urlsafe_b64encode(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4))
                                        ).rstrip(b'=').decode() == part
    except ValueError:
        return False


# What libgrip refuses and PyJWT takes, and why libgrip is right.
EXPLAINED = {
    'base64url': lambda token, claims: not all(canonical(part) for part in token.split('.')),
    'is not a time': lambda token, claims: any(isinstance(claims.get(name), str)
                                               for name in ('exp', 'nbf', 'iat')),
    # PyJWT 2.6 takes crit; Debian's security update of it does not.
    'crit or b64': lambda token, claims: 'crit' in header_of(token),
    '64 bits': lambda token, claims: claims.get('exp', 0) >= 2**63,
}


def part_of(token, index):
    try:
        part = token.split('.')[index]
        return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))
    except (ValueError, IndexError):
        return {}


def header_of(token):
    return part_of(token, 0)


def payload_of(token):
    return part_of(token, 1)


def main():
    secret_file = os.path.join(os.environ.get('TMPDIR', '/tmp'), 'grip-oracle-%d' % os.getpid())
    with open(secret_file, 'wb') as file:
        file.write(SECRET)
    try:
        cases = [make() for _ in range(TOKENS)]
        result = subprocess.run([verdicts, str(now), secret_file] + [path(name) for name in FILES],
                                input=''.join('%d %s\n' % case for case in cases).encode(),
                                stdout=subprocess.PIPE, check=True)
    finally:
        os.unlink(secret_file)

    lines = result.stdout.decode().splitlines()
    assert len(lines) == TOKENS, len(lines)
    bad = []
    counts = {'both valid': 0, 'both invalid': 0}
    for (number, token), line in zip(cases, lines):
        why = oracle(number, token)
        if line.startswith('valid '):
            if why is None:
                counts['both valid'] += 1
                if json.loads(line[6:]) != payload_of(token):
                    bad.append((token, line, 'other claims'))
            else:
                bad.append((token, line, why))
        elif why is not None:
            counts['both invalid'] += 1
        else:
            reasons = [name for name, check in EXPLAINED.items()
                       if name in line and check(token, payload_of(token))]
            if reasons:
                counts[reasons[0]] = counts.get(reasons[0], 0) + 1
            else:
                bad.append((token, line, 'taken by PyJWT'))

    print('1..2')
    for name, count in sorted(counts.items()):
        print('# %s: %d' % (name, count))
    for case in bad[:10]:
        print('# differs:', *case)
    print('%sok 1 verdicts agree' % ('' if not bad else 'not '))
    print('%sok 2 tokens of both sorts' % ('' if min(counts['both valid'], counts['both invalid']) > 500 else 'not '))
    return 1 if bad else 0


sys.exit(main())
