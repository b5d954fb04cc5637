# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages, fetched and unpacked once, in a cache that several runs may share at a time. To be sourced.
#
#	$KSPLICE_CACHE			${XDG_CACHE_HOME:-~/.cache}/ksplice
#	  debs/*.deb			as apt-get download names them
#	  packages/NAME_VERSION/	unpacked; complete when it exists
#	  apt-ARCH/			package lists of a foreign architecture

KSPLICE_CACHE=${KSPLICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ksplice}

# The stock kernels that the project is tested on, by series; $KSPLICE_KERNEL chooses one.
KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
KSPLICE_KERNEL_SERIES=${KSPLICE_KERNEL%.187}
KSPLICE_KERNEL_SERIES=${KSPLICE_KERNEL_SERIES%-*}
KSPLICE_KERNEL_ARCH=amd64 # as Debian calls it
case $KSPLICE_KERNEL in
6.1.187) # before the fixes of docs/authoring.md
	KSPLICE_KERNEL_VERSION=6.1.187-1
	KSPLICE_KERNEL_RELEASE=6.1.0-53-cloud-amd64 ;;
6.1)
	KSPLICE_KERNEL_VERSION=6.1.192-2
	KSPLICE_KERNEL_RELEASE=6.1.0-56-cloud-amd64 ;;
6.12)
	KSPLICE_KERNEL_VERSION=6.12.117-1~deb12u1
	KSPLICE_KERNEL_RELEASE=6.12.117+deb12-cloud-amd64 ;;
6.1-ppc64le)
	KSPLICE_KERNEL_VERSION=6.1.176-1
	KSPLICE_KERNEL_RELEASE=6.1.0-50-powerpc64le
	KSPLICE_KERNEL_ARCH=ppc64el ;;
*)
	echo "${0##*/}: KSPLICE_KERNEL=$KSPLICE_KERNEL is no kernel that the tests know: 6.1 6.12 6.1.187 6.1-ppc64le" >&2
	exit 2 ;;
esac
KSPLICE_KERNEL_PACKAGE=linux-image-$KSPLICE_KERNEL_RELEASE
# Debian signs kernels for machines with UEFI, and has what it signs in a package of its own.
[ $KSPLICE_KERNEL_ARCH != amd64 ] || KSPLICE_KERNEL_PACKAGE+=-unsigned

cache_say()
{
	echo "${0##*/}: $*" >&2
}

# One word per line: apt options for packages of architecture $1. A foreign one has lists of its own in the cache, so
# that neither root nor "dpkg --add-architecture" is needed.
cache_apt_options()
{
	local arch=$1 dir=$KSPLICE_CACHE/apt-$1

	[ "$arch" = "$(dpkg --print-architecture)" ] && return 0
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" && touch "$dir/status" || return 1
	printf '%s\n' -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State=$dir" \
		-o "Dir::State::status=$dir/status" -o "Dir::Cache=$dir"
}

# Fetches package $1 in version $2, architecture $3, to the directory $4.
cache_download()
{
	local name=$1 version=$2 arch=$3 dir=$4 log=$4/log
	local -a options

	mapfile -t options < <(cache_apt_options "$arch")
	if ! (cd "$dir" && apt-get "${options[@]}" download "$name=$version") >"$log" 2>&1; then
		# No package lists, or stale ones: only root may renew those of the machine itself.
		apt-get "${options[@]}" -qq update >>"$log" 2>&1
		(cd "$dir" && apt-get "${options[@]}" download "$name=$version") >>"$log" 2>&1
	fi
}

cache_explain_failure()
{
	local name=$1 version=$2 arch=$3 log=$4 known
	local -a options

	mapfile -t options < <(cache_apt_options "$arch")
	sed 's/^/    /' "$log" >&2
	known=$(apt-cache "${options[@]}" madison "$name" 2>/dev/null | awk -F'|' '{ print $2 }' | sort -u | xargs)
	if [ -n "$known" ] && [[ " $known " != *" $version "* ]]; then
		cache_say "$name $version has vanished from the package mirror; it has: $known"
	elif [ -z "$known" ]; then
		cache_say "$name is unknown to apt; is the suite that has it in the sources, and 'apt-get update' done?"
	else
		cache_say "cannot fetch $name $version"
	fi
	cache_say "a .deb obtained elsewhere, e.g. from snapshot.debian.org, may be put into $KSPLICE_CACHE/debs"
}

