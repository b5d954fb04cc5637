#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --git takes the commit's files as they are in it, whatever attributes and configuration the repository has, and runs none of
# the programs that a repository can name: one that was unpacked from an archive brings its own .git/config.
. "$(dirname "$0")/lib.sh"

export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
export HOME="$work/home" XDG_CACHE_HOME="$work/cache" GIT_CONFIG_NOSYSTEM=1
mkdir home home/git hooks elsewhere
files="ident.c crlf.c lf.c umlaut.c left-out.c substituted.c .gitattributes"

# Whatever runs it, and by whatever name, is found out.
cat >evil <<END
#!/bin/sh
echo "\$0 \$*" >>$work/ran
timeout 5 cat
END
chmod +x evil

# put FILE: what is on standard input becomes a file of the index.
put()
{
	git -C repo update-index --add --cacheinfo "100644,$(git -C repo hash-object -w --no-filters --stdin),$1"
}

# commit DIRECTORY: of the index; its files, byte for byte, go to DIRECTORY.
commit()
{
	git -C repo commit -q -m "$1"
	mkdir "$1"
	for file in $files; do
		git -C repo cat-file blob ":$file" >"$1/$file"
	done
}

git init -q -b main repo || die "no git"
# shellcheck disable=SC2016
printf 'one $Id$\ntwo\n' | put ident.c
printf 'one\r\ntwo\r\n' | put crlf.c
printf 'one\ntwo\n' | put lf.c
printf '\303\244\n' | put umlaut.c
printf 'one\n' | put left-out.c
# shellcheck disable=SC2016
printf '$Format:%%H$\n' | put substituted.c
cat <<'END' | put .gitattributes
ident.c ident
*.c text eol=crlf filter=evil diff=evil
umlaut.c working-tree-encoding=UTF-16
left-out.c export-ignore
substituted.c export-subst
END
commit before
# shellcheck disable=SC2016
printf 'one $Id$\nthree\n' | put ident.c
printf 'one\r\nthree\r\n' | put crlf.c
commit after
cp -r repo partial

for option in core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.alternateRefsCommand credential.helper \
	diff.external diff.evil.textconv diff.evil.command filter.evil.smudge filter.evil.clean filter.evil.process gpg.program \
	uploadpack.packObjectsHook; do
	git -C repo config "$option" "$work/evil"
done
git -C repo config core.hooksPath "$work/hooks"
git -C repo config alias.rev-parse "!$work/evil"
git -C repo config alias.read-tree "!$work/evil"
git -C repo config log.showSignature true
git -C repo config filter.evil.required true
git -C repo config core.autocrlf true
git -C repo config core.eol crlf
for hook in post-index-change post-checkout reference-transaction fsmonitor-watchman; do
	cp evil hooks/$hook
	cp evil repo/.git/hooks/$hook
done
mkdir -p repo/.git/info
echo '*.c text eol=crlf ident filter=evil diff=evil' >repo/.git/info/attributes
cp repo/.git/info/attributes home/git/attributes
git config --file home/.gitconfig filter.evil.smudge "$work/evil"
git config --file home/.gitconfig core.attributesFile "$work/home/git/attributes"
rm -f ran

# It ends when the source has been taken out of git: that is no kernel.
export_only()
{
	timeout 60 "$tool" --config=absent --workdir="$work/work" "$@" >out 2>&1
	status=$?
}

# exact DIRECTORY: the exported source is that of the commit.
exact()
{
	wants 1 'work/git/tree: not a kernel source tree'
	for file in $files; do
		cmp "$1/$file" "work/git/tree/$file" >&2 || fail "$file is another"
	done
}

no_program()
{
	[ ! -e ran ] || fail "these have run: $(cat ran)"
	rm -f ran
}

case_is "the commit's bytes"
export_only --git=main repo
exact before
no_program
case_is "the diff is that of the bytes"
grep -v '^[-+][-+]' work/git/diff | grep '^[-+]' >lines
# shellcheck disable=SC2016
printf -- '-two\r\n+three\r\n-two\n+three\n' | cmp - lines || fail "$(cat -A lines)"
case_is "of another commit"
export_only --git=main..main^ repo
exact after
no_program

case_is "an export of a version that let git convert is made anew"
mv work/git/exported work/git/complete
printf 'one\r\ntwo\r\n' >work/git/tree/lf.c
git --git-dir=repo/.git config core.fsmonitor false
touch work/git/tree/stray
export_only --git=main repo
exact before
[ ! -e work/git/tree/stray ] || fail "leaves what was there"

case_is "a working tree elsewhere plays no part"
git --git-dir=repo/.git config core.worktree "$work/elsewhere"
export_only --git=main repo
exact before
case_is "neither do grafts"
git --git-dir=repo/.git config --unset core.worktree
git -C repo rev-parse main >repo/.git/info/grafts
export_only --git=main repo
exact before
rm repo/.git/info/grafts
no_program

# Whoever promised it would be asked for it, by whatever command the repository says.
case_is "a missing object is not fetched"
for option in core.repositoryFormatVersion=1 extensions.partialClone=origin remote.origin.promisor=true \
	protocol.allow=always "remote.origin.url=ext::$work/evil"; do
	git -C partial config "${option%%=*}" "${option#*=}"
done
blob=$(git -C partial rev-parse main^:lf.c)
rm -rf work
rm -f "partial/.git/objects/$(echo "$blob" | cut -c1-2)/$(echo "$blob" | cut -c3-)" ran
export_only --git=main partial
wants 1 "$blob"
no_program
case_is "nor a commit"
rm -f "partial/.git/objects/$(git -C repo rev-parse main | sed 's#^..#&/#')" ran
export_only --git=main partial
wants 3 'has no commit'
no_program

case_is "a working tree beside the first"
git -C repo worktree add -q --no-checkout --detach ../beside main^ >out 2>&1 || fail "no worktree"
rm -f ran
export_only --git=HEAD..main beside
exact before
no_program
case_is "nothing was written to it"
[ ! -e repo/.git/index.lock ] && git -C repo diff-index --cached --quiet main || fail "the index is another"
finish
