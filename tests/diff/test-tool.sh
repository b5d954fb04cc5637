#!/bin/bash
# ksplice-objmanip as a command: exit statuses, its JSON, match programs, input that is none.
set -u -o pipefail
export LC_ALL=C

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
tool=${KSPLICE_OBJMANIP:-${KSPLICE_BUILD:-$PWD}/ksplice-objmanip}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# check STATUS WHAT COMMAND...: output goes to $work/out and $work/err
check()
{
	local want=$1 what=$2 got

	shift 2
	"$@" >"$work/out" 2>"$work/err"
	got=$?
	[ $got = "$want" ] && return
	echo "FAIL $what: status $got, not $want"
	cat "$work/out" "$work/err"
	failed=1
}

# says FILE PATTERN
says()
{
	grep -qE -- "$2" "$work/$1" && return
	echo "FAIL no \"$2\" in:"
	cat "$work/$1"
	failed=1
}

# json EXPRESSION: true of the JSON value v in $work/out
json()
{
	python3 -c "import json, sys; v = json.load(open('$work/out')); sys.exit(not ($1))" && return
	echo "FAIL JSON: not $1"
	cat "$work/out"
	failed=1
}

flags=(-O2 -std=gnu11 -ffreestanding -ffunction-sections -fdata-sections -fno-pic -mcmodel=kernel -mno-sse
	-fno-asynchronous-unwind-tables -fcf-protection=none -fno-stack-protector -pg -mfentry -mrecord-mcount "-I$here")
"${KSPLICE_CC:-gcc}" "${flags[@]}" -c -o "$work/pre.o" "$here/new-function/pair.c" || exit 1
"${KSPLICE_CC:-gcc}" "${flags[@]}" -DPOST -c -o "$work/post.o" "$here/new-function/pair.c" || exit 1

check 0 help "$tool" --help
says out '^Usage: ksplice-objmanip'
check 2 "no command" "$tool"
check 2 "unknown command" "$tool" merge "$work/pre.o"
check 2 "unknown option" "$tool" --frobnicate
check 2 "odd number of objects" "$tool" diff "$work/pre.o"
check 2 "unit of several pairs" "$tool" --unit=a.o diff "$work/pre.o" "$work/post.o" "$work/pre.o" "$work/post.o"
says err 'one pair'

check 0 spans "$tool" spans "$work/pre.o"
says out '^text +[0-9]+ f +\.text\.f\+0x0$'
says out '^data +4 state '
check 0 "spans as JSON" "$tool" --json --unit=a/b.o spans "$work/pre.o"
json 'v["unit"] == "a/b.o" and [s["section"] for s in v["spans"] if s["name"] == "f"] == [".text.f"]'

check 0 diff "$tool" --unit=a/b.o diff "$work/pre.o" "$work/post.o"
says out '^a/b\.o: changed f \(carried\): size [0-9]+ -> [0-9]+$'
says out '^1 changed, 2 new, 0 refused$'
check 66 "diff of nothing" "$tool" diff "$work/pre.o" "$work/pre.o"
check 0 "diff as JSON" "$tool" --json diff "$work/pre.o" "$work/post.o"
json 'v["changed"] == 1 and v["new"] == 2 and v["refusals"] == []'
json '{s["name"] for s in v["spans"] if s["verdict"] == "new" and s["carried"]} >= {"checked", "deeper"}'
json '[i["name"] for i in v["imports"] if i["hooked"]] == ["f"]'
check 1 "code to a place that is not there" "$tool" --code="$work/none/code.o" diff "$work/pre.o" "$work/post.o"

check 0 match "$tool" match "$work/pre.o" f
says out ': f: [0-9]+ pre bytes'
check 0 "match as JSON" "$tool" --json match "$work/pre.o" f
json 'v'
check 2 "match of no span" "$tool" match "$work/pre.o" no_such_function

check 1 "no such file" "$tool" spans "$work/none.o"
says err 'none\.o: No such file'
check 1 "no object file" "$tool" spans "$here/new-function/pair.c"
check 1 "no match data" "$tool" match "$here/new-function/pair.c"
check 1 "no layout" "$tool" --layout="$work/pre.o" spans "$work/pre.o"
# Cut off anywhere, an object is malformed; never a crash, never taken for whole.
size=$(stat -c %s "$work/pre.o")
for ((i = 0; i < size; i += size / 40 + 1)); do
	head -c $i "$work/pre.o" >"$work/cut.o"
	check 1 "object cut off at $i" "$tool" diff "$work/cut.o" "$work/post.o"
done
[ $failed = 0 ] && echo "all as it should be"
exit $failed
