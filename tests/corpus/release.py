# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole release as one update: all cases that can be spliced alone, in one diff."""
import collections
import json
import os
import re
import subprocess
import tempfile
import time

import cases
import guest
import table
import trees
import verdicts

TIMEOUT = 3 * 3600	# seconds of wall clock for ksplice-create
ROUNDS = 6		# of leaving out what cannot go along
LOADED = re.compile(r"corpus (loads|does-not-load) (\S+)")

LOAD_SCRIPT = """\
#!/bin/sh
for module in $(cat /root/modules); do
	modprobe $module >/dev/null 2>&1 && echo "corpus loads $module" || echo "corpus does-not-load $module"
done
exit 0
"""


def parts_of(diff):
    """{file: its part} of a diff of several files."""
    parts = {}
    for part in re.split(r"(?m)^(?=--- \S+.*\n\+\+\+ b/)", diff):
        m = re.match(r"--- \S+.*\n\+\+\+ b/(\S+)", part)
        if m:
            parts[m.group(1)] = part
    return parts


def merge(chosen, old, new):
    """One diff of all cases. Cases may share files (headers); where their hunks in one differ, the whole file's are taken."""
    files = {}
    for case in chosen:
        for name, part in parts_of(case.diff).items():
            if files.setdefault(name, part) != part:
                files[name] = trees.diff(old, new, name)
    return "".join(files[name] for name in sorted(files))


