#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: hooks are written and taken back, many times, while NMIs arrive on all CPUs without end and tasks come and exit.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"

# QEMU's command "nmi" sends one to each CPU; a second monitor beside the harness's.  Not before the guest asks for them: until it
# has handlers, they would end it.
socket=$work/nmi
: >"$work/said"
python3 - "$socket" "$work/said" <<'END' &
import socket, sys, time

while "NMIs, please" not in open(sys.argv[2]).read():
    time.sleep(0.1)
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.setblocking(False)
try:
    while True:
        s.sendall(b"nmi\n")
        time.sleep(0.002)
        try:
            while s.recv(65536):
                pass
            break
        except BlockingIOError:
            pass
except OSError:
    pass
END

guest --cpus=2 --append=apic_extnmi=all --qemu-opt="-monitor unix:$socket,server=on,wait=off" <<'END' | tee "$work/said"
boot=$(cat /proc/cmdline)
nmis()
{
	awk '$1 == "NMI:" { print $2, $3 }' /proc/interrupts
}

storm()
{
	while [ ! -e /tmp/enough ]; do
		true | true
		(exit 0) & (exit 0) &
		wait
	done
}

set -- $(nmis)
before0=$1 before1=$2
# run-in-vm has it panic by an NMI to learn where it hangs.
echo 0 >/proc/sys/kernel/unknown_nmi_panic
echo "NMIs, please"
storm & one=$!
storm & two=$!
round=0
while [ $round -lt 12 ]; do
	ksplice-apply -q /root/first.tar.gz || fail "not applied"
	is "spliced" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	ksplice-undo -q first || fail "not undone"
	is "undone" "$boot" "$(cat /proc/cmdline)"
	round=$((round + 1))
done
touch /tmp/enough
wait $one $two
set -- $(nmis)
echo "NMIs meanwhile: $(($1 - before0)) and $(($2 - before1))"
[ $(($1 - before0)) -gt 100 ] && [ $(($2 - before1)) -gt 100 ] || fail "hardly any NMI has arrived"
is_gone first
END
