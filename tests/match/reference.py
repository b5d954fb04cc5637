# SPDX-License-Identifier: GPL-2.0-or-later
"""The match program a second time, written from docs/match-data.md and meant to be read beside it.

Nothing is clever here: programs are decoded into lists, what a trial binds is a copy of a dictionary, every question is asked anew.
tests/match/random-programs and tests/match/run compare it with kmodsrc/runpre/.
"""
import struct

OK, DIFFERS, UNREADABLE, AMBIGUOUS = "ok", "differs", "unreadable", "ambiguous"
NOT_FOUND, UNDECIDED, BAD_DATA, SEALED = "not_found", "undecided", "bad_data", "sealed"
# docs/match-data.md, "the worst failure".
WORST_FIRST = [UNREADABLE, DIFFERS, AMBIGUOUS, NOT_FOUND, UNDECIDED, SEALED, OK]

PLAIN, POINTEE, ALIAS = 0, 1, 2
TARGET, CHECK, ROOT, PERCPU, LOCAL = 1, 2, 4, 8, 16
REPLACE, REQUIRED, PART, DATA, FTRACE, CARRIED = 1, 2, 4, 8, 16, 32
UNBOUND, BY_NAME, BY_RUN = 0, 1, 2
ALWAYS, SHORT_ONLY, NO_CC = 16, 17, 21
SITES = 15
MAX_SIZE, MAX_RECORDS, MAX_RUN, MAX_LABELS, MAX_FORMS = 64 << 20, 1 << 20, 1 << 20, 1 << 16, 64
MASK = (1 << 64) - 1

HEADER = struct.Struct("<8s16I")
SYM = struct.Struct("<IIBBHIq")
SPAN = struct.Struct("<8IHBBI")


class Bad(Exception):
    """The match data is malformed."""


def need(condition):
    if not condition:
        raise Bad


# Reading

class Sym:
    def __init__(self, record):
        self.name, self.publish, self.kind, self.flags, self.reserved, self.base, self.offset = record


class Span:
    def __init__(self, record):
        (self.sym, self.unit, self.prog, self.prog_len, self.pre_size, self.max_run, self.nr_labels, self.part_of, self.flags,
         self.hook_off, self.hook_len, self.carried) = record
        self.ops = None


class Reader:
    """Program bytes, from the first to the last."""

    def __init__(self, data):
        self.data, self.pos = data, 0

    def done(self):
        return self.pos == len(self.data)

    def take(self, n):
        need(n <= len(self.data) - self.pos)
        self.pos += n
        return self.data[self.pos - n:self.pos]

    def byte(self):
        return self.take(1)[0]

    def leb(self):
        """(value, bits): the shortest form, at most 10 bytes."""
        value = shift = 0
        while True:
            need(shift < 70)
            b = self.byte()
            value |= (b & 0x7f) << shift
            shift += 7
            if not b & 0x80:
                return value, shift, b

    def u(self):
        value, shift, last = self.leb()
        need(value < 1 << 32 and (shift == 7 or last))
        return value

    def s(self):
        value, shift, last = self.leb()
        if last & 0x40:
            value -= 1 << shift
        need(-(1 << 63) <= value < 1 << 63)
        # One byte less would have said the same?
        if shift > 7:
            need(not -(1 << (shift - 8)) <= value < 1 << (shift - 8))
        return value


