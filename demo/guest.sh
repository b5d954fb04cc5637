#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The part of the demonstration that happens in the stock kernel: before, apply, view, undo.
fixed="Livepatched kernel command line"

# show COMMAND...: the command as one would type it, and what it prints, which stays in $out.
show()
{
	echo
	echo "  # $*"
	out=$("$@" 2>&1)
	status=$?
	printf '%s\n' "$out" | sed 's/^/  /'
	[ $status = 0 ] || fail "$1 ended with status $status"
}

fail()
{
	echo
	echo "  THE DEMONSTRATION HAS FAILED: $*"
	exit 1
}

show uname -r
show cat /proc/cmdline
boot=$out
[ "$boot" != "$fixed" ] && [ -n "$boot" ] || fail "this is not what a stock kernel shows"

show ksplice-apply /root/ksplice-demo.tar.gz
show cat /proc/cmdline
[ "$out" = "$fixed" ] || fail "the new function does not run"

show ksplice-view
case $out in *demo*) ;; *) fail "the update is not listed" ;; esac
show ksplice-view demo
case $out in *cmdline_proc_show*) ;; *) fail "the replaced function is not told" ;; esac

show ksplice-undo demo
show cat /proc/cmdline
[ "$out" = "$boot" ] || fail "the kernel is not what it was"
