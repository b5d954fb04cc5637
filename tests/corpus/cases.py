# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases: what one is, how it is run, and what is kept of it.

A work directory holds, per case, a directory cases/NAME/ with its diff, ksplice-create's answer and messages, the update,
and state.json; a case is done when state.json has the key of its diff and of ksplice-create. Each worker has a work
directory of ksplice-create's own, and takes the same files in each run, so that pre objects are built once.
"""
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

TIMEOUT = 900	# seconds of wall clock for one case


class Case:
    """A changed file, with the hunks of other files that it needs (needs.py)."""
    timeout = TIMEOUT
    jobs = 1

    def __init__(self, name, diff, directory):
        self.name = name
        self.own = self.diff = diff	# of the file alone, and with what it needs
        self.directory = os.path.join(directory, name.replace("/", "__"))
        self.id = re.sub(r"[^a-z0-9]+", "_", os.path.basename(name)[:-2].lower())[:16].strip("_") + \
            "_%04x" % (zlib.crc32(name.encode()) & 0xffff)

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
        text = "\0".join((self.hash, kernel.package, kernel.version, case.own))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def run(tool, case, kernel, source, workdir):
    """Runs ksplice-create; returns exit status, answer, messages, seconds of CPU (all children), seconds."""
    shutil.rmtree(case.directory, ignore_errors=True)
    write(case.path("fix.diff"), case.diff)
    argv = [tool.binary, "--json", "--quiet", "--jobs=%d" % case.jobs, "--patch=" + case.path("fix.diff"), "--id=" + case.id,
            "--description=" + case.name, "--config=" + kernel.config, "--release=" + kernel.release,
            "--symvers=" + kernel.symvers, "--image=" + kernel.vmlinux, "--modules=" + kernel.modules, "--workdir=" + workdir,
            "--output=" + case.path("update.tar.gz"), source]
    start = time.monotonic()
    with open(case.path("answer.json"), "wb") as out, open(case.path("messages"), "wb") as err:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                                 env=dict(os.environ, KSPLICE_KMODSRC=tool.kmodsrc))
        watch = threading.Timer(case.timeout, os.killpg, (child.pid, signal.SIGKILL))
        watch.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        finally:
            watch.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    with open(case.path("messages"), errors="replace") as f:
        messages = f.read()
    try:
        with open(case.path("answer.json"), errors="replace") as f:
            answer = json.load(f)
    except ValueError:
        answer = None
    return child.returncode, answer, messages, usage.ru_utime + usage.ru_stime, time.monotonic() - start


def judged(tool, case, kernel, source, workdir, additions):
    """One run; its state, the error's text, and the new symbols that it is refused for (None: for something else)."""
    status, answer, messages, cpu, wall = run(tool, case, kernel, source, workdir)
    state = verdicts.judge(status, answer, messages, lambda word: additions.elsewhere(word, case.name))
    state.update(name=case.name, key=tool.key(case, kernel), core=tool.core_hash, status=status,
                 cpu=round(cpu, 2), wall=round(wall, 2))
    if answer:
        state["steps"] = {t["step"]: round(t["cpu"], 2) for t in answer.get("timings", ())}
        state["notes"] = answer.get("notes", [])
    answer = answer or {}
    return state, (answer.get("error") or {}).get("text", ""), needs.new_symbols(answer) if status == 3 else []


def try_case(tool, case, kernel, source, workdir, additions, release=None):
    """Runs the case, with what else of the release it needs; keeps and returns its state."""
    case.diff = case.own
    state, text, symbols = judged(tool, case, kernel, source, workdir, additions)
    files, spent = [case.name], [state["cpu"], state["wall"]]
    while release and len(files) <= needs.FILES_MAX and len(files) <= needs.ROUNDS_MAX and \
            (state["verdict"] == verdicts.NEEDS or symbols):
        more = needs.missed(text, symbols or (), files, release)
        if not more:
            break
        files += more
        case.diff = release.merged(files)
        state, text, symbols = judged(tool, case, kernel, source, workdir, additions)
        spent = [spent[0] + state["cpu"], spent[1] + state["wall"]]
    if len(files) > 1:
        state["with"] = files[1:]
        state.update(cpu=round(spent[0], 2), wall=round(spent[1], 2))
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
