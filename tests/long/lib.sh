# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests/long: the debug kernel, and modules built for it. To be sourced; sets $tests, $top and $work.
#
#	debug_kernel		builds it if need be; sets dir, config, symvers, vmlinux, build, source (tests/lib/debug-kernel)
#	build_module DIR [VARIABLE=VALUE...]	builds the module of tests/long/DIR in $work/DIR
#	make_seed		makes $work/seed.tar.gz of match-data/fix.diff: for the kernel proper and for binfmt_misc
#	in_debug_kernel [run-in-vm option...] SCRIPT	runs it there; KASAN reports all that it sees, and not the first alone
set -u -o pipefail

tests=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
top=${tests%/tests}
export KSPLICE_BUILD=${KSPLICE_BUILD:-$top/_build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

debug_kernel()
{
	local parts

	parts=$("$tests/lib/debug-kernel") || die "no debug kernel"
	eval "$parts"
}

build_module()
{
	local name=$1

	shift
	mkdir -p "$work/$name"
	cp "$tests/long/$name"/{Kbuild,*.c} "$work/$name" 2>/dev/null
	make -C "$build" M="$work/$name" ARCH=x86_64 CC=gcc-12 KBUILD_MODPOST_WARN=1 "$@" modules >"$work/$name.log" 2>&1 ||
		{ cat "$work/$name.log" >&2; die "the module of tests/long/$name cannot be built"; }
}

# One at a time, as in lib/kernel-test.sh: the debug kernel has the source of the stock one.
make_seed()
{
	. "$tests/lib/cache.sh"
	flock "$KSPLICE_CACHE/.test-create-$KSPLICE_KERNEL.lock" \
		"$KSPLICE_BUILD/ksplice-create/ksplice-create" --patch="$tests/long/match-data/fix.diff" --id=seed \
		--config="$config" --symvers="$symvers" --image="$vmlinux" --modules="$(echo "$dir"/lib/modules/*)" --cc=gcc-12 \
		-o "$work/seed.tar.gz" "$source" >"$work/create.log" 2>&1 || { cat "$work/create.log" >&2; die "no update for the debug kernel"; }
}

in_debug_kernel()
{
	"$tests/vm/run-in-vm" --kernel-dir="$dir" --memory=1024 --append=kasan_multi_shot "$@"
}
