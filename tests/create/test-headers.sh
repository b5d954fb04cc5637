#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Headers and other files that are included: the units that they make other code of are found, and no others are compiled.
. "$(dirname "$0")/lib.sh"

# What is compiled is compared below, also in a work directory where all this was compiled before.
flock "$shared.lock" rm -rf "$shared/kept"

# of NAME [OPTION]...: with the diff fix.diff
of()
{
	case_is "$1"
	shift
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=hdr $kernel -v "$@" "$KSPLICE_SOURCE"
}

# The units that were compiled with the diff.
compiled()
{
	sed -n '/^compiling the patched source$/,/^compiling the patched source:/s/^ *CC \( *\[M\]\)* *//p' "$work/out" | sort
}

compiles()
{
	[ "$(compiled | tr '\n' ' ')" = "$*" ] || fail "compiled $(compiled | tr '\n' ' ')"
}

diff_of fs/proc/internal.h '1i /* x */' >fix.diff
of "comment"
wants 66 'changes no object code'
compiles ''

diff_of fs/proc/internal.h '/^static inline bool pde_is_permanent/i static inline bool nobody(int x) { return x > READ_ONCE(x); }' >fix.diff
of "function that nobody calls"
wants 66 'changes no object code'
compiles ''

# Called in one of the forty that include it.
diff_of fs/proc/internal.h 's/return pde->flags & PROC_ENTRY_proc_read_iter;/return pde->flags \& PROC_ENTRY_proc_read_iter \&\& pde->flags != 77;/' >fix.diff
of "inline function"
wants 0 'proc_get_inode'
compiles 'fs/proc/inode.o '
rm -f ksplice-hdr.tar.gz

diff_of fs/proc/fd.h '/^extern int proc_fd_permission/i #define nobody_asks(fd) ((fd) + 1)' >fix.diff
of "macro that nobody expands"
wants 66 'changes no object code'
compiles ''
grep -q '2 units use nothing of what the touched headers declare differently' "$work/out" || fail "they were preprocessed with the diff"

# Its name is one that units have already.
diff_of fs/proc/fd.h '/^#endif/i #define proc_fd(inode) (proc_fd(inode) \& 0x7fffffff)' >fix.diff
of "macro in the place of a function"
wants 0 'changed .*fs/proc/fd.o: '
compiles 'fs/proc/fd.o '
! grep -q 'units use nothing' "$work/out" || fail "it was taken for a new name"
rm -f ksplice-hdr.tar.gz

diff_of fs/proc/fd.h 's/return PROC_I(inode)->fd;/return PROC_I(inode)->fd \& 0x7fffffff;/' >fix.diff
of "header that is called like the unit"
wants 0 'changed .*fs/proc/fd.o: '
compiles 'fs/proc/fd.o '
rm -f ksplice-hdr.tar.gz

diff_of kernel/sched/rt.c '1i int nobody_calls_it(void); int nobody_calls_it(void) { return 1; }' >fix.diff
of "file that another includes"
wants 66 'changes no function; what it adds is used by nothing'
compiles 'kernel/sched/build_policy.o '

# Thousands include it, and none of them is looked at: what the diff itself touches is in the way.
diff_of include/linux/compiler_attributes.h '/^#define __noreturn /i #define __nobody_has_it' >fix.diff
diff_of fs/proc/cmdline.c '/^static int __init proc_cmdline_init/,$s/return 0;/return -1;/' >>fix.diff
of "init code beside a header that everybody includes"
wants 3 'proc_cmdline_init: .*the kernel ran this at boot'
compiles ''
! grep -q 'units might include' "$work/out" || fail "the others were looked at"

# Behind a link to the user's directory, "../" would lead to the unpatched file.
diff_of drivers/hid/amd-sfh-hid/amd_sfh_common.h 's/^#define PCI_DEVICE_ID_AMD_MP2\t.*/#define PCI_DEVICE_ID_AMD_MP2\t0x15E5/' >fix.diff
of "reached by ../ from a directory below"
wants 3 'amd_mp2_pci_tbl.*byte differs'
compiles 'drivers/hid/amd-sfh-hid/amd_sfh_pcie.o '

diff_of arch/x86/include/asm/suspend_64.h 's/^struct saved_context {/&\n\tunsigned long added;/' >fix.diff
of "what assembler code knows of C"
wants 3 'arch/x86/include/asm/suspend_64.h: changes what assembler code knows about C structures' 'saved_context_'

diff_of security/selinux/include/classmap.h '1i /* x */' >fix.diff
of "what the build makes sources from"
wants 3 'classmap.h: is used by the kernel.s build to make sources'

# Units of it include what kbuild makes for their objects alone (capability_names.h), so they cannot be preprocessed alone.
diff_of security/apparmor/include/capability.h '1i struct nobody;' >fix.diff
for time in first second; do
	of "includes of files that are not made yet, $time time"
	wants 66 'changes no object code'
done

# fs/smb/server/asn1.c has it from a header that kbuild makes.
{
	diff_of include/linux/asn1_decoder.h 's/size_t datalen/unsigned short datalen/'
	diff_of lib/asn1_decoder.c '/^int asn1_ber_decoder(/,/^{/s/size_t datalen/unsigned short datalen/'
} >fix.diff
of "header that is included by one that kbuild makes"
wants 0 'note: asn1_ber_decoder: exported' 'changed .*fs/smb/server/asn1.o'
rm -f ksplice-hdr.tar.gz
compiled | grep -q '^fs/smb/server/asn1.o$' || fail "does not compile fs/smb/server/asn1.o"

# So have assembler files their offsets, from a C file that is no unit.
diff_of arch/x86/kvm/kvm-asm-offsets.c 's/vcpu_svm, current_vmcb)/vcpu_svm, vmcb01)/' >fix.diff
of "what kbuild makes a header from"
wants 3 'arch/x86/kvm/svm/vmenter.o: __svm_vcpu_run: '
diff_of arch/x86/kvm/kvm-asm-offsets.c '1i /* x */' >fix.diff
of "what kbuild makes the same header from"
wants 66 'changes no object code'

# A table is made from that header, when the object is, and included by drivers/scsi/scsi_sysfs.c; the first run leaves one behind.
diff_of drivers/scsi/scsi_sysfs.c '1i /* x */' >fix.diff
of "C file with a table that kbuild makes"
wants 66 'changes no object code'
diff_of include/scsi/scsi_devinfo.h 's/^#define BLIST_RETRY_ASC_C1.*/&\n#define BLIST_ADDED	((__force blist_flags_t)(1ULL << 34))/' >fix.diff
of "what kbuild makes a table from"
wants 0 'sdev_show_blacklist'
rm -f ksplice-hdr.tar.gz

diff_of include/linux/mfd/abx500.h '1i /* x */' >fix.diff
of "header of another machine"
wants 1 'include/linux/mfd/abx500.h: included by nothing that is built'

diff_of arch/x86/lib/csum-copy_64.S 's/^SYM_FUNC_START(csum_partial_copy_generic)/&\n\tnop/' >fix.diff
of "assembler"
wants 0 'csum_partial_copy_generic'
rm -f ksplice-hdr.tar.gz

# Right behind each other: tests in guests make trees of links to the kernel source's files, which then count as changed.
case_is "second time: preprocesses nothing again"
diff_of fs/proc/internal.h '1i /* x */' >fix.diff
of "comment"
of "comment again"
wants 66
grep -q 'preprocessing' out && fail "preprocessed again"
finish
