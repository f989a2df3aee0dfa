#!/bin/sh
# length.sh
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# length.sh SOURCE_DIR: a long file holds a second class.

src=$1
. "$(dirname "$0")/lib.sh"

check "no file is over 700 lines" \
  "$(sources libgrip plugins bindings tools tests | grep -E '\.(c|h|py|js|vala|sh)$' | while read -r file; do
       lines=$(wc -l <"$src/$file")
       [ "$lines" -le 700 ] || echo "$file has $lines lines"
     done)"

finish
