# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases: what one is, how it is run, and what is kept of it.

A work directory holds, per case, a directory cases/NAME/ with its diff, ksplice-create's answer and messages, the update,
and state.json; a case is done when state.json has the key of all that its verdict was made by (Tool.key). Each worker has a work
directory of ksplice-create's own, and takes the same files in each run, so that pre objects are built once.
"""
import collections
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import zlib

import needs
import trees
import verdicts

TIMEOUT = 900	# seconds of wall clock for ksplice-create
# What a verdict is made by, beside ksplice-create. Not reasons.py: the table asks that when it is made.
DECIDING = ("cases.py", "needs.py", "trees.py", "verdicts.py")

Outcome = collections.namedtuple("Outcome", "status answer messages cpu wall timed_out")


class CannotRun(Exception):
    """ksplice-create ends with what every case would end with; the text is its own."""


class Interrupted(Exception):
    """stop() was called: what ksplice-create said is worth nothing."""


class Case:
    """A changed file, with the hunks of other files that it needs (needs.py)."""
    timeout = TIMEOUT
    jobs = 1

    def __init__(self, name, diff, directory, release=""):
        """@release: which one the diff is of, "PACKAGE OLD NEW"."""
        self.name = name
        self.release = release
        self.own = self.diff = diff	# of the file alone, and with what it needs
        self.directory = os.path.join(directory, name.replace("/", "__"))
        self.id = re.sub(r"[^a-z0-9]+", "_", os.path.basename(name)[:-2].lower())[:16].strip("_") + \
            "_%04x" % (zlib.crc32(name.encode()) & 0xffff)

        self.files = [name]	# whose hunks self.diff has
        self.spent = [0, 0]	# seconds of CPU and of wall clock
        self.put_off = False	# until the others are done; .files and .spent are as far as it came
        if self.state().get("with"):
            with open(self.path("fix.diff"), encoding="utf-8", errors="surrogateescape") as f:
                self.diff = f.read()

    def path(self, name):
        return os.path.join(self.directory, name)

    def state(self):
        try:
            with open(self.path("state.json")) as f:
                return json.load(f)
        except (OSError, ValueError):
            return {}

    def save(self, state):
        write(self.path("state.json"), json.dumps(state, indent=1) + "\n")


def write(path, text):
    """Complete or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(text)
    os.replace(path + ".tmp", path)


class Additions:
    """Names that the new version's hunks add, by file: does a case fail for what is elsewhere in the same release?"""

    def __init__(self, old, new, changes):
        self.words = {}
        for name in changes["changed"] + changes["added"]:
            lines = self.added_lines(old, new, name, name in changes["added"])
            for word in set(re.findall(r"[A-Za-z_]\w+", lines)):
                self.words.setdefault(word, set()).add(name)

    @staticmethod
    def added_lines(old, new, name, is_new):
        if is_new:
            return trees.read(new, name).decode("utf-8", "replace")
        return "\n".join(line for line in trees.diff(old, new, name).splitlines() if line.startswith("+"))

    def elsewhere(self, word, name):
        return bool(self.words.get(word, set()) - {name})


class NothingAdded:
    """For a diff that has all there is."""

    @staticmethod
    def elsewhere(_word, _name):
        return False


NOTHING_ADDED = NothingAdded()


