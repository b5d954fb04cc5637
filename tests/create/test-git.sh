#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --git: source and diff are those of commits, whatever is checked out, and nothing of the repository is written to.
. "$(dirname "$0")/lib.sh"

export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
export HOME="$work/home" XDG_CACHE_HOME="$work/cache" GIT_CONFIG_NOSYSTEM=1
mkdir home repo
repo=$work/repo

# What fs/proc/ can be compiled from, with all that the configuration needs: a whole kernel takes minutes to commit.
git -C repo init -q -b main || die "no git"
git -C repo config gc.auto 0
git -C repo config core.compression 0
git -C repo --work-tree="$KSPLICE_SOURCE" add -f -- . ':!drivers/**/*.[ch]' ':!sound/**/*.[ch]' ':!Documentation' \
	':!arch/[a-wyz]*/**/*.[chS]' ':!tools/testing' ':!tools/perf' ':!net/**/*.c' ':!fs/[a-oq-z]*/**/*.[ch]' ':!**/*.dts*' || die "git add"
git -C repo --work-tree="$KSPLICE_SOURCE" add -f Documentation/Kconfig || die "git add"

# commit MESSAGE [FILE COMMAND]: of the index, after sed COMMAND in FILE; prints its name.
commit()
{
	if [ $# -gt 1 ]; then
		git -C repo show ":$2" | sed "$3" >edited
		git -C repo update-index --cacheinfo "100644,$(git -C repo hash-object -w --stdin <edited),$2"
		rm edited
	fi
	git -C repo commit -q --allow-empty -m "$1" && git -C repo rev-parse HEAD
}

from_git()
{
	rm -f ksplice-g.tar.gz
	"$tool" --workdir="$work/work" --config="$KSPLICE_CONFIG" --symvers="$KSPLICE_SYMVERS" --id=g "$@" >out 2>&1
	status=$?
}

manifest()
{
	tar -xOzf ksplice-g.tar.gz ksplice-g/manifest.json
}

# Name, kind, size and modification time of everything; access times do change.
snapshot()
{
	find repo -printf '%p %y %s %T@\n' | sort | sha256sum
}

root=$(commit "the kernel")
one=$(commit "proc: the command line is new" fs/proc/cmdline.c 's/saved_command_line/"new"/')
two=$(commit "proc: the load is another" fs/proc/loadavg.c 's/%u\/%d/%u,%d/')
git -C repo checkout -q --detach "$one" -- 2>/dev/null || git -C repo update-ref --no-deref HEAD "$one"
git -C repo read-tree "$one"
side=$(commit "proc: the version is another" fs/proc/version.c 's/seq_printf(m, linux_proc_banner/seq_putc(m, 32); &/')
merge=$(git -C repo commit-tree -p "$two" -p "$side" -m "a merge" "$(git -C repo merge-tree --write-tree "$two" "$side" 2>/dev/null ||
	git -C repo write-tree)")
git -C repo update-ref refs/heads/main "$two"
git -C repo symbolic-ref HEAD refs/heads/main
git -C repo tag merge "$merge"

# A sparse, converted, split and dirty checkout: none of it matters.
git -C repo config core.sparseCheckout true
git -C repo config core.autocrlf true
git -C repo config core.splitIndex true
git -C repo config diff.noprefix true
git -C repo config diff.external false
git -C repo config diff.mnemonicPrefix true
mkdir -p repo/.git/info repo/fs/proc
echo /fs/ >repo/.git/info/sparse-checkout
echo "not C" >repo/fs/proc/cmdline.c
echo "*.c -diff" >repo/.gitattributes
before=$(snapshot)

case_is "a commit"
from_git --git="$one" repo
wants 0 'changed  fs/proc/cmdline.o: cmdline_proc_show'
grep -q loadavg out && fail "also what a later commit changes"
manifest | grep -q "proc: the command line is new ($(echo "$one" | cut -c1-12))" || fail "description: $(manifest | grep description)"
case_is "it is the update that its diff makes"
git -C repo diff-tree -p --text --src-prefix=a/ --dst-prefix=b/ "$root" "$one" >one.diff
tar -xOzf ksplice-g.tar.gz ksplice-g/patch | cmp - one.diff || fail "another diff"

case_is "a name for it"
from_git --git=main repo
wants 0 'changed  fs/proc/loadavg.o: loadavg_proc_show'
grep -q cmdline out && fail "also what an earlier commit changes"
case_is "the source is that of the commit's parent"
grep -q '"new"' work/git/tree/fs/proc/cmdline.c || fail "not there"

case_is "what lies between two"
from_git --git="$root..main" --description="both" repo
wants 0 'changed  fs/proc/cmdline.o: cmdline_proc_show' 'changed  fs/proc/loadavg.o: loadavg_proc_show'
manifest | grep -q '"description": "both"' || fail "description: $(manifest | grep description)"
case_is "and back: the source is another than in the last run"
from_git --git="main..$one" repo
wants 0 'changed  fs/proc/loadavg.o' 'does not descend from the first'

case_is "one side of a merge"
from_git --git="merge^1..merge" repo
wants 0 'changed  fs/proc/version.o: version_proc_show'
case_is "a merge"
from_git --git=merge repo
wants 3 'is a merge' '--git=merge^1..merge or --git=merge^2..merge'
case_is "without a parent"
from_git --git="$root" repo
wants 3 'has no parent here' '--git=REV..REV'
case_is "nothing between"
from_git --git=main..main repo
wants 66 'nothing differs'
for rev in nonsense nonsense..main main..nonsense 0123456789012345678901234567890123456789; do
	case_is "unknown: $rev"
	from_git --git=$rev repo
	wants 3 'has no commit'
done
case_is "a file is no commit"
from_git --git=main:Makefile repo
wants 3 'has no commit'
for rev in main...main ..main main.. ... -x -x..main main..--output=x ''; do
	case_is "no form of a commit: '$rev'"
	from_git "--git=$rev" repo
	wants 2 '--git'
done
case_is "not a git tree"
from_git --git=main "$work/home"
wants 3 'not a git tree'
case_is "not a git tree, and the environment names another"
export GIT_DIR="$repo/.git" GIT_WORK_TREE="$work/home"
from_git --git=main "$work/home"
unset GIT_DIR GIT_WORK_TREE
wants 3 'not a git tree'
case_is "below the top of one"
from_git --git=main repo/fs
wants 3 'is not the top of a git tree'
case_is "no directory"
from_git --git=main absent
wants 1 'absent: No such file'
case_is "a diff as well"
from_git --git=main --patch=one.diff repo
wants 2 'no --patch'
from_git --git=main --patch-opt=-p0 repo
wants 2 'no --patch-opt'
# With a configuration that is not there, it ends when the source has been taken out of git.
export_only()
{
	"$tool" --config=absent "$@" repo >out 2>&1
	status=$?
	wants 1 'absent'
}

case_is "a changed export"
echo "half" >work/git/tree/Makefile
export_only --workdir="$work/work" --git="$one"
cmp -s work/git/tree/Makefile "$KSPLICE_SOURCE/Makefile" || fail "stays changed"
case_is "an interrupted run"
rm work/git/exported
echo "half" >work/git/tree/Makefile
echo "stray" >work/git/tree/fs/proc/Kbuild
echo >work/git/index.lock
export_only --workdir="$work/work" --git="$one"
cmp -s work/git/tree/Makefile "$KSPLICE_SOURCE/Makefile" || fail "stays half"
[ ! -e work/git/tree/fs/proc/Kbuild ] || fail "leaves what was there"
case_is "in use"
flock work/git/lock sleep 60 & sleeper=$!
sleep 0.5
echo $$ >work/git/lock
from_git --git="$one" repo
kill $sleeper
wants 1 'works there; wait for it'
case_is "by default, beside the work directories"
export_only --git=merge..main
set -- cache/ksplice/create/git-*/tree/fs/proc
[ -d "$1" ] || fail "not there"

case_is "the repository is as it was"
[ "$before" = "$(snapshot)" ] || fail "it is not: $(find repo -newer one.diff)"
case_is "a work directory in the repository"
from_git --git=main --workdir=repo/work repo
wants 2 'never written to'
finish
