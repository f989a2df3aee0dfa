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

# Pushpin's services have process groups of their own, and names in run/.
kill_all() {
  for file in run/*.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    grep -qs "$dir" "/proc/$pid/cmdline" && kill -KILL "$pid"
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