class Tool:
    """ksplice-create as it is now: a copy, as developers build while a corpus runs for an hour."""

    def __init__(self, binary, kmodsrc, work):
        sources = sorted(os.path.join(top, n) for top, _, names in os.walk(kmodsrc) for n in names)
        core = hashlib.sha256()
        for path in sources:
            core.update(os.path.relpath(path, kmodsrc).encode() + b"\0" + trees.read("/", path) + b"\0")
        self.core_hash = core.hexdigest()[:16]
        here = os.path.dirname(os.path.realpath(__file__))
        self.scripts = hashlib.sha256(b"\0".join(trees.read(here, name) for name in DECIDING)).hexdigest()[:16]
        self.hash = hashlib.sha256(trees.read("/", binary)).hexdigest()[:16]
        self.binary = "%s/tool/ksplice-create-%s" % (work, self.hash)
        self.kmodsrc = "%s/tool/kmodsrc-%s" % (work, self.core_hash)
        if not os.path.exists(self.binary):
            os.makedirs(os.path.dirname(self.binary), exist_ok=True)
            shutil.copy(binary, self.binary + ".tmp")
            os.replace(self.binary + ".tmp", self.binary)
        if not os.path.exists(self.kmodsrc):
            shutil.rmtree(self.kmodsrc + ".tmp", ignore_errors=True)
            shutil.copytree(kmodsrc, self.kmodsrc + ".tmp")
            os.replace(self.kmodsrc + ".tmp", self.kmodsrc)

    def key(self, case, kernel):
        """Of all that a verdict depends on. What a case needs of its release follows from that and from the scripts."""
        text = "\0".join((self.hash, self.core_hash, self.scripts, kernel.package, kernel.version, case.release, case.own))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


running = set()		# processes of ksplice-create, each the leader of a group
stopping = threading.Event()


def kill(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stop():
    """Ends what run() began: it has sessions of its own, and would go on and hold its work directories."""
    stopping.set()
    for pid in list(running):
        kill(pid)


def start_and_wait(argv, environment, out, err, timeout):
    """(exit status, as negative number a signal; resources of all children; was it killed for the time?)"""
    expired = threading.Event()
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True, env=environment)

    def expire():
        expired.set()
        kill(child.pid)
    running.add(child.pid)
    watch = threading.Timer(timeout, expire)
    watch.start()
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:	# KeyboardInterrupt, in the main thread
        kill(child.pid)
        child.wait()
        raise
    finally:
        watch.cancel()
        running.discard(child.pid)
    child.returncode = os.waitstatus_to_exitcode(status)
    if stopping.is_set():
        raise Interrupted
    return child.returncode, usage, expired.is_set() and child.returncode < 0


def run(tool, case, kernel, source, workdir):
    """Runs ksplice-create; the CPU seconds are those of all its children, too."""
    shutil.rmtree(case.directory, ignore_errors=True)
    write(case.path("fix.diff"), case.diff)
    argv = [tool.binary, "--json", "--quiet", "--jobs=%d" % case.jobs, "--patch=" + case.path("fix.diff"), "--id=" + case.id,
            "--description=" + case.name, "--config=" + kernel.config, "--release=" + kernel.release,
            "--symvers=" + kernel.symvers, "--image=" + kernel.vmlinux, "--modules=" + kernel.modules, "--workdir=" + workdir,
            "--output=" + case.path("update.tar.gz"), source]
    start = time.monotonic()
    with open(case.path("answer.json"), "wb") as out, open(case.path("messages"), "wb") as err:
        status, usage, timed_out = start_and_wait(argv, dict(os.environ, KSPLICE_KMODSRC=tool.kmodsrc), out, err, case.timeout)
    with open(case.path("messages"), errors="replace") as f:
        messages = f.read()
    try:
        with open(case.path("answer.json"), errors="replace") as f:
            answer = json.load(f)
    except ValueError:
        answer = None
    return Outcome(status, answer, messages, usage.ru_utime + usage.ru_stime, time.monotonic() - start, timed_out)


def judged(tool, case, kernel, source, workdir, additions):
    """One run; its state, the error's text, and the new symbols that it is refused for (None: for something else)."""
    found = run(tool, case, kernel, source, workdir)
    text = ((found.answer or {}).get("error") or {}).get("text", "")
    if verdicts.is_about_no_case(text):
        raise CannotRun(text)
    if found.timed_out:
        state = verdicts.failure("timeout: no answer within %d s" % case.timeout)
    else:
        state = verdicts.judge(found.status, found.answer, found.messages, lambda word: additions.elsewhere(word, case.name))
    case.spent = [case.spent[0] + found.cpu, case.spent[1] + found.wall]
    state.update(name=case.name, key=tool.key(case, kernel), core=tool.core_hash, status=found.status,
                 cpu=round(case.spent[0], 2), wall=round(case.spent[1], 2))
    answer = found.answer or {}
    if answer:
        state["steps"] = {t["step"]: round(t["cpu"], 2) for t in answer.get("timings", ())}
        state["notes"] = answer.get("notes", [])
    if len(case.files) > 1:
        state["with"] = case.files[1:]
    return state, text, needs.new_symbols(answer) if found.status == 3 else []


