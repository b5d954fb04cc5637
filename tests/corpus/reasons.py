# SPDX-License-Identifier: GPL-2.0-or-later
"""What the texts of refusals are worth: is it right to refuse?

Rightly refused is what nobody can splice without code written by hand. Two lists: the strict one has what everybody would
name, and the percentage that counts is made of it; the wider one has what is of the same kind in our eyes. test-corpus
compares the rows with the texts in the tools' sources (texts.py): each text has to have its row, and each row its text.
"""
import collections
import re

STRICT, WIDER, NOT = "strict", "wider", "not"
# Not about the diff, but about where ksplice-create runs, or how it was called: the run ends.
DESK = "desk"

Row = collections.namedtuple("Row", "grade category pattern")

INIT = "init code that has run"
VALUE = "initial value of existing data"
LAYOUT = "layout of data that lives on"
EARLY = "vDSO, boot, real-mode, early code"
ENTRY = "noinstr, entry, NMI code"
SPLICING = "what splicing runs on"
SHORT = "too short for a hook"
QUIET = "never quiet"
BOOT_TABLE = "initcalls and tables that are gone through at boot"
KERNEL_TABLE = "tables of the kernel's own"
PER_CPU = "value of per-CPU data"
CONSTANT = "value of constants"
MOVED = "variables that moved or were renamed"
ASSEMBLER = "structures as assembler code knows them"
MACHINE = "machine checks, mitigations of speculation"
NEW_NAME = "a symbol that the kernel has not"
MEANING = "not known what is meant"
PLACE = "no place for the hook"
ASSEMBLY = "assembler code"
OUTSIDE = "callers outside of the update"
OTHER = "names that mean something else, or may"
REMOVED = "removed functions that may still run"
FILES = "kinds of files and makefiles"
OBJECT = "object code that is not understood"
AUTHOR = "what the author of a diff declared"
HERE = "the machine and the command line"

