#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the reader of object files, the differ and what both emit, on bytes that libFuzzer makes of good ones, 10,000 times: no crash, no hang, no sanitizer's complaint.
here=$(dirname "$(readlink -f "$0")")
# A failing input stays there.
cd "${KSPLICE_BUILD:-$here/../../_build}/tests" || exit 1
exec "$here/run" --runs=10000 objmanip