class Shared:
    """What came out for diffs of several files: cases that need each other come to the same one."""
    BUSY = object()

    def __init__(self):
        self.lock = threading.Lock()
        self.found = {}		# by diff: (state, text, symbols), or BUSY

    def begin(self, case):
        """None: the case is to run its diff, and to call end(). Else what another one has found, or BUSY."""
        with self.lock:
            found = self.found.get(case.diff)
            if found is None:
                self.found[case.diff] = self.BUSY
            return found

    def end(self, case, outcome):
        with self.lock:
            self.found[case.diff] = outcome


def judged_once(tool, case, kernel, source, workdir, additions, shared):
    """As judged(), or what that has found for the same diff, which then is all that the case has: no update of its own. None: not yet."""
    if len(case.files) == 1:
        return judged(tool, case, kernel, source, workdir, additions)
    found = shared.begin(case)
    if found is None:
        found = judged(tool, case, kernel, source, workdir, additions)
        shared.end(case, found)
        return found
    if found is Shared.BUSY:
        return None
    state, text, symbols = found
    shutil.rmtree(case.directory, ignore_errors=True)
    write(case.path("fix.diff"), case.diff)
    state = dict(state, name=case.name, key=tool.key(case, kernel), cpu=round(case.spent[0], 2), wall=round(case.spent[1], 2),
                 same_as=state["name"])
    state["with"] = case.files[1:]
    return state, text, symbols


def is_wide(name):
    """Is it a header that units of many directories may include?"""
    return name.endswith(".h") and (name.startswith("include/") or "/include/" in name)


def try_case(tool, case, kernel, source, workdir, additions, release=None, shared=None, later=None):
    """Runs the case, with what else of the release it needs; keeps and returns its state.

    With @later, a list, cases may be put there to wait until the others are done, and the state is None: those that come to need a header
    that is_wide(), and those that come to be the same as one that runs now.
    """
    shared = shared or Shared()
    if not case.put_off:
        case.diff, case.files, case.spent = case.own, [case.name], [0, 0]
    for left in reversed(range(needs.ROUNDS_MAX)):
        found = None if case.put_off and later is not None else judged_once(tool, case, kernel, source, workdir, additions, shared)
        if not found:
            case.put_off = True
            later.append(case)
            return None
        state, text, symbols = found
        more = needs.missed(text, symbols or (), case.files, release) \
            if left and release and (state["verdict"] == verdicts.NEEDS or symbols) else []
        if not more or len(case.files) + len(more) > needs.FILES_MAX:
            break
        case.files = case.files[:1] + sorted(case.files[1:] + more)
        case.diff = release.merged(case.files)
        case.put_off = any(is_wide(name) for name in more)
    case.save(state)
    return state


def run_all(cases, jobs, one, done):
    """Calls one(case, worker number) for all cases in @jobs threads, and done(case, state) after each, one at a time.

    A case belongs to a worker by its name; who has none left takes from the others.
    """
    queues = [[] for _ in range(jobs)]
    for case in reversed(cases):
        queues[zlib.crc32(case.name.encode()) % jobs].append(case)
    lock = threading.Lock()
    errors = []

    def take(number):
        with lock:
            if errors:
                return None
            own = queues[number] or max(queues, key=len)
            return own.pop() if own else None

    def work(number):
        try:
            while (case := take(number)) is not None:
                state = one(case, number)
                with lock:
                    done(case, state)
        except Exception as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(jobs)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]