# (grade, category, pattern to be searched); the first that fits counts.
ROWS = [Row(grade, category, re.compile(pattern)) for grade, category, pattern in (
    (NOT, AUTHOR, r"^cannot do what ksplice_\w+ says: "),
    (NOT, AUTHOR, r"^a hook that cannot be called: "),

    (STRICT, INIT, r": the kernel ran this at boot or when the module was loaded, and does not again \(section "),
    (STRICT, VALUE, r": existing data, which has had other values since it was set up$"),
    (STRICT, LAYOUT, r": changed layout of what \S+, which is not replaced, may have on its stack$"),
    (STRICT, LAYOUT, r": changed layout or meaning of objects that were made before the update and live on$"),
    (STRICT, EARLY, r"^the diff touches no file that this kernel is built from:\n(?s:.*): runs before the kernel"),
    (STRICT, EARLY, r": changes .*: \S+ stays as it is until the kernel is booted anew; "),
    (STRICT, EARLY, r"^it runs before the kernel does$"),
    (STRICT, ENTRY, r"^marked noinstr: it runs where nothing may be instrumented or redirected$"),
    (STRICT, ENTRY, r"^an interrupt or exception that cannot be held off runs it, also while hooks are written$"),
    (STRICT, SPLICING, r"^splicing stops the machine with it, so it runs while it would be rewritten$"),
    (STRICT, SPLICING, r"^splicing writes the hooks with it$"),
    (STRICT, SPLICING, r"^splicing checks the stacks with it$"),
    (STRICT, SPLICING, r"^it makes the memory accessible in which the new code would lie$"),
    (STRICT, SHORT, r"^has \d+ bytes: no room for the \d+ of a hook$"),
    (STRICT, QUIET, r"^every sleeping task is inside of it, so it is never quiet$"),
    (STRICT, QUIET, r"^idle CPUs are inside of it, so it is never quiet$"),

    (WIDER, BOOT_TABLE, r"^a new initcall or boot parameter: boot is over \(section "),
    (WIDER, BOOT_TABLE, r": the kernel went through this table \(.*\) at boot \(section "),
    (WIDER, KERNEL_TABLE, r": a table of the kernel's own \(.*\) that cannot be changed or grow \(section "),
    (WIDER, KERNEL_TABLE, r": existing entry of a table of .* \(section "),
    (WIDER, PER_CPU, r": existing per-CPU data$"),
    (WIDER, CONSTANT, r": a constant that other units of the kernel see too$"),
    (WIDER, CONSTANT, r": no function that can be replaced refers to it$"),
    (WIDER, CONSTANT, r": a table that has, or may have, functions \(.*\): objects that exist keep the old one, "),
    (WIDER, CONSTANT, r": \S+ compares addresses with that of this constant: "),
    (WIDER, MOVED, r": if it moved, its value would be lost$"),
    (WIDER, MOVED, r"^seems to be the old \S+ under another name, .*: its value would be lost$"),
    (WIDER, ASSEMBLER, r": changes what assembler code knows about C structures \("),
    (WIDER, MACHINE, r"^a machine check or system reset, which nothing holds off, may run it while its hook is written$"),
    (WIDER, MACHINE, r"^a machine check, which nothing holds off, may run it while its hook is written$"),
    (WIDER, MACHINE, r"^the mitigation of speculation, which the kernel itself rewrites wherever it is called$"),

    (NOT, KERNEL_TABLE, r": .*, which the kernel got when it was linked \(section "),
    (NOT, KERNEL_TABLE, r": a table of .*, which cannot be changed or grow \(section "),
    (NOT, KERNEL_TABLE, r": section \S+, whose meaning is not known here$"),
    (NOT, NEW_NAME, r"^newly referred to, but "),
    (NOT, MEANING, r"^cannot tell a place in \S+ from one behind or before its neighbour "),
    (NOT, MEANING, r"^cannot tell whether static variable \"\S+\" is the old \S+ or a new one$"),
    (NOT, MEANING, r"^existing data that changed its kind: "),
    (NOT, MEANING, r"^no longer __ro_after_init: "),
    (NOT, MEANING, r"^was .* and is .* now: what is not replaced knows it by its address, "),
    (NOT, MEANING, r"^its source cannot be preprocessed alone, so its structures cannot be compared$"),
    (NOT, PLACE, r"^the hook would lie over .*, which the kernel itself rewrites, and the function has no ftrace entry$"),
    (NOT, PLACE, r"^becomes notrace or noinstr: "),
    (NOT, PLACE, r"^is marked as one that no probe may enter \("),
    (NOT, PLACE, r"^the kernel writes a constant into this code at boot, and would not do so for the new one \(section "),
    (NOT, PLACE, r"^a jump label by \S+, which this kernel cannot have in a module: "),
    (NOT, PLACE, r"^the new code points to \S+, to which nothing in the kernel points: "),
    (NOT, MEANING, r"^found by its distance from another variable of the file, which an update that is in force "),
    (NOT, ASSEMBLY, r"^code that is no function \(no SYM_FUNC_START\), "),
    (NOT, ASSEMBLY, r"^has a second entry, \S+, where no hook would be met$"),
    (NOT, ASSEMBLY, r"^its short jumps to other functions of section \S+ hold only while they lie side by side$"),
    (NOT, ASSEMBLY, r"^runs on into what follows it in section "),
    (NOT, ASSEMBLY, r"^refers to a place in section \S+, which holds only while they lie side by side$"),
    (NOT, OUTSIDE, r"^exported, and "),
    (NOT, OTHER, r": whoever uses the name from elsewhere, or has a pointer, would go on with the old one$"),
    (NOT, OTHER, r": if it moved, they would go on with the old one$"),
    (NOT, OTHER, r" has a table of this name, which is gone with the diff: it has functions, "),
    (NOT, OTHER, r"^new, but \S+ has a weak definition of this name: "),
    (NOT, OTHER, r"^removed, but \S+ has a weak definition of this name, "),
    (NOT, OTHER, r"^weak, and \S+ has another definition of this name: "),
    (NOT, REMOVED, r"^removed, but may still be called through a pointer, and calls "),
    (NOT, OBJECT, r"^refers to section \S+, which is not loaded$"),
    (NOT, OBJECT, r"^refers to \S+, which the kernel has freed \(section "),
    (NOT, OBJECT, r": a retpoline site that is no branch to "),
    (NOT, OBJECT, r": a direct call that replaces no indirect one$"),
    (NOT, OBJECT, r": an alternative that ends inside of an instruction$"),
    (NOT, OBJECT, r": jumps out of its function without a relocation$"),
    (NOT, OBJECT, r": is jumped to, but is in the middle of an instruction or a site$"),
    (NOT, OBJECT, r": not a 64-bit little-endian object: "),
    (NOT, OBJECT, r": ELF machine \d+: supported are "),
    (NOT, OBJECT, r": relocation type \d+ is not known$"),
    (NOT, OBJECT, r": the lower half of (a distance|an address), and no upper half of the same$"),
    (NOT, OBJECT, r": the TOC is used by another instruction than ld$"),
    (NOT, OBJECT, r": refers to \.toc\+0x[0-9a-f]+, where no pointer is$"),
    (NOT, OBJECT, r": a relocation of -mcmodel=small, with which no kernel is built$"),
    (NOT, OBJECT, r": code for one kind of processor within that for another$"),
    (NOT, OBJECT, r": code for one kind of processor has an address in it that is no branch's$"),
    (NOT, OBJECT, r": the entry of -mcmodel=large is not as it should be$"),
    (NOT, OBJECT, r": calls a function in code for one kind of processor$"),
    (NOT, OBJECT, r": returns in code for one kind of processor$"),
    (NOT, OBJECT, r": leaves the function otherwise than by a call with a nop behind it$"),
    (NOT, OBJECT, r": no nop behind the call of a function( of the kernel)?$"),
    (NOT, OBJECT, r": a conditional return so far from the function's end that no branch reaches it$"),
    (NOT, OBJECT, r": reaches data by its distance from r2: to be compiled with -mcmodel=large$"),
    (NOT, OBJECT, r": leaves the function by a jump: to be compiled with -fno-optimize-sibling-calls$"),
    (NOT, OBJECT, r"^with the flags that carried code needs, gcc makes (\d+ call\w? of \S+ in it, and in the kernel \d+: |it otherwise )"),
    (NOT, ASSEMBLY, r"^its functions are called with arguments in registers that a hook needs$"),
    (NOT, ASSEMBLY, r"^assembler code outside of arch/powerpc/lib may run where the new code cannot be reached "),
    (NOT, ASSEMBLY, r"^an assembler function (that only its file knows may be called|with a TOC pointer, which it would not)"),
    (NOT, ASSEMBLY, r"^assembler code that reaches something by a distance, and not by a call or jump to a global function of vmlinux: "),
    (NOT, ASSEMBLY, r": assembler code calls a new function, which does not give back the TOC pointer$"),
    (NOT, OBJECT, r": the diff reaches so many units that its match data has \d+ bytes; "),
    (NOT, FILES, r"^the diff touches no file that this kernel is built from:\n(?s:.*): not a part of the kernel$"),
    (NOT, FILES, r"^the diff touches no file that this kernel is built from:\n(?s:.*): used by no program that builds this kernel$"),
    (NOT, FILES, r"^the diff touches no file that this kernel is built from:\n(?s:.*): a preset of options, "),
    (NOT, FILES, r"^the diff touches no file that this kernel is built from:\n(?s:.*): makes the built-in initramfs, "),
    (NOT, FILES, r"^the diff touches no file that this kernel is built from:\n(?s:.*): checks headers for programs$"),
    (NOT, FILES, r": is a part of a program that the kernel's build runs \("),
    (NOT, FILES, r": may be a part of how the kernel is built: "),
    (NOT, FILES, r": a part of (objtool|resolve_btfids), which writes into the "),
    (NOT, FILES, r": the diff's hunks of makefiles change how it is compiled; "),
    (NOT, FILES, r": '.*' may run a program when it is read, here and now, and nobody knows which; "),
    (NOT, FILES, r": '.*' is neither a list of objects nor their flags; "),
    (NOT, FILES, r": is included by the makefile of another directory, by a way with "),
    (NOT, FILES, r": the diff's hunks of makefiles change what programs of the build are made from; "),
    (NOT, FILES, r": says how a part of the kernel is made that is linked by itself, "),
    (NOT, FILES, r": the makefiles must stay the kernel's own, or the code would not be$"),
    (NOT, FILES, r": changes the configuration, which must stay the kernel's own, or the code would not be; "),
    (NOT, FILES, r": is used by the kernel's build to make sources \("),
    (NOT, FILES, r": is a part of several modules \(.*\); not supported yet$"),
    (NOT, FILES, r" includes \S+ by a way that leads to the unpatched file$"),
    (NOT, FILES, r": a running kernel cannot be linked anew$"),
    (NOT, FILES, r": Rust code is not supported yet$"),
    (NOT, FILES, r": not a C file, and not known to be without influence on object code$"),
    (NOT, FILES, r": binary files are not supported: "),
    (NOT, FILES, r": symbolic links and modules of git are not supported: "),
    (NOT, FILES, r": the diff makes it something else than a file; not supported$"),
    (NOT, FILES, r"^the diff makes \S+, though it has no lines '--- a/file'"),

    (DESK, HERE, r": not a plain file of your own with that one name; give --workdir "),
    (DESK, HERE, r": not a git tree that --git could take a commit from: "),
    (DESK, HERE, r": is not the top of a git tree, it lies in "),
    (DESK, HERE, r"^--git: \S+ has no commit '"),
    (DESK, HERE, r"^--git=\S+: has no parent here "),
    (DESK, HERE, r"^--git=\S+: is a merge; "),
    (DESK, HERE, r"/config: \S+ is '.*'; not supported$"),
    (DESK, HERE, r": git cannot find objects by such a path$"),
    (DESK, HERE, r": a kernel for a machine that is not supported: "),
    (DESK, HERE, r": this kernel cannot load modules \(CONFIG_MODULES\), "),
    (DESK, HERE, r": belongs to another user \(uid \d+\), "),
    (DESK, HERE, r": not a directory; give --workdir=DIR "),
    (DESK, HERE, r": others may write there \(mode \d+\), "),
)]

UNKNOWN = Row("unknown", "not classified: tests/corpus/reasons.py has no row for it", None)


def row_of(text):
    return next((row for row in ROWS if row.pattern.search(text)), UNKNOWN)


def rightly(state):
    """(grade, category) of a refused case: the best of its reasons; (None, None) of another."""
    rows = [row_of(r["reason"]) for r in state.get("reasons", ())]
    for grade in (STRICT, WIDER):
        for row in rows:
            if row.grade == grade:
                return grade, row.category
    return (NOT, None) if rows else (None, None)


def unknown(state):
    """Texts of the case that no row fits."""
    return [r["reason"] for r in state.get("reasons", ()) if row_of(r["reason"]) is UNKNOWN]
