#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that the diff adds, removes and renames, and the hunks of makefiles that go with them.
. "$(dirname "$0")/lib.sh"

of()
{
	case_is "$1"
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=new $kernel "$KSPLICE_SOURCE"
}

# Two trees, old and new, with the files named.
trees()
{
	rm -rf old new
	for file; do
		mkdir -p "old/${file%/*}"
		cp "$KSPLICE_SOURCE/$file" "old/$file"
	done
	cp -r old new
}

# The diff between them, as git makes it or, with -N, as diff does.
diff_trees()
{
	if [ "${1-}" = -N ]; then
		diff -urN old new
	else
		git -c core.autocrlf=false diff --no-index -M --no-prefix old new | sed 's#\([ "]\)old/#\1a/#g; s#\([ "]\)new/#\1b/#g; s#^\(rename [a-z]* \)[ab]/#\1#'
	fi >fix.diff
}

trees fs/proc/cmdline.c fs/proc/Makefile
sed -i 's/^proc-y.*cmdline.o/&\nproc-y += added.o/' new/fs/proc/Makefile
sed -i 's/seq_puts(m, saved_command_line);/added_show(m);/; s/^static int cmdline_proc_show/void added_show(struct seq_file *m);\n&/' \
	new/fs/proc/cmdline.c
cat >new/fs/proc/added.c <<'END'
#include <linux/seq_file.h>
void added_show(struct seq_file *m);
static int calls;
void added_show(struct seq_file *m)
{
	seq_printf(m, "%d", ++calls);
}
END
diff_trees -N
of "new file, by diff -N"
wants 0 'changed .*cmdline_proc_show' 'new .*fs/proc/added.o: added_show'
diff_trees
of "new file, by git"
wants 0 'changed .*cmdline_proc_show' 'new .*fs/proc/added.o: added_show'

sed -i '/added.o/d; s/^proc-y.*cmdline.o/&\nobj-m += added.o/' new/fs/proc/Makefile
cp old/fs/proc/cmdline.c new/fs/proc/
diff_trees
of "new module"
wants 1 'note: fs/proc/added.o: belongs to a module that the running kernel has not'

rm new/fs/proc/added.c
sed -i '/added.o/d; $a CFLAGS_cmdline.o += -O1' new/fs/proc/Makefile
diff_trees
of "other flags"
wants 3 'fs/proc/cmdline.o: the diff.s hunks of makefiles change how it is compiled'

# What kbuild does not tell of units.
trees fs/proc/Makefile arch/x86/include/asm/Kbuild lib/Makefile
sed -i '$a OBJECT_FILES_NON_STANDARD_cmdline.o := y' new/fs/proc/Makefile
diff_trees
of "how objtool is called"
wants 3 "fs/proc/Makefile: 'OBJECT_FILES_NON_STANDARD_cmdline.o := y' is neither a list of objects nor their flags"
cp old/fs/proc/Makefile new/fs/proc/
sed -i '$a generic-y += nonsense.h' new/arch/x86/include/asm/Kbuild
diff_trees
of "a header that is made"
wants 3 "arch/x86/include/asm/Kbuild: 'generic-y += nonsense.h' is neither"
cp old/arch/x86/include/asm/Kbuild new/arch/x86/include/asm/
sed -i 's/^hostprogs\t:= gen_crc32table/&\ngen_crc32table-objs := gen_crc32table.o x.o/' new/lib/Makefile
diff_trees
of "a program of the build"
wants 3 'lib/x.c: the diff.s hunks of makefiles change what programs of the build are made from'

trees arch/x86/kvm/Makefile
sed -i 's/^OBJECT_FILES_NON_STANDARD_vmenter.o.*/ifdef CONFIG_X86_32\n&\nendif/' new/arch/x86/kvm/Makefile
diff_trees
of "how objtool is called, by a condition"
wants 3 "arch/x86/kvm/Makefile: 'OBJECT_FILES_NON_STANDARD_vmenter.o := y' is neither"
# Makefiles of others, and of nobody.
trees fs/jbd2/Makefile fs/proc/Makefile
sed -i '$a CFLAGS_journal.o += -O1' new/fs/jbd2/Makefile
sed -i '$a include $(srctree)/$(src)/../jbd2/Makefile' new/fs/proc/Makefile
diff_trees
of "included by another directory"
wants 3 'fs/jbd2/Makefile: is included by the makefile of another directory, by a way with "[.][.]"'
trees lib/vdso/Makefile
sed -i 's/gettimeofday.c/gettimeofnight.c/' new/lib/vdso/Makefile
diff_trees
of "included by the vDSO"
wants 3 'lib/vdso/Makefile: says how a part of the kernel is made that is linked by itself'
trees drivers/misc/habanalabs/Makefile fs/proc/cmdline.c
sed -i '$a clean-files := x' new/drivers/misc/habanalabs/Makefile
sed -i 's/saved_command_line)/"new")/' new/fs/proc/cmdline.c
diff_trees
of "of a driver that is not built"
wants 0 'note: drivers/misc/habanalabs/Makefile: a makefile that this configuration does not use; ignored' 'changed .*cmdline_proc_show'

