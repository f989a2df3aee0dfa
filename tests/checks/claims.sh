#!/bin/sh
# claims.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# claims.sh SOURCE_DIR: nothing is left half done, and no test steps aside.

src=$1
. "$(dirname "$0")/lib.sh"
cd "$src" || exit 1

# In two parts, so that this file does not find itself.
words="TO""DO|FIX""ME|XX""X|HA""CK|not imple""mented|st""ub"

check "no mark of unfinished work" \
  "$(grep -rnIwE "$words" libgrip plugins bindings tools tests docs README.md 2>/dev/null)"
check "no test skips itself" \
  "$(grep -rnE 'g_test_sk''ip|exit 7''7|unittest\.sk''ip' tests bindings 2>/dev/null)"
check "no tab, no blank at the end of a line" \
  "$(sources libgrip plugins bindings tools tests | grep -E '\.(c|h|py|js|vala|sh)$' |
     grep -v '^tests/bindings/python/samples/' | # quoted as they are
     xargs -r grep -nE "$(printf '\t')|[[:space:]]+\$" 2>/dev/null)"

finish
