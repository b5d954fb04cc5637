# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels of the corpus: Debian's packages, fetched and unpacked once, in the cache that all tests share.

Everything goes through tests/lib/cache.sh (apt-get download, one file each, renamed into place); what it has no function
for, namely sources of any package and vmlinux alone out of a -dbg package, follows its conventions here.
"""
import collections
import fcntl
import os
import re
import shlex
import shutil
import subprocess
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
CACHE = os.environ.get("KSPLICE_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "ksplice")

# Image packages of a flavour; the group is the release without the flavour: "6.1.0-53", "6.12.113+deb12".  What is not of amd64 is not
# compressed, and has its symbols.
Flavour = collections.namedtuple("Flavour", "pattern suffix arch", defaults=["amd64"])
FLAVOURS = {
    "cloud": Flavour(r"linux-image-(\d[\w.+~]*(?:-\d+)?)-cloud-amd64-unsigned", "-cloud-amd64"),
    "generic": Flavour(r"linux-image-(\d[\w.+~]*(?:-\d+)?)-amd64-unsigned", "-amd64"),
    "rt": Flavour(r"linux-image-(\d[\w.+~]*(?:-\d+)?)-rt-amd64-unsigned", "-rt-amd64"),
    "powerpc64le": Flavour(r"linux-image-(\d[\w.+~]*(?:-\d+)?)-powerpc64le", "-powerpc64le", "ppc64el"),
}


class Unavailable(Exception):
    """A package cannot be had; the text says which and why."""


def cache_call(function, *words):
    """Runs a function of tests/lib/cache.sh, returns what it prints, a path mostly."""
    text = ". %s && %s %s" % (shlex.quote(TESTS + "/lib/cache.sh"), function, shlex.join(words))
    done = subprocess.run(["bash", "-c", text, "corpus"], stdout=subprocess.PIPE, text=True,
                          env=dict(os.environ, KSPLICE_CACHE=CACHE))
    if done.returncode:
        raise Unavailable("no package %s" % " ".join(words))
    return done.stdout.strip()


def unpack(deb, member, target, command):
    """Unpacks @member of the package into a new directory, by @command, and renames what it made to @target."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(os.path.join(os.path.dirname(target), ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(target):
            return
        tmp = tempfile.mkdtemp(prefix=".tmp.", dir=os.path.dirname(target))
        try:
            script = "set -o pipefail; dpkg-deb --fsys-tarfile %s | %s" % (shlex.quote(deb), command)
            subprocess.run(["bash", "-c", script], cwd=tmp, check=True)
            made = os.path.join(tmp, member)
            if not os.path.exists(made):
                raise Unavailable("%s has no %s" % (deb, member))
            os.rename(made, target)
        except subprocess.CalledProcessError as e:
            raise Unavailable("cannot unpack %s" % deb) from e
        finally:
            shutil.rmtree(tmp, ignore_errors=True)


def source_tree(package, version):
    """The directory of the unpacked source, in the place where cache_kernel_source() has it."""
    target = "%s/source/%s_%s" % (CACHE, package, version)
    if not os.path.isdir(target):
        unpack(cache_call("cache_deb", package, version), package, target,
               "tar -xO --wildcards './usr/src/%s.tar.*' | xz -dc -T0 | tar -x" % package)
    return target


def vmlinux(release, version):
    """vmlinux with symbols. Alone: the debug files of all modules that come with it are ten times its size."""
    target = "%s/corpus/vmlinux-%s_%s" % (CACHE, release, version)
    member = "usr/lib/debug/boot/vmlinux-" + release
    if not os.path.isfile(target):
        deb = cache_call("cache_deb", "linux-image-%s-dbg" % release, version)
        unpack(deb, member, target, "tar -x ./%s" % member)
    return target


def apt_cache(arch, *words):
    options = cache_call("cache_apt_options", arch).split()
    return subprocess.run(["apt-cache", *options, *words], stdout=subprocess.PIPE, text=True, errors="replace").stdout.splitlines()


def known_packages(pattern, arch="amd64"):
    """(name, version) of all packages that fit, and that the cache has or apt knows; the cache first, as mirrors forget."""
    names = os.listdir(CACHE + "/debs") if os.path.isdir(CACHE + "/debs") else []
    for name in names:
        m = re.fullmatch(r"([^_]+)_([^_]+)_[^_]+\.deb", name)
        if m and re.fullmatch(pattern, m.group(1)):
            yield m.group(1), m.group(2).replace("%3a", ":")
    names = [name for name in apt_cache(arch, "pkgnames", "linux-") if re.fullmatch(pattern, name)]
    # All versions that it knows, not only the newest.
    for line in apt_cache(arch, "madison", *names) if names else ():
        name, version, where = (word.strip() for word in line.split("|"))
        if where.endswith(" Packages"):
            yield name, version


def package_of(version):
    """The source package of a version: linux-source-6.12 of 6.12.107-1~deb12u1."""
    m = re.match(r"\d+\.\d+", version)
    if not m:
        raise Unavailable("%s is no version of a kernel" % version)
    return "linux-source-" + m.group()


def find(pattern, version, what, arch="amd64"):
    """(name, match) of the package that fits and has the version; Unavailable tells which versions there are."""
    has = set()
    for name, other in known_packages(pattern, arch):
        if other == version:
            return name, re.fullmatch(pattern, name)
        has.add(other)
    raise Unavailable("neither apt nor %s/debs has %s in version %s; %s" % (
        CACHE, what, version, "they have it in " + ", ".join(sorted(has)) if has else
        "is the suite that has it in the sources, and 'apt-get update' done?"))


def check_sources(package, versions):
    """Before anything large is fetched."""
    for version in versions:
        if not os.path.isdir("%s/source/%s_%s" % (CACHE, package, version)):
            find(re.escape(package), version, package)


class Kernel:
    """One stock kernel: what ksplice-create needs of it (paths), and what run-in-vm needs (package, version)."""

    def __init__(self, version, flavour):
        pattern, suffix, arch = FLAVOURS[flavour]
        name, m = find(pattern, version, "an image of flavour " + flavour, arch)
        self.version = version
        self.package = name
        self.release = m.group(1) + suffix
        image = cache_call("cache_kernel", name, version, arch)
        headers = cache_call("cache_package", "linux-headers-" + self.release, version, arch)
        self.config = "%s/boot/config-%s" % (image, self.release)
        self.modules = "%s/lib/modules/%s" % (image, self.release)
        self.symvers = "%s/usr/src/linux-headers-%s/Module.symvers" % (headers, self.release)
        self.vmlinux = vmlinux(self.release, version) if arch == "amd64" else "%s/boot/vmlinux-%s" % (image, self.release)
