#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a module that comes, for which an update waits, and that is another by one byte, is loaded without the update and tells it, or
# with --strict not loaded; so it is where the program that splices it is killed, is not there, leaves its work half done, or must wait,
# and where an author's hook loads it.  What has lost modules while it was prepared cannot be applied.  A module that goes with a task in its new
# code waits for that, or leaves the code behind; one that is forced out leaves it, too, and nobody writes to where it was.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update later "$here/../module-that-comes-later/fix.diff"
update hooked "$here/hooked.diff"
update going "$here/going.diff"

zram=$(find "$modules" -name 'zram.ko*')
case $zram in
*.xz) xz -dc "$zram" >"$work/zram.ko" ;;
*) cp "$zram" "$work/zram.ko" ;;
esac
# initstate_show(), which the update leaves as it is: mov $4096,%esi
"$here/alter-module.py" "$work/zram.ko" "$work/other.ko" initstate_show be00100000 be000f0000 || die "zram.ko cannot be altered"

guest_program flock
GUEST_TIMEOUT=400
guest --with-module=zram --with-module=lzo-rle --with-module=sunrpc --with-module=vrf --add="$work/other.ko" <<'END'
said()
{
	dmesg -c
}
late()
{
	cat /sys/kernel/ksplice/later/late
}
helper()
{
	echo "$1" >/sys/kernel/ksplice/late-helper
}
# Goes in unspliced, as is told with these words, and next time spliced.
goes_without()
{
	modprobe zram || fail "not loaded: $1"
	said=$(said)
	has "$1: told" "update later: the module zram is loaded WITHOUT the update: $2" "$said"
	has "$1: the old code runs" "Added device: zram0" "$said"
	has "$1: seen" "target=zram state=unpatched strict=0 cause=$2" "$(late)"
	has_not "$1: nothing is left" "ksplice_later_zram" "$(cat /proc/modules)"
	rmmod zram || fail "$1: it cannot be unloaded"
	has "$1: it waits again" "state=waiting" "$(late)"
}
cmdline=$(cat /proc/cmdline)
modprobe zram
rmmod zram
said >/dev/null

apply later
insmod /root/other.ko || fail "the other module is not loaded"
said=$(said)
has "it tells" "update later: the module zram is loaded WITHOUT the update: no_match: .*initstate_show" "$said"
has "the old code runs" "Added device: zram0" "$said"
has "the core tells" "target=zram state=unpatched strict=0 cause=no_match unit=drivers/block/zram/zram_drv.o" "$(late)"
has "so does the program" "ksplice-apply: ksplice_later_zram_match: the kernel does not load the module" "$said"
has "ksplice-view tells" "unpatched +zram: no_match" "$(ksplice-view later)"
has "as JSON, too" '"state": "unpatched"' "$(ksplice-view --json later)"
has_not "nothing is left" "ksplice_later_zram" "$(cat /proc/modules)"
rmmod zram || fail "it cannot be unloaded"
modprobe zram
has "the right one is spliced" "Added spliced device" "$(said)"
rmmod zram

real=$(command -v ksplice-apply)
helper /bin/false
goes_without "a program that fails" unexpected
helper /nowhere
goes_without "a program that is not there" unexpected
printf '#!/bin/sh\nkill -9 $$\n' >/tmp/killed && chmod +x /tmp/killed
helper /tmp/killed
goes_without "a program that is killed" unexpected
helper "$real"
flock /run/ksplice/lock 25 >/tmp/held &
until grep -q held /tmp/held; do sleep 0.1; done
goes_without "another tool at work" unexpected
has "it says why" "ksplice-apply: another ksplice tool is at work" "$said"
wait

# Left half done: it holds the module, and undo takes it away.
cat >/tmp/half <<'SCRIPT'
#!/bin/sh
insmod /run/ksplice/later/ksplice_later_zram_match.ko && insmod /run/ksplice/later/ksplice_later_zram.ko
kill -9 $$
SCRIPT
chmod +x /tmp/half
helper /tmp/half
modprobe zram || fail "not loaded: half done"
has "half done: the old code runs" "Added device: zram0" "$(said)"
has "half done: seen" "state=unpatched" "$(late)"
rmmod zram 2>/dev/null && fail "a module is gone of which a code module knows addresses"
echo applied >/sys/kernel/ksplice/later/stage
has "half done: too late to splice it" "state=unpatched" "$(late)"
undo later
rmmod zram || fail "half done: it cannot be unloaded after undo"
said >/dev/null

# An author's hook that loads the module, and one that unloads it: it does not wait for what waits for it.
echo /bin/modprobe >/proc/sys/kernel/modprobe
apply later
apply hooked
said=$(said)
has "a hook loads it: told" "update later: the module zram is loaded WITHOUT the update: module_busy: hook=running" "$said"
has "the old code runs" "Added device: zram0" "$said"
modprobe zram
has "without a hook it is spliced" "Added spliced device" "$(said)"
rmmod zram
undo hooked
undo later

