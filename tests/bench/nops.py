#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nops.py [--limit=N] TREE FILE...: a diff that has functions of each FILE do a nop at first: all that an update could replace, or about N."""
import argparse
import difflib
import re
import sys

# Who is not an ordinary function, or (the names) is inlined into one that runs at boot alone.
NOT = re.compile(r"__init|__exit|__ref|noinstr|notrace|__sched|\binline\b|__always_inline|DEFINE|=|"
                 r"\b(init_gro_hash|netdev_create_hash|netdev_init|skb_init|skb_ext_total_length)\b")
NOP = "\tint bench_nop __maybe_unused = ({ asm volatile(\"nop\"); 0; });\n"


def head(lines, i):
    """What stands before the brace in line i."""
    first = i
    while first and lines[first - 1].strip() and not re.search(r"[;}/]\s*$", lines[first - 1]) and lines[first - 1][0] != "#":
        first -= 1
    return "".join(lines[first:i])


def bodies(lines):
    for i, line in enumerate(lines):
        text = head(lines, i) if line == "{\n" else ""
        if "(" in text and not NOT.search(text):
            yield i


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--limit", type=int)
    p.add_argument("tree")
    p.add_argument("files", nargs="+")
    opt = p.parse_args()
    texts = {}
    for name in opt.files:
        with open("%s/%s" % (opt.tree, name), encoding="utf-8", errors="surrogateescape") as f:
            texts[name] = f.readlines()
    found = [(name, i) for name, lines in texts.items() for i in bodies(lines)]
    # Spread over all files, so that units are about as large as those of a release's fixes.
    step = max(1.0, len(found) / (opt.limit or len(found)))
    chosen = {found[int(k * step)] for k in range(int(len(found) / step))}
    for name, lines in texts.items():
        new = []
        for i, line in enumerate(lines):
            new += [line, NOP] if (name, i) in chosen else [line]
        sys.stdout.writelines(difflib.unified_diff(lines, new, "a/" + name, "b/" + name))


sys.stdout.reconfigure(errors="surrogateescape")
main()
