#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: __get_user_4() of getuser.S, which has no ftrace entry, shares its end with its neighbours, and is called all the time.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update getuser "$here/fix.diff"
guest_program credit
guest_program peek

guest <<'END'
before=$(checksum __get_user_4 64)
is "the number is bad" "Invalid argument" "$(credit -77)"
for round in 1 2 3; do
	apply getuser
	is "read as another one" ok "$(credit -77)"
	is "others are as before" "Invalid argument" "$(credit -78)"
	is "and a good one is good" ok "$(credit 1)"
	undo getuser
	is "after undo" "Invalid argument" "$(credit -77)"
done
is "every byte is what it was" "$before" "$(checksum __get_user_4 64)"
END
