#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run-in-vm with a kernel for ppc64le: scripts, modules of the kernel, complaints; on processors with the radix MMU and with the hash MMU.
set -u
here=$(dirname "$(readlink -f "$0")")
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export KSPLICE_BUILD=$tmp/none
failed=0

# check NAME STATUS REGEX SCRIPT-TEXT [OPTION...]: as in test-harness.sh
check()
{
	local name=$1 status=$2 regex=$3 text=$4 got

	shift 4
	printf '%s\n' "$text" >"$tmp/script"
	"$here/run-in-vm" --arch=ppc64le --timeout=240 "$@" "$tmp/script" >"$tmp/out" 2>&1
	got=$?
	if [ $got = "$status" ] && tr '\n' '~' <"$tmp/out" | grep -qE "$regex"; then
		echo "ok   $name"
		return
	fi
	echo "FAIL $name: status $got, not $status, or output without $regex"
	sed 's/^/    /' "$tmp/out"
	failed=1
}

check script-and-module 7 'Radix~ppc64le 6.1.0-50-powerpc64le~loop .*script ended with status 7' \
	'grep -o Radix /proc/cpuinfo; echo $(uname -m) $(uname -r); grep "^loop " /proc/modules; exit 7' --module=loop
check complaint 99 'POWER8~.*did not announce it:' 'grep -m1 -o POWER8 /proc/cpuinfo; echo l >/proc/sysrq-trigger' --cpu=POWER8
exit $failed