trees fs/proc/loadavg.c fs/proc/Makefile
rm new/fs/proc/loadavg.c
sed -i '/loadavg.o/d' new/fs/proc/Makefile
diff_trees
of "removed file"
wants 66 'changes no object code'

trees fs/proc/cmdline.c fs/proc/Makefile
mv new/fs/proc/cmdline.c new/fs/proc/commandline.c
sed -i 's/cmdline.o/commandline.o/' new/fs/proc/Makefile
diff_trees
grep -q '^rename to fs/proc/commandline.c' fix.diff || fail "no renamed file: $(cat fix.diff)"
of "renamed file"
wants 66 'changes no'
sed -i 's/seq_puts(m, saved_command_line);/seq_puts(m, "changed");/' new/fs/proc/commandline.c
diff_trees
of "renamed and changed file"
wants 0 'changed .*fs/proc/cmdline.o: cmdline_proc_show'
rm -f ksplice-new.tar.gz

# What is looked for in a file is looked for under its new name.
trees kernel/time/timer_list.c kernel/time/Makefile
mv new/kernel/time/timer_list.c new/kernel/time/timer_lists.c
sed -i 's/timer_list.o/timer_lists.o/' new/kernel/time/Makefile
sed -i 's/^\tbool second_pass;/&\n\tint added;/; s/if (iter->cpu == -1 && !iter->second_pass)/if (iter->cpu == -1 \&\& !iter->second_pass \&\& !iter->added)/' \
	new/kernel/time/timer_lists.c
diff_trees
grep -q '^rename to kernel/time/timer_lists.c' fix.diff || fail "no renamed file: $(cat fix.diff)"
of "renamed file with another structure"
wants 3 "struct timer_list_iter: it gets 'int added'"

trees fs/proc/generic.c fs/proc/Makefile
mv new/fs/proc/generic.c new/fs/proc/gen.c
sed -i 's/generic.o/gen.o/' new/fs/proc/Makefile
sed -i '/^void remove_proc_entry/{s/const char \*name/const char *const name/; n; s/{/{ if (!name) return;/}' new/fs/proc/gen.c
diff_trees
# The header declares it as before.
of "renamed file with a prototype that is written otherwise"
wants 0 'changed .*fs/proc/generic.o: remove_proc_entry$'

# The structure goes with the functions that use it.
trees lib/string_helpers.c lib/Makefile
sed -i 's/^obj-y += string_helpers.o/obj-y += string_helpers.o strarray.o/' new/lib/Makefile
{
	printf '#include <linux/device.h>\n#include <linux/err.h>\n#include <linux/slab.h>\n#include <linux/string_helpers.h>\n'
	printf 'char **strarray_devm(struct device *dev, const char *prefix, size_t n);\n'
	sed -n '/^struct strarray {/,/^EXPORT_SYMBOL_GPL(devm_kasprintf_strarray)/p' old/lib/string_helpers.c |
		sed 's/devm_kasprintf_strarray/strarray_devm/; /^EXPORT/d; s/^\tsize_t n;/&\n\tlong added;/; s/^\tptr->n = n;/&\n\tptr->added = 1;/'
} >new/lib/strarray.c
sed -i '/^struct strarray {/,/^EXPORT_SYMBOL_GPL(devm_kasprintf_strarray)/d' new/lib/string_helpers.c
cat >>new/lib/string_helpers.c <<'END'
char **strarray_devm(struct device *dev, const char *prefix, size_t n);
char **devm_kasprintf_strarray(struct device *dev, const char *prefix, size_t n)
{
	return strarray_devm(dev, prefix, n);
}
EXPORT_SYMBOL_GPL(devm_kasprintf_strarray);
END
diff_trees
of "structure that moves to a new file and changes there"
wants 3 "lib/strarray.o: struct strarray: it gets 'long added'"
sed -i '/added/d' new/lib/strarray.c
diff_trees
# kfree_strarray() was inlined into the function that devres has a pointer to, and cannot be any more.
of "structure that moves as it is"
wants 3 'devm_kfree_strarray: lib/string_helpers.o has a function of this name' 'for 1 reason'
rm -f ksplice-new.tar.gz
finish