# What was prepared and has lost its modules.
mkdir /tmp/later && tar xzf /root/later.tar.gz -C /tmp/later
cd /tmp/later/*later || fail "no update file"
insmod ksplice.ko
echo later zram >/sys/kernel/ksplice/wait-for
insmod ksplice_later_vmlinux_match.ko && insmod ksplice_later_vmlinux.ko || fail "not prepared"
rmmod ksplice_later_vmlinux_match ksplice_later_vmlinux
echo applied 2>/dev/null >/sys/kernel/ksplice/later/stage && fail "applied without its code"
has "it tells" "^targets=lost$" "$(cat /sys/kernel/ksplice/later/abort_detail)"
insmod ksplice_later_vmlinux_match.ko 2>/dev/null && fail "the rest of it is unknown"
echo 1 >/sys/kernel/ksplice/later/forget

# What was only matched holds its target, which is forced out all the same.
modprobe zram
insmod ksplice_later_zram_match.ko && insmod ksplice_later_vmlinux_match.ko && insmod ksplice_later_vmlinux.ko || fail "not prepared"
rmmod zram 2>/dev/null && fail "a target goes that is held"
rmmod -f zram || fail "it is not forced out"
insmod ksplice_later_zram.ko 2>/dev/null && fail "new code knows addresses where nothing is"
echo applied 2>/dev/null >/sys/kernel/ksplice/later/stage && fail "applied without a target"
has "forced out: it tells" "^targets=lost$" "$(cat /sys/kernel/ksplice/later/abort_detail)"
rmmod ksplice_later_zram_match ksplice_later_vmlinux_match ksplice_later_vmlinux || fail "forced out: the update stays"
is "the kernel is as it was" "$cmdline" "$(cat /proc/cmdline)"
cd /
ends 0 ksplice-apply --strict /root/later.tar.gz
insmod /root/other.ko 2>/dev/null && fail "--strict: the other module is loaded"
has "--strict: it tells" "update later: the module zram is not loaded \(--strict\): no_match" "$(said)"
has_not "--strict: it is not there" "^zram " "$(cat /proc/modules)"
has "--strict: it waits" "target=zram state=waiting strict=1 cause=no_match" "$(late)"
helper /nowhere
modprobe zram 2>/dev/null && fail "--strict: loaded without the program"
helper "$real"
modprobe zram || fail "--strict: the right one is not loaded"
has "--strict: the right one is spliced" "Added spliced device" "$(said)"
rmmod zram
apply hooked
has "--strict: a hook loads it: told" "update later: the module zram is not loaded \(--strict\): module_busy: hook=running" "$(said)"
has_not "--strict: not loaded" "^zram " "$(cat /proc/modules)"
undo hooked
modprobe zram || fail "--strict: it is not loaded without a hook"
has "--strict: spliced" "Added spliced device" "$(said)"
undo later
rmmod zram

# What is no line for the core.
modprobe zram
apply later
for line in "" later "later " "later zram zram" "later zram strict " "LATER zram" "later vmlinux" "later zr/am" "later zram"; do
	echo "$line" 2>/dev/null >/sys/kernel/ksplice/wait-for && fail "wait-for takes '$line'"
done
echo bin/false 2>/dev/null >/sys/kernel/ksplice/late-helper && fail "late-helper takes a path that is not absolute"

# A hook waits for a module to go that is spliced: it goes, and its code stays.
said >/dev/null
apply hooked
said=$(said)
has "lost: told" "its code for a module that goes cannot be taken away \(module_busy target=zram state=lost\)" "$said"
has_not "lost: the module is gone" "^zram " "$(cat /proc/modules)"
has "lost: its code is not" "^ksplice_later_zram " "$(cat /proc/modules)"
has "lost: seen" "target=zram state=waiting strict=0 cause=module_busy code=pinned" "$(late)"
undo hooked
modprobe zram || fail "lost: not loaded again"
has "lost: without the update" "the module zram is loaded WITHOUT the update: module_busy: code=pinned" "$(said)"

# A task in the new code, which sleeps there, when its module goes: one or eight seconds.
late()
{
	cat /sys/kernel/ksplice/going/late
}
stops()
{
	cat /sys/kernel/ksplice/machine-stops
}
mode=/sys/module/sunrpc/parameters/pool_mode
# reads MODE: by new code
reads()
{
	modprobe sunrpc "pool_mode=$1" || fail "sunrpc is not loaded"
	has "it is spliced" "target=sunrpc state=spliced" "$(late)"
	head -n 1 $mode >/tmp/mode & reader=$!
	until grep -q "param_get_pool_mode.*ksplice_going_sunrpc" /proc/$reader/stack; do usleep 50000; done
}
modprobe vrf
apply going
reads global
before=$(stops)
rmmod sunrpc || fail "it does not go"
wait $reader
is "the new code has read" global "$(cat /tmp/mode)"
[ $(($(stops) - before)) -gt 1 ] || fail "reversed with a task inside"
has_not "its code has gone" "^ksplice_going_sunrpc" "$(cat /proc/modules)"
has "it waits again" "target=sunrpc state=waiting strict=0$" "$(late)"
reads pernode
said >/dev/null
rmmod sunrpc || fail "it does not go"
wait $reader
is "the new code has read to its end" pernode "$(cat /tmp/mode)"
has "it is told" "its code for a module that goes cannot be taken away \(code_busy" "$(said)"
has "its code stays" "^ksplice_going_sunrpc " "$(cat /proc/modules)"
has "and is seen" "target=sunrpc state=waiting strict=0 cause=module_busy code=pinned" "$(late)"

# It has an init and no exit, so it is held.
rmmod vrf 2>/dev/null && fail "it cannot go"
rmmod -f vrf || fail "it is not forced out"
for i in $(seq 100); do late | grep -q vrf.*pinned && break; usleep 100000; done
has "held and forced out: told" "its code for a module that goes cannot be taken away \(module_busy target=vrf state=lost\)" "$(said)"
has "its code stays" "^ksplice_going_vrf " "$(cat /proc/modules)"
has "and is seen" "target=vrf state=waiting strict=0 cause=module_busy code=pinned" "$(late)"
ends 1 ksplice-undo going
has "nothing is written where it was" "not applied any more, but something of it is left" "$out"
END
