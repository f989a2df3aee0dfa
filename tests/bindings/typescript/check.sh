#!/bin/sh
# check.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check.sh SOURCE_DIR WORK_DIR GIR_DIR...: makes the typings, then checks the samples against them, and
# that a wrong program does not pass. Writes TAP. The first run installs packages from npm.

src=$1
work=$2
shift 2
number=0
status=0

result() {
  number=$((number + 1))
  if [ "$1" = 0 ]; then
    echo "ok $number $2"
  else
    echo "not ok $number $2"
    status=1
  fi
}

# project NAME FILE...
project() {
  name=$1
  shift
  files="\"$work/types/index.d.ts\", \"$work/types/grip-1.0.d.ts\", \"$work/types/gripsoup-1.0.d.ts\""
  for file in "$@"; do
    files="$files, \"$file\""
  done
  printf '{ "extends": "%s", "files": [%s] }\n' \
    "$src/bindings/typescript/tsconfig.json" "$files" >"$work/$name.json"
}

tsc() {
  "$work/node_modules/.bin/tsc" -p "$work/$1.json"
}

echo 1..4
"$src/bindings/typescript/generate.sh" "$work" "$@" >&2
result $? "typings are made of the GIRs"

project samples "$src"/bindings/typescript/samples/*.ts
tsc samples >&2
result $? "the samples in TypeScript pass"

project example "$src"/bindings/gjs/example/*.js
tsc example >&2
result $? "the example in JavaScript passes"

echo "import Grip from 'gi://Grip?version=1.0'; new Grip.PubControl().publish('c', 'no item');" >"$work/wrong.ts"
project wrong "$work/wrong.ts"
tsc wrong | grep -q "TS2345.*'string' is not assignable to parameter of type 'ItemLike'"
result $? "a wrong call is refused"

exit $status
