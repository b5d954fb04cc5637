#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the matcher and the reference say the same of 40000 random programs, most of them good ones.
here=$(dirname "$(readlink -f "$0")")
KSPLICE_BUILD=${KSPLICE_BUILD:-$here/../../_build}
make -s -C "$KSPLICE_BUILD" tests/match/run-programs >&2 || exit 1
cd "$KSPLICE_BUILD/tests" || exit 1
exec "$here/random-programs" --count=40000 "$KSPLICE_BUILD/tests/match/run-programs"
