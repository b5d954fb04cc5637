#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Words on the command lines of ksplice-apply, -undo and -view that make no sense, and output that does not arrive.
# Nothing here reaches a kernel: usage is checked before anything else.
set -u

tests=$(dirname "$(dirname "$(readlink -f "$0")")")
KSPLICE_BUILD=${KSPLICE_BUILD:-${tests%/tests}/_build}
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
failures=0

fail()
{
	echo "$*"
	cat "$out"
	failures=$((failures + 1))
}

# usage WHAT TOOL ARG...: exactly these two lines and status 2.
usage()
{
	what=$1 name=$2
	shift 2
	"$KSPLICE_BUILD/ksplice-apply/$name" "$@" >"$out" 2>&1 </dev/null
	status=$?
	[ $status = 2 ] || fail "$name $*: status $status"
	[ "$(cat "$out")" = "$name: $what
Try '$name --help'." ] || fail "$name $*: not \"$what\""
}

# tells STATUS PATTERN TOOL ARG...: with a standard output that is full if STATUS is not 0
tells()
{
	wanted=$1 pattern=$2 name=$3
	shift 3
	to=$out
	[ "$wanted" = 0 ] || to=/dev/full
	"$KSPLICE_BUILD/ksplice-apply/$name" "$@" 2>"$out" >"$to"
	status=$?
	[ $status = "$wanted" ] || fail "$name $*: status $status, not $wanted"
	grep -q -e "$pattern" "$out" || fail "$name $*: no \"$pattern\""
}

for tool in ksplice-apply ksplice-undo ksplice-view; do
	usage "option --frobnicate is unknown or ambiguous" $tool --frobnicate x
	usage "option --frobnicate=3 is unknown or ambiguous" $tool x --frobnicate=3
	usage "option --ver is unknown or ambiguous" $tool --ver
	usage "option -x is unknown" $tool -qxv x
	usage "option --quiet takes no value" $tool x --quiet=yes
	tells 0 "^Usage: $tool " $tool --help
	tells 0 "^$tool [0-9]" $tool --version
	for option in --help --version; do
		tells 1 "^$tool: stdout: No space left" $tool $option
		tells 1 "^$tool: stdout: No space left" $tool --json $option
	done
done
tells 1 "^ksplice-view: stdout: No space left" ksplice-view --json
for tool in ksplice-apply ksplice-undo; do
	for option in --retries --timeout; do
		usage "option $option needs a value" $tool x $option
		for value in '' -1 +1 ' 1' x 3x 1.5 1000001 99999999999999999999; do
			usage "$option needs a whole number of 0 to 1000000" $tool $option="$value" x
		done
	done
done
usage "an update file is needed" ksplice-apply
usage "an update file is needed" ksplice-apply --replace
usage "--replace= needs the ids of updates" ksplice-apply --replace= x
usage "the id of an update is needed, or --all" ksplice-undo --retries=0 --timeout=1000000
usage "either ids or --all" ksplice-undo --all abc
usage "option --file needs a value" ksplice-view --file
usage "option -f needs a value" ksplice-view -qf
usage "one id at a time, please" ksplice-view a b
usage "either an id or --file" ksplice-view --file=x a
usage "either --patch or --conflicts" ksplice-view -p -c a
usage "--conflicts needs the id of an update" ksplice-view -c
usage "--patch needs the id of an update, or --file" ksplice-view -p
[ $failures = 0 ]
