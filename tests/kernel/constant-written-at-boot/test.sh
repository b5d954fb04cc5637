#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a function with a constant that 6.12 writes into its code at boot: access_ok() knows where user memory ends.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update constant "$here/fix.diff"

guest <<'END'
mkdir /tmp/d && touch /tmp/d/hide-me /tmp/d/here
has before hide-me "$(ls /tmp/d)"
apply constant
# Were the constant none, no address would be one of user memory, and ls would see nothing but an error.
is "after apply" here "$(ls /tmp/d 2>&1)"
undo constant
has "after undo" hide-me "$(ls /tmp/d)"
END
