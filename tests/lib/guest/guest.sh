# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Put before every test script by kernel-test.sh; runs in the guest, in busybox's sh.
set -u

# ksplice-apply/exit-status.h
REFUSED=3 WRONG_KERNEL=4 NO_MATCH=5 BUSY=6 NOT_PERMITTED=7 BAD_FILE=8 UNKNOWN_ID=9

fail()
{
	echo "FAILED: $*"
	grep -r . /sys/kernel/ksplice 2>/dev/null
	lsmod
	exit 1
}

# is WHAT EXPECTED FOUND
is()
{
	[ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"
	echo "ok: $1"
}

# has WHAT EXTENDED-REGEX TEXT
has()
{
	printf '%s\n' "$3" | grep -qE -- "$2" || fail "$1: nothing like '$2' in '$3'"
	echo "ok: $1"
}

# has_not WHAT EXTENDED-REGEX TEXT
has_not()
{
	printf '%s\n' "$3" | grep -qE -- "$2" && fail "$1: '$2' is in '$3'"
	echo "ok: $1"
}

# ends STATUS COMMAND...: leaves what the command prints in $out.
ends()
{
	local expected=$1 status

	shift
	out=$("$@" 2>&1)
	status=$?
	[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/    | /'
	[ $status = "$expected" ] || fail "$*: status $status, not $expected"
	echo "ok: $* ($status)"
}

stage()
{
	cat "/sys/kernel/ksplice/$1/stage"
}

apply()
{
	ends 0 ksplice-apply "/root/$1.tar.gz"
	is "stage of $1" applied "$(stage "$1")"
	has_not "no match module stays" "^ksplice_${1}_.*_match " "$(cat /proc/modules)"
}

undo()
{
	ends 0 ksplice-undo "$1"
	is_gone "$1"
}

# Nothing of the update is left, after undo or a failure; and where it was the only one, not the core either.
is_gone()
{
	local updates

	has_not "no module of $1 is left" "^ksplice_${1}_" "$(cat /proc/modules)"
	[ ! -e "/run/ksplice/$1" ] || fail "/run/ksplice/$1 is left"
	[ ! -e "/sys/kernel/ksplice/$1" ] || fail "/sys/kernel/ksplice/$1 is left"
	updates=$(echo /sys/kernel/ksplice/*/stage)
	[ -e "${updates%% *}" ] || has_not "nothing of ksplice is left" "^ksplice" "$(cat /proc/modules)"
}

address_of()
{
	awk -v name="$1" '$3 == name && NF == 3 { print $1; exit }' /proc/kallsyms
}

# The address OFFSET bytes behind the ftrace entry of a function, where a hook goes at 0: behind_entry SYMBOL OFFSET
# An ENDBR (with CONFIG_X86_KERNEL_IBT), or the nop that has taken its place, comes before that entry; on ppc64le two instructions, in a
# function with two entries.
behind_entry()
{
	local address entry=5

	address=$(address_of "$1")
	[ "$(uname -m)" != ppc64le ] || entry=8
	case $entry,$(peek "$address" 4 | hexdump -e '4/1 "%02x"') in
	5,f30f1efa | 5,660f1f00) entry=9 ;;
	8,????4c3c | 8,????403c) entry=16 ;;
	esac
	printf '%x\n' $((0x$address + entry + $2))
}

# A checksum of a piece of kernel memory: checksum SYMBOL LENGTH
checksum()
{
	peek "$(address_of "$1")" "$2" | md5sum
}

as_nobody()
{
	su -s /bin/sh nobody -c "PATH=$PATH; $*"
}
