#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: an update is matched against the memory of a machine that runs: /proc/kcore, and dumps of a guest's memory.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
# Jump labels, a static call, alternatives: in memory, they are as boot has made them.
diff=$tests/kernel/function-with-every-kind-of-site/fix.diff
update sites "$diff" --image="$image"
tar -xzf "$work/sites.tar.gz" -C "$work" ksplice-sites || die "no update"
match=$work/ksplice-sites/ksplice_sites_vmlinux_match.ko
make -s -C "$KSPLICE_BUILD" tests/create/match-image >&2 || die "cannot build match-image"
tool=$KSPLICE_BUILD/tests/create/match-image

# functions FILE: how many of how many functions match-image found
functions()
{
	sed -n 's/^\([0-9]* of [0-9]* functions found\), .*/\1/p' "$1"
}

"$tool" "$image" "$match" >"$work/out" || die "does not match the image: $(cat "$work/out")"
found=$(functions "$work/out")
[ "${found%% *}" -gt 20 ] || die "of the image: $(cat "$work/out")"

cat >"$work/script" <<'END'
match-image /proc/kcore /root/ksplice_sites_vmlinux_match.ko || exit 1
echo ready
sleep 300
END
adds=(--add="$tool:/usr/bin/match-image" --add="$match")
for library in $(ldd "$tool" | grep -o '/[^ ]*'); do
	adds+=(--add="$library:$library")
done
# VMCOREINFO reaches QEMU through a device, for which the kernel has a module.
"$tests/vm/run-in-vm" --memory=384 --module=qemu_fw_cfg --qemu-opt="-device vmcoreinfo" \
	--qemu-opt="-chardev socket,id=qmp,path=$work/qmp,server=on,wait=off -mon chardev=qmp,mode=control" \
	"${adds[@]}" --timeout=240 "$work/script" >"$work/out" 2>"$work/log" &
"$here/dump" "$work/qmp" "$work/out" "$work/plain" "$work/paging"
dumped=$?
wait
[ $dumped = 0 ] || die "no dumps: $(cat "$work/log" "$work/out")"
[ "$(functions "$work/out")" = "$found" ] || die "of /proc/kcore: $(cat "$work/out")"

# with_image FILE: makes the update with it; sets $status
with_image()
{
	rm -f "$work/again.tar.gz"
	in_turn create_from "$source" --patch="$diff" --id=again -v -o "$work/again.tar.gz" --image="$1" >"$work/out" 2>&1
	status=$?
}

# told MANIFEST KEY: the line with what it knows of the kernel
told()
{
	grep "\"$2\": \"" "$1" || die "no $2"
}

for dump in plain paging; do
	with_image "$work/$dump"
	[ $status = 0 ] || die "$dump: $(cat "$work/out")"
	grep -q "vmlinux: $found" "$work/out" || die "$dump: $(cat "$work/out")"
	tar -xOzf "$work/again.tar.gz" ksplice-again/manifest.json >"$work/manifest.json"
	for key in banner build_id; do
		[ "$(told "$work/manifest.json" $key)" = "$(told "$work/ksplice-sites/manifest.json" $key)" ] ||
			die "$dump: another $key"
	done
done

sed -i 's/VMCOREINFO\x00/XMCOREINFO\x00/' "$work/plain"
with_image "$work/plain"
[ $status = 1 ] && grep -q 'plain: a dump without the note VMCOREINFO.*"-device vmcoreinfo"' "$work/out" ||
	die "not refused: $(cat "$work/out")"
[ ! -e "$work/again.tar.gz" ] || die "made an update"
