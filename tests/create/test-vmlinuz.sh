#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The check against the kernel as it is booted, vmlinuz: it has no symbol table, and says the same as the vmlinux that has one.
. "$(dirname "$0")/lib.sh"

part()
{
	KSPLICE_KERNEL=$1 "$tests/lib/packages" kernel "$2" | sed -n "s/^$3=//p"
}

vmlinuz=$(part 6.1 image image)
vmlinux=$(part 6.1 dbg vmlinux)
release=${vmlinuz##*/vmlinuz-}
[ -n "$vmlinuz" ] && [ -n "$vmlinux" ] || die "no stock kernel"
make -s -C "$KSPLICE_BUILD" tests/create/compare-images >&2 || die "cannot build compare-images"

# same_answers VMLINUZ VMLINUX LEAST: of all symbols of VMLINUX, at least LEAST are in VMLINUZ, too, and it says the same of them.
same_answers()
{
	nm "$2" | awk '{ print $3 }' | sort -u >names
	"$KSPLICE_BUILD/tests/create/compare-images" "$1" "$2" <names >out 2>&1
	status=$?
	wants 0 ' 0 differences'
	[ "$(sed -n 's/.*; \([0-9]*\) symbols.*/\1/p' out)" -gt "$3" ] || fail "compared too few symbols"
	# What the kernel leaves out of its own table: mksysmap, and kallsyms' own.
	sed -n 's/: not in the first$//p' out | grep -v -E '^(__crc_|__kstrtab_|__kstrtabns_|\.L|kallsyms_|init_per_cpu__)' >missing
	[ "$(wc -l <missing)" -lt 20 ] || fail "does not have $(head -n 5 missing | xargs) ..."
}

for series in 6.1 6.12; do
	case_is "all symbols of $series"
	same_answers "$(part $series image image)" "$(part $series dbg vmlinux)" 80000
done

# As the kernel's build packs it (scripts/Makefile.lib), but not as hard.
while read -r format command; do
	case_is "packed with $format"
	# shellcheck disable=SC2086
	"$tests/create/repack-vmlinuz" "$vmlinuz" packed $command >out 2>&1 || fail "cannot repack it"
	same_answers packed "$vmlinux" 80000
done <<'END'
gzip gzip -n -f -1
bzip2 bzip2 -1
lzma lzma -0
xz xz --check=crc32 --threads=1 --x86 --lzma2=preset=0,dict=128MiB
lzo lzop -1
lz4 lz4 -l -1 - -
zstd zstd -q -1 --zstd=wlog=27
END

case_is "packed with lzo, which needs a program"
"$tests/create/repack-vmlinuz" "$vmlinuz" packed lzop -1 || fail "cannot repack it"
PATH=/nonexistent "$KSPLICE_BUILD/tests/create/compare-images" packed "$vmlinux" </dev/null >out 2>&1
status=$?
wants 2 'cannot uncompress the kernel in it (lzo): .*lzop.*; install it'

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff
case_is "matches"
# shellcheck disable=SC2086,SC2154
create --patch=fix.diff --id=good $kernel --image="$vmlinuz" "$KSPLICE_SOURCE"
wants 0
build_id=$(readelf -n "$vmlinux" 2>/dev/null | sed -n 's/.*Build ID: //p')
tar -xOzf ksplice-good.tar.gz ksplice-good/manifest.json >manifest.json
grep -q "\"build_id\": \"$build_id\"" manifest.json || fail "no build id $build_id"
grep -q "\"banner\": \"Linux version $release (" manifest.json || fail "no banner"

case_is "release and exports are the image's"
cp "$KSPLICE_CONFIG" my.config
create --patch=fix.diff --id=good --config=my.config --image="$vmlinuz" "$KSPLICE_SOURCE"
wants 0 "for $release"

# In the image's package, as in /boot, the modules are where they belong to it.
case_is "matches a module, which refers to per-CPU variables"
diff_of drivers/block/zram/zram_drv.c 's/"%llu\\n", zram->disksize/"%llu bytes\\n", zram->disksize/' >module.diff
create --patch=module.diff --id=good --config=my.config -v --image="$vmlinuz" "$KSPLICE_SOURCE"
wants 0 'zram: [0-9]* of [0-9]* functions found'

case_is "source of another version"
mkdir tree tree/fs tree/fs/proc
for name in "$KSPLICE_SOURCE"/* "$KSPLICE_SOURCE"/fs/* "$KSPLICE_SOURCE"/fs/proc/*; do
	to=tree${name#"$KSPLICE_SOURCE"}
	[ -e "$to" ] || ln -s "$name" "$to"
done
rm tree/fs/proc/cmdline.c
sed "s/'.n'/'x'/" "$KSPLICE_SOURCE/fs/proc/cmdline.c" >tree/fs/proc/cmdline.c
sed "s/'.n'/'x'/" fix.diff >other.diff
create_from tree --patch=other.diff --id=bad --symvers="$KSPLICE_SYMVERS" --release="$release" --image="$vmlinuz" \
	--config="$KSPLICE_CONFIG"
wants 1 'fs/proc/cmdline.o: cmdline_proc_show: differs at +0x1[0-9a-f] (+0x1[0-9a-f] in the kernel): ' 'exactly its source'

# calling LINE: fix.diff makes cmdline_proc_show() execute LINE.
calling()
{
	diff_of fs/proc/cmdline.c "/seq_putc(m, /i\\
	{ $1; }" >fix.diff
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=refers $kernel --image="$vmlinuz" "$KSPLICE_SOURCE"
}

case_is "newly refers to something static of another file"
calling 'extern int loadavg_proc_show(struct seq_file *, void *); loadavg_proc_show(m, v)'
wants 3 'loadavg_proc_show: newly referred to, but static in another file'

case_is "newly refers to something global"
calling 'extern unsigned long long nr_context_switches(void); seq_put_decimal_ull(m, "", nr_context_switches())'
wants 0
grep -q 'newly refer' out && fail "says something of what is fine"

case_is "newly refers to a per-CPU variable, of which it is not known"
calling 'extern __percpu bool in_kernel_fpu; seq_put_decimal_ull(m, "", this_cpu_read(in_kernel_fpu))'
wants 0 'note: fs/proc/cmdline.o: newly refers to in_kernel_fpu, .* per-CPU variable, .* it is not known'

case_is "cut off"
head -c 1000000 "$vmlinuz" >cut
create --patch=fix.diff --id=bad --config=my.config --image=cut "$KSPLICE_SOURCE"
wants 1 'cut: a vmlinuz that is cut off'

case_is "its kernel is damaged"
head -c 1000000 "$vmlinuz" >damaged
head -c 1000 /dev/zero >>damaged
tail -c +1001001 "$vmlinuz" >>damaged
create --patch=fix.diff --id=bad --config=my.config --image=damaged "$KSPLICE_SOURCE"
wants 1 'damaged: '
[ ! -e ksplice-bad.tar.gz ] || fail "made an update"

case_is "no kernel at all"
create --patch=fix.diff --id=bad --config=my.config --image=my.config "$KSPLICE_SOURCE"
wants 1 "not an ELF file; the kernel's vmlinuz (a bzImage of x86) is needed, or its vmlinux with symbols"
finish
