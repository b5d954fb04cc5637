#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --extra-match: units that are matched though the diff does not reach them; --exclude-match: units that are left out.
. "$(dirname "$0")/lib.sh"

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >one.diff
diff_of fs/proc/loadavg.c 's/%u\/%d/%u,%d/' >other.diff

# shellcheck disable=SC2086,SC2154
make_update()
{
	rm -f ksplice-u.tar.gz
	create --id=u $kernel "$@" "$KSPLICE_SOURCE"
}

# The units that were matched, as the manifest has them, on one line.
units_are()
{
	found=$(tar -xOzf ksplice-u.tar.gz ksplice-u/manifest.json | tr -d ' \n' | sed 's/.*"units":\[\([^]]*\)\].*/\1/; s/"//g')
	[ "$found" = "$1" ] || fail "units are $found, not $1"
}

case_is "a unit more"
make_update --patch=one.diff --extra-match=fs/proc/version.o
wants 0 'changed  fs/proc/cmdline.o: cmdline_proc_show'
units_are fs/proc/cmdline.o,fs/proc/version.o
grep -q 'version_proc_show' out && fail "says that something changes in it"
tar -xOzf ksplice-u.tar.gz ksplice-u/ksplice_u_vmlinux_match.ko | grep -qa version_proc_show || fail "it is not in the match data"

case_is "units by patterns, several, of sources; the one that is reached once"
make_update --patch=one.diff --extra-match='fs/proc/[cv][mpe]*.c' --extra-match='fs/*/loadavg.*'
wants 0
units_are fs/proc/cmdline.o,fs/proc/cpuinfo.o,fs/proc/loadavg.o,fs/proc/version.o,fs/proc/vmcore.o

case_is "of an assembler file"
make_update --patch=one.diff --extra-match='arch/x86/lib/retpoline.S'
wants 0
units_are fs/proc/cmdline.o,arch/x86/lib/retpoline.o

case_is "of the real mode's code"
make_update --patch=one.diff --extra-match='arch/x86/realmode/*'
wants 0
units_are fs/proc/cmdline.o,arch/x86/realmode/init.o

case_is "one that is not of this machine's kind, by its name and by wildcards"
make_update --patch=one.diff --extra-match='arch/x86/platform/pvh/head.S'
wants 1 'pvh/head.o: .head.text+0x.*: a relocation reaches beyond the instruction'
make_update --patch=one.diff --extra-match='arch/x86/platform/pvh/h*'
wants 0 'note: .*pvh/head.o: .*; not matched'
units_are fs/proc/cmdline.o

case_is "left out of the extra ones"
make_update --patch=one.diff --extra-match='fs/proc/[lv]?[ra]*.c' --exclude-match='fs/proc/v*'
wants 0
units_are fs/proc/cmdline.o,fs/proc/loadavg.o

case_is "of a module, in which nothing changes"
make_update --patch=one.diff --extra-match=fs/isofs/util.c
wants 0 'note: fs/isofs/util.o: is of isofs, in which nothing changes; not matched'
units_are fs/proc/cmdline.o

for pattern in fs/proc/nothing.o fs/proc nonsense '*.h' fs/proc/vmcore.txt drivers/usb/core/hub.o; do
	case_is "fits no unit: $pattern"
	make_update --patch=one.diff --extra-match="$pattern"
	wants 2 "extra-match=$(echo "$pattern" | sed 's/\*/\\*/'): no unit of this kernel"
done

case_is "one of two that the diff reaches is left out"
make_update --patch=one.diff --patch=other.diff --exclude-match='*/loadavg.c'
wants 0 'note: fs/proc/loadavg.o: left out of the update by --exclude-match=\*/loadavg.c; ignored' \
	'changed  fs/proc/cmdline.o: cmdline_proc_show'
grep -q 'changed  fs/proc/loadavg' out && fail "it is not"
units_are fs/proc/cmdline.o

case_is "a unit that the diff does not reach is left out"
make_update --patch=one.diff --exclude-match='fs/proc/loadavrg.c'
wants 0 'note: --exclude-match=fs/proc/loadavrg.c: fits no unit that would be in the update'

case_is "all are left out"
make_update --patch=one.diff --exclude-match='fs/*'
wants 1 'touches no file that this kernel is built from' 'fs/proc/cmdline.o: left out of the update by'
[ ! -e ksplice-u.tar.gz ] || fail "made an update"
finish
