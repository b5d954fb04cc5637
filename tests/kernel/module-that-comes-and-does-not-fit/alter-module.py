#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""alter-module.py IN OUT FUNCTION OLD NEW: in the one place of the function where the hex bytes OLD are, NEW; without the signature,
as one that is wrong keeps a module out."""
import struct
import sys

path, out, function, old, new = sys.argv[1:]
data = bytearray(open(path, "rb").read())
old, new = bytes.fromhex(old), bytes.fromhex(new)
assert len(old) == len(new)
shoff, = struct.unpack_from("<Q", data, 0x28)
shnum, = struct.unpack_from("<H", data, 0x3c)
sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + 64 * i) for i in range(shnum)]
symtab = next(s for s in sections if s[1] == 2)
strtab = sections[symtab[6]]
for at in range(symtab[4], symtab[4] + symtab[5], 24):
    name, _, _, shndx, value, size = struct.unpack_from("<IBBHQQ", data, at)
    start = strtab[4] + name
    if data[start:data.index(0, start)] == function.encode():
        begin = sections[shndx][4] + value
        break
else:
    sys.exit(f"{path}: no {function}")
assert data[begin:begin + size].count(old) == 1, f"{old.hex()} is not once in {function}"
where = data.index(old, begin)
data[where:where + len(new)] = new
marker = b"~Module signature appended~\n"
if data.endswith(marker):
    size, = struct.unpack_from(">I", data, len(data) - len(marker) - 4)
    del data[len(data) - len(marker) - 12 - size:]
open(out, "wb").write(data)
