#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: new code of a module refers to that module's struct module, which no code of its files has mentioned before. Every module has one, and
# so has the code module of an update before.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update zcomp "$here/zcomp.diff"
update zram "$here/zram.diff"

guest --module=lzo-rle --module=zram <<'END'
algorithms=$(cat /sys/block/zram0/comp_algorithm)
is before 0 "$(cat /sys/block/zram0/initstate)"
apply zcomp
is "the module's own, among several modules" "${algorithms}zram" "$(cat /sys/block/zram0/comp_algorithm)"
apply zram
is "and not that of the code module" "0 zram" "$(cat /sys/block/zram0/initstate)"
is "the first still works" "${algorithms}zram" "$(cat /sys/block/zram0/comp_algorithm)"
undo zram
undo zcomp
is "after undo" 0 "$(cat /sys/block/zram0/initstate)"
is "after undo of both" "$algorithms" "$(cat /sys/block/zram0/comp_algorithm)"
END
