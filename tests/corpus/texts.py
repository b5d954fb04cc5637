# SPDX-License-Identifier: GPL-2.0-or-later
"""The texts of all refusals, read from the sources of the tools: what reasons.py has to know.

No C parser: tokens, and the forms in which the tools refuse. A refusal whose text has none of the forms known here ends with
Unknown, so that none is left out in silence.
"""
import glob
import os
import re

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[A-Za-z_]\w*|\d\w*|[^\s\w]')
COMMENT = re.compile(r'("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')|//[^\n]*|/\*.*?\*/', re.S)
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(.*)$", re.M)
DIRECTIVE = re.compile(r"%(?:\.\*|[-0-9.])*(?:hh?|ll?|z|j|t)?([a-zA-Z])")

# A function of the file that refuses, and which of its arguments is the text.
REFUSE = {"objmanip/refuse.c": ("refuse", 3), "ksplice-create/check-imports.c": ("refuse", 2)}
# Arrays with texts, and what is said around these.
OUTSIDE = "the diff touches no file that this kernel is built from:\nX: %s"
ARRAYS = {"objmanip/refuse-names.c": ("rows", "units", "sections"), "ksplice-create/units.c": ("unsupported",),
          "ksplice-create/outside.c": ("outside",)}
AROUND = {"ksplice-create/units.c": "X: %s", "ksplice-create/outside.c": OUTSIDE}
# Forms without words of their own, for texts that are found where they are made (refuse-names.c and om_refuse_one(),
# unsupported[], arch-ppc64le.c, before which kernel.c refuses); and headings of a list of refusals.
PASSED_ON = {("objmanip/refuse.c", "%s"), ("objmanip/refuse.c", "%s: %s"), ("ksplice-create/units.c", "%s: %s"),
             ("objmanip/elf.c", "%s: %s"), ("objmanip/ksplice-objmanip.c", "%zu of the changes cannot be spliced"),
             ("ksplice-create/targets.c", "the diff cannot be spliced safely, for %zu reason%s:")}


class Unknown(Exception):
    """A refusal in a form that is not known here; the text tells where."""


class Source:
    """A C file, as tokens."""

    def __init__(self, top, name):
        self.name = name
        with open(os.path.join(top, name), encoding="utf-8") as f:
            text = COMMENT.sub(lambda m: m.group(1) or " ", f.read()).replace("\\\n", " ")
        self.macros = {m.group(1): TOKEN.findall(m.group(2)) for m in DEFINE.finditer(text)}
        self.tokens = TOKEN.findall(re.sub(r"(?m)^[ \t]*#.*$", "", text))
        if '"' in self.tokens:
            raise Unknown("%s: a string without an end" % name)

    def literal(self, tokens):
        """The string that the tokens make, with macros replaced; None if there is more than strings."""
        text = ""
        for token in tokens:
            part = token[1:-1] if token[0] == '"' else self.literal(self.macros.get(token, ()))
            if token.startswith("PRI"):
                part = token[3:4]
            if part is None:
                return None
            text += part.replace("\\n", "\n").replace('\\"', '"')
        return text if tokens else None

    def texts(self, tokens):
        """The strings that the expression may be: one, both of a condition, what a function is given that makes one."""
        text = self.literal(tokens)
        if text is not None:
            return [text]
        if "?" in tokens:
            colon = len(tokens) - 1 - tokens[::-1].index(":")
            return self.texts(tokens[tokens.index("?") + 1:colon]) + self.texts(tokens[colon + 1:])
        return self.texts(arguments(tokens, 1)[0]) if tokens and tokens[0] in ("xstrdup", "xasprintf") else []

    def places(self, *words):
        """Where these tokens are."""
        return [i for i in range(len(self.tokens)) if self.tokens[i:i + len(words)] == list(words)]

    def calls(self, function):
        """The arguments of each call, as lists of tokens; not those of the definition."""
        found = [arguments(self.tokens, at + 1) for at in self.places(function, "(")]
        return [call for call in found if call[0][:1] != ["struct"]]

    def array(self, name):
        """The strings of an array that are sentences."""
        found = self.places(name, "[", "]", "=", "{")
        if not found:
            raise Unknown("%s: there is no array %s" % (self.name, name))
        fields = [self.texts(f) for row in arguments(self.tokens, found[0] + 4) if row for f in arguments(row, 0)]
        return [t for texts in fields for t in texts if " " in t]


def arguments(tokens, at):
    """What is between the bracket at @at and its end, cut at commas."""
    found, depth = [[]], 0
    for token in tokens[at:]:
        depth -= token in ")]}"
        if not depth and token in ")]}":
            return found
        if token == "," and depth == 1:
            found.append([])
        elif depth:
            found[-1].append(token)
        depth += token in "([{"
    raise Unknown("a bracket that nothing closes: " + " ".join(tokens[at:at + 20]))


def called(source):
    """Texts that are given to a function which refuses."""
    places = [("error_new", call[1]) for call in source.calls("error_new") if call[0] == ["ERROR_REFUSED"]]
    function, number = REFUSE.get(source.name, (None, 0))
    places += [(function, call[number]) for call in source.calls(function)]
    for at in source.places("(", "struct", "om_refusal", ")", "{"):
        fields = [f[3:] for f in arguments(source.tokens, at + 4) if f[:3] == [".", "reason", "="]]
        # What a function that refuses was given.
        places += [(".reason", f) for f in fields if f != ["reason"] or source.name not in REFUSE]
    for function, tokens in places:
        texts = source.texts(tokens)
        if not texts:
            raise Unknown("%s: %s with a text that is not found: %s" % (source.name, function, " ".join(tokens)))
        yield from (t for t in texts if (source.name, t) not in PASSED_ON)


def in_two_parts(source):
    """Texts of om_refuse_one(), "what: why". Where it has neither, what is made somewhere else in the file."""
    made = [t for name, at in (("asprintf", 1), ("snprintf", 2)) for c in source.calls(name) for t in source.texts(c[at])
            if re.search("[a-z]", DIRECTIVE.sub("", t))]
    for call in source.calls("om_refuse_one"):
        whats, whys = source.texts(call[3]), source.texts(call[4])
        whats = whats or made
        if not whats:
            raise Unknown("%s: om_refuse_one() with texts that are not found" % source.name)
        yield from ("%s: %s" % (what, why) for what in whats for why in whys or ["%s"])


def example(text):
    """As a user may read it, with something for what is named or counted."""
    return DIRECTIVE.sub(lambda m: "X" if m.group(1) == "s" else "7", text)


def refusals(top):
    """[(file, text)] of all refusals of the tools whose sources are in @top."""
    found = []
    for path in sorted(glob.glob(top + "/objmanip/*.c") + glob.glob(top + "/ksplice-create/*.c")):
        source = Source(top, os.path.relpath(path, top))
        texts = list(called(source)) + list(in_two_parts(source))
        texts += [AROUND.get(source.name, "%s") % t for name in ARRAYS.get(source.name, ()) for t in source.array(name)]
        found += [(source.name, example(t)) for t in dict.fromkeys(texts)]
    return found
