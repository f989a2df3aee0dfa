#!/bin/sh
# guard.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# guard.sh DIR: runs Pushpin with DIR/pushpin.conf, and holds its hand. It reads its standard input,
# a pipe whose other end the kernel closes when the process that started us is gone, in whatever way.
# The word "stop" or "kill" says how to end and keeps DIR; without a word DIR goes too.

dir=$1
cd "$dir" || exit 1
exec 3<&0 </dev/null
mkdir -p run log runner/certs
rm -f run/*.pid log/*

is_alive() {
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  case ${stat##*) } in Z* | X*) return 1 ;; esac
}

# Pushpin's services have process groups of their own, and names in run/. A killed one has its ports a
# little longer.
kill_all() {
  killed=
  for file in run/*.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    grep -qs "$dir" "/proc/$pid/cmdline" && kill -KILL "$pid" && killed="$killed $pid"
  done
  for pid in $killed; do
    while is_alive "$pid"; do sleep 0.01; done
  done
}

# A library path of a test run under a sanitizer is not for Pushpin.
unset LD_LIBRARY_PATH LD_PRELOAD MALLOC_CHECK_ MALLOC_PERTURB_
# A Ctrl-C is for the program that started us; it will tell.
trap '' INT
pushpin --config "$dir/pushpin.conf" >>runner.log 2>&1 3<&- &
runner=$!
echo $runner >run/runner.pid

word=
read -r word <&3
if [ "$word" = kill ]; then kill_all; else kill -TERM $runner; fi
n=0
while kill -0 $runner 2>/dev/null && [ $n -lt 160 ]; do
  sleep 0.05
  n=$((n + 1))
done
kill_all
wait $runner
[ -n "$word" ] || { cd /; rm -rf "$dir"; }
