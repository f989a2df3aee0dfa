#!/bin/sh
# layering.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# layering.sh SOURCE_DIR BUILD_DIR PLUGIN...: the walls between the rooms, on the sources and on the
# files that were built. PLUGIN is one that this build must have made.

src=$1
build=$2
shift 2
. "$(dirname "$0")/lib.sh"
cd "$src" || exit 1

includes() { grep -rnE "#[[:space:]]*include[[:space:]]*[<\"]($1)" $2 2>/dev/null; }

check "the core knows no libsoup and no libzmq" "$(includes 'libsoup|zmq' libgrip)"
check "plugins/http knows only libsoup" "$(includes 'zmq|openssl|json-glib' plugins/http)"
check "plugins/zmq knows only libzmq" "$(includes 'libsoup|openssl|json-glib' plugins/zmq)"
check "a plugin uses the public API, and no other plugin" \
  "$(includes 'libgrip/.*-private\.h|\.\./' plugins)"
check "bindings/soup uses the public API" "$(includes 'libgrip/.*-private\.h|zmq|openssl' bindings/soup)"
check "the tools use the public API" "$(includes 'libgrip/.*-private\.h|zmq|openssl' tools)"
check "the doubles of tests/support use nothing of libgrip" "$(includes 'libgrip' tests/support)"

# needed FILE PATTERN: what it is linked to that it should not be.
needed() {
  [ -f "$1" ] || { echo "$1 was not built"; return; }
  readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | grep -E "$2" | sed "s|^|$(basename "$1") needs |"
}

check "NEEDED of grip-tool" "$(needed "$build/tools/grip-tool" 'gjs|mozjs|python')"
check "NEEDED of libgrip" "$(needed "$build/libgrip/libgrip-1.0.so.0" 'soup|zmq')"
for name in "$@"; do
  case $name in
    http) forbidden='zmq|json-glib|crypto|ssl' ;;
    zmq) forbidden='soup|json-glib|crypto|ssl' ;;
    *) forbidden='zmq|json-glib|crypto|ssl|soup' ;;
  esac
  check "NEEDED of the $name plugin" "$(needed "$build/plugins/$name/libgrip-$name.so" "$forbidden")"
done

check "libgrip exports only its own names" \
  "$(nm -D --defined-only "$build/libgrip/libgrip-1.0.so.0" | awk '{ print $3 }' |
     grep -vE '^(grip_|_init$|_fini$|__asan_|__ubsan_|__odr_asan)')"

finish
