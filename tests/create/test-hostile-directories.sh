#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Another user who may write where we work could have his code run, and overwrite files through links: such places are refused
# before anything is made there. Nothing is compiled here: the diff does not apply, which is found once the place is good.
. "$(dirname "$0")/lib.sh"

cat >stale.diff <<'EOT'
--- a/fs/proc/cmdline.c
+++ b/fs/proc/cmdline.c
@@ -1,3 +1,3 @@
 no such line
-nor this
+nor that
 nor these
EOT
echo precious >precious
nobody=65534

# With a cache that is the test's.
plain_create()
{
	# shellcheck disable=SC2086
	XDG_CACHE_HOME=$work/cache timeout 60 "$tool" $kernel --patch=stale.diff "$@" "$KSPLICE_SOURCE" >out 2>&1
	status=$?
}

# watched DIRECTORY [ARG]...: then unchanged DIRECTORY tells whether something was made there.
watched()
{
	before=$(find "$1" -printf '%p %y %m %s %l\n' | sort)
	shift
	plain_create "$@"
}

unchanged()
{
	[ "$(find "$1" -printf '%p %y %m %s %l\n' | sort)" = "$before" ] || fail "something in $1 was changed"
	[ "$(cat precious)" = precious ] || fail "a file outside was overwritten"
}

case_is "a new directory is ours alone"
plain_create --workdir=new/w
wants 1 'stale.diff'
[ "$(stat -c %a new) $(stat -c %a new/w) $(stat -c %a new/w/lock)" = "700 700 600" ] || fail "modes $(stat -c %a new new/w)"

case_is "one that others may read is closed"
mkdir -m 755 readable
plain_create --workdir=readable
wants 1 'stale.diff'
[ "$(stat -c %a readable)" = 700 ] || fail "mode $(stat -c %a readable)"

case_is "... but not one that has no business with us"
mkdir -m 755 other
echo x >other/file
plain_create --workdir=other
wants 2 'no work directory of ksplice-create'
[ "$(stat -c %a other)" = 755 ] || fail "mode $(stat -c %a other)"

case_is "by a symlink of our own"
ln -s new link
plain_create --workdir=link/w
wants 1 'stale.diff'
ln -s nowhere dangling
plain_create --workdir=dangling
wants 1 'dangling'

case_is "others may write there"
for mode in 777 1777 775 772; do
	rm -rf open
	mkdir open
	: >open/lock
	chmod $mode open
	watched open --workdir=open
	wants 3 "$work/open: others may write there (mode" '--workdir=DIR'
	unchanged open
done

case_is "others may write above it"
mkdir above above/w
chmod 777 above
watched above --workdir=above/w
wants 3 "$work/above: others may write there"
unchanged above
watched above --workdir=above/new/w
wants 3 "$work/above: others may write there"
unchanged above
chmod 1777 above
plain_create --workdir=above/w
wants 1 'stale.diff'

case_is "the lock is a link to another file"
mkdir -m 700 linked
ln -s ../precious linked/lock
watched linked --workdir=linked
wants 1 'linked/lock'
unchanged linked
rm linked/lock
ln precious linked/lock
watched linked --workdir=linked
wants 3 'linked/lock: not a plain file of your own'
unchanged linked
rm linked/lock
mkfifo linked/lock
watched linked --workdir=linked
wants 3 'linked/lock: not a plain file of your own'
unchanged linked

case_is "the default, in a cache where others may write"
for dir in cache cache/ksplice cache/ksplice/create; do
	rm -rf cache
	mkdir -p $dir
	chmod 777 $dir
	watched cache
	wants 3 "$work/$dir: others may write there" '--workdir=DIR'
	unchanged cache
done
rm -rf cache
plain_create
wants 1 'stale.diff'
[ -z "$(find cache -maxdepth 3 ! -perm 700)" ] || fail "made for others too: $(find cache -maxdepth 3 ! -perm 700)"

if [ "$(id -u)" != 0 ]; then
	echo "not root: the cases with another user's directories are left out"
	finish
fi

case_is "another user's directory"
mkdir -m 755 theirs
: >theirs/lock
chown $nobody theirs
watched theirs --workdir=theirs
wants 3 "$work/theirs: belongs to another user (uid $nobody)" '--workdir=DIR'
unchanged theirs

case_is "below another user's directory"
mkdir -m 755 theirs/ours
watched theirs --workdir=theirs/ours
wants 3 "$work/theirs: belongs to another user"
unchanged theirs

case_is "the lock is another user's"
mkdir -m 700 their-lock
: >their-lock/lock
chown $nobody their-lock/lock
watched their-lock --workdir=their-lock
wants 3 'their-lock/lock: not a plain file of your own'
unchanged their-lock

case_is "HOME kept from another user"
rm -rf cache
mkdir -m 755 home
chown $nobody home
before=$(find home)
# shellcheck disable=SC2086
env -u XDG_CACHE_HOME HOME="$work/home" "$tool" $kernel --patch=stale.diff "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 3 "$work/home: belongs to another user" 'sudo -E' '--workdir=DIR'
[ "$(find home)" = "$before" ] || fail "made something there"
finish
