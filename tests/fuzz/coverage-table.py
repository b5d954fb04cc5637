# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints what "llvm-cov export -summary-only" tells on standard input as a table; the argument is the directory that names begin in."""
import json
import os
import sys

data = json.load(sys.stdin)["data"][0]
rows = [(os.path.relpath(f["filename"], sys.argv[1]), f["summary"]) for f in data["files"]]
for name, summary in sorted(rows) + [("all", data["totals"])]:
    lines, functions = summary["lines"], summary["functions"]
    print(f"  {name:42} {lines['covered']:6} of {lines['count']:6} lines {lines['percent']:6.1f} %"
          f" {functions['covered']:5} of {functions['count']:5} functions")
