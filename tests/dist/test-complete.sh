#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: make dist takes along every file of the repository but those named here; docs/files.md has every source, and no other.
set -u -o pipefail

here=$(dirname "$(readlink -f "$0")")
top=${here%/tests/dist}
build=${KSPLICE_BUILD:-$top/_build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# What only a checkout needs.
left_out=(.gitignore)

if ! git -C "$top" rev-parse --is-inside-work-tree >/dev/null 2>&1 || [ ! -e "$top/.git" ]; then
	echo "skipped: not a git checkout, so there is nothing to compare with"
	exit 77
fi

# In a directory of its own: other tests are at work in the build directory. Nothing is compiled.
(cd "$work" && "$top/configure" && make dist-xz XZ_OPT=-0) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
tarballs=("$work"/ksplice-*.tar.xz)
if ! tar -tf "${tarballs[0]}" >"$work/listing" || [ ${#tarballs[@]} != 1 ]; then
	cat "$work/log"
	echo "FAILED: make dist makes no tarball, or several"
	exit 1
fi
# Files alone, without the directory at the top. A file that was deleted but not committed cannot go along.
sed -n '/\/$/d; s|^[^/]*/||p' "$work/listing" | LC_ALL=C sort >"$work/there"
git -C "$top" ls-files --cached | while read -r file; do
	[ ! -e "$top/$file" ] || echo "$file"
done | grep -vxF "$(printf '%s\n' "${left_out[@]}")" | LC_ALL=C sort >"$work/expected"

[ "$(wc -l <"$work/expected")" -gt 100 ] || { echo "FAILED: git tells of no files"; exit 1; }
missing=$(LC_ALL=C comm -23 "$work/expected" "$work/there")
surplus=$(grep -xF "$(printf '%s\n' "${left_out[@]}")" "$work/there"; grep -E '\.(o|log|trs|pyc)$' "$work/there")
[ -x "$top/configure" ] && grep -qx configure "$work/there" || missing+=" configure"
[ -z "$missing" ] || echo "FAILED: not in the tarball: $missing"
[ -z "$surplus" ] || echo "FAILED: in the tarball, but should not be: $surplus"

# A file of the map: `NAME` in a row of the directory's section.
for dir in objmanip ksplice-create; do
	sed -n "/^## $dir\//,/^## /s/^|[^|]*|//p" "$top/docs/files.md" | grep -oE '`[a-z0-9-]+`' | tr -d '`' | LC_ALL=C sort >"$work/mapped"
	(cd "$top/$dir" && printf '%s\n' *.c) | sed 's/[.]c$//' | LC_ALL=C sort >"$work/sources"
	differing=$(LC_ALL=C comm -3 "$work/mapped" "$work/sources" | tr -d '\t' | xargs)
	[ -z "$differing" ] || { echo "FAILED: docs/files.md and $dir/ differ in: $differing"; surplus+=" $differing"; }
done
[ -z "$missing$surplus" ] && echo "ok: $(wc -l <"$work/expected") files"