class MatchData:
    def __init__(self, data):
        """Raises Bad unless all that "What is checked before anything runs" names holds."""
        need(len(data) >= HEADER.size)
        (magic, version, size, arch, self.id, self.target, nr_syms, syms, nr_spans, spans, progs, progs_size, strings,
         strings_size, self.max_labels, self.max_run, self.max_binds) = HEADER.unpack_from(data)
        need(magic == b"KSPMATCH" and version == 1 and size == len(data) <= MAX_SIZE and arch == 1)
        need(nr_syms <= MAX_RECORDS and nr_spans <= MAX_RECORDS and not syms % 8 and not spans % 8)
        for at, length in ((syms, nr_syms * SYM.size), (spans, nr_spans * SPAN.size), (progs, progs_size), (strings, strings_size)):
            need(at >= HEADER.size and at + length <= size)
        need(self.max_labels <= MAX_LABELS and self.max_run <= MAX_RUN and self.max_binds <= progs_size)
        self.strings = data[strings:strings + strings_size]
        self.check_strings()
        self.syms = [Sym(SYM.unpack_from(data, syms + i * SYM.size)) for i in range(nr_syms)]
        self.spans = [Span(SPAN.unpack_from(data, spans + i * SPAN.size)) for i in range(nr_spans)]
        for sym in self.syms:
            self.check_sym(sym)
        end = 0
        for span in self.spans:
            self.check_span(span, progs_size)
            need(span.prog >= end)
            end = span.prog + span.prog_len
            span.ops = self.program(span, data[progs + span.prog:progs + end])

    def check_strings(self):
        s = self.strings
        need(s and not s[0] and not s[-1] and all(c == 0 or 0x20 < c <= 0x7e for c in s))
        need(self.id < len(s) and s[self.id] and self.target < len(s) and s[self.target])

    def is_plain(self, i):
        return i < len(self.syms) and self.syms[i].kind == PLAIN

    def check_sym(self, s):
        need(s.name < len(self.strings) and s.publish < len(self.strings) and not s.reserved and not s.flags & ~0x1f)
        if s.kind == PLAIN:
            need(not s.base and not s.offset)
        elif s.kind == POINTEE:
            need(not s.publish and self.is_plain(s.base) and not self.syms[s.base].flags & PERCPU)
        else:
            need(s.kind == ALIAS and not s.offset and self.is_plain(s.base))

    def check_span(self, s, progs_size):
        need(self.is_plain(s.sym) and s.unit < len(self.strings) and not s.flags & ~0x3f)
        if s.flags & PART:
            need(s.part_of < len(self.spans) and not s.flags & (DATA | REPLACE))
            need(not self.spans[s.part_of].flags & (PART | DATA | CARRIED))
        else:
            need(not s.part_of)
        if s.flags & CARRIED:
            need(not s.carried and not s.flags & ~(CARRIED | FTRACE) and s.hook_off + s.hook_len <= s.max_run)
        elif s.carried:
            need(s.carried < len(self.spans) and not s.flags & DATA)
            other = self.spans[s.carried]
            need(other.flags & CARRIED and other.sym == s.sym and bool(other.hook_len) == bool(s.hook_len))
        need(not s.flags & FTRACE or s.flags & REPLACE or s.hook_len and s.flags & CARRIED)
        need(s.nr_labels <= self.max_labels and s.max_run <= self.max_run)
        if s.flags & DATA:
            need(not s.hook_off and not s.hook_len)
        elif s.flags & REPLACE:
            need(s.hook_len and s.hook_off + s.hook_len <= s.max_run)
        need(s.prog + s.prog_len <= progs_size)

    def program(self, span, code):
        """Its ops; ("END",) is the last."""
        r, ops, labels, binds, most = Reader(code), [], [], 0, 0
        while True:
            op = r.byte()
            if op == 0:
                ops.append(("END",))
                break
            if op == 3:
                label = r.u()
                need(label < span.nr_labels)
                labels.append(label)
                ops.append(("LABEL", label))
                continue
            if op == 7:
                one, b, longest = self.site(span, r)
            else:
                one, b, _, longest = self.simple(span, r, op)
            ops.append(one)
            binds += b
            most += longest
        need(r.done() and sorted(labels) == list(range(span.nr_labels)))
        need(most <= span.max_run and binds <= self.max_binds)
        return ops

    def simple(self, span, r, op):
        """(op, bindings, least and most bytes)."""
        if op == 1:
            n = r.u()
            need(n)
            return ("LIT", r.take(n)), 0, n, n
        if op == 2:
            kind, sym = r.byte(), r.u()
            addend = r.s()
            need(kind < 5 and self.may_mention(sym))
            n = 8 if kind in (0, 4) else 4
            return ("RELOC", kind, sym, addend), 1, n, n
        if op == 4:
            cc, label = r.byte(), r.u()
            need(cc < NO_CC and label < span.nr_labels)
            return ("JUMP", cc, label), 0, 2, longest_jump(cc)
        if op == 5:
            cc, sym = r.byte(), r.u()
            addend = r.s()
            need(cc < NO_CC and self.may_mention(sym))
            return ("JUMPSYM", cc, sym, addend), 1, 2, longest_jump(cc)
        if op in (6, 8, 9):
            n = r.u()
            need(n <= MAX_RUN)
            return ({6: "NOPS", 8: "PAD", 9: "PRE"}[op], n), 0, n if op == 8 else 0, 0 if op == 9 else n
        raise Bad

    def may_mention(self, sym):
        return sym < len(self.syms) and self.syms[sym].kind != ALIAS

    def site(self, span, r):
        kind, length, nforms = r.byte(), r.u(), r.u()
        need(kind < SITES and length <= MAX_RUN and 1 <= nforms <= MAX_FORMS)
        forms, binds, most = [], 0, 0
        for _ in range(nforms):
            f, ops, low, high = Reader(r.take(r.u())), [], 0, 0
            while not f.done():
                op, b, least, longest = self.simple(span, f, f.byte())
                ops.append(op)
                binds += b
                low += least
                high += longest
            need(not length or low <= length <= high)
            forms.append(ops)
            most = max(most, high)
        return ("SITE", length, forms), binds, length or most

    def name(self, sym):
        at = self.syms[sym].name
        return self.strings[at:self.strings.index(0, at)].decode()


