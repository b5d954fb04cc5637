# SPDX-License-Identifier: GPL-2.0-or-later
"""Applies and undoes updates of the corpus in a VM, several per boot."""
import os
import re
import subprocess
import tempfile

PER_BOOT = 8
RUN_IN_VM = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "vm", "run-in-vm")
NO_MODULE = 97		# run-in-vm: the guest cannot load a module

GOOD = "applied and undone"
# The guest cannot load the module that the update changes, for want of a device or a processor: nothing is known of the update.
NOT_TRIED = "not tried"

SCRIPT = """\
#!/bin/sh
# One line per step: corpus NAME STEP STATUS; what the tools said is before it.
for file in /root/corpus/*.tar.gz; do
	id=${file##*/}
	id=${id%.tar.gz}
	ksplice-apply "$file" 2>&1; status=$?
	echo "corpus $id apply $status"
	[ $status = 0 ] || continue
	ksplice-view "$id" >/dev/null 2>&1; echo "corpus $id view $?"
	[ "$(cat /sys/kernel/ksplice/$id/stage)" = applied ]; echo "corpus $id stage $?"
	sed 's/^/corpus-timing /' /sys/kernel/ksplice/$id/timing
	# What runs all the time has its chance to go through the new code.
	ls -lR /proc/1 /sys/kernel >/dev/null 2>&1; cat /proc/*/stat >/dev/null 2>&1; ip addr >/dev/null 2>&1
	ksplice-undo "$id" 2>&1; echo "corpus $id undo $?"
	! grep -q "^ksplice_${id}_" /proc/modules; echo "corpus $id gone $?"
done
exit 0
"""


def command(kernel, tmp, options):
    return [RUN_IN_VM, "--kernel=%s=%s" % (kernel.package, kernel.version), "--log=" + os.path.join(tmp, "log")] + options


def boot(kernel, cases, options=()):
    """Runs the updates of @cases in one guest; returns run-in-vm's status, its output, the kernel's messages.

    @options are for run-in-vm; what is given there twice, counts as given last.
    """
    modules = sorted({t for c in cases for t in c.state()["targets"] if t != "vmlinux"})
    with tempfile.TemporaryDirectory(prefix="corpus.") as tmp:
        script = os.path.join(tmp, "script")
        with open(script, "w") as f:
            f.write(SCRIPT)
        argv = command(kernel, tmp, ["--memory=1024", "--timeout=%d" % (120 + 60 * len(cases))] + list(options))
        argv += ["--module=" + m for m in modules]
        argv += ["--add=%s:/root/corpus/%s.tar.gz" % (c.path("update.tar.gz"), c.id) for c in cases]
        done = subprocess.run(argv + [script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, errors="replace")
    return done.returncode, done.stdout, done.stderr


def timing_of(output):
    """{"match_ns": ..., "stop_ns": ..., "tasks": ...} of the last update that was applied; in the core's words."""
    return {k: int(v) for k, v in re.findall(r"(?m)^corpus-timing (\w+)=(\d+)$", output)}


def steps_of(output, ident):
    """{step: status} of one update, and what the tools said before the step that failed."""
    steps, said, before = {}, "", []
    for line in output.splitlines():
        m = re.fullmatch(r"corpus (\S+) (\S+) (\d+)", line)
        if not m:
            before.append(line)
            continue
        if m.group(1) == ident:
            steps[m.group(2)] = int(m.group(3))
            if m.group(3) != "0" and not said:
                said = "\n".join(before[-12:])
        before = []
    return steps, said


def why_not_loaded(output, messages):
    """What run-in-vm and modprobe said."""
    modules = re.findall(r"the guest cannot load the module (\S+)", output)
    said = re.findall(r"modprobe: (?:can't load module \S+ \(\S+\): )?(.*)", messages)
    return "the guest cannot load module %s%s" % (", ".join(modules), ": " + said[-1].strip() if said else "")


def result(status, output, messages, case):
    """{"verdict": ..., "reason": ...} of one case, None if it cannot be told from what else was in this guest."""
    steps, said = steps_of(output, case.id)
    if status == NO_MODULE:
        return {"verdict": NOT_TRIED, "reason": why_not_loaded(output, messages)}
    if steps == dict.fromkeys(("apply", "view", "stage", "undo", "gone"), 0) and status == 0:
        return {"verdict": GOOD}
    for step, code in steps.items():
        if code:
            return {"verdict": step + " failed", "reason": "status %d: %s" % (code, said)}
    return {"verdict": "kernel complained", "reason": messages[-2000:]}


def apply_and_undo(kernel, cases, done):
    """Calls done(case, result) for each. A guest in which something went wrong that may be another's fault is run again, with one update at a time."""
    by_module = sorted(cases, key=lambda c: (c.state()["targets"] != ["vmlinux"], c.name))
    for i in range(0, len(by_module), PER_BOOT):
        group = by_module[i:i + PER_BOOT]
        status, output, messages = boot(kernel, group)
        for case in group:
            if status and len(group) > 1:
                done(case, result(*boot(kernel, [case]), case))
            else:
                done(case, result(status, output, messages, case))
