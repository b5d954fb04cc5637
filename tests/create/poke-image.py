#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""poke-image.py IMAGE SYMBOL OFFSET HEX...: writes bytes into a kernel image, OFFSET bytes behind the symbol."""
import subprocess
import sys


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout


def address_of(image, symbol):
    found = [line.split()[0] for line in output("nm", image).splitlines() if line.endswith(" " + symbol)]
    assert len(found) == 1, "%s: %d of that name" % (symbol, len(found))
    return int(found[0], 16)


def offset_of(image, address):
    for line in output("readelf", "-lW", image).splitlines():
        words = line.split()
        if words[:1] == ["LOAD"]:
            offset, virtual, size = int(words[1], 16), int(words[2], 16), int(words[4], 16)
            if virtual <= address < virtual + size:
                return offset + address - virtual
    sys.exit("0x%x is not in %s" % (address, image))


image, symbol = sys.argv[1:3]
with open(image, "r+b") as f:
    f.seek(offset_of(image, address_of(image, symbol) + int(sys.argv[3], 0)))
    f.write(bytes.fromhex("".join(sys.argv[4:])))