def longest_jump(cc):
    return 2 if cc >= SHORT_ONLY else 5 if cc == ALWAYS else 6


# Running one program

class Failed(Exception):
    """The run code is another one; .at: how far it was the same."""

    def __init__(self, why, at):
        super().__init__(why)
        self.why, self.at = why, at


def read_jump(run, pos, end, cc):
    """(length, distance from its end) of a jump of that kind, or None."""
    if end - pos < 2:
        return None
    a, b = run[pos], run[pos + 1]
    short = 0xe0 + cc - SHORT_ONLY if cc >= SHORT_ONLY else 0xeb if cc == ALWAYS else 0x70 + cc
    if a == short:
        return 2, b - 256 if b >= 128 else b
    if cc == ALWAYS and a == 0xe9 and end - pos >= 5:
        return 5, struct.unpack_from("<i", run, pos + 1)[0]
    if cc < ALWAYS and a == 0x0f and b == 0x80 + cc and end - pos >= 6:
        return 6, struct.unpack_from("<i", run, pos + 2)[0]
    return None


def near_jump_begins(run, pos, cc):
    return run[pos] == 0xe9 if cc == ALWAYS else cc < ALWAYS and run[pos] == 0x0f and run[pos + 1] == 0x80 + cc


NOP_TAILS = [bytes.fromhex(h) for h in ("0f1f00", "0f1f4000", "0f1f440000", "0f1f8000000000", "0f1f840000000000")]


def nop_length(run, pos, end):
    n = 0
    while pos + n < end and n < 7 and run[pos + n] == 0x66:
        n += 1
    if pos + n < end and run[pos + n] == 0x90:
        return n + 1
    if pos + n < end and run[pos + n] == 0x2e:
        n += 1
    for tail in NOP_TAILS:
        if run[pos + n:min(end, pos + n + len(tail))] == tail:
            return n + len(tail)
    return 0


def filler_length(run, pos, end):
    """A jump over int3s, that ends where they end."""
    jump = read_jump(run, pos, end, ALWAYS)
    if not jump:
        return 0
    total = sum(jump)
    if jump[1] < 0 or pos + total > end or any(b != 0xcc for b in run[pos + jump[0]:pos + total]):
        return 0
    return total


