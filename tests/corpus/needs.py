# SPDX-License-Identifier: GPL-2.0-or-later
"""What else of a release does a case need? Read from what the compiler, or ksplice-create, misses.

A file's own hunks may use what a header's hunks add, or what another file's do; and a header's hunks may change what other
files must follow. Files of the release are added one error at a time, until it compiles.
"""
import os
import re

import trees

FILES_MAX = 64	# of a case: beyond that it is no case any more
ROUNDS_MAX = 12	# runs of ksplice-create for one case
ERROR = re.compile(r"^\s*(?:\S*/src/)?((?:[\w.+-]+/)+[\w.+-]+\.[chS]):\d+(?::\d+)?: (?:fatal )?error: (.*)", re.M)
# What the linker would miss: a symbol that no file has yet, one that the diff has taken from files that still use it; or would have twice.
NEW_SYMBOL = re.compile(r"newly referred to, but |removed, but \S+ uses this name, |"
                        r"new, but another file of the kernel has .{1,20} of this name already")


INCLUDE = re.compile(r"^\s*#\s*include\s+[<\"]([^>\"]+)[>\"]", re.M)
# Where the compiler looks for headers of all units; flags of directories may name more.
BASES = ("include", "include/uapi", "arch/x86/include", "arch/x86/include/uapi", "arch/powerpc/include", "arch/powerpc/include/uapi")


class Release:
    """The changes between two trees, by file and by word."""

    def __init__(self, old, new, changes, built):
        self.old, self.new = old, new
        self.added_files = {n for n in changes["added"] if n.endswith((".c", ".h"))}
        self.files = set(changes["changed"]) | self.added_files
        self.built = set(built)
        self.direct, self.all_included = {}, {}
        self.diffs, self.lines, self.words, self.near = {}, {}, {}, {}
        for name in self.files:
            if name.endswith(".h") or name in self.built:
                self.index(name)

    def diff(self, name):
        if name not in self.diffs:
            self.diffs[name] = trees.diff(self.old, self.new, name) if name not in self.added_files else \
                trees.new_file_diff(self.new, name)
        return self.diffs[name]

    def wide_diff(self, name):
        return self.diff(name) if name in self.added_files else trees.diff(self.old, self.new, name, 12)

    def index(self, name):
        lines = [l for l in self.diff(name).splitlines() if l[:1] in "+-" and l[:3] not in ("+++", "---")]
        self.lines[name] = lines
        for word in set(re.findall(r"[A-Za-z_]\w+", "\n".join(lines))):
            self.words.setdefault(word, set()).add(name)
        # A prototype's changed parameters may be on a line without its name.
        for word in set(re.findall(r"([A-Za-z_]\w+)\)?\s*\(", self.wide_diff(name))) if name.endswith(".h") else ():
            self.near.setdefault(word, set()).add(name)

    def includes(self, name):
        """The new tree's headers that a file names in its #include lines."""
        if name not in self.direct:
            text = trees.read(self.new, name).decode("utf-8", "replace") if os.path.exists(os.path.join(self.new, name)) else ""
            places = (os.path.dirname(name), os.path.dirname(os.path.dirname(name))) + BASES
            found = [[os.path.normpath(os.path.join(base, path)) for base in places] for path in INCLUDE.findall(text)]
            found = [next((h for h in headers if not h.startswith("..") and os.path.isfile(os.path.join(self.new, h))), None) for headers in found]
            self.direct[name] = [h for h in found if h]
        return self.direct[name]

    def included(self, name):
        """Those, and what they include, nearest first."""
        if name not in self.all_included:
            found, todo = {}, [name]
            while todo:
                for header in self.includes(todo.pop(0)):
                    if header not in found:
                        found[header] = True
                        todo.append(header)
            self.all_included[name] = found
        return self.all_included[name]

    def gone(self, header):
        """Functions and macros that its hunks take away, or rename; by the look of the lines."""
        text = "\n".join(l[1:] for l in self.lines[header] if l[0] == "-")
        found = set(re.findall(r"(?m)^#\s*define\s+([A-Za-z_]\w+)", text)) | \
            set(re.findall(r"(?m)^[A-Za-z_][^=;(]*?\b([A-Za-z_]\w+)\s*\(", text))
        return {w for w in found if not self.has(header, w)}

    def has(self, name, word):
        """Is the word still in the file?"""
        path = os.path.join(self.new, name)
        return os.path.exists(path) and re.search(r"\b%s\b" % re.escape(word), trees.read(self.new, name).decode("utf-8", "replace")) is not None

    def users_of_gone(self, header, files):
        """
        The changed files that used what the header no longer has, and do not any more: they must come along. fs/btrfs/extent-io-tree.h
        of 6.12.111 renames lock_extent(), which 16 files follow.
        """
        names = {n for w in self.gone(header) for n in self.words[w] if not self.has(n, w)}
        return sorted(n for n in names if n not in files and n != header and may_include([n], header))

    def merged(self, names):
        return "".join(self.diff(n) for n in sorted(names))

    def adds(self, name, word):
        return any(l[0] == "+" and re.search(r"\b%s\b" % re.escape(word), l) for l in self.lines[name])

    def declares(self, name, word):
        """Has a changed line of the header the word as what it declares? By the look of the line."""
        pattern = re.compile(r"^.(#\s*define\s+%s\b|.*\b%s\s*([(),;:=\[{]|$)|.*\bstruct %s\b)" % ((re.escape(word),) * 3))
        return any(pattern.match(l) for l in self.lines[name])

    def defines_macro(self, name, word):
        return any(re.match(r".#\s*define\s+%s\b" % re.escape(word), l) for l in self.lines[name])

    def defines(self, name, word):
        """Does the file get a function or variable of that name, or export it from now on? By the look of the line."""
        pattern = re.compile(r"^\+([A-Za-z_].*\b%s\b\s*[(=;\[]|EXPORT_SYMBOL\w*\(%s\b)" % ((re.escape(word),) * 2))
        return any(pattern.match(l) for l in self.lines[name])


