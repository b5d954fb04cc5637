#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a target that is forced out (rmmod -f) while it is matched, while it is spliced, by an author's hook before the stop, or while the code
# module that was made for it goes: it stays until its memory is not touched any more, or nothing touches it.  A module whose loading has failed is
# not taken for one that was forced out.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update later "$here/../module-that-comes-later/fix.diff"
update again "$here/../module-that-comes-later/fix.diff"
update hooks "$here/hooks.diff"
kernel_modules between fails

guest --with-module=zram --with-module=lzo-rle <<'END'
soon() { for i in $(seq 100); do "$@" && return; usleep 100000; done; fail "never: $*"; }
late() { cat /sys/kernel/ksplice/$1/late; }
# Lets $remover go on and sets $lingers: whether zram is there still after two seconds, in which it would go if nothing were in its way.
go_on()
{
	lingers=yes
	echo 1 >$p/pass
	for i in $(seq 20); do grep -q '^zram ' /proc/modules || lingers=no; usleep 100000; done
}
p=/sys/module/between/parameters
reads() { [ "$(cat $p/$1)" = $2 ]; }
# keep MODULE: it will be kept when it goes. hold MUTEX: until let_go.
keep() { echo -n $1 >$p/going; echo 0 >$p/reached; echo 0 >$p/pass; }
hold() { echo 0x$(address_of $1) >$p/mutex; echo 1 >$p/hold; soon reads held 1; }
let_go() { echo 0 >$p/hold; soon reads held 0; }
# zram is forced out by $remover, who is kept at the notifiers.
force_out() { rmmod -f zram & remover=$!; soon reads reached 1; }
prepare()
{
	echo $1 zram >/sys/kernel/ksplice/wait-for
	insmod ksplice_$1_zram_match.ko && insmod ksplice_$1_vmlinux_match.ko && insmod ksplice_$1_zram.ko &&
		insmod ksplice_$1_vmlinux.ko && rmmod ksplice_$1_zram_match ksplice_$1_vmlinux_match || fail "not prepared"
}
cmdline=$(cat /proc/cmdline)
insmod /root/between.ko || fail "no between.ko"

# What is taken for forced out takes a gate, which holds the core, until its locks are to be had; a hook has them.
cat >/tmp/hook <<'SCRIPT'
#!/bin/sh
refs() { echo "$1: $(cat /sys/module/ksplice/refcnt)"; }
exec >/tmp/refs 2>&1
refs before
insmod /root/fails.ko && echo loaded
refs init
insmod /root/fails.ko held=1 && echo loaded
refs held
modprobe zram num_devices=none && echo loaded
refs parameter
SCRIPT
chmod +x /tmp/hook
for waits in 0 1; do
	[ $waits = 0 ] || apply later
	apply hooks
	undo hooks
	counts=$(grep -E '^(before|init|held|parameter): [0-9]+$' /tmp/refs)
	is "loading has failed in three ways, with $waits waiting: four counts" 4 "$(echo "$counts" | wc -l)"
	is "nothing loaded" "" "$(grep '^loaded' /tmp/refs)"
	is "no module is taken for one that was forced out" 1 "$(echo "$counts" | sed 's/.*: //' | sort -u | wc -l)"
done
is "it waits" "target=zram state=waiting strict=0" "$(late later)"
modprobe zram
is "and is spliced" "target=zram state=spliced strict=0" "$(late later)"

# The code module has let go of all and has not been taken off static keys yet, for which it holds its target.
keep ksplice_later_zram
ksplice-undo later & undo=$!
soon reads reached 1
rmmod zram 2>/dev/null && fail "zram is not held while the code module goes"
rmmod -f zram || fail "it is not forced out"
echo 1 >$p/pass
wait $undo || fail "no undo"
is_gone later

# While it is matched, which reads text under a mutex.
mkdir /tmp/later && tar xzf /root/later.tar.gz -C /tmp/later
cd /tmp/later/*later || fail "no update file"
modprobe zram
insmod ksplice.ko
keep zram
hold text_mutex
insmod ksplice_later_zram_match.ko & matcher=$!
soon grep -q read_memory /proc/$matcher/stack
force_out
go_on
let_go
wait $matcher || fail "no match"
is "zram is there while it is matched" yes $lingers
wait $remover || fail "it is not forced out"
has_not "zram is gone" "^zram " "$(cat /proc/modules)"
insmod ksplice_later_zram.ko 2>/dev/null && fail "new code knows addresses where nothing is"
rmmod ksplice_later_zram_match
echo 1 >/sys/kernel/ksplice/later/forget || fail "what has lost its target is not forgotten"

# While it is spliced: who does waits for the mutex under which he looks at text, and is past the look for lost targets.
modprobe zram
prepare later
keep zram
force_out
hold kprobe_mutex
echo applied >/sys/kernel/ksplice/later/stage & applier=$!
soon grep -q ksplice_stop_run /proc/$applier/stack
go_on
let_go
wait $applier || fail "not applied"
is "zram is there while it is spliced" yes $lingers
wait $remover || fail "it is not forced out"
is "spliced" "$cmdline spliced" "$(cat /proc/cmdline)"
for i in $(seq 100); do late later | grep -q pinned && break; usleep 100000; done
is "it is lost" "target=zram state=waiting strict=0 cause=module_busy code=pinned" "$(late later)"
cd /
ends 1 ksplice-undo later
has "nothing is written where it was" "not applied any more, but something of it is left" "$out"
is "undone" "$cmdline" "$(cat /proc/cmdline)"

# By a hook, when all targets have been found to be there.
keep none
modprobe zram
printf '#!/bin/sh\nrmmod -f zram\n' >/tmp/hook
ends $BUSY ksplice-apply --retries=0 /root/again.tar.gz /root/hooks.tar.gz
has "a hook forces it out: told" "again.*zram" "$out"
has_not "zram is gone" "^zram " "$(cat /proc/modules)"
is "nothing is spliced" "$cmdline" "$(cat /proc/cmdline)"
is_gone hooks
END