class Trial:
    """One program over the bytes at one address. @bind(known, sym, value) returns what is known then, or raises Failed."""

    def __init__(self, span, run, addr, bind):
        self.span, self.addr, self.bind = span, addr, bind
        self.run = run[:span.max_run]
        self.known = None
        self.labels = {}
        self.pos = 0
        self.end = len(self.run)
        self.fenced = False

    def differs(self, ahead=0):
        raise Failed(DIFFERS, self.pos + ahead)

    def cut_off(self):
        raise Failed(DIFFERS if self.fenced else UNREADABLE, self.end)

    def take_value(self, sym, value):
        try:
            self.known = self.bind(self.known, sym, value & MASK)
        except Failed as e:
            raise Failed(e.why, self.pos) from e

    def arrive(self, label, at):
        if self.labels.setdefault(label, at) != at:
            self.differs()

    def lit(self, want):
        got = self.run[self.pos:min(self.end, self.pos + len(want))]
        for i, b in enumerate(got):
            if b != want[i]:
                self.differs(i)
        if len(got) < len(want):
            self.cut_off()
        self.pos += len(want)

    def reloc(self, kind, sym, addend):
        size = 8 if kind in (0, 4) else 4
        if self.end - self.pos < size:
            self.cut_off()
        field = self.run[self.pos:self.pos + size]
        value = int.from_bytes(field, "little", signed=kind in (2, 3))
        if kind in (3, 4):
            value += self.addr + self.pos
        self.take_value(sym, value - addend)
        self.pos += size

    def jump_here(self, cc):
        jump = read_jump(self.run, self.pos, self.end, cc)
        if not jump:
            if self.end - self.pos < 2 or near_jump_begins(self.run, self.pos, cc):
                self.cut_off()
            self.differs()
        return jump

    def jump(self, cc, label):
        length, distance = self.jump_here(cc)
        to = self.pos + length + distance
        if not 0 <= to <= self.span.max_run:
            self.differs()
        self.arrive(label, to)
        self.pos += length

    def jumpsym(self, cc, sym, addend):
        length, distance = self.jump_here(cc)
        self.take_value(sym, self.addr + self.pos + length + distance - addend)
        self.pos += length

    def pad(self, n):
        if self.end - self.pos < n:
            self.cut_off()
        done = 0
        while done < n:
            at = self.pos + done
            one = nop_length(self.run, at, self.pos + n) or filler_length(self.run, at, self.pos + n)
            if not one:
                self.differs(done)
            done += one
        self.pos += n

    def could_start(self, op, pos):
        """By its shape alone."""
        left = self.end - pos
        if op[0] == "LIT":
            head = op[1][:16]
            return self.run[pos:min(self.end, pos + len(head))] == head
        if op[0] in ("JUMP", "JUMPSYM"):
            return read_jump(self.run, pos, self.end, op[1]) is not None
        if op[0] == "PAD":
            return left >= op[1] and bool(nop_length(self.run, pos, pos + op[1]) or filler_length(self.run, pos, pos + op[1]))
        return True

    def next_could_start(self, following, pos):
        for op in following:
            if op[0] == "LABEL" and self.labels.get(op[1], pos) != pos:
                return False
            if op[0] in ("LABEL", "PRE"):
                continue
            if op[0] != "SITE":
                return self.could_start(op, pos)
            firsts = [[o for o in form if o[0] != "PRE"] for form in op[2]]
            return any(not form or self.could_start(form[0], pos) for form in firsts)
        return True

    def nops(self, most, following):
        end = min(self.end, self.pos + most)
        at = self.pos
        fitting = []
        while True:
            if self.next_could_start(following, at):
                fitting.append(at)
            n = nop_length(self.run, at, end)
            if not n:
                break
            at += n
        self.pos = fitting[-1] if fitting else at

    def form(self, ops):
        self.ops(ops)
        if self.fenced and self.pos != self.end:
            self.differs()

    def site(self, length, forms):
        if self.end - self.pos < length:
            self.cut_off()
        end, failures = self.end, []
        if length:
            self.end, self.fenced = self.pos + length, True
        for ops in forms:
            before = self.pos, dict(self.labels), self.known
            try:
                self.form(ops)
                break
            except Failed as e:
                failures.append(e)
                self.pos, self.labels, self.known = before
        self.end, self.fenced = end, False
        if len(failures) == len(forms):
            for why in (UNDECIDED, UNREADABLE, DIFFERS):
                of_that = [e for e in failures if e.why == why]
                if of_that:
                    raise max(of_that, key=lambda e: e.at)

    def ops(self, ops):
        for i, op in enumerate(ops):
            what, *args = op
            if what == "NOPS":
                self.nops(args[0], ops[i + 1:])
            elif what == "LABEL":
                self.arrive(args[0], self.pos)
            elif what not in ("PRE", "END"):
                getattr(self, what.lower())(*args)


# Finding

