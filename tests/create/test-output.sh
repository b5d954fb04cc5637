#!/bin/sh
# The update file: written through nobody's link, with the mode that the umask says, as a whole or not at all, and nothing is
# left beside it.
. "$(dirname "$0")/lib.sh"

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff
echo precious >precious

# shellcheck disable=SC2154
make_update()
{
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=out $kernel "$@" "$KSPLICE_SOURCE"
}

case_is "a link where a temporary file could be"
mkdir links
ln -s ../precious links/x.tar.gz.tmp
ln -s ../precious links/x.tar.gz.new
make_update -o links/x.tar.gz
wants 0
[ "$(cat precious)" = precious ] || fail "wrote through a link"
tar -tzf links/x.tar.gz >/dev/null || fail "no update"
[ "$(ls links)" = "$(printf '%s\n' x.tar.gz x.tar.gz.new x.tar.gz.tmp)" ] || fail "left behind: $(ls links)"

case_is "a link in its place is replaced"
ln -s ../precious links/y.tar.gz
make_update -o links/y.tar.gz
wants 0
[ ! -L links/y.tar.gz ] || fail "wrote through the link"
[ "$(cat precious)" = precious ] || fail "wrote through the link"

case_is "mode"
for mask in 022 027 077; do
	mkdir $mask
	(umask $mask && make_update -o $mask/x.tar.gz && exit "$status")
	status=$?
	wants 0
	[ "$(stat -c %a $mask/x.tar.gz)" = "$(printf %o $((0666 & ~0$mask)))" ] ||
		fail "mode $(stat -c %a $mask/x.tar.gz) with umask $mask"
done

case_is "a failure leaves nothing"
mkdir -p full/x.tar.gz
make_update -o full/x.tar.gz
wants 1 'full/x.tar.gz'
[ "$(ls -A full)" = x.tar.gz ] || fail "left behind: $(ls -A full)"
make_update -o absent/x.tar.gz
wants 1 'absent/x.tar.gz'
[ ! -e absent ] || fail "made a directory"
finish
