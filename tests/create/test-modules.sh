#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Code of loadable modules is matched at the desk as well, against the modules of the kernel's image package.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi
release=${KSPLICE_CONFIG##*/config-}
modules=${KSPLICE_CONFIG%/boot/*}/lib/modules/$release
[ -d "$modules/kernel" ] || die "no modules in the image package"
# An image and a configuration with nothing beside them.
mkdir alone
ln -s "$KSPLICE_VMLINUX" alone/vmlinux
cp "$KSPLICE_CONFIG" alone/config-$release
diff_of fs/isofs/util.c 's/^	year = p\[0\];/	year = p[0] + 1;/' >fix.diff

# shellcheck disable=SC2086
with()
{
	rm -f ksplice-mod.tar.gz
	create -v --patch=fix.diff --id=mod --image="$KSPLICE_VMLINUX" --symvers="$KSPLICE_SYMVERS" "$@"
}

made()
{
	wants 0 "$@"
	[ -e ksplice-mod.tar.gz ] || fail "made no update"
}

not_made()
{
	wants 1 "$@"
	[ ! -e ksplice-mod.tar.gz ] || fail "made an update"
}

case_is "found beside the configuration, matches"
with --config="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
made 'isofs: \([1-9][0-9]*\) of \1 functions found'

# nfs needs others, and each of these has a __this_module, too.
case_is "newly refers to its own struct module"
diff_of fs/nfs/mount_clnt.c '/^void nfs_umount(/,/^}/s/if (info->noresvport)/if (info->noresvport) __module_get(THIS_MODULE);\n&/' >this.diff
rm -f ksplice-mod.tar.gz
create -v --patch=this.diff --id=mod --image="$KSPLICE_VMLINUX" --symvers="$KSPLICE_SYMVERS" --config="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
made 'changed .*: nfs_umount' 'nfs: \([1-9][0-9]*\) of \1 functions found'

case_is "not at hand"
with --config=alone/config-$release "$KSPLICE_SOURCE"
if [ -d "${KSPLICE_VMLINUX%/usr/lib/debug/*}/lib/modules/$release/kernel" ]; then
	made
else
	made "note: module isofs is not checked: the kernel's modules are not at hand (give --modules=DIR"
fi

case_is "--modules without --image"
create --patch=fix.diff --id=mod --config="$KSPLICE_CONFIG" --symvers="$KSPLICE_SYMVERS" --modules="$modules" "$KSPLICE_SOURCE"
wants 2 '--modules needs --image'
case_is "--modules is no directory"
with --config="$KSPLICE_CONFIG" --modules=/nonexistent "$KSPLICE_SOURCE"
wants 2 '--modules=/nonexistent: not a directory'

# isofs alone, with what it needs: plain TO
plain()
{
	rm -rf some && mkdir -p some/kernel/fs some/kernel/drivers
	cp "$modules/kernel/fs/isofs/"isofs.ko* "$modules/kernel/drivers/cdrom/"cdrom.ko* some/kernel/fs/
	for file in some/kernel/fs/*.xz; do
		[ ! -e "$file" ] || xz -d "$file"
	done
	mv some/kernel/fs/cdrom.ko some/kernel/drivers/
}

# In whichever form distributions have them.
for pack in '' xz zstd gzip; do
	case_is "--modules, with ${pack:-no} compression"
	if [ -n "$pack" ] && ! command -v "$pack" >/dev/null; then
		echo "$pack is not installed: not tested"
		continue
	fi
	plain
	[ -z "$pack" ] || "$pack" -q some/kernel/*/*.ko
	[ "$pack" != zstd ] || rm some/kernel/*/*.ko
	with --config="$KSPLICE_CONFIG" --modules=some "$KSPLICE_SOURCE"
	made 'isofs: \([1-9][0-9]*\) of \1 functions found'
done

case_is "--modules has not that module"
rm some/kernel/fs/*
with --config="$KSPLICE_CONFIG" --modules=some "$KSPLICE_SOURCE"
not_made 'some has no module isofs, which the diff changes'

case_is "a module that it needs is not there"
plain
rm some/kernel/drivers/*
with --config="$KSPLICE_CONFIG" --modules=some "$KSPLICE_SOURCE"
not_made 'isofs.ko: depends on module cdrom, which is not among those of this kernel'

case_is "module of another kernel"
plain
sed -i "s/vermagic=$release/vermagic=X${release#?}/" some/kernel/fs/isofs.ko
with --config="$KSPLICE_CONFIG" --modules=some "$KSPLICE_SOURCE"
not_made "isofs.ko: a module of X${release#?}, but the update is to be for $release"

case_is "damaged module"
truncate -s 5000 some/kernel/fs/isofs.ko
with --config="$KSPLICE_CONFIG" --modules=some "$KSPLICE_SOURCE"
not_made 'isofs.ko: its section table is not inside the file'

# One constant differs in a function beside the patched one.
case_is "source of another version"
mkdir tree tree/fs tree/fs/isofs
for name in "$KSPLICE_SOURCE"/* "$KSPLICE_SOURCE"/fs/* "$KSPLICE_SOURCE"/fs/isofs/*; do
	to=tree${name#"$KSPLICE_SOURCE"}
	[ -e "$to" ] || ln -s "$name" "$to"
done
rm tree/fs/isofs/rock.c
sed 's/case SIG(.S., .P.)/case SIG(0x53, 0x51)/' "$KSPLICE_SOURCE/fs/isofs/rock.c" >tree/fs/isofs/rock.c
cmp -s tree/fs/isofs/rock.c "$KSPLICE_SOURCE/fs/isofs/rock.c" && fail "the source has no such line"
diff_of fs/isofs/rock.c 's/"rock: directory entry would overflow/"ROCK: directory entry would overflow/' >fix.diff
rm -f ksplice-mod.tar.gz
# shellcheck disable=SC2086
create_from tree --patch=fix.diff --id=mod $kernel --image="$KSPLICE_VMLINUX"
not_made 'fs/isofs/rock.o: [a-z_]*: differs at +0x' 'a header or an option of the configuration is another'

# net/ipv4/xfrm4_tunnel needs tunnel4, which is a module, too.
case_is "module that needs another"
diff_of net/ipv4/xfrm4_tunnel.c 's/^	return ip_hdr(skb)->protocol;/	return ip_hdr(skb)->protocol + 1;/' >fix.diff
[ -s fix.diff ] || fail "the source has no such line"
with --config="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
made 'xfrm4_tunnel: \([1-9][0-9]*\) of \1 functions found'

# Object code stays as it is in the first of two targets.
case_is "module that only seems to change"
cp fix.diff other.diff
diff_of fs/isofs/util.c '1i\
/* nothing */' >fix.diff
cat other.diff >>fix.diff
with --config="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
made 'xfrm4_tunnel: \([1-9][0-9]*\) of \1 functions found'
tar -tzf ksplice-mod.tar.gz >out
grep -q ksplice_mod_xfrm4_tunnel.ko out || fail "no code module of xfrm4_tunnel"
! grep -q isofs out || fail "a module for isofs"
mv other.diff fix.diff

case_is "two modules and the kernel proper"
diff_of fs/isofs/util.c 's/^	year = p\[0\];/	year = p[0] + 1;/' >>fix.diff
diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >>fix.diff
with --config="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
made 'isofs: \([1-9][0-9]*\) of \1 functions found' 'vmlinux: \([1-9][0-9]*\) of \1 functions found' \
	'xfrm4_tunnel: \([1-9][0-9]*\) of \1 functions found'
finish
