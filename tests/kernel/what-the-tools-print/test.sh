#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: --json is JSON with the documented members, -q is silent on success, -v tells more; bad numbers are bad usage,
# and --timeout ends the waiting for a busy function.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update flock "$here/../task-sleeps-inside/fix.diff"
guest_program park

guest --get=/tmp/json.tar:"$work/json.tar" <<'END'
mkdir /tmp/json
# json STATUS NAME COMMAND...: keeps what it prints to standard output, for check-json on the host.
json()
{
	local expected=$1 name=$2 status

	shift 2
	"$@" >/tmp/json/$name 2>/tmp/err
	status=$?
	[ $status = "$expected" ] || fail "$*: status $status, not $expected: $(cat /tmp/err)"
	echo "ok: $* ($status)"
}
# lines COMMAND...: how many it prints; it must succeed.
lines()
{
	"$@" >/tmp/lines 2>&1 || fail "$*: $(cat /tmp/lines)"
	wc -l </tmp/lines
}

json 0 view-nothing ksplice-view --json
json 9 view-unknown ksplice-view --json first
json 0 view-file ksplice-view --json --file=/root/first.tar.gz
json 0 view-file-patch ksplice-view --json --patch --file=/root/first.tar.gz
json 8 view-bad-file ksplice-view --json --file=/etc/passwd
json 0 apply-dry ksplice-apply --json --dry-run /root/first.tar.gz
json 0 apply ksplice-apply --json /root/first.tar.gz
json 0 apply-again ksplice-apply --json /root/first.tar.gz
json 0 view-list ksplice-view --json
json 0 view-detail ksplice-view --json first
json 0 view-patch ksplice-view --json --patch first
json 0 view-conflicts ksplice-view --json --conflicts first
json 0 undo ksplice-undo --json first
json 9 undo-unknown ksplice-undo --json first

is "apply -q" 0 "$(lines ksplice-apply -q /root/first.tar.gz)"
is "apply -q, again" 0 "$(lines ksplice-apply -q /root/first.tar.gz)"
plain=$(lines ksplice-view)
is "view -q: the list without its heading" $((plain - 1)) "$(lines ksplice-view -q)"
plain=$(lines ksplice-view first)
[ "$(lines ksplice-view -v first)" -gt "$plain" ] || fail "view -v tells no more"
is "undo -q" 0 "$(lines ksplice-undo -q first)"
apply_plain=$(lines ksplice-apply /root/first.tar.gz)
undo_plain=$(lines ksplice-undo first)
[ "$apply_plain" -gt 0 ] && [ "$undo_plain" -gt 0 ] || fail "a success is told by nothing"
[ "$(lines ksplice-apply -v /root/first.tar.gz)" -gt "$apply_plain" ] || fail "apply -v tells no more"
[ "$(lines ksplice-undo -v first)" -gt "$undo_plain" ] || fail "undo -v tells no more"

for value in "" x -1 1.5 5s 99999999999999999999; do
	for option in retries timeout; do
		ends 2 ksplice-apply --$option="$value" /root/first.tar.gz
		has "it tells which option" "--$option" "$out"
		ends 2 ksplice-undo --$option="$value" first
	done
done
is_gone first

# A function in which a task sleeps for longer than anybody waits.
park /tmp/lock 1000 >/tmp/held & holder=$!
for i in $(seq 100); do grep -q locked /tmp/held && break; usleep 100000; done
park /tmp/lock & waiter=$!
for i in $(seq 100); do grep -q flock /proc/$waiter/wchan /proc/$waiter/stack && break; usleep 100000; done
# seconds COMMAND...: how long it takes to be told that the function is busy.
seconds()
{
	local start=$(cut -d. -f1 /proc/uptime)

	ends $BUSY "$@" >&2
	echo $(($(cut -d. -f1 /proc/uptime) - start))
}
once=$(seconds ksplice-apply --retries=0 /root/flock.tar.gz) || exit 1
long=$(seconds ksplice-apply --retries=1000000 --timeout=6 /root/flock.tar.gz) || exit 1
# It gives up when the next try would come too late; the machine may be five times as slow as it seems.
[ "$long" -ge 2 ] && [ "$long" -le $((30 + once)) ] || fail "--timeout=6 took $long s, one try $once s"
echo "ok: --timeout=6 took $long s, one try $once s"
json $BUSY apply-busy ksplice-apply --json --retries=0 /root/flock.tar.gz
echo $waiter >/tmp/json/waiter
kill $holder
wait $waiter
tar -cf /tmp/json.tar -C /tmp/json .
END

mkdir "$work/json"
tar -xf "$work/json.tar" -C "$work/json" || die "no JSON came out of the guest"
python3 "$here/check-json" "$work/json" "$KSPLICE_KERNEL_RELEASE" || die "the JSON is not as documented"
