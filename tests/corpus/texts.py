# SPDX-License-Identifier: GPL-2.0-or-later
"""The texts of all refusals, read from the sources of the tools: what reasons.py has to know.

No C parser: tokens, and the forms in which the tools refuse. A refusal whose text has none of the forms known here ends with
Unknown, so that none is left out in silence.
"""
import glob
import itertools
import os
import re

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[A-Za-z_]\w*|\d\w*|[^\s\w]')
COMMENT = re.compile(r'("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')|//[^\n]*|/\*.*?\*/', re.S)
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(.*)$", re.M)
DIRECTIVE = re.compile(r"%(?:\.\*|[-0-9.])*(?:hh?|ll?|z|j|t)?([a-zA-Z])")

# Functions that refuse, by file ("": any), and which of their arguments is the text; what follows is for its directives.
REFUSE = {("", "om_refuse_one"): 3, ("ksplice-create/prototypes.c", "refuse"): 1}
# Arrays with texts, by their types or names, and what is said around these.
ARRAYS = (("struct om_refused_name", "%s"), ("of_assembly", "%s"), ("unsupported", "X: %s"), ("built_with", "X: %s"),
          ("outside", "the diff touches no file that this kernel is built from:\nX: %s"),
          ("beside", "the diff touches no file that this kernel is built from:\nX: %s"))
# Forms without words of their own, for texts that are found where they are made (an array; prototypes.c's own refuse()); and
# headings of a list of refusals.
PASSED_ON = {("objmanip/refuse-assembly.c", "%s"), ("objmanip/refuse-replaced.c", "%s"), ("ksplice-create/prototypes.c", "%s"),
             ("ksplice-create/units.c", "%s: %s"),
             ("objmanip/ksplice-objmanip.c", "%zu of the changes cannot be spliced"),
             ("ksplice-create/targets.c", "the diff cannot be spliced safely, for %zu reason%s:")}


class Unknown(Exception):
    """A refusal in a form that is not known here; the text tells where."""


def read(path):
    """A source without its comments, and with its long lines in one."""
    with open(path, encoding="utf-8") as f:
        return COMMENT.sub(lambda m: m.group(1) or " ", f.read()).replace("\\\n", " ")


def macros_of(text):
    return {m.group(1): TOKEN.findall(m.group(2)) for m in DEFINE.finditer(text)}


class Source:
    """A C file, as tokens."""

    def __init__(self, top, name, macros):
        self.name = name
        text = read(os.path.join(top, name))
        self.macros = dict(macros, **macros_of(text))
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
        first = [i for i, token in enumerate(self.tokens) if token == words[0]]
        return [i for i in first if self.tokens[i:i + len(words)] == list(words)]

    def calls(self, function):
        """The arguments of each call, as lists of tokens; not those of its declarations."""
        found = [arguments(self.tokens, at + 1) for at in self.places(function, "(")]
        return [call for call in found if call[0][:1] != ["struct"] and call[0][:2] != ["const", "struct"]]

    def arrays(self, what):
        """The strings that are sentences, of all arrays of a type ("struct x") or a name."""
        words = what.split()
        ends = [at + len(words) for at in self.places(*words)]
        starts = [self.tokens.index("=", end) + 1 for end in ends if self.tokens[end + (len(words) > 1):][:3] == ["[", "]", "="]]
        rows = [row for at in starts for row in arguments(self.tokens, at) if row]
        return [t for row in rows for f in arguments(row, 0) for t in self.texts(f) if " " in t]


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


def filled_in(source, text, more):
    """The text with those of its %s that are strings in the source: all that these may be."""
    parts = re.split("(%s)", text)
    if parts.count("%s") != len(DIRECTIVE.findall(text)):	# others too: which is which would have to be counted
        return [text]
    choices = [source.texts(tokens) or ["%s"] for tokens in more] + [["%s"]] * len(parts)
    return ["".join(one) for one in itertools.product(*(
        choices[i // 2] if part == "%s" else [part] for i, part in enumerate(parts)))]


def called(source):
    """Texts that are given to a function which refuses."""
    calls = [("error_new", call[1:]) for call in source.calls("error_new") if call[0] == ["ERROR_REFUSED"]]
    for (name, function), number in REFUSE.items():
        if name in ("", source.name):
            calls += [(function, call[number:]) for call in source.calls(function)]
    for function, (text, *more) in calls:
        found = source.texts(text)
        if not found:
            raise Unknown("%s: %s() with a text that is not found: %s" % (source.name, function, " ".join(text)))
        for t in found:
            yield from filled_in(source, t, more)


def check_complete(source):
    """Nobody else adds to a list of refusals."""
    if source.name != "objmanip/refusals.c" and source.places("nr_refusals", "+", "+"):
        raise Unknown("%s: refuses by itself, not by om_refuse_one()" % source.name)


def example(text):
    """As a user may read it, with something for what is named or counted."""
    return DIRECTIVE.sub(lambda m: "X" if m.group(1) == "s" else "7", text)


def refusals(top):
    """[(file, text)] of all refusals of the tools whose sources are in @top."""
    macros, found = {}, []
    for path in glob.glob(top + "/objmanip/*.h") + glob.glob(top + "/ksplice-create/*.h"):
        macros.update(macros_of(read(path)))
    for path in sorted(glob.glob(top + "/objmanip/*.c") + glob.glob(top + "/ksplice-create/*.c")):
        source = Source(top, os.path.relpath(path, top), macros)
        check_complete(source)
        texts = [t for t in called(source) if (source.name, t) not in PASSED_ON]
        texts += [around % t for what, around in ARRAYS for t in source.arrays(what)]
        found += [(source.name, example(t)) for t in dict.fromkeys(texts)]
    return found
