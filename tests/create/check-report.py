#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check-report.py REPORT [DIFF]: whether a page of ksplice-create --report is well-formed and has nothing in it but text and the two
things that its policy names, and DIFF as it is.  Prints "heading TEXT" and "function TEXT" for each, then all of the text."""
import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "input"}
KNOWN = VOID | set("""html head title style body header h1 h2 h3 h4 p nav ul ol li a main section table caption thead tbody tr th td div
details summary span pre code ins del b i cite label button output script""".split())
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "id", "class", "href", "open", "scope", "tabindex", "role", "aria-label",
              "hidden", "type", "for", "colspan"}
# What a terminal or a browser would not show as it is: controls but tab and newline, and what turns the direction of writing.
UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.policy, self.ids, self.links = [], None, [], []
        self.inline = {"style": [], "script": []}
        self.texts = []		# (elements that are open, their classes, text)
        self.classes = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert tag in KNOWN, "<%s> at %s" % (tag, self.getpos())
        assert set(attrs) <= ATTRIBUTES, "%s at %s" % (sorted(attrs), self.getpos())
        if attrs.get("http-equiv"):
            self.policy = attrs["content"]
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if "href" in attrs:
            self.links.append(attrs["href"])
        if tag not in VOID:
            self.open.append(tag)
            self.classes.append(attrs.get("class") or "")
        if tag in self.inline:
            self.inline[tag].append("")

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, "</%s> at %s in %s" % (tag, self.getpos(), self.open)
        self.open.pop()
        self.classes.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in self.inline:
            self.inline[self.open[-1]][-1] += data
        else:
            self.texts.append((tuple(self.open), tuple(self.classes), data))


def check(page, text):
    assert not page.open, page.open
    assert len(page.inline["style"]) == len(page.inline["script"]) == 1, "one style sheet and one script"
    for kind, (body,) in page.inline.items():
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert "%s-src 'sha256-%s';" % (kind, digest) in page.policy, "the policy does not allow the %s" % kind
    assert page.policy.startswith("default-src 'none'; "), page.policy
    assert "unsafe" not in page.policy, page.policy
    assert len(set(page.ids)) == len(page.ids), "an id is there twice"
    for link in page.links:
        assert link.startswith("#") and link[1:] in page.ids, link
    found = UNSEEN.search(text)
    assert not found, "%r at %d" % (found, found.start())


def visible(diff):
    """The diff's bytes as the page is to show them."""
    text = diff.decode("utf-8", "backslashreplace")
    return UNSEEN.sub(lambda m: ("\\x%02x" if ord(m[0]) < 0x80 else "\\u{%x}") % ord(m[0]), text)


def check_diff(page, path):
    shown = "".join(data for elements, classes, data in page.texts if "diff" in classes)
    with open(path, "rb") as f:
        wanted = visible(f.read())
    for a, b in zip(shown.split("\n"), wanted.split("\n")):
        assert a == b, "the page shows %r, the diff is %r" % (a, b)
    assert len(shown) == len(wanted), "%d characters of the diff are shown, of %d" % (len(shown), len(wanted))


def main():
    with open(sys.argv[1], encoding="utf-8") as f:	# strict: not UTF-8 is an error
        text = f.read()
    page = Page()
    page.feed(text)
    page.close()
    check(page, text)
    if len(sys.argv) > 2:
        check_diff(page, sys.argv[2])
    out = open(1, "w", encoding="utf-8", closefd=False)
    for elements, classes, data in page.texts:
        if "h3" in elements and "function" in classes:
            print("function", data.lstrip("~+ "), file=out)
        elif elements and elements[-1] in ("h1", "h2", "h3", "h4"):
            print("heading", data, file=out)
    # Marks of what would not be seen are in elements of their own: joined, a line is whole again.
    print("text", "".join(data for elements, classes, data in page.texts), file=out)


main()
