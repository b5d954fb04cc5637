# SPDX-License-Identifier: GPL-2.0-or-later
"""From what ksplice-create said to a verdict; and the list of what it rightly refuses."""
import re

SPLICED, NO_CHANGE, REFUSED = "spliced", "no object change", "refused"
FAILED, NOT_BUILT, NEEDS = "failed", "not built", "needs header"
ALL = (SPLICED, NO_CHANGE, REFUSED, FAILED, NEEDS, NOT_BUILT)

# Rightly refused: nobody can splice these without code written by hand. A pattern is searched in the text of a refusal;
# what no pattern fits is not rightly refused. (category, pattern)
RIGHTLY = [(category, re.compile(pattern)) for category, pattern in (
    ("init code that has run", r"the kernel ran this at boot or when the module was loaded"),
    ("init code that has run", r"a new initcall or boot parameter: boot is over"),
    ("init code that has run", r": the kernel went through this table .* at boot"),
    ("initial value or layout of existing data", r": a table of the kernel's own .* that cannot be changed or grow"),
    ("initial value or layout of existing data", r": existing entry of a table of "),
    ("initial value or layout of existing data", r": existing data, which has had other values"),
    ("initial value or layout of existing data", r": existing per-CPU data"),
    ("initial value or layout of existing data", r": a constant that other units of the kernel see too"),
    ("initial value or layout of existing data", r": changed layout or meaning of objects that were made before the update"),
    ("initial value or layout of existing data", r"changes what assembler code knows about C structures"),
    ("initial value or layout of existing data", r": if it moved, its value would be lost"),
    ("initial value or layout of existing data", r": no function that can be replaced refers to it"),
    ("vDSO, boot, real-mode, early code", r"runs before the kernel|runs between two kernels|code of the vDSO"),
    ("vDSO, boot, real-mode, early code", r"it runs before the kernel does"),
    ("noinstr, entry, NMI code", r"marked noinstr: |an interrupt or exception that cannot be held off runs it"),
    ("what splicing runs on", r"so it runs while it would be rewritten|splicing writes the hooks with it"),
    ("what splicing runs on", r"splicing checks the stacks with it"),
    ("too short for a hook", r"has \d+ bytes: no room for the \d+ of a hook"),
    ("never quiet", r"so it is never quiet"),
)]

# ksplice-create ends with "other" for what it does not do yet. (kind of change, pattern)
NOT_YET = [(what, re.compile(pattern)) for what, pattern in (
    ("unit of several modules", r"is a part of several modules .*not supported yet"),
    ("not supported yet", r"not supported( yet)?"),
)]

# Texts that name something of this one case, made alike so that they can be counted.
VARIABLE = [(re.compile(pattern), by) for pattern, by in (
    (r"(?:size|align) \d+, was \d+; ", ""),
    (r"differs at \+0x[0-9a-f]+(?: \(.*?\))?", "differs"),
    (r"\+?0x[0-9a-f]+", "N"),
    (r"\b\d+\b", "N"),
    (r'"[^"]*"', "NAME"),
    (r"(?<=refers to )(?!section|the)\S+(?=,)", "NAME"),
    (r"(?<=per-CPU variable )\S+", "NAME"),
    (r"\(section [^)]*\)", ""),
)]


def category(text):
    """The category of a rightly refused text, or None."""
    return next((name for name, pattern in RIGHTLY if pattern.search(text)), None)


def sort_of(text):
    """One text for all refusals of a sort."""
    for name, pattern in NOT_YET:
        if pattern.search(text):
            return name
    for pattern, by in VARIABLE:
        text = pattern.sub(by, text)
    # "what differs: why it cannot be": the second part is the sort.
    head, colon, tail = text.partition(": ")
    return (tail if colon and tail else head).strip()


def first_error(text):
    """The compiler's first error in what make said."""
    text = text.removeprefix("the patched source does not compile: ")
    for line in text.splitlines():
        if re.search(r"\berror: ", line):
            return re.sub(r"^(\S+/)?src/", "", line.strip())
    return text.splitlines()[-1] if text.strip() else "no message"


def refusal(reasons):
    categories = [category(r["reason"]) for r in reasons]
    return {"verdict": REFUSED, "reasons": reasons, "rightly": next((c for c in categories if c), None)}


def failure(reason):
    return {"verdict": FAILED, "reason": reason}


def missing_symbols(text):
    """Symbols that the new code needs and that the kernel has not, as ksplice-create names them."""
    m = re.search(r"the new code needs (\S+), which is neither in the kernel's symbol table", text)
    if m:
        return [m.group(1)]
    m = re.search(r"needs symbols that the kernel does not export: (.*)", text)
    return m.group(1).split(", ") if m else []


def judge(status, answer, stderr, is_new):
    """The verdict of a case: a dictionary with "verdict" and what belongs to it.

    @status: exit status, negative for a signal; @answer: ksplice-create's JSON or None; @is_new(symbol): is it one that
    another part of the new version adds?
    """
    if status < 0:
        return failure("killed by signal %d" % -status)
    if answer is None:
        return failure("status %d without JSON: %s" % (status, (stderr.strip().splitlines() or ["no message"])[-1]))
    error = answer.get("error") or {}
    kind, text = error.get("kind"), error.get("text", "")
    if status == 0:
        functions = [dict(f, target=t["name"]) for t in answer["targets"] for f in t["functions"]]
        return {"verdict": SPLICED, "functions": functions, "targets": [t["name"] for t in answer["targets"]]}
    if status == 66:
        return {"verdict": NO_CHANGE, "reason": text}
    if status == 3:
        return refusal(answer["refusals"] or [{"where": "", "reason": text, "advice": ""}])
    if text.startswith("the diff touches no file that this kernel is built from"):
        return refusal([{"where": "", "reason": text, "advice": ""}]) if category(text) else {"verdict": NOT_BUILT}
    if text.startswith("the patched source does not compile"):
        return {"verdict": NEEDS, "reason": first_error(text)}
    missing = missing_symbols(text)
    if missing and all(is_new(name) for name in missing):
        return {"verdict": NEEDS, "reason": "needs %s, which another file's hunks add" % ", ".join(missing)}
    if kind == "other" and any(pattern.search(text) for _, pattern in NOT_YET):
        return refusal([{"where": "", "reason": text, "advice": ""}])
    return failure("%s: %s" % (kind, text))
