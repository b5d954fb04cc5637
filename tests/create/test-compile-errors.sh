#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A diff that does not compile: the compiler's message is shown, and the work directory is good for the next diff.
. "$(dirname "$0")/lib.sh"

case_is "syntax error"
diff_of fs/proc/cmdline.c 's/seq_putc(m, .*);/seq_putc(m, ;/' >bad.diff
# shellcheck disable=SC2086
create --patch=bad.diff --id=bad $kernel "$KSPLICE_SOURCE"
wants 1 'the patched source does not compile' '^    fs/proc/cmdline.c:10:.*error: expected expression' 'seq_putc(m, ;'
grep -q 'make\[' out && fail "shows make's own lines"

case_is "undeclared function"
diff_of fs/proc/cmdline.c 's/seq_putc(m, .*);/no_such_function(m);/' >bad.diff
# shellcheck disable=SC2086
create --patch=bad.diff --id=bad $kernel "$KSPLICE_SOURCE"
wants 1 'implicit declaration of function .no_such_function'

case_is "function that nobody exports or defines"
diff_of fs/proc/cmdline.c 's/^static int cmdline/extern void nobody_has_this(void);\n&/; s/seq_putc(m, .*);/nobody_has_this();/' >bad.diff
# shellcheck disable=SC2086
create --patch=bad.diff --id=bad $kernel "$KSPLICE_SOURCE"
[ "$status" != 66 ] || fail "says that nothing changed"

case_is "a warning is shown, and is no error"
diff_of fs/proc/cmdline.c 's/seq_putc(m, .*);/{ int unused_here; seq_putc(m, 10); }/' >warn.diff
# shellcheck disable=SC2086
create --patch=warn.diff --id=warn $kernel "$KSPLICE_SOURCE"
wants 66 'unused variable .unused_here'

case_is "the next diff"
diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >good.diff
# shellcheck disable=SC2086
create --patch=good.diff --id=good $kernel "$KSPLICE_SOURCE"
wants 0 'changed *fs/proc/cmdline.o: cmdline_proc_show'
finish