def distance(a, b):
    """How far two files are from each other, in directories."""
    x, y = a.split("/")[:-1], b.split("/")[:-1]
    same = len(os.path.commonprefix([x, y]))
    return len(x) + len(y) - 2 * same


def header_for(word, failing, files, release):
    """The changed header that most likely has what is missed: one that adds the word, included by the file, near it."""
    found = [n for n in release.words.get(word, ()) if n.endswith(".h") and n not in files and
             (release.declares(n, word) or os.path.dirname(n) == os.path.dirname(failing))]
    text = ""
    for tree in (release.new, release.old):
        if os.path.exists(os.path.join(tree, failing)):
            text += trees.read(tree, failing).decode("utf-8", "replace")

    if not found:
        found = [n for n in release.near.get(word, ()) if n not in files]

    def rank(name):
        return (name not in release.included(failing), not release.adds(name, word), not release.defines(name, word), os.path.basename(name) not in text, "/asm/" in name,
                not name.startswith("include/"), distance(name, failing), name)
    return min(found, key=rank, default=None)


def source_for(word, failing, files, release):
    """The changed file that defines what is missed."""
    found = [n for n in release.words.get(word, ()) if n.endswith(".c") and n not in files and release.defines(n, word)]
    return min(found, key=lambda n: (distance(n, failing), n), default=None)


def giver_for(word, failing, files, release):
    """The changed file that no longer defines what another one has now: fs/btrfs/ioctl.c of 6.12.111, btrfs_is_empty_uuid()."""
    pattern = re.compile(r"^-[A-Za-z_].*\b%s\b\s*[(=;\[]" % re.escape(word))
    found = [n for n in release.words.get(word, ()) if n.endswith(".c") and n not in files and
             any(pattern.match(l) for l in release.lines[n])]
    return min(found, key=lambda n: (distance(n, failing), n), default=None)


def user_for(word, failing, files, release):
    """The changed file that no longer uses what is gone."""
    found = [n for n in release.words.get(word, ()) if n not in files and
             any(l[0] == "-" and re.search(r"\b%s\b" % re.escape(word), l) for l in release.lines[n])]
    return min(found, key=lambda n: (distance(n, failing), n), default=None)


# Which of the quoted names an error is about: (pattern, number of the name).
ABOUT = [(re.compile(pattern), number) for pattern, number in (
    (r"has no member named", 1),
    (r"implicit declaration of function|undeclared|unknown type name|conflicting types for|redefinition of", 0),
    (r"too (many|few) arguments to|incomplete type|invalid use of undefined type|declared inside parameter list", 0),
    (r"storage size of", 0),
    (r"^passing argument \d+ of", 0),
)]

# gcc's location lines, and the lines of code that it quotes: "  934 |  .syn_recv_sock = dccp_v4_request_recv_sock,".
PLACE = re.compile(r"^\s*(?:\S*/src/)?((?:[\w.+-]+/)+[\w.+-]+\.[chS]):\d+(?::\d+)?: ")
QUOTED = re.compile(r"^\s*\d+ \| (.*)")
NEAR = re.compile(r"\(near initialization for '[^']*\.(\w+)'\)")


def words_of(message):
    """Names that an error is about, the likeliest first; none for an error of another kind."""
    number = next((n for pattern, n in ABOUT if pattern.search(message)), None)
    quoted = re.findall(r"'([^']*)'", message)
    if number is None or number >= len(quoted):
        return []
    words = reversed(re.findall(r"[A-Za-z_]\w+", quoted[number]))
    return [w for w in dict.fromkeys(words) if len(w) > 2 and w not in ("struct", "const", "int", "void")][:1]


