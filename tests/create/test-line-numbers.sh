#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Lines added above code are no change, whatever has the line numbers: ext4_journal_start() hands __LINE__ to a function, net/core/dev.c
# has them in WARN's table, in arguments of printers and in the strings of FORTIFY.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2154
make_update()
{
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=lines --json $kernel -o lines.tar.gz "$KSPLICE_SOURCE"
}

# changed NAME...: these functions are replaced, no other.
changed()
{
	got=$(sed '/^{/,$!d' out | python3 -c 'import json, sys
print(*sorted(f["name"] for t in json.load(sys.stdin)["targets"] for f in t["functions"]))')
	[ "$got" = "$*" ] || fail "replaces $got, not $*"
}

case_is "blank lines alone"
{ diff_of fs/ext4/file.c '1s/^/\n/' && diff_of net/core/dev.c 's/^#include/\n&/'; } >fix.diff
make_update; wants 66 'changes no object code'

case_is "a change, and lines before and behind it"
diff_of fs/ext4/file.c '/^static int ext4_release_file/,/^}/s/return 0;/\n\n\treturn (int)filp->f_pos;\n/; s/^static /\n&/' >fix.diff
make_update; wants 0; changed ext4_release_file

case_is "other white space, and lines between"
diff_of fs/ext4/file.c 's/^\t/        /; s/^        handle = /\n\n&/' >fix.diff
make_update; wants 66 'changes no object code'

case_is "fewer lines"
diff_of fs/ext4/file.c '2,/^ \*\//d' >fix.diff
make_update; wants 66 'changes no object code'
finish
