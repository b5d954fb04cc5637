#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Diffs that cannot be taken: each is told apart, names the file, and leaves no update behind. Status 3 is for what is well
# understood and cannot be spliced, 1 for what does not fit this kernel.
. "$(dirname "$0")/lib.sh"

# of NAME [OPTION]...: with the diff bad.diff
of()
{
	case_is "$1"
	shift
	# shellcheck disable=SC2086
	create --patch=bad.diff --id=bad $kernel "$@" "$KSPLICE_SOURCE"
}

cmdline()
{
	diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/'
}

cmdline | sed 's/^ static int cmdline_proc_show.*/ static int somebody_else(void)/' >bad.diff
of "context differs" --patch-opt=-F0
wants 1 'bad.diff does not apply' 'fs/proc/cmdline.c' 'FAILED'
cmdline | sed 's/^-[^-].*/-	seq_puts(m, other);/' >bad.diff
of "removed line differs"
wants 1 'bad.diff does not apply' 'Hunk #1 FAILED'
cmdline | sed '$d' >bad.diff
of "cut off in a hunk"
wants 1 'malformed or cut off' 'fs/proc/cmdline.c'
{ cmdline; printf '+\tschedule();\n'; } >bad.diff
of "with more lines in a hunk than it says"
wants 1 "the hunk '@@ .*' of fs/proc/cmdline.c has more lines than it says"
{ cmdline; printf ' }\n+\tschedule();\n'; } >bad.diff
of "with more lines than it says, the first of which is context"
wants 1 "the hunk '@@ .*' of fs/proc/cmdline.c has more lines than it says"
# patch(1) says nothing of these, and makes the first change alone.
second='@@ -18,3 +18,4 @@\n 	proc_create_single("cmdline", 0, NULL, cmdline_proc_show);\n+	schedule();\n 	return 0;\n }\n'
{ cmdline; printf "\n$second"; } >bad.diff
of "second hunk behind a blank line"
wants 1 "the hunk '@@ -18,3 +18,4 @@' stands neither behind another one nor"
{ cmdline; printf "and in the other function:\n$second"; } >bad.diff
of "second hunk behind words"
wants 1 "the hunk '@@ -18,3 +18,4 @@' stands neither behind another one nor"
{ cmdline; printf "\n$second" | sed 's/^./  &/'; } >bad.diff
of "second hunk, indented"
wants 1 "the hunk '@@ .*' of fs/proc/cmdline.c has more lines than it says"
{ cmdline; printf -- '--\n2.39.5\n\n'; } >bad.diff
of "git's signature, without the blank that mailers take away"
wants 0 'cmdline_proc_show'
rm -f ksplice-bad.tar.gz
cmdline | sed 's/^@@ -[0-9]*,[0-9]*/@@ -x/' >bad.diff
of "mangled head of a hunk"
wants 1 'bad.diff'
: >bad.diff
of "empty"
wants 1 'no unified diff'
echo 'just words' >bad.diff
of "no diff"
wants 1 'no unified diff'
printf -- '--- a/x\0\n' >bad.diff
of "binary"
wants 1 'NUL'
case_is "no such file"
# shellcheck disable=SC2086
create --patch=absent.diff $kernel "$KSPLICE_SOURCE"; wants 1 'absent.diff: No such file'

cmdline | sed 's#fs/proc/cmdline.c#fs/proc/absent.c#' >bad.diff
of "file that is not in the source"
wants 1 'fs/proc/absent.c is not in the kernel source'
cmdline >bad.diff
of "wrong -p" --patch-opt=-p0
wants 1 'is not in the kernel source'
cmdline >bad.diff
of "more -p than directories" --patch-opt=-p9
wants 1 'directories to strip'
for name in a/../../etc/passwd a/fs/../fs/proc/cmdline.c a//./fs/proc/cmdline.c a/fs/proc/..; do
	cmdline | sed "s#[ab]/fs/proc/cmdline.c#$name#" >bad.diff
	of "path $name"
	wants 1 'points out of the kernel source'
