#!/bin/sh
# What patched code newly refers to must be something that it could be linked to: in the running kernel it is found by its name
# alone, and a static function of another file may bear that name.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi

# calling FILE DECLARATION LINE CALL: the diff that makes FILE call something, before its line LINE.
calling()
{
	diff_of "$1" "/$3/i\\
	{ extern $2; $4; }" >fix.diff
}

# shellcheck disable=SC2086,SC2154
without_image()
{
	rm -f ksplice-imports.tar.gz
	create --patch=fix.diff --id=imports $kernel "$KSPLICE_SOURCE"
}

# shellcheck disable=SC2086,SC2154
with_image()
{
	rm -f ksplice-imports.tar.gz
	create --patch=fix.diff --id=imports $kernel --image="$KSPLICE_VMLINUX" "$KSPLICE_SOURCE"
}

made()
{
	wants 0
	[ -e ksplice-imports.tar.gz ] || fail "made no update"
}

refused()
{
	wants 3 "$@"
	[ ! -e ksplice-imports.tar.gz ] || fail "made an update"
}

silent()
{
	# shellcheck disable=SC2154
	! grep -q 'newly refer' "$work/out" || fail "says something of what is fine"
}

case_is "exported"
calling fs/proc/cmdline.c 'unsigned int jiffies_to_msecs(unsigned long)' "seq_putc(m, " "seq_put_decimal_ull(m, \"\", jiffies_to_msecs(100))"
with_image
made
silent
without_image
made
silent

case_is "global, not exported"
calling fs/proc/cmdline.c 'unsigned long long nr_context_switches(void)' "seq_putc(m, " \
	"seq_put_decimal_ull(m, \"\", nr_context_switches())"
with_image
made
silent
without_image
made
wants 0 'note: fs/proc/cmdline.o: newly refers to nr_context_switches, which is not exported: without --image'

case_is "static in another file"
calling fs/proc/cmdline.c 'int loadavg_proc_show(struct seq_file *, void *)' "seq_putc(m, " "loadavg_proc_show(m, v)"
with_image
refused 'fs/proc/cmdline.o: loadavg_proc_show: newly referred to, but static in another file' 'put a copy under another name'
without_image
wants 0 'note: fs/proc/cmdline.o: newly refers to loadavg_proc_show, which is not exported'

case_is "static in another file, called and as a pointer: told once"
calling fs/proc/cmdline.c 'int loadavg_proc_show(struct seq_file *, void *)' "seq_putc(m, " \
	'loadavg_proc_show(m, v); seq_printf(m, "%p", loadavg_proc_show)'
with_image
refused 'for 1 reason:'

case_is "not there at all"
calling fs/proc/cmdline.c 'int no_such_function_anywhere(void)' "seq_putc(m, " "no_such_function_anywhere()"
with_image
refused 'no_such_function_anywhere: newly referred to, but vmlinux has nothing of that name'

case_is "module: exported"
line='^	year = p\[0\];'
calling fs/isofs/util.c 'unsigned int jiffies_to_msecs(unsigned long)' "$line" "p += jiffies_to_msecs(100)"
with_image
made
silent

case_is "module: vmlinux does not export it"
calling fs/isofs/util.c 'unsigned long long nr_context_switches(void)' "$line" "p += nr_context_switches()"
with_image
refused 'fs/isofs/util.o: nr_context_switches: newly referred to, but vmlinux does not export it to modules like isofs'

declared='int isofs_name_translate(struct iso_directory_record *, char *, struct inode *)'
case_is "module: of another of its files"
calling fs/isofs/util.c "$declared" "$line" "p += isofs_name_translate((void *)p, p, (void *)p)"
with_image
made
silent

case_is "module: perhaps of another of its files"
without_image
made
wants 0 'note: fs/isofs/util.o: newly refers to isofs_name_translate, .*of module isofs is not known'

case_is "module: static in another of its files"
calling fs/isofs/util.c 'int isofs_statfs(struct dentry *, struct kstatfs *)' "$line" "p += isofs_statfs((void *)p, (void *)p)"
with_image
refused 'isofs_statfs: newly referred to, but nobody exports it, and no other file of module isofs has a global of that name'
finish
