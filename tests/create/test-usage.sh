#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Words on the command line that make no sense: status 2, and what would.
. "$(dirname "$0")/lib.sh"

: >fix.diff

case_is "no source"
create --patch=fix.diff; wants 2 'which kernel source'
case_is "two sources"
create --patch=fix.diff a b; wants 2 'b is too much'
case_is "no patch"
create "$KSPLICE_SOURCE"; wants 2 'give --patch'
case_is "unknown option"
create --patch=fix.diff --frobnicate "$KSPLICE_SOURCE"; wants 2 '--frobnicate is unknown'
case_is "unknown short option"
create -x; wants 2 'option -x is unknown'
case_is "option without its value"
create "$KSPLICE_SOURCE" --patch; wants 2 '--patch needs a value'
for jobs in 0 -1 x 3x 99999; do
	case_is "jobs $jobs"
	create --patch=fix.diff -j "$jobs" "$KSPLICE_SOURCE"; wants 2 'number from 1'
done
for id in '' _a A a-b a/b ../x 1234567890123456789012345; do
	case_is "id '$id'"
	create --patch=fix.diff --id="$id" "$KSPLICE_SOURCE"; wants 2 'an update.s id'
done
for opt in -d/tmp --directory=/tmp -o/tmp/x -r -p --strip=x -i/etc/passwd --follow-symlinks -b -pX; do
	case_is "patch option $opt"
	# shellcheck disable=SC2086
	create --patch=fix.diff --patch-opt="$opt" $kernel "$KSPLICE_SOURCE"; wants 2 'patch-opt'
done
case_is "shape of a usage error"
create --frobnicate
printf "ksplice-create: %s\n" "option --frobnicate is unknown or ambiguous" >expected
echo "Try 'ksplice-create --help'." >>expected
cmp -s out expected || fail "other words"
rm expected
case_is "help"
create --help; wants 0 '--patch=FILE' 'Exit status'
cp out help
create -h; wants 0
cmp -s out help || fail "-h is not --help"
rm help
case_is "help that cannot be written"
for option in --help --version; do
	"$tool" $option >/dev/full 2>out
	status=$?
	wants 1 'ksplice-create: .*: No space left'
done
case_is "version"
create --version; wants 0 '^ksplice-create [0-9]'
case_is "nothing was made"
[ "$(echo *)" = "fix.diff out" ] || fail "files: $(echo *)"
finish
