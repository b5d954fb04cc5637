#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: damaged, foreign and impossible updates, unknown ids and ordinary users are refused, each in its own way; so is a place where nothing
# can be kept (a full disk, one that cannot be written to, something else than our directory), also for an update that is to take the place
# of another, which then stays. Nothing is written elsewhere.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update cum "$here/../replaced-by-a-cumulative-one/cumulative.diff"

# As long as the right one.
other_release=${KSPLICE_KERNEL_RELEASE/-cloud-/-clown-}

# remake NAME FILE OLD NEW: the update "first" with one of its files changed, and a manifest that agrees.
# remake NAME OPTION [ARGUMENT...]: see remake-update.
remake()
{
	local name=$1
	local -a options=()

	shift
	case $1 in --*) options=("$1"); shift ;; esac
	python3 "$lib/remake-update" "${options[@]}" "$work/first.tar.gz" "$work/$name.tar.gz" "$@" ||
		die "cannot remake $name"
}

remake code_for_other_kernel ksplice_first_vmlinux.ko "vermagic=$KSPLICE_KERNEL_RELEASE" "vermagic=$other_release"
remake code_with_unknown_symbol ksplice_first_vmlinux.ko :seq_ :xxx_
remake match_is_damaged ksplice_first_vmlinux_match.ko KSPMATCH KSPMATXX
remake core_for_other_kernel ksplice.ko "vermagic=$KSPLICE_KERNEL_RELEASE" "vermagic=$other_release"
size=$(stat -c %s "$work/first.tar.gz")
for part in 0 100 $((size / 2)) $((size - 1)); do
	head -c $part "$work/first.tar.gz" >"$work/cut$part.tar.gz"
done
remake altered --altered
# A running kernel's build id is never this one.
remake other_build --kernel build_id 00112233445566778899aabbccddeeff00112233
remake foreign --kernel release $KSPLICE_KERNEL.0-99-cloud-amd64
remake path_up --named ksplice-first/../../../../tmp/evil
remake path_beside --named ../tmp/evil
remake path_absolute --named /tmp/evil
remake path_of_another --named ksplice-other/evil
remake path_link --link ksplice-first/evil /etc/passwd

guest <<'END'
release=$(uname -r)
boot=$(cat /proc/cmdline)
# All files but those of /run, with size and the time of the last change, also that of directories.
files() { find / /tmp -xdev ! -path /run -exec stat -c '%n %s %Z' {} + | sort; }
mkdir -m 755 /tmp/elsewhere
echo precious >/tmp/elsewhere/ksplice_it.ko
files=$(files)
unchanged()
{
	is "nothing has changed" "$boot" "$(cat /proc/cmdline)"
	is_gone first
	ends 0 ksplice-view
	has_not "nothing is listed" "^first.*applied" "$out"
}

ends $UNKNOWN_ID ksplice-undo first
ends $UNKNOWN_ID ksplice-view first
ends 2 ksplice-apply
ends 2 ksplice-undo
ends $NOT_PERMITTED as_nobody ksplice-apply /root/first.tar.gz
unchanged

ends $WRONG_KERNEL ksplice-apply /root/foreign.tar.gz
has "both kernels are named" "[.]0-99-cloud-amd64" "$out"
has "both" "${release/+/[+]}" "$out"
for file in /root/cut*.tar.gz /root/altered.tar.gz; do
	ends $BAD_FILE ksplice-apply $file
done
ends 1 ksplice-apply /root/there-is-none.tar.gz
has "the file is named" "there-is-none" "$out"
unchanged

for file in /root/path_*.tar.gz; do
	ends $BAD_FILE ksplice-apply $file
	has "the file is named" "$file" "$out"
done
[ ! -e /tmp/evil ] || fail "a file was written"
unchanged

ends $WRONG_KERNEL ksplice-apply /root/other_build.tar.gz
has "what differs" "build id" "$out"
has "the update's" "00112233445566778899aabbccddeeff00112233" "$out"
unchanged

# These have a manifest that agrees with them. That a module is for another kernel is seen before one is loaded ...
for name in core code; do
	ends $WRONG_KERNEL ksplice-apply /root/${name}_for_other_kernel.tar.gz
	has "what the module is for" "-clown-amd64" "$out"
	has "and the update" "${release/+/[+]}" "$out"
	has_not "no module was tried" "The kernel says" "$out"
	unchanged
done
# ... the rest only the kernel notices.
ends $BAD_FILE ksplice-apply /root/match_is_damaged.tar.gz
has "what is damaged" "match data" "$out"
unchanged
ends 1 ksplice-apply /root/code_with_unknown_symbol.tar.gz
has "the symbol is named" "Unknown symbol [^ ]*:xxx_[a-z]* " "$out"
unchanged

