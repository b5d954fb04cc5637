#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""patch-feature-tests.py IMAGE [FURTHER]: does to each static_cpu_has() of a 6.1 kernel image what boot does on a machine without the
feature: "jmp 6f", which leads to .altinstr_aux, becomes the replacement "jmp t_no" (alternative.c: recompute_jump()).  Those that are not
short lead FURTHER bytes too far.  Prints how many there are of these."""
import struct
import subprocess
import sys


def sections(image):
    text = subprocess.run(["readelf", "-SW", image], stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
    for line in text.splitlines():
        words = line.replace("[ ", "[").split()
        if len(words) > 6 and words[0].startswith("[") and words[0] != "[Nr]" and words[2] in ("PROGBITS", "NOTE"):
            address, offset, size = (int(word, 16) for word in words[3:6])
            if address:
                yield words[1], address, offset, size


class Image:
    def __init__(self, file, name):
        self.file, self.sections = file, {s[0]: s[1:] for s in sections(name)}

    def seek(self, address):
        for start, offset, size in self.sections.values():
            if start <= address < start + size:
                self.file.seek(offset + address - start)
                return
        sys.exit("0x%x is not in the image" % address)

    def read(self, address, size):
        self.seek(address)
        return self.file.read(size)

    def write(self, address, data):
        self.seek(address)
        self.file.write(data)


def destination(image, address):
    """Of the jmp with 32 bits there; None: it is none."""
    code = image.read(address, 5)
    return address + 5 + struct.unpack("<i", code[1:])[0] if code[0] == 0xE9 else None


# struct alt_instr: s32 instr_offset, s32 repl_offset, u16 cpuid, u8 instrlen, u8 replacementlen
def patch(image, further):
    table, _, size = image.sections[".altinstructions"]
    aux, _, aux_size = image.sections[".altinstr_aux"]
    far = 0
    for at in range(table, table + size, 12):
        instr, repl, _, instrlen, repllen = struct.unpack("<iiHBB", image.read(at, 12))
        site, repl = at + instr, at + 4 + repl
        test = destination(image, site) if (instrlen, repllen) == (5, 5) else None
        t_no = destination(image, repl) if test is not None and aux <= test < aux + aux_size else None
        if t_no is None:
            continue
        if -128 <= t_no - (site + 2) < 128:
            image.write(site, b"\xeb" + struct.pack("<b", t_no - (site + 2)) + b"\x0f\x1f\x00")
        else:
            image.write(site, b"\xe9" + struct.pack("<i", t_no + further - (site + 5)))
            far += 1
    return far


with open(sys.argv[1], "r+b") as f:
    print(patch(Image(f, sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
