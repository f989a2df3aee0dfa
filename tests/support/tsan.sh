#!/bin/sh
# tsan.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tests/support/tsan.sh [--build-dir DIR] [TEST-ARGUMENT...]
#
# Runs tests under ThreadSanitizer (by default the suites unit, plugins and support). The one that is made
# for it, everything at once from many threads while endpoints come and go:
#
#   tests/support/tsan.sh faults-storm
#
# GLib's locks are futexes inside libglib, which ThreadSanitizer does not see: with the system's GLib
# it calls well locked data racy. So this builds GLib itself with -fsanitize=thread, once, from
# Debian's source package (about 3 minutes on two cores), into DIR/glib. What is not instrumented
# (libsoup, libzmq) stays silent unless it calls GLib; tsan.supp names what is theirs.

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
PATH=/usr/bin:/bin:$PATH
build=$top/build-tsan
if [ "$1" = --build-dir ]; then
  build=$2
  shift 2
fi
[ $# -gt 0 ] || set -- --suite unit --suite plugins --suite support
mkdir -p "$build" || exit 1

# Package lists and the source come into the build directory; the system's are not touched.
build_glib() {
  apt=$build/apt
  mkdir -p "$apt/lists/partial" "$apt/source"
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -e "$list" ] || sed -n 's/^deb /deb-src /p' "$list"
  done >"$apt/source/system.list"
  for list in /etc/apt/sources.list.d/*.sources; do
    [ ! -e "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"$apt/source/$(basename "$list")"
  done
  set -- -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/source" \
    -o "Dir::State::lists=$apt/lists"
  apt-get "$@" update && (cd "$apt" && apt-get "$@" source glib2.0) || return 1
  meson setup "$build/glib-build" "$(echo "$apt"/glib2.0-*/)" --prefix="$build/glib" --libdir=lib \
    -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false -Dtests=false \
    -Dselinux=disabled -Dman=false -Dgtk_doc=false -Dnls=disabled -Dlibelf=disabled \
    -Dsysprof=disabled -Ddtrace=false -Dsystemtap=false &&
    ninja -C "$build/glib-build" install
}

if [ ! -e "$build/glib/lib/libgio-2.0.so.0" ]; then
  build_glib >"$build/glib.log" 2>&1 || {
    tail -n 20 "$build/glib.log"
    exit 1
  }
fi

# TLS is a module of the system's GLib.
GIO_EXTRA_MODULES=$(pkg-config --variable=giomoduledir gio-2.0)
PKG_CONFIG_PATH=$build/glib/lib/pkgconfig
LD_LIBRARY_PATH=$build/glib/lib
# The slice allocator counts contention without a lock, on purpose.
G_SLICE=always-malloc
TSAN_OPTIONS="suppressions=$here/tsan.supp halt_on_error=0 exitcode=66 second_deadlock_stack=1"
export GIO_EXTRA_MODULES PKG_CONFIG_PATH LD_LIBRARY_PATH G_SLICE TSAN_OPTIONS

[ -e "$build/libgrip/build.ninja" ] ||
  meson setup "$build/libgrip" "$top" -Db_sanitize=thread -Db_lundef=false -Dintrospection=disabled \
    || exit 1
# meson builds what the given tests need, and no more.
exec meson test -C "$build/libgrip" --print-errorlogs --timeout-multiplier 10 "$@"
