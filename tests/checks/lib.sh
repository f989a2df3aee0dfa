#!/bin/sh
# lib.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shared by the checks: each finding is one TAP test that failed.

n=0
failed=0

# check NAME FINDINGS: FINDINGS is text, a line each; none is good.
check() {
  n=$((n + 1))
  if [ -z "$2" ]; then
    echo "ok $n $1"
  else
    failed=1
    echo "not ok $n $1"
    echo "$2" | sed 's/^/# /' >&2
  fi
}

finish() {
  echo "1..$n"
  exit $failed
}

# Those of libgrip and of bindings/soup that are installed.
public_headers() {
  ls "$src"/libgrip/*.h "$src"/bindings/soup/*.h 2>/dev/null | grep -v -- '-private\.h$'
}

# Files of this project: in a git tree those that git knows or could know, so that a build
# directory does not count.
sources() {
  (cd "$src" && { git ls-files --cached --others --exclude-standard -- "$@" 2>/dev/null ||
    find "$@" -type f; }) | while read -r file; do [ -f "$src/$file" ] && echo "$file"; done
}
