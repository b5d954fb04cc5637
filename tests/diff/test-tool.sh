#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
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

for option in --help -h; do
	check 0 help "$tool" $option
	says out '^Usage: ksplice-objmanip'
done
check 0 version "$tool" --version
says out '^ksplice-objmanip [0-9]+\.[0-9]'
# Every wrong usage is told the same way: what is wrong, and where to look.
usage()
{
	local says=$1

	shift
	check 2 "$*" "$@"
	[ "$(cat "$work/err")" = "ksplice-objmanip: $says"$'\n'"Try 'ksplice-objmanip --help'." ] && return
	echo "FAIL $* says:"
	cat "$work/err"
	failed=1
}
usage 'say what to do: spans, diff or match' "$tool"
usage 'unknown command "merge"' "$tool" merge "$work/pre.o"
usage 'option --frobnicate is not known, or ambiguous, or takes no value' "$tool" --frobnicate spans "$work/pre.o"
usage 'option --all=3 is not known, or ambiguous, or takes no value' "$tool" --all=3 spans "$work/pre.o"
usage 'option -x is not known, or ambiguous, or takes no value' "$tool" -x spans "$work/pre.o"
usage 'option --unit needs a value' "$tool" spans "$work/pre.o" --unit
usage 'spans takes one object file' "$tool" spans
usage 'diff takes pairs of object files' "$tool" diff "$work/pre.o"
check 2 "usage as JSON" "$tool" --frobnicate --json
json 'v["version"] == 1 and not v["ok"] and v["error"]["kind"] == "usage" and "--frobnicate" in v["error"]["text"]'
check 2 "unit of several pairs" "$tool" --unit=a.o diff "$work/pre.o" "$work/post.o" "$work/pre.o" "$work/post.o"
says err 'one pair'

check 0 spans "$tool" spans "$work/pre.o"
says out '^text +[0-9]+ f +\.text\.f\+0x0$'
says out '^data +4 state '
check 0 "spans as JSON" "$tool" --json --unit=a/b.o spans "$work/pre.o"
json 'v["version"] == 1 and v["ok"] and v["arch"] == "x86_64"'
json 'v["unit"] == "a/b.o" and [s["section"] for s in v["spans"] if s["name"] == "f"] == [".text.f"]'

check 0 diff "$tool" --unit=a/b.o diff "$work/pre.o" "$work/post.o"
says out '^a/b\.o: changed f \(carried\): size [0-9]+ -> [0-9]+$'
says out '^1 changed, 2 new, 0 refused$'
check 66 "diff of nothing" "$tool" diff "$work/pre.o" "$work/pre.o"
check 0 "diff as JSON" "$tool" --json diff "$work/pre.o" "$work/post.o"
json 'v["version"] == 1 and v["ok"] and v["changed"] == 1 and v["new"] == 2 and v["refusals"] == []'
json '{s["name"] for s in v["spans"] if s["verdict"] == "new" and s["carried"]} >= {"checked", "deeper"}'
json '[i["name"] for i in v["imports"] if i["hooked"]] == ["f"]'
check 66 "diff of nothing as JSON" "$tool" --json diff "$work/pre.o" "$work/pre.o"
json 'not v["ok"] and v["error"]["kind"] == "no_change" and v["changed"] == 0'
"${KSPLICE_CC:-gcc}" "${flags[@]}" -c -o "$work/data-pre.o" "$here/constant-known-to-data-changed/pair.c" || exit 1
"${KSPLICE_CC:-gcc}" "${flags[@]}" -DPOST -c -o "$work/data-post.o" "$here/constant-known-to-data-changed/pair.c" || exit 1
check 3 "refusals as JSON" "$tool" --json diff "$work/data-pre.o" "$work/data-post.o"
json 'not v["ok"] and v["error"]["kind"] == "refused"'
json '[r["where"].split(": ")[1] for r in v["refusals"] if r["reason"] and r["advice"]] == ["current_table", "table"]'
check 1 "code to a place that is not there" "$tool" --code="$work/none/code.o" diff "$work/pre.o" "$work/post.o"

check 0 match "$tool" match "$work/pre.o" f
says out ': f: [0-9]+ pre bytes'
check 0 "match as JSON" "$tool" --json match "$work/pre.o" f
json 'v["version"] == 1 and v["ok"] and [s["span"] for s in v["spans"]] == ["f"]'
check 2 "match of no span" "$tool" match "$work/pre.o" no_such_function


# A match module tells what is in it, whatever its section is called, and not what a kernel module is made of.
check 0 "match data to a file" "$tool" --match="$work/match.bin" diff "$work/pre.o" "$work/post.o"
check 0 "match of match data" "$tool" match "$work/match.bin"
says out 'replace: hook'
cp "$work/out" "$work/want"
# module SECTION END: as kmodsrc/update/match-main.c makes it
module()
{
	"${KSPLICE_CC:-gcc}" -c -o "$work/match.ko" -x assembler - <<-EOF
		.section $1, "a", @progbits
		.quad 0
		.globl ksplice_match_data, ksplice_match_data_end
		ksplice_match_data: .incbin "$work/match.bin"
		$2: .byte 0
		.text
		.globl f
		f: ret
	EOF
}
for section in .rodata.ksplice_match .rodata; do
	module $section ksplice_match_data_end || exit 1
	check 0 "match module with $section" "$tool" match "$work/match.ko"
	cmp "$work/want" "$work/out" || failed=1
done
check 0 "one function of a match module" "$tool" --json match "$work/match.ko" f
json '[s["span"] for s in v["spans"]] == ["f"]'
module .rodata nowhere || exit 1
check 1 "match module without an end" "$tool" match "$work/match.ko"
says err 'match data has no end'

"${KSPLICE_CC:-gcc}" -c -x c -o "$work/empty.o" /dev/null || exit 1
check 1 "spans of an empty object" "$tool" spans "$work/empty.o"
says err 'empty\.o: no functions or data in it'
check 1 "match of an empty object" "$tool" match "$work/empty.o"
says err 'empty\.o: no functions or constants to match'

# Files of its own go where the user wants them, and do not stay.
mkdir "$work/tmp"
check 0 "match with TMPDIR" env TMPDIR="$work/tmp" "$tool" match "$work/pre.o"
[ -z "$(ls -A "$work/tmp")" ] || { echo "FAIL left in TMPDIR"; failed=1; }
check 1 "match with a TMPDIR that is not there" env TMPDIR="$work/none" "$tool" match "$work/pre.o"
says err 'none/.*No such file'

check 1 "no such file as JSON" "$tool" --json spans "$work/none.o"
json 'v["version"] == 1 and not v["ok"] and v["error"]["kind"] == "system" and "none.o" in v["error"]["text"]'
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

# What is no renumbered object is not compared with.
check 1 "renumbered object of another shape" "$tool" --renumbered="$work/post.o" diff "$work/pre.o" "$work/post.o"
says err 'more than line numbers'
check 0 "renumbered object" "$tool" --renumbered="$work/pre.o" diff "$work/pre.o" "$work/post.o"
check 2 "renumbered object of two pairs" "$tool" --renumbered="$work/pre.o" diff "$work/pre.o" "$work/post.o" \
	"$work/pre.o" "$work/post.o"
says err '--renumbered goes with each pair'
[ $failed = 0 ] && echo "all as it should be"
exit $failed