# Prints the path of the .deb of package $1, version $2; fetches it if the cache has it not.
cache_deb()
{
	local name=$1 version=$2 arch=${3:-amd64} deb tmp

	mkdir -p "$KSPLICE_CACHE/debs" || return 1
	for deb in "$KSPLICE_CACHE/debs/${name}_${version/:/%3a}"_{"$arch",all}.deb; do
		[ -f "$deb" ] && echo "$deb" && return 0
	done
	tmp=$(mktemp -d "$KSPLICE_CACHE/debs/.tmp.XXXXXX") || return 1
	cache_say "fetching $name $version"
	cache_download "$name" "$version" "$arch" "$tmp"
	deb=$(find "$tmp" -name '*.deb')
	if [ -z "$deb" ]; then
		cache_explain_failure "$name" "$version" "$arch" "$tmp/log"
		rm -rf "$tmp"
		return 1
	fi
	mv -f "$deb" "$KSPLICE_CACHE/debs/" && rm -rf "$tmp"
	echo "$KSPLICE_CACHE/debs/${deb##*/}"
}

# Prints the directory with the unpacked files of package $1, version $2.
# Complete or absent: it is unpacked beside and renamed.  Of two at once, the second finds the first's.
cache_package()
{
	local name=$1 version=$2 arch=${3:-amd64} dir deb tmp

	dir=$KSPLICE_CACHE/packages/${name}_$version
	[ "$arch" = amd64 ] || dir=${dir}_$arch
	mkdir -p "$KSPLICE_CACHE/packages" || return 1
	if [ ! -d "$dir" ]; then
		exec {cache_lock}>"$KSPLICE_CACHE/packages/.lock.$name" || return 1
		flock "$cache_lock"
	fi
	if [ ! -d "$dir" ]; then
		deb=$(cache_deb "$name" "$version" "$arch") || return 1
		tmp=$(mktemp -d "$KSPLICE_CACHE/packages/.tmp.XXXXXX") || return 1
		if ! dpkg-deb -x "$deb" "$tmp" || ! mv -T "$tmp" "$dir"; then
			rm -rf "$tmp"
			cache_say "cannot unpack $deb"
			return 1
		fi
		chmod 755 "$dir"
	fi
	[ -z "${cache_lock-}" ] || { exec {cache_lock}>&-; unset cache_lock; }
	echo "$dir"
}

# Prints the directory of a kernel package: boot/vmlinuz-RELEASE and lib/modules/RELEASE, with modules.dep, which the
# packages leave to their installation.
cache_kernel()
{
	local dir release

	dir=$(cache_package "$@") || return 1
	for release in "$dir"/lib/modules/*; do
		[ -f "$release/modules.dep" ] && continue
		# Both of two at once write the same; kmod's depmod renames its files into place.
		PATH=$PATH:/sbin:/usr/sbin depmod -b "$dir" "${release##*/}" || return 1
	done
	echo "$dir"
}

# Prints the tree of the stock kernel's source, unpacked from the tarball in its linux-source package.
cache_kernel_source()
{
	local version=${1:-$KSPLICE_KERNEL_VERSION} name=linux-source-$KSPLICE_KERNEL_SERIES dir deb tmp

	dir=$KSPLICE_CACHE/source/${name}_$version
	mkdir -p "$KSPLICE_CACHE/source" || return 1
	if [ ! -d "$dir" ]; then
		exec {cache_source_lock}>"$KSPLICE_CACHE/source/.lock" || return 1
		flock "$cache_source_lock"
	fi
	if [ ! -d "$dir" ]; then
		deb=$(cache_deb "$name" "$version") || return 1
		tmp=$(mktemp -d "$KSPLICE_CACHE/source/.tmp.XXXXXX") || return 1
		# Straight through: the package's tarball need not lie on the disk as well.
		if ! dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards "./usr/src/$name.tar.*" |
		     xz -dc -T0 | tar -xC "$tmp" || ! mv -T "$tmp/$name" "$dir"; then
			rm -rf "$tmp"
			cache_say "cannot unpack $deb"
			return 1
		fi
		rm -rf "$tmp"
	fi
	[ -z "${cache_source_lock-}" ] || { exec {cache_source_lock}>&-; unset cache_source_lock; }
	echo "$dir"
}
