#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the work directory keeps, and that nothing goes wrong with it: another diff, a killed run, two runs at a time, a directory
# that is somebody else's. The source is never written to.
. "$(dirname "$0")/lib.sh"

# The default, in the user's cache; one for this source, configuration and compiler.
own="$work/cache/ksplice/create/*"

# In a work directory of our own.
own_create()
{
	# shellcheck disable=SC2086
	"$tool" --workdir="$own" $kernel "$@" "$KSPLICE_SOURCE" >out 2>&1
	status=$?
}

# Name, kind, size and modification time of everything in the source.
snapshot()
{
	find "$KSPLICE_SOURCE" -printf '%p %y %s %T@\n' | sort | sha256sum
}

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff
diff_of fs/proc/loadavg.c 's/%u\/%d/%u,%d/' >other.diff
before=$(snapshot)
export SOURCE_DATE_EPOCH=1700000000

# Tells how make is called, and calls it.
mkdir bin
cat >bin/make <<END
#!/bin/sh
echo "\$*" >>$work/make.log
exec $(command -v make) "\$@"
END
chmod +x bin/make
PATH=$work/bin:$PATH

case_is "the default is not made before the diff was read"
# shellcheck disable=SC2086
XDG_CACHE_HOME=$work/cache "$tool" $kernel --patch=absent.diff "$KSPLICE_SOURCE" >out 2>&1
[ ! -e "$work/cache" ] || fail "made"

case_is "first run, in the user's cache"
# shellcheck disable=SC2086
XDG_CACHE_HOME=$work/cache "$tool" $kernel --patch=fix.diff --id=one -o first.tar.gz -v "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 0 'CC .*ksplice/core.o' 'CC .*fs/proc/cmdline.o'
# shellcheck disable=SC2086
set -- $own
[ $# = 1 ] && [ -d "$1/pre" ] || fail "no work directory $own, but $(find cache -maxdepth 4 | tr '\n' ' ')"
own=$1

# Compiled for the kernel: the file of the diff, before and after it, and what kbuild needs to compile anything at all.
case_is "no more is compiled than the diff reaches"
sed -n 's/^ *\(CC\|AS\) \( *\[M\]\)* *//p' out | grep -v '^scripts/\|^tools/\|ksplice' | sort >compiled
printf '%s\n' arch/x86/kernel/asm-offsets.s fs/proc/cmdline.o fs/proc/cmdline.o kernel/bounds.s >expected
cmp -s compiled expected || fail "$(cat compiled)"

case_is "as many jobs as processors"
[ -s make.log ] && ! grep '^-j' make.log | grep -qv "^-j$(nproc) " || fail "$(cut -c1-20 make.log | sort | uniq -c)"

case_is "second run: same bytes, and nothing of the kernel is compiled"
rm make.log
own_create --patch=fix.diff --id=one -o second.tar.gz -v -j7
wants 0
cmp first.tar.gz second.tar.gz || fail "the updates differ"
grep -q '^-j7 ' make.log || fail "not by 7 jobs"
grep '^-j' make.log | grep -qv '^-j7 ' && fail "$(cut -c1-20 make.log | sort | uniq -c)"
grep -q ' CC  *fs/' out && fail "compiled again"
grep -q 'ksplice/core.o' out && fail "the core was compiled again"
grep -q 'HOSTCC' out && fail "the build was prepared again"

case_is "another diff of the same file"
sed 's/"new"/"newer"/' fix.diff >newer.diff
own_create --patch=newer.diff --id=one -o newer.tar.gz -v
wants 0 ' CC  *fs/proc/cmdline.o'
cmp -s first.tar.gz newer.tar.gz && fail "the same update"
own_create --patch=fix.diff --id=one -o second.tar.gz
wants 0
cmp first.tar.gz second.tar.gz || fail "the updates differ"

# A compiler that tells when it is tried (-x c /dev/null, by cc-option), and knows nothing when it is broken.
mkdir compiler
cat >compiler/gcc-12 <<END
#!/bin/sh
case "\$*" in
*"-x c /dev/null -o "*) echo "\$*" >>$work/trials.log ;;
*--version*) exec $(command -v gcc-12) "\$@" ;;
esac
[ ! -e $work/broken ] || exit 1
exec $(command -v gcc-12) "\$@"
END
chmod +x compiler/gcc-12

# tried NAME WORD...: the case, its diff's word, and whether the compiler is tried: yes or no.
tried()
{
	case_is "$1"
	sed "s/\"new\"/\"$2\"/" fix.diff >trial.diff
	rm -f trials.log
	PATH=$work/compiler:$PATH own_create --patch=trial.diff --id=one -o trial.tar.gz
	[ "$([ -s trials.log ] && echo yes || echo no)" = "$3" ] || fail "tried $(cat trials.log 2>/dev/null | wc -l) times"
}

touch broken
tried "what a broken compiler says of itself" one yes
wants 1
rm broken
tried "is not kept" two yes
wants 0 'changed .*cmdline_proc_show'
tried "what the compiler knows is kept" three no
wants 0 'changed .*cmdline_proc_show'
touch -d yesterday compiler/gcc-12
tried "of another file that is called so, it is asked again" four yes
wants 0 'changed .*cmdline_proc_show'

