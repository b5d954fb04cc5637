#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: every function of some directories, assembler and a module among them, matches the stock kernels; symbols are where the linker put
# them; flipped bits are found; the reference agrees. docs/matching.md has the same for all units.
set -u
here=$(dirname "$(readlink -f "$0")")
export KSPLICE_BUILD=${KSPLICE_BUILD:-$here/../../_build}
make -s -C "$KSPLICE_BUILD" tests/match/match-units tests/match/true-addresses >&2 || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0
for series in 6.1 6.12; do
	read -r version cache < <(KSPLICE_KERNEL=$series bash -c '. "$1/../lib/cache.sh" && echo "$KSPLICE_KERNEL_VERSION $KSPLICE_CACHE"' - "$here")
	# ksplice-create's work directory is that of tests/lib/kernel-test.sh, as a new one costs 25 s of a processor; without the objects of
	# other units.
	exec {lock}>"$cache/.test-create-$series.lock" && flock "$lock" || exit 1
	rm -rf "$cache/test-create-$series/pre"
	mkdir -p "$cache/test-create-$series" "$work/$series" && ln -s "$cache/test-create-$series" "$work/$series/create" || exit 1
	"$here/run" --kernel="$version" --work="$work/$series" --units='arch/x86/lib/*' --units='arch/x86/entry/*' --units='fs/isofs/*' \
		--flips=200000 --reference || status=1
	exec {lock}>&-
done
exit $status
