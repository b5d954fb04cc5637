#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run-in-vm itself: would it notice?
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib/cache.sh"
stock=$(cache_kernel "$KSPLICE_KERNEL_PACKAGE" "$KSPLICE_KERNEL_VERSION") || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp/tmp
export KSPLICE_BUILD=$tmp/none
mkdir "$TMPDIR"
failed=0

# check NAME STATUS REGEX SCRIPT-TEXT [OPTION...]: runs the text in a guest; stdout and stderr must match the regex.
check()
{
	local name=$1 status=$2 regex=$3 text=$4 got

	shift 4
	printf '%s\n' "$text" >"$tmp/$name"
	"$here/run-in-vm" --timeout=120 "$@" "$tmp/$name" >"$tmp/$name.out" 2>&1
	got=$?
	if [ $got != "$status" ]; then
		echo "FAIL $name: status $got, not $status"
	elif ! tr '\n' '~' <"$tmp/$name.out" | grep -qE "$regex"; then
		echo "FAIL $name: output without $regex"
	else
		echo "ok   $name"
		return 0
	fi
	sed 's/^/    /' "$tmp/$name.out"
	return 1
}

checks=()
start()
{
	check "$@" &
	checks+=($!)
	[ ${#checks[@]} -lt 2 ] || finish
}

finish()
{
	local pid

	for pid in "${checks[@]}"; do
		wait "$pid" || failed=1
	done
	checks=()
}

# Two at a time, which proves as well that parallel runs leave each other alone.
start status-0 0 'uid 0 .*Power down' 'echo uid $(id -u) $(uname -r)'
start status-7 7 'script ended with status 7' 'exit 7'
start text-of-script-is-no-complaint 0 'WARNING: CPU' 'echo "WARNING: CPU: 0 PID: 1"; echo "status 3"; echo "Call Trace:"'
start last-command-fails 1 'script ended with status 1' 'true; false'
start killed-by-signal 137 'status 137' 'kill -9 $$'
start panic 98 'not announce.*sysrq triggered crash.*went down' 'echo c >/proc/sysrq-trigger; sleep 60'
start complaint 99 'not announce it:.*NMI backtrace' 'echo l >/proc/sysrq-trigger'
start announced-in-guest 0 'NMI backtrace' 'vm-expect "sysrq_handle|NMI backtrace|NMI"; echo l >/proc/sysrq-trigger'
start announced-on-host 0 'NMI backtrace' 'echo l >/proc/sysrq-trigger' --expect='NMI'
start announced-too-late 99 'not announce it' 'echo l >/proc/sysrq-trigger; vm-expect NMI'
start announced-but-absent 99 'never complained so: never' 'vm-expect never'
start timeout 98 'did not finish in 8 s' 'echo here; sleep 1000' --timeout=8
start background-child 0 '19999~20000~' 'sleep 1000 & seq 20000'
start guest-reboots 98 'went down before' 'reboot -f'
start kernel-without-tools 0 'not in the guest.*ksplice-apply' 'true'

# Files go in and come out as they are; a script that asks for bash has it.
echo 'a file' >"$tmp/added"
start bash-and-files 0 'two a file' '#!/bin/bash
a=(one two); echo "${a[1]} $(cat /etc/added)"; head -c 300000 /dev/urandom >/tmp/r; sha256sum </tmp/r' \
	--add="$tmp/added:/etc/added" --get=/tmp/r:"$tmp/random"
start modules 0 'loop.*Power down' 'lsmod | grep -q ^dummy; lsmod | grep ^loop' --module=loop --module=dummy
finish
if ! grep -q "$(sha256sum <"$tmp/random")" "$tmp/bash-and-files.out"; then
	echo "FAIL bash-and-files: the file that came out is another"
	failed=1
fi
start missing-module 96 'no module nosuch' 'true' --module=nosuch
start own-kernel 0 'loop.*Power down' 'grep ^loop /proc/modules' --module=loop --kernel-dir="$stock"
start no-own-kernel 96 'has no kernel in boot/' 'true' --kernel-dir="$tmp"
start two-kernels 2 'exclude each other' 'true' --kernel-dir="$stock" --kernel=a=1
start vanished-kernel 96 'has vanished.*6.1' 'true' --kernel=linux-image-6.1.0-56-cloud-amd64-unsigned=6.1.1-1

# An interrupt ends the guest too.
printf 'sleep 1000\n' >"$tmp/interrupted"
"$here/run-in-vm" "$tmp/interrupted" >"$tmp/interrupted.out" 2>&1 &
sleep 3
kill $!
wait $!
[ $? = 143 ] || { echo "FAIL interrupted: status"; failed=1; }
finish
if [ -n "$(ls -A "$TMPDIR")" ]; then
	echo "FAIL left behind: $(ls -A "$TMPDIR")"
	failed=1
fi
exit $failed
