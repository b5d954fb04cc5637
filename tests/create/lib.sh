# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests/create/test-*.sh: ksplice-create on the stock kernel's source, without a VM. To be sourced.
#
#	create ARG...		runs ksplice-create in $work with a work directory that these tests share; sets $status, and
#				leaves what it printed in $work/out
#	create_from TREE ARG...	the same with the source tree TREE, one of the test's own
#	diff_of FILE COMMAND	prints the diff that sed COMMAND makes in FILE of the kernel source
#	case_is NAME		begins a case; all checks below belong to it
#	wants STATUS [TEXT]...	checks the status, and that each TEXT (a basic regular expression) was printed
#	finish			the test's end
#
# Environment: KSPLICE_BUILD; and KSPLICE_SOURCE, KSPLICE_CONFIG, KSPLICE_SYMVERS, all or none.
set -u

tests=$(dirname "$(dirname "$(readlink -f "$0")")")
KSPLICE_BUILD=${KSPLICE_BUILD:-${tests%/tests}/_build}
tool=$KSPLICE_BUILD/ksplice-create/ksplice-create
failures=0 case_name=

die()
{
	echo "$*"
	exit 1
}

[ -x "$tool" ] || die "$tool is not built"
if [ -z "${KSPLICE_SOURCE-}" ]; then
	parts=$("$tests/lib/packages" kernel image source headers) || die "no stock kernel"
	KSPLICE_SOURCE=$(echo "$parts" | sed -n 's/^source=//p')
	KSPLICE_CONFIG=$(echo "$parts" | sed -n 's/^config=//p')
	KSPLICE_SYMVERS=$(echo "$parts" | sed -n 's/^symvers=//p')
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# In the cache and not in the build directory: where that lies, others may be able to write, and ksplice-create refuses it.
cache=${KSPLICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ksplice}
shared=$cache/create-tests
lock=$shared.lock
mkdir -p "$cache"
cd "$work" || exit 1

# What every successful run needs.
kernel="--config=$KSPLICE_CONFIG --symvers=$KSPLICE_SYMVERS"

# Tests run side by side, and a work directory is for one at a time.
create()
{
	flock "$lock" "$tool" --workdir="$shared" "$@" >"$work/out" 2>&1
	status=$?
}

# Such trees, mostly of links, lie where tests/lib/kernel-test.sh has its patched ones while they are used, and so share their work directory:
# a new one costs 25 s of a processor.
create_from()
{
	(
		flock 9
		tree=$1 place=$KSPLICE_BUILD/tests/trees/6.1
		shift
		mkdir -p "${place%/*}"
		rm -rf "$place" && cp -a "$tree" "$place" && "$tool" --workdir="$cache/test-create-6.1-trees" "$@" "$place" >"$work/out" 2>&1
		status=$?
		rm -rf "$place"
		exit $status
	) 9>"$cache/.test-create-6.1.lock"
	status=$?
}

diff_of()
{
	sed "$2" "$KSPLICE_SOURCE/$1" >"$work/edited"
	diff -u --label "a/$1" --label "b/$1" "$KSPLICE_SOURCE/$1" "$work/edited"
	rm "$work/edited"
}

case_is()
{
	case_name=$1
}

fail()
{
	echo "FAIL: $case_name: $*"
	[ ! -s "$work/out" ] || sed 's/^/    | /' "$work/out"
	failures=$((failures + 1))
}

wants()
{
	[ "$status" = "$1" ] || fail "exit status $status, not $1"
	shift
	for text; do
		grep -q -- "$text" "$work/out" || fail "does not say '$text'"
	done
}

finish()
{
	[ $failures = 0 ] || die "$failures checks failed"
	exit 0
}