# An object of the patched source is kept; it must not be taken for that of another diff.
case_is "the same file with another header"
for number in 77 78; do
	diff_of fs/proc/internal.h "s/return pde->flags & PROC_ENTRY_proc_read_iter;/if (pde->flags == $number) return false; &/" >header-$number.diff
	own_create --patch=header-$number.diff --id=one -o header-$number.tar.gz
	wants 0 'proc_get_inode'
done
own_create --patch=header-77.diff --id=one -o again.tar.gz
wants 0
cmp header-77.tar.gz again.tar.gz || fail "the updates differ"
cmp -s header-77.tar.gz header-78.tar.gz && fail "the same update"

case_is "the same file with a header that comes"
diff_of fs/proc/cmdline.c 's/saved_command_line/WORD/; 1i #if __has_include("nobody-has-it.h")\n#define WORD "with"\n#else\n#define WORD "without"\n#endif' >without.diff
cp without.diff with.diff
printf '%s\n' '--- /dev/null' '+++ b/fs/proc/nobody-has-it.h' '@@ -0,0 +1 @@' '+/* x */' >>with.diff
for word in without with; do
	own_create --patch=$word.diff --id=one -o $word.tar.gz
	wants 0 'cmdline_proc_show'
done
cmp -s without.tar.gz with.tar.gz && fail "the same update"

case_is "another diff"
own_create --patch=other.diff --id=two
wants 0 'loadavg_proc_show'
case_is "the first one again, after it"
own_create --patch=fix.diff --id=one -o second.tar.gz
wants 0
cmp first.tar.gz second.tar.gz || fail "the updates differ"

case_is "the environment has no influence"
ARCH=arm CROSS_COMPILE=no- KCFLAGS=-O0 CFLAGS=-O0 MAKEFLAGS=-n CC=false CPATH=/nowhere LC_ALL=de_DE.UTF-8 V=1 M=/nowhere \
	KBUILD_OUTPUT=/nowhere own_create --patch=fix.diff --id=one -o second.tar.gz
wants 0
cmp first.tar.gz second.tar.gz || fail "the updates differ"

case_is "killed in the middle"
for seconds in 0.1 0.3 0.6 0.9; do
	rm -rf "$own/pre"
	# shellcheck disable=SC2086
	timeout -s KILL $seconds "$tool" --workdir="$own" $kernel --patch=other.diff --id=two "$KSPLICE_SOURCE" >out 2>&1
	own_create --patch=fix.diff --id=one -o second.tar.gz
	wants 0
	cmp first.tar.gz second.tar.gz || fail "killed after $seconds s: the updates differ"
done
case_is "killed while the build is prepared"
rm -rf "$own/build/ksplice-prepared"
# shellcheck disable=SC2086
timeout -s KILL 2 "$tool" --workdir="$own" $kernel --patch=fix.diff --id=one "$KSPLICE_SOURCE" >out 2>&1
own_create --patch=fix.diff --id=one -o second.tar.gz
wants 0
cmp first.tar.gz second.tar.gz || fail "the updates differ"

case_is "two runs at a time"
exec 9>>"$own/lock"
flock 9
echo $$ >"$own/lock"
own_create --patch=fix.diff --id=one -o third.tar.gz
wants 1 "process id $$ works there" '--workdir'
[ ! -e third.tar.gz ] || fail "made an update"
exec 9>&-

case_is "a directory that is somebody else's"
mkdir mine
echo precious >mine/file
# shellcheck disable=SC2086
"$tool" --workdir=mine $kernel --patch=fix.diff "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 2 'no work directory of ksplice-create'
[ "$(cat mine/file)" = precious ] && [ "$(ls mine)" = file ] || fail "touched it"

case_is "in the source"
# shellcheck disable=SC2086
"$tool" --workdir="$KSPLICE_SOURCE" $kernel --patch=fix.diff "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 2 'never written to'

case_is "a path that the kernel's build cannot cope with"
# shellcheck disable=SC2086
"$tool" --workdir="$work/with blank" $kernel --patch=fix.diff "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 2 '--workdir=DIR with plain'

# make calls it to look at preprocessed sources: each diff that touches a structure has it do so.
case_is "a path of its own that make and the shell would take apart"
diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/; /^static int cmdline_proc_show/i struct nobody { int has; };' >struct.diff
odd="$work/it's \$(nowhere) #1"
mkdir "$odd"
cp "$tool" "$odd"
plain=$tool tool=$odd/ksplice-create
KSPLICE_KMODSRC=${tests%/tests}/kmodsrc own_create --patch=struct.diff --id=one -o odd.tar.gz
tool=$plain
wants 0 'cmdline_proc_show'

case_is "an update that cannot be written"
own_create --patch=fix.diff --id=one -o "$work/absent/x.tar.gz"
[ "$status" != 0 ] || [ -f "$work/absent/x.tar.gz" ] || fail "says it made it"
mkdir dir.tar.gz
own_create --patch=fix.diff --id=one -o dir.tar.gz
wants 1 'dir.tar.gz'

case_is "the source is as it was"
[ "$(snapshot)" = "$before" ] || fail "something in $KSPLICE_SOURCE was changed"
finish