class Resolver:
    """@memory(addr, n) gives up to n bytes; @candidates[i] the addresses of symbol i; @newest, @oldest: dictionaries of hooks;
    @carried(addr): whether an update has brought what is there."""

    def __init__(self, match, memory, candidates, newest=None, oldest=None, carried=lambda addr: False):
        self.m, self.memory, self.candidates, self.carried = match, memory, candidates, carried
        self.newest_of, self.oldest_of = newest or {}, oldest or {}
        self.known = {}		# symbol: (value, root)
        self.names = {}		# published and bound by name
        self.spans = [(NOT_FOUND, 0, 0)] * len(match.spans)

    def newest(self, addr):
        return self.newest_of.get(addr, addr)

    def oldest(self, addr):
        return self.oldest_of.get(addr, addr)

    def different(self, sym):
        """Its candidates, without those that lead where an earlier one led."""
        found = {}
        for addr in self.candidates[sym]:
            found.setdefault(self.newest(addr), addr)
        return list(found.values())

    def check_pointee(self, known, s, value):
        if s.base in known:
            base = known[s.base][1]
        else:
            names = self.different(s.base)
            if len(names) != 1:
                raise Failed(UNDECIDED, 0)
            base = names[0]
        word = self.memory((base + s.offset) & MASK, 8)
        if len(word) != 8:
            raise Failed(UNREADABLE, 0)
        if self.newest(value) != self.newest(int.from_bytes(word, "little")):
            raise Failed(DIFFERS, 0)

    def bind(self, known, sym, value):
        s = self.m.syms[sym]
        if s.kind == POINTEE:
            self.check_pointee(known, s, value)
            return known
        percpu = s.flags & PERCPU
        canonical = value if percpu else self.newest(value)
        if sym in known:
            if known[sym][0] != canonical:
                raise Failed(DIFFERS, 0)
            return known
        names = self.candidates[sym]
        if names and not any(canonical in (a, self.newest(a)) for a in names) or not names and s.flags & CHECK:
            raise Failed(DIFFERS, 0)
        return {**known, sym: (canonical, value if percpu else self.oldest(value))}

    def bind_nothing(self, known, sym, value):
        self.bind(known, sym, value)
        return known

    def trial(self, span, addr, known, bind):
        t = Trial(span, self.memory(addr, span.max_run), addr, bind)
        t.known = known
        t.ops(span.ops)
        return t

    def data_fits(self, known):
        for span in self.m.spans:
            if span.flags & DATA and span.sym in known and span.sym not in self.known:
                try:
                    self.trial(span, known[span.sym][0], known, self.bind_nothing)
                except Failed as e:
                    if e.why == DIFFERS:
                        return False
        return True

    def try_span(self, i):
        """Whether it matched."""
        span = self.m.spans[i]
        if span.sym in self.known:
            places, alone = [self.known[span.sym]], True
        elif not span.flags & DATA or span.flags & REPLACE:
            names = self.different(span.sym)
            places, alone = [(self.newest(a), self.oldest(a)) for a in names], len(names) == 1
        else:
            places, alone = [], True
        fits, failures = [], []
        for addr, root in places:
            known = self.known if span.sym in self.known else {**self.known, span.sym: (addr, root)}
            code = self.m.spans[span.carried] if span.carried and self.carried(addr) else span
            try:
                t = self.trial(code, addr, known, self.bind)
                if not alone and not self.data_fits(t.known):
                    raise Failed(DIFFERS, 0)
                fits.append((addr, t))
            except Failed as e:
                failures.append(e)
        if any(e.why == UNDECIDED for e in failures):
            self.spans[i] = UNDECIDED, 0, 0
        elif len(fits) > 1:
            self.spans[i] = AMBIGUOUS, 0, 0
        elif fits:
            addr, t = fits[0]
            self.known = t.known
            self.spans[i] = OK, addr, t.pos
        elif failures:
            self.spans[i] = max(failures, key=lambda e: e.at).why, 0, 0
        else:
            self.spans[i] = NOT_FOUND, 0, 0
        return self.spans[i][0] == OK

    def is_fatal(self, i):
        span, ret = self.m.spans[i], self.spans[i][0]
        if ret == OK:
            return False
        if span.flags & DATA and span.sym in self.known:
            return True
        if span.flags & PART and self.m.spans[span.part_of].flags & REPLACE:
            return True
        if span.flags & REPLACE:
            return True
        return bool(span.flags & REQUIRED) and ret != AMBIGUOUS

    def publish(self, i):
        s = self.m.syms[i]
        base = s.base if s.kind == ALIAS else i
        if base not in self.known and base not in self.names:
            names = self.different(base)
            if len(names) != 1:
                return AMBIGUOUS if names else NOT_FOUND
            percpu = self.m.syms[base].flags & PERCPU
            self.names[base] = tuple(names * 2) if percpu else (self.newest(names[0]), self.oldest(names[0]))
        value, root = self.known.get(base) or self.names[base]
        if base in self.known:
            self.known[i] = value, root
        else:
            self.names[i] = value, root
        if s.flags & ROOT and self.memory(root, 4) == b"\x66\x0f\x1f\x00":
            return SEALED
        return OK

    def resolve(self):
        """The verdict."""
        progress = True
        while progress:
            progress = False
            for i, (ret, _, _) in enumerate(self.spans):
                if self.m.spans[i].flags & CARRIED:
                    continue
                if ret in (NOT_FOUND, AMBIGUOUS, UNDECIDED) and self.try_span(i):
                    progress = True
        verdicts = [ret for i, (ret, _, _) in enumerate(self.spans) if self.is_fatal(i)]
        verdicts += [self.publish(i) for i, s in enumerate(self.m.syms) if s.publish]
        return min(verdicts or [OK], key=WORST_FIRST.index)

    def state(self, sym):
        """(how it is bound, value)."""
        if sym in self.known:
            return BY_RUN, self.known[sym][0]
        if sym in self.names:
            return BY_NAME, self.names[sym][0]
        return UNBOUND, 0
