#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is in an update file: the files that docs/formats.md lists, a manifest that tells the truth, modules that the kernel
# would load.
. "$(dirname "$0")/lib.sh"

release=${KSPLICE_CONFIG##*/config-}
diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >1.diff
{ printf 'From: me\nSubject: [PATCH 2/2] Say it otherwise\n\nBecause.\n'
  diff_of fs/proc/loadavg.c 's/%u\/%d/%u,%d/'; } >2.diff
diff_of drivers/block/zram/zram_drv.c '/^static ssize_t initstate_show/,/^}/s/init_done(zram)/!&/' >3.diff

# shellcheck disable=SC2086
create --patch=1.diff --patch=2.diff --patch=3.diff --id=check_1 --json $kernel "$KSPLICE_SOURCE"
case_is "create"
wants 0
[ $failures = 0 ] || finish
sed '/^{/,$!d' out >result.json

case_is "archive"
tar -tzf ksplice-check_1.tar.gz >list || fail "tar cannot read it"
cat >expected <<'END'
ksplice-check_1/
ksplice-check_1/manifest.json
ksplice-check_1/ksplice.ko
ksplice-check_1/ksplice_check_1_vmlinux.ko
ksplice-check_1/ksplice_check_1_vmlinux_match.ko
ksplice-check_1/ksplice_check_1_zram.ko
ksplice-check_1/ksplice_check_1_zram_match.ko
ksplice-check_1/patch
END
diff expected list || fail "other files"
tar -xzf ksplice-check_1.tar.gz
cat 1.diff 2.diff 3.diff | cmp - ksplice-check_1/patch || fail "patch is not the diffs"

case_is "manifest"
python3 - "$release" >python.out 2>&1 <<'END' || { cat python.out; fail "see above"; }
import hashlib, json, os, sys
dir = "ksplice-check_1/"
m = json.load(open(dir + "manifest.json"))
r = json.load(open("result.json"))
assert m["format"] == 1 and m["id"] == "check_1" and m["arch"] == "x86_64", m
assert m["kernel"] == {"release": sys.argv[1], "module_hash": "sha256"}, m["kernel"]
assert m["description"] == "Say it otherwise", m["description"]
assert m["core"] == {"file": "ksplice.ko", "module": "ksplice", "abi": 5}, m["core"]
assert m["patch"] == "patch"
names = set(os.listdir(dir)) - {"manifest.json"}
assert set(m["files"]) == names, m["files"]
for name, f in m["files"].items():
    data = open(dir + name, "rb").read()
    assert f == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}, name
want = {"vmlinux": {"fs/proc/cmdline.o": "cmdline_proc_show", "fs/proc/loadavg.o": "loadavg_proc_show"},
        "zram": {"drivers/block/zram/zram_drv.o": "initstate_show"}}
assert {t["name"] for t in m["targets"]} == set(want), m["targets"]
for t in m["targets"]:
    for part, suffix in (("code", ""), ("match", "_match")):
        module = "ksplice_check_1_" + t["name"] + suffix
        assert t[part] == {"file": module + ".ko", "module": module}, t[part]
    assert set(t["units"]) == set(want[t["name"]]), t["units"]
    got = {f["unit"]: f["name"] for f in t["functions"]}
    assert got == want[t["name"]], got
    assert all(f["verdict"] == "changed" and f["reason"] for f in t["functions"]), t["functions"]
assert r["ok"] is True and r["id"] == "check_1" and r["file"] == "ksplice-check_1.tar.gz", r
assert r["targets"] == m["targets"] and r["release"] == sys.argv[1]
assert set(r) == {"version", "ok", "id", "file", "release", "workdir", "signature", "targets", "refusals", "notes", "timings", "cpu"}, r
assert set(r["timings"][0]) == {"step", "wall", "cpu"} and set(m["targets"][0]["functions"][0]) == {"unit", "name",
       "verdict", "reason"} and set(m["targets"][0]) == {"name", "match", "code", "units", "functions", "data", "hooks"}
assert r["signature"] is None and r["version"] == 1 and r["notes"] == [] and os.path.isdir(r["workdir"])
assert r["refusals"] == [] and r["cpu"] > 0 and len(r["timings"]) > 5
END

case_is "modules"
for module in ksplice-check_1/*.ko; do
	name=${module##*/}
	[ "$(modinfo -F vermagic "$module")" = "$release SMP preempt mod_unload modversions " ] || fail "vermagic of $name"
	[ "$(modinfo -F name "$module")" = "${name%.ko}" ] || fail "name of $name"
	[ "$(modinfo -F license "$module")" = GPL ] || fail "license of $name"
	readelf -SW "$module" | grep -q '\.debug_' && fail "$name has debug information"
	readelf -SW "$module" | grep -q '__versions' || fail "$name has no CRCs"
done

case_is "diff with another -p"
sed 's#^\([-+]\{3\}\) [ab]/#\1 #' 1.diff >p0.diff
# shellcheck disable=SC2086
create --patch=p0.diff --patch-opt=-p0 --id=check_1 $kernel "$KSPLICE_SOURCE"
wants 0 'changed *fs/proc/cmdline.o: cmdline_proc_show'
case_is "diff to be reversed"
sed 's#^-\([^-]\)#~\1#; s#^+\([^+]\)#-\1#; s#^~#+#' 1.diff >back.diff
# shellcheck disable=SC2086
create --patch=back.diff --patch-opt=-R --id=check_1 $kernel "$KSPLICE_SOURCE"
wants 0 'changed *fs/proc/cmdline.o: cmdline_proc_show'

case_is "refusal in the object code as JSON"
diff_of drivers/block/loop.c 's/^static int max_loop = .*/static int max_loop = 3;/; s/^static int hw_queue_depth = .*/static int hw_queue_depth = 3;/' >5.diff
# shellcheck disable=SC2086
create --patch=5.diff --id=none --json $kernel "$KSPLICE_SOURCE"
wants 3
sed '/^{/,$!d' out | python3 -c '
import json, sys
r = json.load(sys.stdin)
assert r["ok"] is False and r["error"]["kind"] == "refused", r
assert r["refusals"] and all(set(x) == {"target", "where", "reason", "advice"} for x in r["refusals"]), r' ||
	fail "JSON of a refusal"
case_is "nothing changes, as JSON"
diff_of fs/proc/cmdline.c 's/^fs_initcall/static int y = 1;\nint *ksplice_test_y(void);\nint *ksplice_test_y(void) { return \&y; }\n&/' >4.diff
# shellcheck disable=SC2086
create --patch=4.diff --id=none --json $kernel "$KSPLICE_SOURCE"
wants 66
sed '/^{/,$!d' out | python3 -c '
import json, sys
r = json.load(sys.stdin)
assert r["ok"] is False and r["error"]["kind"] == "no_change" and r["error"]["text"], r
assert "file" not in r' || fail "JSON of a failure"
case_is "quiet"
# shellcheck disable=SC2086
create --patch=1.diff --id=check_1 -q $kernel "$KSPLICE_SOURCE"
wants 0
[ ! -s out ] || fail "prints something"

# Who reads the report, as a script with --json does, must not take its loss for a success.
for how in "" --json; do
	case_is "report that cannot be written $how"
	# shellcheck disable=SC2086
	flock "$shared.lock" "$tool" --workdir="$shared" --patch=1.diff --id=check_1 $how $kernel "$KSPLICE_SOURCE" \
		>/dev/full 2>out
	status=$?
	wants 1 '^ksplice-create: .*: No space left'
done
finish