# After all of this, the good one goes.
apply first
is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
ends $NOT_PERMITTED as_nobody ksplice-undo first
is "and runs on" "Livepatched kernel command line" "$(cat /proc/cmdline)"
undo first
unchanged

# What the tools keep is in a directory of root's, and nowhere else: a link, a file or a directory of others is left as it is.
run=/run/ksplice
is "not a file has changed" "$files" "$(files)"
elsewhere() { is "what is elsewhere is as it was" "ksplice_it.ko precious" "$(ls -A /tmp/elsewhere) $(cat /tmp/elsewhere/*)"; }
# kept_nowhere STATUS REGEX: what is at $run is to blame. ("unchanged" looks there as well, and ksplice-view must be content.)
kept_nowhere()
{
	ends $1 ksplice-apply /root/first.tar.gz
	has "what is wrong" "^ksplice-apply: (error: )?$2" "$out"
	has "and what is needed" "must be a directory of their own with room" "$out"
	unchanged
	elsewhere
}
rm -rf $run && echo mine >$run
kept_nowhere $REFUSED "$run: not a directory"
is "the file is as it was" mine "$(cat $run)"
rm $run && ln -s /tmp/elsewhere $run
kept_nowhere $REFUSED "$run: not a directory"
rm $run && mkdir -m 1777 $run
kept_nowhere $REFUSED "$run: .*nobody else may write"
chmod 755 $run && chown nobody $run
kept_nowhere $REFUSED "$run: .*of our own"
chown root $run && ln -s /tmp/elsewhere/ksplice_it.ko $run/lock
kept_nowhere 1 "$run/lock: Too many levels of symbolic links"
rm $run/lock
# A link where the update's files are put together, and where they go.
for place in .first first; do
	ln -s /tmp/elsewhere $run/$place
	ends $REFUSED ksplice-apply /root/first.tar.gz
	has "the link is named" "$run/$place: not a directory" "$out"
	is "it is as it was" /tmp/elsewhere "$(readlink $run/$place)"
	rm $run/$place
	unchanged
	elsewhere
done

# A disk that is full, or has no room for another file; the update does not go, one that is applied can be undone.
rm -rf $run && mkdir -m 755 $run && mount -t tmpfs -o size=64k,nr_inodes=100,mode=755 none $run
fill() { dd if=/dev/zero of=$run/fill bs=4k 2>/dev/null; }
fill
kept_nowhere 1 "$run/[.]first/manifest.json.new: No space left on device"
is "nothing is left" "fill lock" "$(ls -A $run | xargs)"
rm $run/fill
apply first
fill
undo first
for i in $(seq 100); do mkdir $run/d$i 2>/dev/null; done
kept_nowhere 1 "$run/[.]first: No space left on device"
rmdir $run/d*

# One that cannot be written to: neither goes, before anything is done.
rm $run/fill
mount -o remount,ro $run
kept_nowhere 1 "$run/lock: Read-only file system"
mount -o remount,rw $run
apply first
mount -o remount,ro $run
ends 1 ksplice-undo first
has "why not" "$run/lock: Read-only file system" "$out"
is "the new function runs on" "Livepatched kernel command line" "$(cat /proc/cmdline)"
ends 0 ksplice-view first
has "it is told as applied" "cmdline_proc_show" "$out"
mount -o remount,rw $run
undo first

# Nor does one take the place of another then: the old one stays in force, and its files where they are.
replace() { ksplice-apply --replace /root/cum.tar.gz; }
# not_replaced STATUS REGEX
not_replaced()
{
	ends $1 replace
	has "why not" "$2" "$out"
	is "the old one is in force" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	is_gone cum
	is "its files are there" "$kept" "$(ls -A $run/first | xargs)"
}
apply first
kept=$(ls -A $run/first | xargs)
fill
not_replaced 1 "$run/[.]cum/manifest.json.new: No space left on device"
rm $run/fill
for i in $(seq 100); do mkdir $run/d$i 2>/dev/null; done
not_replaced 1 "$run/[.]cum: No space left on device"
rmdir $run/d*
mount -o remount,ro $run
not_replaced 1 "$run/lock: Read-only file system"
mount -o remount,rw $run
ends 0 replace
is "the new one" "Livepatched with all that there is" "$(cat /proc/cmdline)"
is_gone first
ends 0 ksplice-apply --replace /root/first.tar.gz
is "the old one again" "Livepatched kernel command line" "$(cat /proc/cmdline)"
is_gone cum
undo first

# One that has gone with all that was in it.
apply first
umount $run && rmdir $run
ends 0 ksplice-view first
undo first
unchanged
apply first
rm -r $run || fail "the files are not gone"
ends 0 replace
is "the new one takes the place of one whose files are gone" "Livepatched with all that there is" "$(cat /proc/cmdline)"
is_gone first
undo cum
unchanged
apply first
undo first
is "not a file has changed but in /run" "$files" "$(files)"
END
