#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the diff defines, and other files as well: weak functions, functions that move with their export, variables of another target.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi

# shellcheck disable=SC2086,SC2154
without_image()
{
	rm -f o.tar.gz
	create --patch=o.diff $kernel --id=o -o o.tar.gz "$KSPLICE_SOURCE"
}

# shellcheck disable=SC2086,SC2154
with_image()
{
	rm -f o.tar.gz
	create --patch=o.diff $kernel --image="$KSPLICE_VMLINUX" --id=o -o o.tar.gz "$KSPLICE_SOURCE"
}

case_is "a strong function removed: there is a weak one in a file that is not touched"
diff_of arch/x86/mm/pat/set_memory.c '/^void arch_report_meminfo/,/^}/d' >o.diff
with_image
wants 3 'set_memory.o: arch_report_meminfo: removed, but fs/proc/meminfo.c has a weak definition of this name'
without_image
wants 3 'set_memory.o: arch_report_meminfo: removed, but fs/proc/meminfo.c has a weak definition of this name'

case_is "a function removed, of which there is no other"
diff_of lib/math/int_pow.c '/^u64 int_pow/,/^}/d; /EXPORT_SYMBOL/d' >o.diff
with_image
wants 66 'no longer exports int_pow'

case_is "a weak function that does not run"
weaker='/^void __attribute__((weak)) arch_report_meminfo/,/^}/s/^{/{\
	seq_puts(m, "DirectMap:      not told\\n");/'
diff_of fs/proc/meminfo.c "$weaker" >o.diff
with_image
wants 66 'note: fs/proc/meminfo.o: arch_report_meminfo changed, but is weak, and another file.s runs instead: it is left out'
without_image
wants 3 'arch_report_meminfo: weak, and arch/x86/mm/pat/set_memory.c has another definition of this name' 'give --image='

case_is "a weak function that runs"
diff_of kernel/panic.c '/^void __weak panic_smp_self_stop/,/^}/s/cpu_relax();/{ barrier(); cpu_relax(); barrier(); cpu_relax(); }/' >o.diff
with_image
wants 0 'changed .*: panic_smp_self_stop$'

case_is "a strong function instead of a weak one in a file that is not touched"
# shellcheck disable=SC1003
diff_of fs/proc/util.c '1i\
#include <linux/panic.h>
$a\
void panic_smp_self_stop(void);\
void panic_smp_self_stop(void)\
{\
	while (1)\
		cpu_relax();\
}' >o.diff
with_image
wants 3 'util.o: panic_smp_self_stop: new, but another file of the kernel has a weak one of this name already, which runs'
without_image
wants 3 'util.o: panic_smp_self_stop: new, but kernel/panic.c has a weak definition of this name' 'give --image='

case_is "a new weak function, and the kernel has a strong one"
# shellcheck disable=SC1003
diff_of fs/proc/cmdline.c '/^static int cmdline/i\
unsigned long long __weak nr_context_switches(void);\
unsigned long long __weak nr_context_switches(void) { return 0; }

s/seq_putc(m, .*/seq_printf(m, " %llu\\n", nr_context_switches());/' >o.diff
with_image
wants 0 'changed .*: cmdline_proc_show$'
! grep -q 'new .*nr_context_switches' "$work/out" || fail "carries the weak one"
without_image
wants 3 'cmdline.o: nr_context_switches: weak, and kernel/sched/core.c has another definition of this name' 'give --image='

case_is "a new function"
# shellcheck disable=SC1003
diff_of fs/proc/cmdline.c '/^static int cmdline/i\
void something_that_is_in_no_kernel(struct seq_file *m);\
noinline void something_that_is_in_no_kernel(struct seq_file *m) { seq_putc(m, 32); }

s/seq_putc(m, .*/something_that_is_in_no_kernel(m);/' >o.diff
without_image
wants 0 'new .*: something_that_is_in_no_kernel$'

# moved TYPE: int_sqrt() goes to gcd.c, with its export, and is mended there.
moved()
{
	diff_of lib/math/int_sqrt.c '/^unsigned long int_sqrt/,/^EXPORT_SYMBOL(int_sqrt)/d'
	diff_of lib/math/gcd.c "\$a\\
$1 int_sqrt(unsigned long x)\\
{\\
	$1 root = 0;\\
\\
	while (root < 0xffffffff \\&\\& (root + 1ul) * (root + 1ul) <= x)\\
		root++;\\
	return root;\\
}\\
EXPORT_SYMBOL(int_sqrt);"
}

case_is "a function that moves with its export"
moved 'unsigned long' >o.diff
with_image
wants 0 'changed .*lib/math/gcd.o: int_sqrt$'
! grep -q 'note:.*exports int_sqrt' "$work/out" || fail "takes the export for another one"

# The header declares it as before, so the compiler has compared the two.
case_is "a function that moves with its export, and whose prototype is written otherwise"
moved __kernel_ulong_t >o.diff
with_image
wants 0 'changed .*lib/math/gcd.o: int_sqrt$'

case_is "a variable that goes to a module"
{
	diff_of lib/dump_stack.c '/^static char dump_stack_arch_desc_str/d
		s/vsnprintf(dump_stack_arch_desc_str, sizeof(dump_stack_arch_desc_str),/vsnprintf(NULL, 0,/
		/if (dump_stack_arch_desc_str/,/dump_stack_arch_desc_str);/d'
	diff_of lib/lru_cache.c 's/^bool lc_is_used(.*/static char dump_stack_arch_desc_str[128];\n&/
		s/return e && e->refcnt;/strcpy(dump_stack_arch_desc_str, lc->name);\n\t&/'
} >o.diff
with_image
wants 3 'lru_cache.o: dump_stack_arch_desc_str: lib/dump_stack.o of vmlinux has a variable of this name, which is gone with the diff: if it moved'
finish
