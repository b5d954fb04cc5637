# SPDX-License-Identifier: GPL-2.0-or-later
"""The results as JSON and as Markdown."""
import collections
import json
import os

import cases
import verdicts


def percent(part, whole):
    return round(100 * part / whole, 1) if whole else None


def totals(states):
    """Counts, percentages by the rules of the corpus, seconds of CPU."""
    by = collections.Counter(s["verdict"] for s in states)
    rightly = sum(1 for s in states if s.get("rightly"))
    # What does not compile alone is counted apart; all others change object code or are known not to.
    changing = by[verdicts.SPLICED] + by[verdicts.REFUSED] + by[verdicts.FAILED]
    return {
        "cases": len(states),
        "verdicts": {v: by[v] for v in verdicts.ALL},
        "change_object_code": changing,
        "rightly_refused": rightly,
        "spliced_percent_of_changing": percent(by[verdicts.SPLICED], changing),
        "spliced_percent_of_not_rightly_refused": percent(by[verdicts.SPLICED], changing - rightly),
        "cpu_seconds": round(sum(s["cpu"] for s in states), 1),
        "cpu_seconds_per_case": round(sum(s["cpu"] for s in states) / len(states), 2) if states else None,
        "vm": dict(collections.Counter(s["vm"]["verdict"] for s in states if s.get("vm"))),
    }


def reason_rows(states):
    """(count, verdict, category or '', reason, an example) of all reasons, most frequent first. A case counts in each of its
    sorts once."""
    counts, examples, kinds = collections.Counter(), {}, {}
    for s in states:
        texts = [r["reason"] for r in s.get("reasons", ())] or ([s["reason"]] if "reason" in s else [])
        if s["verdict"] in (verdicts.NO_CHANGE, verdicts.NEEDS):
            continue
        for sort, text in {verdicts.sort_of(t): t for t in texts}.items():
            row = (s["verdict"], sort)
            counts[row] += 1
            examples.setdefault(row, s["name"])
            kinds[row] = verdicts.category(text) or ""
    return [(n, v, kinds[(v, r)], r, examples[(v, r)]) for (v, r), n in counts.most_common()]


def write_json(path, about, states):
    cases.write(path, json.dumps(dict(about, totals=totals(states), cases=states), indent=1) + "\n")


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def markdown(about, states):
    t = totals(states)
    lines = ["## %(package)s %(old)s → %(new)s, on %(kernel)s" % about, ""]
    lines += ["| verdict | cases |", "|---|---:|"]
    lines += ["| %s | %d |" % (v, n) for v, n in t["verdicts"].items()]
    lines += ["| **all changed `.c` files that the configuration builds%s** | **%d** |" % (
        "" if t["cases"] == about["of"] else ", sample of %d" % about["of"], t["cases"]), ""]
    lines += ["- change object code and compile alone: %d; spliced of these: %s %%" % (
        t["change_object_code"], t["spliced_percent_of_changing"])]
    lines += ["- rightly refused: %d; spliced of the others: %s %%" % (
        t["rightly_refused"], t["spliced_percent_of_not_rightly_refused"])]
    lines += ["- CPU: %s s, %s s a case" % (t["cpu_seconds"], t["cpu_seconds_per_case"])]
    if t["vm"]:
        lines += ["- applied and undone in the VM: %s" % ", ".join("%d %s" % (n, v) for v, n in t["vm"].items())]
    rows = reason_rows(states)
    if rows:
        lines += ["", "| cases | verdict | reason | rightly, as | example |", "|---:|---|---|---|---|"]
        lines += ["| %d | %s | %s | %s | `%s` |" % (n, v, cell(r), k, e) for n, v, k, r, e in rows]
    apart = [s for s in states if s["verdict"] == verdicts.NEEDS]
    if apart:
        lines += ["", "Do not compile or link alone:", "", "| case | first error |", "|---|---|"]
        lines += ["| `%s` | `%s` |" % (s["name"], cell(s["reason"])) for s in apart]
    return "\n".join(lines) + "\n"


def write_markdown(path, about, states):
    """Replaces the part of the file that is about this pair and flavour, else adds it; the rest of the file is kept."""
    write_part(path, "%(package)s %(old)s %(new)s %(flavour)s" % about, markdown(about, states))


def write_part(path, mark, part):
    begin, end = "<!-- begin %s -->\n" % mark, "<!-- end %s -->\n" % mark
    text = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            text = f.read()
    part = begin + part + end
    if begin in text and end in text:
        text = text[:text.index(begin)] + part + text[text.index(end) + len(end):]
    else:
        text = text.rstrip("\n") + ("\n\n" if text else "") + part
    cases.write(path, text)