done
cmdline | sed 's#[ab]/fs/proc/cmdline.c#/etc/passwd#' >bad.diff
of "absolute path" --patch-opt=-p0
wants 1 'points out of the kernel source'
cmdline | sed 's#a/fs/proc/cmdline.c#"a/fs/proc/cmd\\nline.c"#' >bad.diff
of "quoted name"
wants 1 'quoted file name'
# A directory of the source that is a symbolic link.
cmdline | sed 's#fs/proc/cmdline.c#scripts/dtc/include-prefixes/dt-bindings/README#' >bad.diff
of "way through a link"
wants 1

cat >bad.diff <<'END'
--- /dev/null
+++ b/fs/proc/new.c
@@ -0,0 +1 @@
+int x;
END
of "new file that no makefile has"
wants 1 'fs/proc/new.c: not built'
cat >bad.diff <<'END'
--- a/fs/proc/cmdline.c
+++ /dev/null
@@ -1 +0,0 @@
-int x;
END
of "removed file, not as it is"
wants 1 'does not apply'
cat >bad.diff <<'END'
diff --git a/fs/proc/cmdline.c b/fs/proc/cmd.c
similarity index 100%
rename from fs/proc/cmdline.c
rename to fs/proc/cmd.c
END
of "renamed file, without its makefile"
wants 1 'the patched source does not compile'
cat >bad.diff <<'END'
diff --git a/x.bin b/x.bin
GIT binary patch
literal 0
END
of "binary patch"
wants 3 'binary files are not supported'

# Other ways to name a file, behind a diff that is as it should be.
{ cmdline; printf 'diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+/etc\n'; } >bad.diff
of "new symbolic link"
wants 3 'new file mode 120000'
{ cmdline; printf 'diff --git a/x b/x\nold mode 100644\nnew mode 100755\nrename from x\nrename to ../../x\n'; } >bad.diff
of "new mode and name"
wants 1 'points out of the kernel source'
{ cmdline; printf 'diff --git a/fs/proc/cmdline.c b/../x\n  copy from fs/proc/cmdline.c\n  copy to ../../x\n'; } >bad.diff
of "copy out of the tree, indented"
[ ! -e "$shared/x" ] && [ ! -e "$shared/../x" ] || fail "wrote out of the tree"
rm -f ksplice-bad.tar.gz
{ cmdline; printf 'and\n  --- /dev/null\n  +++ b/fs/proc/cmdline.h\n  @@ -0,0 +1 @@\n  +int x;\n'; } >bad.diff
of "new file, indented"
wants 3 'makes fs/proc/cmdline.h'
{ cmdline; printf 'and\n  --- a/fs/proc/loadavg.c\n  +++ b/fs/proc/loadavg.c\n  @@ -1 +1 @@\n  -x\n  +y\n'; } >bad.diff
of "another file, indented"
wants 1 'does not apply'
{ cmdline; printf '*** a/x\t2020-01-01\n--- b/x\t2020-01-01\n***************\n*** 0 ****\n--- 1 ----\n+ int x;\n'; } >bad.diff
of "context diff behind it"
wants 3 'makes x,'
printf '1i\nint x;\n.\n' >bad.diff
of "script for ed"
wants 1 'no unified diff'
cmdline | sed 's#^+++ b/fs/proc/cmdline.c#+++ b/fs/proc/loadavg.c#' >bad.diff
of "two files in one"
wants 1 'is it fs/proc/cmdline.c or fs/proc/loadavg.c'

diff_of arch/x86/kernel/vmlinux.lds.S '1i /* x */' >bad.diff
of "linker script"
wants 3 'vmlinux.lds.S: a running kernel cannot be linked anew'
diff_of rust/kernel/lib.rs '1i // x' >bad.diff
of "Rust"
wants 1 'lib.rs: Rust, and CONFIG_RUST is not set'
diff_of fs/proc/Makefile '1i # x' >bad.diff
of "comment in a makefile"
wants 66 'changes no object code'
diff_of Makefile '1i # x' >bad.diff
of "top makefile"
wants 3 'Makefile: the makefiles must stay'
diff_of fs/proc/Kconfig '1i # x' >bad.diff
of "comment in a Kconfig file"
wants 66 'fs/proc/Kconfig: changes no option'

