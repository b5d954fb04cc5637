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
finish
