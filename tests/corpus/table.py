# SPDX-License-Identifier: GPL-2.0-or-later
"""The results as JSON and as Markdown."""
import collections
import json
import os

import cases
import guest
import reasons
import verdicts


def percent(part, whole):
    return round(100 * part / whole, 1) if whole else None


def totals(states):
    """Counts, percentages by the rules of the corpus, seconds of CPU."""
    by = collections.Counter(s["verdict"] for s in states)
    grades = collections.Counter(reasons.rightly(s)[0] for s in states)
    strict, wider = grades[reasons.STRICT], grades[reasons.STRICT] + grades[reasons.WIDER]
    # What does not compile alone is counted apart; all others change object code or are known not to.
    changing = by[verdicts.SPLICED] + by[verdicts.REFUSED] + by[verdicts.FAILED]
    return {
        "cases": len(states),
        "verdicts": {v: by[v] for v in verdicts.ALL},
        "change_object_code": changing,
        "rightly_refused": strict,
        "rightly_refused_by_the_wider_list": wider,
        "spliced_percent_of_not_rightly_refused": percent(by[verdicts.SPLICED], changing - strict),
        "spliced_percent_by_the_wider_list": percent(by[verdicts.SPLICED], changing - wider),
        "spliced_percent_of_changing": percent(by[verdicts.SPLICED], changing),
        "not_classified": sorted({verdicts.sort_of(text) for s in states for text in reasons.unknown(s)}),
        "cpu_seconds": round(sum(s["cpu"] for s in states), 1),
        "cpu_seconds_per_case": round(sum(s["cpu"] for s in states) / len(states), 2) if states else None,
        "vm": dict(collections.Counter(s["vm"]["verdict"] for s in states if s.get("vm"))),
    }


def percentages(t):
    """The lines that tell them, the one that counts first."""
    return ["%s %% spliced of what changes object code and is not rightly refused (%d of %d are, by the strict list)" % (
                t["spliced_percent_of_not_rightly_refused"], t["rightly_refused"], t["change_object_code"]),
            "%s %% by the wider list of what is rightly refused (%d are)" % (
                t["spliced_percent_by_the_wider_list"], t["rightly_refused_by_the_wider_list"]),
            "%s %% of all that changes object code" % t["spliced_percent_of_changing"]]


def vm_line(t):
    """What became of the updates in the VM, None if none was tried."""
    if not t["vm"]:
        return None
    tried = sum(t["vm"].values()) - t["vm"].get(guest.NOT_TRIED, 0)
    return "of %d tried in the VM: %s" % (tried, ", ".join("%d %s" % (n, v) for v, n in sorted(
        t["vm"].items(), key=lambda item: item[0] == guest.NOT_TRIED)))


def grade_of(state, text):
    if state["verdict"] != verdicts.REFUSED:
        return ""
    row = reasons.row_of(text)
    return "%s list: %s" % (row.grade, row.category) if row.grade in (reasons.STRICT, reasons.WIDER) else \
        "no" if row.grade == reasons.NOT else row.category


def reason_rows(states):
    """(count, verdict, is it right, reason, an example) of all reasons, most frequent first. A case counts in each of its
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
            kinds[row] = grade_of(s, text)
    return [(n, v, kinds[(v, r)], r, examples[(v, r)]) for (v, r), n in counts.most_common()]


def write_json(path, about, states):
    graded = [dict(s, rightly=dict(zip(("list", "category"), reasons.rightly(s)))) if "reasons" in s else s for s in states]
    cases.write(path, json.dumps(dict(about, totals=totals(states), cases=graded), indent=1) + "\n")


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def markdown(about, states):
    t = totals(states)
    lines = ["## %(package)s %(old)s → %(new)s, on %(kernel)s" % about, ""]
    lines += ["| verdict | cases |", "|---|---:|"]
    lines += ["| %s | %d |" % (v, n) for v, n in t["verdicts"].items()]
    lines += ["| **all changed `.c` files that the configuration builds%s** | **%d** |" % (
        "" if t["cases"] == about["of"] else ", sample of %d" % about["of"], t["cases"]), ""]
    lines += ["- " + line for line in percentages(t)]
    lines += ["- CPU: %s s, %s s a case" % (t["cpu_seconds"], t["cpu_seconds_per_case"])]
    lines += ["- " + line for line in (vm_line(t),) if line]
    lines += ["- **refused with a text that tests/corpus/reasons.py does not know**: " + cell(text) for text in t["not_classified"]]
    rows = reason_rows(states)
    if rows:
        lines += ["", "| cases | verdict | reason | rightly refused? | example |", "|---:|---|---|---|---|"]
        lines += ["| %d | %s | %s | %s | `%s` |" % (n, v, cell(r), k, e) for n, v, k, r, e in rows]
    untried = [s for s in states if s.get("vm", {}).get("verdict") == guest.NOT_TRIED]
    if untried:
        lines += ["", "Not tried in the VM:", "", "| case | reason |", "|---|---|"]
        lines += ["| `%s` | %s |" % (s["name"], cell(s["vm"]["reason"])) for s in untried]
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
