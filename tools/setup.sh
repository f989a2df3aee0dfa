# setup.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shared by tools/check and tools/demo: installs what is missing and configures a build.

# Debian's own tools go first: they are the ones that know introspection, a pyenv's are not.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH
top=$(cd "$(dirname "$0")/.." && pwd)

build_packages="gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libjson-glib-dev libssl-dev
  libsoup-3.0-dev libzmq3-dev gobject-introspection libgirepository1.0-dev"
run_packages="pushpin zurl condure curl glib-networking"
test_packages="g++ binutils procps openssl chromium dbus valac gi-docgen python3-docutils gjs python3 python3-gi
  python3-gbulb
  python3-jwt python3-cryptography gir1.2-soup-3.0 gir1.2-json-1.0 lua5.3 lua-lgi libgjs-dev libpython3-dev"
# A Node.js from elsewhere has npm in it, and conflicts with Debian's.
command -v npm >/dev/null || test_packages="$test_packages nodejs npm"

say() {
  printf '%s\n' "$*" >&2
}

# The given packages that are not installed. Where apt knows no such package (condure became a part
# of pushpin), it is left out.
missing_packages() {
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null |
    sed -n 's/ installed$//p')
  for package in "$@"; do
    printf '%s\n' "$installed" | grep -qxF "$package" || printf '%s ' "$package"
  done
}

known_packages() {
  for package in "$@"; do
    if [ "$package" != condure ] || apt-cache show condure >/dev/null 2>&1; then
      printf '%s ' "$package"
    fi
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Debian starts the services of a package when it is installed. We want the programs only.
without_services() {
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  as_root chmod +x $policy
  "$@"
  result=$?
  as_root rm -f $policy
  return $result
}

install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is no Debian or Ubuntu. These packages, by their Debian names, must be there:"
    say "$*" | tr -s ' \n' ' '
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "${missing% }" ] || return 0
  as_root apt-get update -q >&2 || say "apt-get update failed; going on with the lists that are there"
  missing=$(known_packages $missing)
  [ -n "${missing% }" ] || return 0
  say "Installing: $missing"
  without_services as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $missing >&2 || {
    say "Could not install: $missing"
    return 1
  }
}

# configure DIR OPTION...: a build directory, made or brought up to date.
configure() {
  dir=$1
  shift
  if [ -e "$dir/build.ninja" ]; then
    meson setup --reconfigure "$dir" "$top" "$@"
  else
    meson setup "$dir" "$top" "$@"
  fi
}
