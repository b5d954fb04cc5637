#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The check against the kernel's image: what matches is made for that very kernel; what differs is named before it is
# carried to a server.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi
release=${KSPLICE_CONFIG##*/config-}
diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff

case_is "matches"
# shellcheck disable=SC2086
create --patch=fix.diff --id=good $kernel --image="$KSPLICE_VMLINUX" "$KSPLICE_SOURCE"
wants 0
build_id=$(readelf -n "$KSPLICE_VMLINUX" 2>/dev/null | sed -n 's/.*Build ID: //p')
tar -xOzf ksplice-good.tar.gz ksplice-good/manifest.json >manifest.json
grep -q "\"build_id\": \"$build_id\"" manifest.json || fail "no build id $build_id"
grep -q "\"banner\": \"Linux version $release (" manifest.json || fail "no banner"

case_is "release and exports are the image's"
cp "$KSPLICE_CONFIG" my.config
create --patch=fix.diff --id=good --config=my.config --image="$KSPLICE_VMLINUX" "$KSPLICE_SOURCE"
wants 0 "for $release"

case_is "image of another kernel"
create --patch=fix.diff --id=bad --config=my.config --symvers="$KSPLICE_SYMVERS" --release=6.1.0-1-amd64 \
	--image="$KSPLICE_VMLINUX" "$KSPLICE_SOURCE"
wants 1 "is the image of $release, but the update is to be for 6.1.0-1-amd64"

refused="--patch=other.diff --id=bad --symvers=$KSPLICE_SYMVERS --release=$release --image=$KSPLICE_VMLINUX"

# A source that is not quite the kernel's: one constant differs in a function beside the patched one.
case_is "source of another version"
mkdir tree tree/fs tree/fs/proc
for name in "$KSPLICE_SOURCE"/* "$KSPLICE_SOURCE"/fs/* "$KSPLICE_SOURCE"/fs/proc/*; do
	to=tree${name#"$KSPLICE_SOURCE"}
	[ -e "$to" ] || ln -s "$name" "$to"
done
rm tree/fs/proc/cmdline.c
sed "s/'.n'/'x'/" "$KSPLICE_SOURCE/fs/proc/cmdline.c" >tree/fs/proc/cmdline.c
sed "s/'.n'/'x'/" fix.diff >other.diff
# shellcheck disable=SC2086
create_from tree $refused --config="$KSPLICE_CONFIG"
wants 1 'fs/proc/cmdline.o: cmdline_proc_show: differs at +0x1[0-9a-f] (+0x1[0-9a-f] in the kernel): ' \
	'the byte is 78 in the build, 0a in the kernel (build: mov $0x78,%esi; kernel: mov $0xa,%esi)' 'exactly its source'

# An option that stays as it is set, and makes other code: -Os has other ways to say the same.
case_is "configuration with another option"
sed 's/^CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE=y/# CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE is not set/
	s/^# CONFIG_CC_OPTIMIZE_FOR_SIZE is not set/CONFIG_CC_OPTIMIZE_FOR_SIZE=y/' "$KSPLICE_CONFIG" >other.config
cmp -s "$KSPLICE_CONFIG" other.config && fail "the configuration has no such option"
cp fix.diff other.diff
# shellcheck disable=SC2086
"$tool" --workdir="$work/w" $refused --config=other.config "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 1 'fs/proc/cmdline.o: cmdline_proc_show: differs at +0x5 ' '(build: push %rax; kernel: push %rbx)' \
	'exactly its configuration'
[ ! -e ksplice-bad.tar.gz ] || fail "made an update"
finish
