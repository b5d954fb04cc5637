#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: on a stock kernel for ppc64le, with the radix MMU (POWER10, POWER9) and with the hash MMU (POWER8),
# - /proc/cmdline is what the kernel shows before, what the update says after apply, and the kernel's again after undo; so it is with a
#   module, while its functions are traced, and when it comes later. A variable that the kernel exports, and that its symbol table has not,
#   is found for an author's hook
# - a module calls, in every way that there is, functions with arguments on the stack, with variable arguments, with structures for
#   arguments and result; a recursive one, one that never returns, one that ends in a jump, one that others jump to, replaced ones that call
#   each other, one that all of the kernel calls; from threads and interrupts of all processors while they are replaced and put back. Each is
#   the old one or the new one, and the module's TOC pointer is what it was
export KSPLICE_KERNEL=6.1-ppc64le
. "$(dirname "$0")/../../lib/kernel-test.sh"
update cmdline "$top/demo/cmdline.diff" --image="$image"
update panic "$here/../hooks-of-the-author/only-hooks.diff" --image="$image"
update later "$here/../module-that-comes-later/fix.diff" --image="$image"
update calls "$here/calls.diff" --image="$image"
kernel_modules calls

for cpu in POWER10 POWER9 POWER8; do
	echo "$cpu"
	guest --cpu=$cpu --with-module=zram --with-module=lzo-rle <<'END'
before=$(cat /proc/cmdline)
has "before apply" "console=hvc0" "$before"
for i in 1 2; do
	apply cmdline
	is "after apply" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	undo cmdline
	is "after undo" "$before" "$(cat /proc/cmdline)"
done

echo 5 >/proc/sys/kernel/panic
apply panic
is "a hook has set an exported variable" 33 "$(cat /proc/sys/kernel/panic)"
undo panic
is "and put it back" 5 "$(cat /proc/sys/kernel/panic)"

said()
{
	dmesg -c
}
said >/dev/null
modprobe zram
has "the module's own" "Added device: zram0" "$(said)"
# What is traced calls the tracer through stubs of the module.
cd /sys/kernel/tracing
echo ':mod:zram' >set_ftrace_filter
echo function >current_tracer
apply later
cat /sys/class/zram-control/hot_add >/dev/null
has "new code in the module" "Added spliced device: zram1" "$(said)"
has "traced as before" "zram_add <-" "$(cat trace)"
echo nop >current_tracer
cd /
is "and in the kernel" "$before spliced" "$(cat /proc/cmdline)"
rmmod zram || fail "a spliced module cannot be unloaded"
said >/dev/null
modprobe zram || fail "zram is not loaded"
has "loaded anew, it is spliced before its init function" "Added spliced device: zram0" "$(said)"
# It calls functions of the module, of another module, and of the kernel, and they return to it.
echo 1M >/sys/block/zram0/disksize
echo 1 >/sys/block/zram0/reset
cat /sys/class/zram-control/hot_add >/dev/null
echo 1 >/sys/class/zram-control/hot_remove
has "a new function calls old ones" "Removed spliced device: zram1" "$(said)"
undo later
rmmod zram || fail "zram cannot be unloaded after undo"
has "the module's own again" "Removed device: zram0" "$(said)"

P=/sys/module/calls/parameters
insmod /root/calls.ko activate=0x$(address_of irq_domain_activate_irq) add=0x$(address_of tnum_add) || fail "no module"
echo 1 >$P/busy
for i in 1 2; do
	is "before the update" old "$(cat $P/check)"
	apply calls
	is "with the update" new "$(cat $P/check)"
	undo calls
	is "after undo" old "$(cat $P/check)"
done
echo 0 >$P/busy
has "from all sides" "^old=[1-9].* new=[1-9].* wrong=0 interrupts=[1-9][0-9]" "$(tee /dev/stderr <$P/calls)"
END
done
