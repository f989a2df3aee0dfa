#!/bin/sh
# generate.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# generate.sh WORK_DIR GIR_DIR...: makes the typings of Grip and GripSoup, and of what they use, in
# WORK_DIR/types, from the GIRs in the directories. The packages of package-lock.json are installed
# into WORK_DIR once.

set -e
here=$(cd "$(dirname "$0")" && pwd)
work=$1
shift
mkdir -p "$work"

# Debian 12 has Node.js 18: package.json keeps to packages that run on it, this tells yargs so.
export YARGS_MIN_NODE_VERSION=18

if ! cmp -s "$here/package-lock.json" "$work/installed.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$work"
  (cd "$work" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
  cp "$here/package-lock.json" "$work/installed.json"
fi

modules="Grip-1.0"
girs=
for dir in "$@" /usr/share/gir-1.0; do
  girs="$girs -g $dir"
  [ ! -e "$dir/GripSoup-1.0.gir" ] || modules="$modules GripSoup-1.0"
done
rm -rf "$work/types"
"$work/node_modules/.bin/ts-for-gir" generate $modules $girs -o "$work/types" \
  --ignoreVersionConflicts >"$work/generate.log" 2>&1 || {
  cat "$work/generate.log" >&2
  exit 1
}

node "$here/override.mjs" "$work/types"