def shown_words(place, text, files):
    """
    Names in the code of @files that is quoted below an error in @place: members, and others. An error may be in a macro that the message
    is about (READ_ONCE() of a bit-field), or about a type that has no name.
    """
    code = []
    for line in text.splitlines():
        found = PLACE.match(line)
        place = found.group(1) if found else place
        quoted = QUOTED.match(line)
        if quoted and place in files:
            code.append(quoted.group(1))
    members = NEAR.findall(text) + re.findall(r"(?:->|\.)\s*([A-Za-z_]\w+)", "\n".join(code))
    return dict.fromkeys(members), dict.fromkeys(re.findall(r"[A-Za-z_]\w+", "\n".join(code)))


def may_include(files, name):
    """Could one of @files include the header, by the look of its path?"""
    if name.startswith("include/") or "/include/" in name:
        return True
    return any(os.path.commonprefix([os.path.dirname(f), os.path.dirname(name)]) == os.path.dirname(name) for f in files)


def header_shown(failing, rest, files, release):
    """The header that what is quoted below an error is about."""
    members, others = shown_words(failing, rest, files)
    known = {n for f in files for n in release.included(f)}
    for word in members:
        name = header_for(word, failing, files, release)
        if name and name in known and (release.declares(name, word) or name in release.near.get(word, ())):
            return name
    for word in others:
        name = header_for(word, failing, files, release)
        # Words such as "size" are everywhere.
        beside = name and any(os.path.dirname(f) == os.path.dirname(name) for f in files)
        if name and name in known and (release.defines_macro(name, word) or (beside and release.declares(name, word))):
            return name
    return None


# BUILD_BUG_ON() and static_assert(): what they are about is a size or a constant, which has no name in the message.
ASSERTION = re.compile(r"call to '__compiletime_assert_\d+' declared with attribute error|static assertion failed")
ABSENT = re.compile(r"^(\S+\.h): No such file or directory")


def new_header(message, failing, files, release):
    """The header that the release adds and the file includes."""
    path = ABSENT.match(message)
    found = [n for n in release.added_files if path and n not in files and n.endswith("/" + os.path.normpath(path.group(1)).lstrip("./"))]
    return min(found, key=lambda n: (not may_include([failing], n), distance(n, failing), n), default=None)


def tracepoint_header(word, failing, files, release):
    """
    That of trace_nfsd_cb_seq_status() has TRACE_EVENT(nfsd_cb_seq_status, ...), and that of trace_smb3_copychunk_err() a macro of its own with
    the end of the name; what changes may be some lines below.
    """
    parts = word.split("_")
    ends = [re.escape("_".join(parts[i:])) for i in range(1, len(parts) - 1)] if parts[0] == "trace" else []
    headers = [n for n in release.files if n.endswith(".h") and "trace" in n and n not in files and may_include([failing], n)]
    for end in ends:
        pattern = re.compile(r"\b[A-Z][A-Z0-9_]*\(\s*%s\b" % end)
        found = [n for n in headers if pattern.search(release.wide_diff(n))]
        if found:
            return min(found, key=lambda n: (distance(n, failing), n))
    return None


def header_asserted(files, release):
    """The nearest changed header that one of @files includes."""
    found = [n for f in files if f.endswith(".c") for n in release.included(f) if n in release.files and n not in files]
    return min(found, key=lambda n: min(distance(n, f) for f in files), default=None)


def errors(text):
    """(file, message, what the compiler says until the next one) of each error."""
    found = list(ERROR.finditer(text))
    for i, m in enumerate(found):
        yield m.group(1), m.group(2), text[m.end():found[i + 1].start() if i + 1 < len(found) else len(text)]


def first_missed(error_text, refusals, files, release):
    """The file to add to @files; None: nothing is known that would help."""
    for failing, message, rest in errors(error_text):
        name = new_header(message, failing, files, release)
        if name:
            return name
        for word in words_of(message):
            name = header_for(word, failing, files, release) or tracepoint_header(word, failing, files, release)
            if name:
                return name
        name = None if words_of(message) else header_shown(failing, rest, files, release)
        if not name and ASSERTION.search(message):
            name = header_asserted(files, release)
        if name:
            return name
        if failing in release.files and failing not in files and (failing in release.built or failing.endswith(".h")):
            return failing
        for word in words_of(message):
            name = source_for(word, failing, files, release)
            if name:
                return name
    for symbol, unit in refusals:
        name = source_for(symbol, unit, files, release) or giver_for(symbol, unit, files, release) or \
            user_for(symbol, unit, files, release)
        if name:
            return name
    return None


def missed(error_text, refusals, files, release):
    """Files to add to @files, a list; empty: nothing is known that would help."""
    found, todo = [], [first_missed(error_text, refusals, files, release)]
    while todo:
        name = todo.pop()
        if name and name not in found:
            found.append(name)
            todo += release.users_of_gone(name, files + found) if name.endswith(".h") else []
    return found


def new_symbols(answer):
    """(symbol, unit) of refusals that are about a symbol which the linker would miss; None if there are others."""
    found = []
    for r in answer.get("refusals", ()):
        if not NEW_SYMBOL.search(r["reason"]):
            return None
        unit, _, symbol = r["where"].rpartition(": ")
        found.append((symbol, unit))
    return found
