#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --report: a page about the update, or about why there is none; whatever the diff has in it, it is text there.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi
build_id=$(readelf -n "$KSPLICE_VMLINUX" 2>/dev/null | sed -n 's/.*Build ID: //p')

# shows REPORT [DIFF]: checks the page, and leaves what it says in $work/out.
shows()
{
	"$tests/create/check-report.py" "$@" >"$work/out" 2>&1
	status=$?
}

# Names, strings, a subject and a description that are markup, bytes that are no UTF-8, escape sequences, and U+202E.
{
	printf 'From: <a@b>\nSubject: [PATCH] </script><script>alert(1)</script> \377 \033[31m \342\200\256\n\n<img src=x onerror=alert(2)>\n---\n'
	diff_of fs/proc/version.c '/^static int version_proc_show/i\
static const char *const words[] = {"</script><img src=x onerror=alert(3)>", "two"};\
static char buffer[64];\
static int limit = 77;\
static noinline int choose(struct seq_file *m, int i)\
{\
	if (i > limit++)\
		return pr_info("too many\\n");\
	seq_puts(m, READ_ONCE(words[i \& 1]));\
	return buffer[i \& 63]++;\
}\

	s/seq_printf(m, linux_proc_banner,/WARN_ON(!m); if (choose(m, (long)v \& 7) < 0) return -1; &/'
	printf -- '--- /dev/null\n+++ b/Documentation/<b>&"x".rst\n@@ -0,0 +1 @@\n+</pre><script>alert(4)</script>\n'
} >hostile.diff
diff_of fs/proc/cmdline.c "s/saved_command_line/\"new\"/; s/'.n'/'x'/" >cmdline.diff

case_is "made"
# shellcheck disable=SC2086
create --patch=hostile.diff --patch=cmdline.diff --id=made $kernel --image="$KSPLICE_VMLINUX" --report=made.html "$KSPLICE_SOURCE"
wants 0
cat hostile.diff cmdline.diff >all.diff
shows made.html all.diff
wants 0 'heading Update made for ' 'Made' "$build_id" '^function version_proc_show$' '^function choose' '^function cmdline_proc_show$' \
	'</script><script>alert(1)</script> .xff .x1b\[31m .u{202e}' '</script><img src=x onerror=alert(3)>' \
	'[0-9]new function' 'byte differs at +0x' 'size [0-9]* -> [0-9]*' 'Hook: a jump in bytes +0x5 to +0x9, behind the ftrace entry' \
	'^heading buffer$' '^heading limit$' '0000 4d 00 00 00  M' 'All zeros' '+0x0 points to "</script>' \
	'fs/proc/cmdline.c:9 seq_puts(m, saved_command_line);' "fs/proc/cmdline.c:10 seq_putc(m, 'x');" 'mov $0xa,%esi' \
	'-6 mov 0x0(%rip),%rsi # saved_command_line' '+6 mov $0x0,%rsi \["new"\]' \
	'seq_putccalled or used0xffffffff[0-9a-f]*by run: matched code refers to it: fs/proc/cmdline.o: cmdline_proc_show+0x' \
	'cmdline_proc_showhooked0xffffffff[0-9a-f]*by run: its own code' 'by name: it is the only one' \
	'Documentation/<b>&"x".rst'

case_is "each function of the manifest, and each module's digest"
tar -xOzf ksplice-made.tar.gz ksplice-made/manifest.json >manifest.json
python3 - >wanted <<'END' || fail "no manifest"
import json
m = json.load(open("manifest.json"))
for t in m["targets"]:
    for f in t["functions"]:
        print("^function %s$" % f["name"])
for name, f in m["files"].items():
    if name.endswith(".ko"):
        print("%s%d%s" % (name, f["size"], f["sha256"]))
END
[ "$(wc -l <wanted)" -ge 6 ] || fail "only $(wc -l <wanted) things are wanted"
while read -r line; do
	wants 0 "$line"
done <wanted

case_is "nothing else is left"
[ "$(ls -A | grep -c made.html)" = 1 ] || fail "$(ls -A)"
case_is "the same input gives the same page"
cp made.html first.html
# shellcheck disable=SC2086
create --patch=hostile.diff --patch=cmdline.diff --id=made $kernel --image="$KSPLICE_VMLINUX" --report=made.html "$KSPLICE_SOURCE"
wants 0
cmp first.html made.html || fail "differs"

case_is "refused: the page has the reasons, and the status stays"
diff_of fs/proc/kcore.c 's/kcore_need_update = 1/kcore_need_update = 2/' >refused.diff
# shellcheck disable=SC2086
create --patch=refused.diff --id=refused $kernel --report=refused.html "$KSPLICE_SOURCE"
wants 3 'existing data, which has had other values'
shows refused.html refused.diff
wants 0 'Refused' 'heading Why there is no update' 'fs/proc/kcore.o: kcore_need_update' \
	'existing data, which has had other values' 'Advice: say in the source' '^function kcore_callback$'
[ ! -e ksplice-refused.tar.gz ] || fail "made an update"

case_is "refused before anything was compiled"
diff_of fs/proc/Kconfig '$a config PROC_NEW\n\tdef_bool PROC_FS' >kconfig.diff
# shellcheck disable=SC2086
create --patch=kconfig.diff --id=refused $kernel --report=early.html "$KSPLICE_SOURCE"
wants 3 'fs/proc/Kconfig: changes the configuration'
shows early.html kconfig.diff
wants 0 'Refused' 'fs/proc/Kconfig: changes the configuration'

case_is "an error: the page says which, also in place of an older page"
diff_of fs/proc/cmdline.c 's/seq_puts(/</' >broken.diff
# shellcheck disable=SC2086
create --patch=broken.diff --id=broken $kernel --report=made.html "$KSPLICE_SOURCE"
wants 1 'does not compile'
shows made.html broken.diff
wants 0 'Not made' 'the patched source does not compile'

case_is "the update cannot be written: the page does not say that it was made"
mkdir -p taken/x.tar.gz
# shellcheck disable=SC2086
create --patch=cmdline.diff --id=full $kernel --report=full.html -o taken/x.tar.gz "$KSPLICE_SOURCE"
wants 1 'taken/x.tar.gz'
shows full.html cmdline.diff
wants 0 'Not made' 'taken/x.tar.gz'

# Said at once: not after minutes of compiling.
case_is "a path that cannot be written"
mkdir directory
for path in directory absent/x.html; do
	# shellcheck disable=SC2086
	create --patch=cmdline.diff --id=unwritable $kernel --report=$path "$KSPLICE_SOURCE"
	wants 1 "report.*$path"
	[ ! -e ksplice-unwritable.tar.gz ] || fail "made an update"
done
[ ! -e absent ] && [ -z "$(ls -A directory)" ] || fail "left something"
case_is "the update's own path"
# shellcheck disable=SC2086
create --patch=cmdline.diff $kernel --report=x -o x "$KSPLICE_SOURCE"
wants 2 'same file'
finish
