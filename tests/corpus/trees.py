# SPDX-License-Identifier: GPL-2.0-or-later
"""What differs between two source trees."""
import os
import subprocess

# What is no part of a running kernel whatever the configuration; saves reading it twice.
SKIPPED = ("Documentation", "LICENSES", "samples", "scripts", "tools", "usr", "debian")
SUFFIXES = (".c", ".h", ".S")


def files(tree):
    """Paths, relative to the tree, of the files that code is made from."""
    for top, dirs, names in os.walk(tree):
        if top == tree:
            dirs[:] = [d for d in dirs if d not in SKIPPED]
        dirs.sort()
        rel = os.path.relpath(top, tree)
        for name in names:
            if name.endswith(SUFFIXES) and not os.path.islink(os.path.join(top, name)):
                yield name if rel == "." else "%s/%s" % (rel, name)


def read(tree, name):
    with open(os.path.join(tree, name), "rb") as f:
        return f.read()


def compare(old, new):
    """{"changed": [...], "added": [...], "removed": [...]}, each sorted."""
    olds, news = set(files(old)), set(files(new))
    both = sorted(olds & news)
    changed = [n for n in both if os.stat(os.path.join(old, n)).st_size != os.stat(os.path.join(new, n)).st_size
               or read(old, n) != read(new, n)]
    return {"changed": changed, "added": sorted(news - olds), "removed": sorted(olds - news)}


def diff(old, new, name, context=3):
    """Unified diff of one file, as text."""
    done = subprocess.run(["diff", "-pU%d" % context, "--label", "a/" + name, "--label", "b/" + name,
                           os.path.join(old, name), os.path.join(new, name)],
                          stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"))
    if done.returncode not in (0, 1):
        raise OSError("diff of %s fails" % name)
    return done.stdout.decode("utf-8", "surrogateescape")


def new_file_diff(new, name):
    """Unified diff that adds the file, as text."""
    done = subprocess.run(["diff", "-up", "--label", "/dev/null", "--label", "b/" + name, "/dev/null",
                           os.path.join(new, name)], stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"))
    return done.stdout.decode("utf-8", "surrogateescape")


def blank_line_diff(old, name):
    """A diff that moves the lines of the file and changes nothing: a blank line at the top and behind each function."""
    lines = read(old, name).decode("utf-8", "surrogateescape").split("\n")
    # To insert before the first line, patch(1) wants to see it: "-0,0" would be a new file.
    hunks = ["@@ -1 +1,2 @@\n+\n %s\n" % lines[0]]
    for number, line in enumerate(lines[1:-1], 2):
        if line == "}":
            hunks.append("@@ -%d,0 +%d @@\n+\n" % (number, number + len(hunks) + 1))
    return "--- a/%s\n+++ b/%s\n%s" % (name, name, "".join(hunks))
