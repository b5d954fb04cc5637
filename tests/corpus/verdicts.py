# SPDX-License-Identifier: GPL-2.0-or-later
"""From what ksplice-create said to a verdict. What is rightly refused, reasons.py tells."""
import re

import reasons

SPLICED, NO_CHANGE, REFUSED = "spliced", "no object change", "refused"
FAILED, NOT_BUILT, NEEDS = "failed", "not built", "needs header"
ALL = (SPLICED, NO_CHANGE, REFUSED, FAILED, NEEDS, NOT_BUILT)

# Of errors that every case would end with: the machine, or a source that is not the kernel's.
NO_CASE = [re.compile(pattern) for pattern in (
    r"the configuration does not stay as it is, so the code would not be the kernel's:",
    r"the compiler that built the kernel is not installed: ",
    r"the compiler differs from the kernel's, so the code would too\n",
    r"the kernel's configuration \(make olddefconfig\) failed \(",
    r"preparing the kernel's build \(make modules_prepare\) failed \(",
    r" is the source of Linux \S+, but the update is to be for ",
    r" is the image of \S+, but the update is to be for ",
    r": ksplice-create with process id \d+ works there; ",
    r": still used by compilers that an interrupted ksplice-create started",
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
    (r"several modules \([^)]*\)", "several modules"),
)]


def sort_of(text):
    """One text for all refusals of a sort."""
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


def refusal(found, text):
    """Of the reasons that are listed, else of the error's own text."""
    return {"verdict": REFUSED, "reasons": found or [{"where": "", "reason": text, "advice": ""}]}


def failure(reason):
    return {"verdict": FAILED, "reason": reason}


def is_about_no_case(text):
    """Says an error nothing about the diff?"""
    return reasons.row_of(text).grade == reasons.DESK or any(pattern.search(text) for pattern in NO_CASE)


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
        return refusal(answer["refusals"], text)
    if text.startswith("the diff touches no file that this kernel is built from"):
        return refusal([], text) if reasons.row_of(text).grade == reasons.STRICT else {"verdict": NOT_BUILT}
    if text.startswith("the patched source does not compile"):
        return {"verdict": NEEDS, "reason": first_error(text)}
    missing = missing_symbols(text)
    if missing and all(is_new(name) for name in missing):
        return {"verdict": NEEDS, "reason": "needs %s, which another file's hunks add" % ", ".join(missing)}
    return failure("%s: %s" % (kind, text))
