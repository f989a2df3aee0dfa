#!/bin/sh
# headers.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# headers.sh SOURCE_DIR BUILD_DIR: what users include, and what stands at the head of each file.

src=$1
build=$2
. "$(dirname "$0")/lib.sh"

check "public headers include no private one" \
  "$(public_headers | xargs -r grep -nE '#[[:space:]]*include.*-private\.h')"

check "public headers include only GLib and libgrip (libsoup in bindings/soup)" \
  "$(public_headers | while read -r header; do
       case $header in
         */bindings/soup/*) allowed='glib|glib-object|gio/gio|gmodule|libgrip/[a-z-]+|libgrip-soup/[a-z-]+|libsoup/soup(-[a-z-]+)?' ;;
         *) allowed='glib|glib-object|gio/gio|libgrip/[a-z-]+' ;;
       esac
       grep -nHE '#[[:space:]]*include' "$header" | grep -vE "<($allowed)\.h>"
     done)"

check "grip.h includes every public header" \
  "$(for header in "$src"/libgrip/*.h "$build"/libgrip/*.h; do
       name=$(basename "$header")
       case $name in grip.h | *-private.h | '*.h') continue ;; esac
       grep -q "#[[:space:]]*include <libgrip/$name>" "$src/libgrip/grip.h" || echo "$name is not in grip.h"
     done)"

check "every public header is installed" \
  "$(for header in "$src"/libgrip/*.h; do
       name=$(basename "$header")
       case $name in *-private.h) continue ;; esac
       grep -q "'$name'" "$src/libgrip/meson.build" || echo "$name is not in libgrip/meson.build"
     done)"

check "every public prototype tells its version" \
  "$(public_headers | xargs -r awk '
       /^(GRIP|GRIP_SOUP)_AVAILABLE_IN_|^G_DECLARE_|^G_DEFINE_|^GRIP_DEPRECATED/ { told = 1; next }
       /^[A-Za-z].*[ *]grip_[a-z0-9_]+ *\(/ && !/^#/ && !told { print FILENAME ":" FNR ": " $0 }
       { told = 0 }')"

check "every source file has its name and its licence" \
  "$(sources libgrip plugins bindings tools tests docs | grep -E '\.(c|h|sh|py|js|mjs|vala)$' |
     grep -v '^tests/bindings/python/samples/' | # quoted as they are
     while read -r file; do
       grep -qi 'SPDX-License-Identifier: ' "$src/$file" || echo "$file has no SPDX line"
       case $file in
         *.c | *.h)
           [ "$(head -n 1 "$src/$file")" = "/* $(basename "$file")" ] || echo "$file: the first line names another file" ;;
       esac
     done)"

cflags="-I$src -I$build $(pkg-config --cflags gio-2.0)"
check "each header compiles alone as C, the umbrella as C++" \
  "$(for header in "$src"/libgrip/*.h; do
       case $header in *-private.h) continue ;; esac
       echo "#include <libgrip/$(basename "$header")>" |
         ${CC:-cc} -std=gnu11 -Wall -Wextra -Werror $cflags -fsyntax-only -x c - 2>&1 | head -n 5
     done
     if command -v "${CXX:-c++}" >/dev/null; then
       echo '#include <libgrip/grip.h>' |
         ${CXX:-c++} -std=c++17 -Wall -Wextra -Werror $cflags -fsyntax-only -x c++ - 2>&1 | head -n 5
     fi)"

finish
