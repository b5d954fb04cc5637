#!/bin/sh
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

# A source that is not quite the kernel's: one constant differs in a function beside the patched one.
case_is "source of another version"
mkdir tree tree/fs tree/fs/proc
for name in "$KSPLICE_SOURCE"/* "$KSPLICE_SOURCE"/fs/* "$KSPLICE_SOURCE"/fs/proc/*; do
	to=tree${name#"$KSPLICE_SOURCE"}
	[ -e "$to" ] || ln -s "$name" "$to"
done
rm tree/fs/proc/cmdline.c
sed 's/saved_command_line/saved_command_line + 1/' "$KSPLICE_SOURCE/fs/proc/cmdline.c" >tree/fs/proc/cmdline.c
sed 's/saved_command_line/& + 1/' fix.diff >other.diff
# shellcheck disable=SC2086
"$tool" --workdir="$work/w" --patch=other.diff --id=bad $kernel --image="$KSPLICE_VMLINUX" tree >out 2>&1
status=$?
wants 1 'cmdline_proc_show'
[ ! -e ksplice-bad.tar.gz ] || fail "made an update"
finish
