# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files does a configuration build? Asked of kbuild's own makefiles, without compiling anything."""
import collections
import os
import re
import subprocess

# units.mk is read behind the tree's Makefile, below.mk behind scripts/Makefile.build, once per directory. The way is the
# one of the kernel's build: from the top down the lists of directories, as flags and lists may depend on it. Where it begins
# the top Kbuild says since v6.1, and build-dirs before.
TOP_MK = """\
include $(corpus-list)
corpus-top := $(or $(filter-out $(build-dir),$(build-dirs)),.)
PHONY += corpus-survey $(addprefix corpus-in-,$(corpus-top))
corpus-survey: $(addprefix corpus-in-,$(corpus-top))
$(addprefix corpus-in-,$(corpus-top)): corpus-in-%:
	$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(corpus-below) obj=$* need-builtin=1 need-modorder=1 corpus-survey
.PHONY: $(PHONY)
"""

BELOW_MK = """\
include $(corpus-list)
$(foreach u,$(filter $(corpus-units),$(real-obj-y) $(real-obj-m) $(lib-y) $(extra-y)),$(info corpus-built $(u)))
corpus-dirs := $(foreach d,$(subdir-ym),$(if $(filter $(d)/%,$(corpus-units)),$(d)))
PHONY += corpus-survey $(addprefix corpus-in-,$(corpus-dirs))
corpus-survey: $(addprefix corpus-in-,$(corpus-dirs))
	@:
$(addprefix corpus-in-,$(corpus-dirs)): corpus-in-%:
	$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(corpus-below) obj=$* need-builtin=1 need-modorder=1 corpus-survey
.PHONY: $(PHONY)
"""

# Built by makefiles of their own, into something that is no unit of the kernel. ksplice-create is asked nevertheless: it
# has to say why it refuses.
X86_APART = re.compile(r"arch/x86/(boot|purgatory|realmode/rm|entry/vdso)/.*\.c|lib/vdso/.*\.c|"
                       r"drivers/firmware/efi/libstub/.*\.c")
POWERPC_APART = re.compile(r"arch/powerpc/(boot|purgatory|kernel/vdso)/.*\.c|lib/vdso/.*\.c")
APART_NOT = re.compile(r"drivers/firmware/efi/libstub/(arm|riscv|loongarch).*")

# What make is told of a machine, how its compiler's name begins, and what is apart.
Machine = collections.namedtuple("Machine", "arch cross apart")
X86 = Machine("x86", "", X86_APART)
POWERPC = Machine("powerpc", "powerpc64le-linux-gnu-", POWERPC_APART)


class SurveyFailed(Exception):
    pass


def machine_of(text):
    """That of a configuration."""
    return POWERPC if re.search("^CONFIG_PPC64=y$", text, re.M) else X86


def make(source, directory, machine, *words):
    environment = {k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR") if k in os.environ}
    # Without --no-print-directory 6.12's Makefile calls itself once more, and that without our makefiles.
    done = subprocess.run(["make", "-s", "--no-print-directory", "-f%s/Makefile" % source, "ARCH=" + machine.arch,
                           "CROSS_COMPILE=" + machine.cross, *words],
                          cwd=directory, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, errors="replace", env=dict(environment, LC_ALL="C"))
    if done.returncode:
        raise SurveyFailed("make %s: %s" % (words[-1], done.stderr.strip() or done.stdout.strip()))
    return done.stdout


def units_built(source, config, units, directory):
    """Which of @units ("fs/open.o") the configuration builds; @directory is new and empty."""
    paths = {name: os.path.join(directory, name) for name in ("list.mk", "top.mk", "below.mk", ".config")}
    with open(config) as f:
        text = f.read()
    machine = machine_of(text)
    compiler = re.search(r'^CONFIG_CC_VERSION_TEXT="(\S+)', text, re.M)
    contents = {"list.mk": "corpus-units := \\\n" + "".join("\t%s \\\n" % u for u in units) + "\n",
                "top.mk": TOP_MK, "below.mk": BELOW_MK, ".config": text}
    for name, content in contents.items():
        with open(paths[name], "w") as f:
            f.write(content)
    cc = ["CC=" + machine.cross + compiler.group(1)] if compiler else []
    make(source, directory, machine, *cc, "olddefconfig")
    out = make(source, directory, machine, "-f" + paths["top.mk"], "corpus-list=" + paths["list.mk"],
               "corpus-below=" + paths["below.mk"], *cc, "corpus-survey")
    return {line.split()[1] for line in out.splitlines() if line.startswith("corpus-built ")}


def includers(source, names):
    """{file: [files that include it]} for those of @names, .c files, that others include: kernel/sched/rt.c."""
    wanted = {os.path.basename(n): n for n in names}
    found = {n: [] for n in names}
    grep = subprocess.run(["grep", "-rEH", "--include=*.[chS]", r'^[ \t]*#[ \t]*include[ \t]+["<][^">]*\.c[">]', "."],
                          cwd=source, stdout=subprocess.PIPE, text=True, errors="replace").stdout
    for line in grep.splitlines():
        path, text = line[2:].split(":", 1)
        included = re.search(r'["<]([^">]*)[">]', text).group(1)
        name = wanted.get(os.path.basename(included))
        places = {os.path.normpath(os.path.join(os.path.dirname(path), included)), os.path.normpath(included)}
        # By the directories of include paths, too; the tail decides.
        if name and (name in places or ("/" + name).endswith("/" + included.lstrip("./"))):
            if name in places or os.path.dirname(name) == os.path.dirname(path):
                found[name].append(path)
    return {n: sorted(set(by)) for n, by in found.items() if by}


def built(source, config, names, directory):
    """The .c files among @names of which the configuration builds object code, in their order."""
    by = includers(source, names)
    units = {n[:-2] + ".o" for n in names} | {f[:-2] + ".o" for fs in by.values() for f in fs if f.endswith(".c")}
    has = units_built(source, config, sorted(units), directory)
    with open(config) as f:
        apart = machine_of(f.read()).apart

    def is_built(name):
        if name[:-2] + ".o" in has:
            return True
        if any(f[:-2] + ".o" in has for f in by.get(name, ())):
            return True
        return bool(apart.fullmatch(name)) and not APART_NOT.fullmatch(name)
    return [n for n in names if is_built(n)]