# Both functions end so.
printf -- '--- a/fs/proc/cmdline.c\n+++ b/fs/proc/cmdline.c\n@@ -9,2 +9,3 @@\n+\tseq_putc(m, 10);\n \treturn 0;\n }\n' >bad.diff
of "hunk that fits at two places, and is at none of them"
wants 0 'fs/proc/cmdline.c: Hunk #1 succeeded at 11 (offset 2 lines). What it looks for is there 2 times' 'changed .*: cmdline_proc_show'
rm -f ksplice-bad.tar.gz
sed -i 's/-9,2 +9,3/-11,2 +11,3/' bad.diff
of "hunk that fits at two places, and is at one of them"
wants 0 'changed .*: cmdline_proc_show'
! grep -q 'What it looks for' out || fail "doubts the place"
rm -f ksplice-bad.tar.gz

# What makefiles and Kconfig files run while they are read.
{ cmdline; diff_of fs/proc/Makefile "/^obj-y/i obj-y += \$(shell touch $work/ran)cmdline.o"; } >bad.diff
of "makefile that runs a program"
wants 3 "fs/proc/Makefile: 'obj-y += \$(shell touch .*' may run a program when it is read"
{ cmdline; diff_of fs/proc/Kconfig "\$a config PROC_NEW\n\tbool \"new\"\n\tdefault \"\$(shell,touch $work/ran)\""; } >bad.diff
of "Kconfig file that runs a program"
wants 3 "fs/proc/Kconfig: 'default .*touch .*' may run a program when it is read"
[ ! -e "$work/ran" ] || fail "a program of the diff's ran"

diff_of fs/nilfs2/super.c '1i /* x */' >bad.diff
of "file that the configuration leaves out"
wants 1 'touches no file that this kernel is built from' 'CONFIG_NILFS2_FS would build it'
diff_of drivers/gpu/drm/i915/gt/intel_gt.c '1i /* x */' >bad.diff
of "file in a directory that is left out"
wants 1 'CONFIG_DRM_I915 would build it'
diff_of arch/arm64/kernel/process.c '1i /* x */' >bad.diff
of "file of another machine"
wants 1 'not built'
diff_of drivers/firmware/efi/libstub/file.c '1i /* x */' >bad.diff
of "file of the boot stub"
wants 1 'runs before the kernel'
diff_of Documentation/index.rst '1i x' >bad.diff
of "documentation"
wants 1 'not a part of the kernel'

diff_of fs/proc/cmdline.c '1i /* x */' >bad.diff
of "comment"
wants 66 'changes no object code'
{ cmdline; diff_of fs/nilfs2/super.c '1i /* x */'; } >bad.diff
of "one file of two is built"
wants 0 'note: fs/nilfs2/super.c: not built'
rm -f ksplice-bad.tar.gz

{ cmdline; diff_of lib/lru_cache.c '$a int lc_nobody(void); int lc_nobody(void) { return 1; }'; } >bad.diff
of "a module that only gets what nobody uses"
wants 0 'changed .*cmdline_proc_show' 'note: lru_cache: the diff changes no function of it, and what it adds is used by nothing'
rm -f ksplice-bad.tar.gz
diff_of lib/lru_cache.c '$a int lc_nobody(void); int lc_nobody(void) { return 1; }' >bad.diff
of "nothing but what nobody uses"
wants 66 'changes no function; what it adds is used by nothing'

case_is "a diff and its reverse"
cmdline >a.diff
diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' |
	sed 's/^-\([^-]\)/~\1/; s/^+\([^+]\)/-\1/; s/^~/+/' >b.diff
# shellcheck disable=SC2086
create --patch=a.diff --patch=b.diff --id=bad $kernel "$KSPLICE_SOURCE"
wants 66 'leaves all files as they were'

case_is "nothing was made"
[ ! -e ksplice-bad.tar.gz ] || fail "ksplice-bad.tar.gz is there"
finish