def not_loadable(kernel, modules):
    """Those of @modules that this kernel does not load in a guest, as they look for a device or processor."""
    with tempfile.TemporaryDirectory(prefix="corpus.") as tmp:
        cases.write(tmp + "/script", LOAD_SCRIPT)
        cases.write(tmp + "/modules", "\n".join(modules) + "\n")
        argv = guest.command(kernel, tmp, ["--memory=2048", "--timeout=900", "--add=%s/modules:/root/modules" % tmp])
        argv += ["--with-module=" + m for m in modules]
        done = subprocess.run(argv + [tmp + "/script"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="replace")
    found = dict(m.group(2, 1) for m in LOADED.finditer(done.stdout))
    if set(found) != set(modules):
        raise OSError("the guest that was to load the modules of the release failed: " + done.stderr[-1000:])
    return {m for m, what in found.items() if what != "loads"}


def culprits(state, chosen):
    """{case: reason} of those without which the rest may go: the files that ksplice-create names."""
    texts = [(r["where"], r["reason"]) for r in state.get("reasons", ())] or \
        [(line, line) for line in state.get("reason", "").splitlines()]
    found = {}
    for where, reason in texts:
        for case in chosen:
            if re.search(r"(^|[\s/])" + re.escape(case.name[:-1]) + "[oc]\\b", where):
                found.setdefault(case, reason)
    return found


class Release(cases.Case):
    timeout = TIMEOUT

    def __init__(self, directory, jobs):
        super().__init__("release", "", directory)
        self.id = "release"
        self.jobs = jobs


def create(tool, kernel, old, new, chosen, work, jobs, say):
    """Makes the update; returns it, its state, and {name: reason} of what was left out."""
    left_out, release = {}, Release(work, jobs)
    wall = cpu = 0
    for _ in range(ROUNDS):
        release.own = merge(chosen, old, new)
        say("%d cases in one diff of %d files" % (len(chosen), len(parts_of(release.own))))
        state = cases.try_case(tool, release, kernel, old, work + "/worker-release", cases.NOTHING_ADDED)
        wall, cpu = wall + state["wall"], cpu + state["cpu"]
        bad = culprits(state, chosen) if state["verdict"] != verdicts.SPLICED else {}
        if not bad:
            break
        left_out.update((c.name, reason) for c, reason in bad.items())
        for case, reason in bad.items():
            say("left out: %s: %s" % (case.name, reason))
        chosen = [c for c in chosen if c not in bad]
    state["cases"] = [c.name for c in chosen]
    state["all_rounds"] = {"wall": round(wall, 2), "cpu": round(cpu, 2)}
    return release, state, left_out


def measure(release, state):
    """Sizes and counts of an update that was made."""
    with open(release.path("answer.json")) as f:
        answer = json.load(f)
    listing = subprocess.run(["tar", "-tvzf", release.path("update.tar.gz")], stdout=subprocess.PIPE, text=True).stdout
    sizes = [int(line.split()[2]) for line in listing.splitlines()]
    verdict = collections.Counter(f["verdict"] for t in answer["targets"] for f in t["functions"])
    return {"bytes": os.path.getsize(release.path("update.tar.gz")), "unpacked": sum(sizes),
            "modules": sum(1 for line in listing.splitlines() if line.endswith(".ko")),
            "targets": len(answer["targets"]), "units": sum(len(t["units"]) for t in answer["targets"]),
            "functions": dict(verdict)}


def try_in_vm(kernel, release):
    """Applies and undoes it: the verdict, and the times that the core tells, in guest time and in instructions."""
    more = ["--memory=2048", "--timeout=3600"]
    status, output, messages = guest.boot(kernel, [release], more)
    found = guest.result(status, output, messages, release)
    found["timing"] = guest.timing_of(output)
    if found["verdict"] == guest.GOOD:
        # One processor and a clock that counts instructions: the same in each run.
        more += ["--cpus=1", "--qemu-opt=-icount shift=0,sleep=off"]
        found["instructions"] = guest.timing_of(guest.boot(kernel, [release], more)[1])
    return found


def run(tool, kernel, old, new, chosen, work, jobs, vm, say):
    start = time.monotonic()
    spliced = [c for c in chosen if c.state().get("verdict") == verdicts.SPLICED]
    left_out = {}
    if vm:
        modules = sorted({t for c in spliced for t in c.state()["targets"] if t != "vmlinux"})
        say("loading %d modules in a guest" % len(modules))
        absent = not_loadable(kernel, modules) if modules else set()
        for case in list(spliced):
            bad = absent & set(case.state()["targets"])
            if bad:
                left_out[case.name] = "the guest cannot load module %s" % ", ".join(sorted(bad))
                spliced.remove(case)
    release, state, more = create(tool, kernel, old, new, spliced, work, jobs, say)
    left_out.update(more)
    result = {"verdict": state["verdict"], "cases": len(state["cases"]), "left_out": left_out, "wall": state["wall"],
              "cpu": state["cpu"], "all_rounds": state["all_rounds"], "steps": state.get("steps", {})}
    if state["verdict"] == verdicts.SPLICED:
        result.update(measure(release, state))
        if vm:
            result["vm"] = try_in_vm(kernel, release)
    else:
        result["reason"] = state.get("reason") or state.get("reasons")
    result["seconds"] = round(time.monotonic() - start, 1)
    return result


def markdown(about, r):
    lines = ["## %(package)s %(old)s → %(new)s as one update, on %(kernel)s" % about, "",
             "%d cases: %s." % (r["cases"], r["verdict"])]
    if "targets" in r:
        lines += ["", "| | |", "|---|---:|",
                  "| units | %d |" % r["units"], "| targets (the kernel proper and modules) | %d |" % r["targets"],
                  "| functions | %s |" % ", ".join("%d %s" % (n, v) for v, n in sorted(r["functions"].items())),
                  "| modules in the update file | %d |" % r["modules"],
                  "| update file, its contents | %.1f MB, %.1f MB |" % (r["bytes"] / 1e6, r["unpacked"] / 1e6),
                  "| ksplice-create: CPU | %.0f s |" % r["cpu"]]
        lines += ["| … %s | %.0f s |" % (step, cpu) for step, cpu in r["steps"].items() if cpu >= 1]
    vm = r.get("vm")
    if vm:
        lines += ["| in the VM | %s |" % vm["verdict"]]
        t, i = vm.get("timing"), vm.get("instructions")
        if t:
            lines += ["| matching, in the guest (emulated, 2 processors) | %.1f s |" % (t["match_ns"] / 1e9),
                      "| the stop | %.1f ms, %d tasks |" % (t["stop_ns"] / 1e6, t["tasks"])]
        if i:
            lines += ["| the stop, in instructions (1 processor) | %d, %d tasks |" % (i["stop_ns"], i["tasks"])]
    if r["left_out"]:
        lines += ["", "Left out:", "", "| case | reason |", "|---|---|"]
        lines += ["| `%s` | %s |" % (n, table.cell(w)) for n, w in sorted(r["left_out"].items())]
    return "\n".join(lines) + "\n"
