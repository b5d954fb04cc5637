// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/outside.h"

#include <fnmatch.h>
#include <string.h>

#include "ksplice-create/makefile.h"

#define NO_PART "not a part of the kernel"
#define PRESET "a preset of options, and this kernel has its own"
#define BEFORE "runs before the kernel, and is gone then"
#define NOT_HERE "used by no program that builds this kernel"
#define BUILDS "may be a part of how the kernel is built: what it would make otherwise, the running kernel does not get; leave it out " \
	       "of the diff, unless the fix is in it"
#define APART "says how a part of the kernel is made that is linked by itself, and stays as it is until the kernel is booted anew"
#define OBJTOOL "a part of objtool, which writes into the kernel's objects: what it would write otherwise, the running kernel does " \
		"not get; leave it out of the diff, unless the fix is in it"
#define BTFIDS "a part of resolve_btfids, which writes into the linked kernel: what it would write otherwise, the running kernel does " \
	       "not get; leave it out of the diff, unless the fix is in it"

/*
 * From the makefiles of 6.1 and 6.12.  The patterns are for fnmatch(3), whose asterisk also stands for slashes; the first that
 * fits, counts, of the first list in which one does.  What units include (tools/lib/bpf/relo_core.c, scripts/dtc/libfdt/) never comes
 * here, nor what kbuild names in its .cmd files (programs.h, blobs.h).
 */
struct named {
	const char *pattern, *what;
};

static const struct named outside[] = {
	{"Documentation/*", NO_PART},
	{"LICENSES/*", NO_PART},
	{"samples/*", NO_PART},
	{"MAINTAINERS", NO_PART},
	{"CREDITS", NO_PART},
	{"COPYING", NO_PART},
	{"*README*", NO_PART},
	{"*/TODO", NO_PART},
	{"*.gitignore", NO_PART},
	{".[a-z]*", NO_PART}, /* .mailmap, .clang-format */
	{"drivers/gpu/drm/ci/*", NO_PART},
	{"*_defconfig", PRESET},
	{"arch/*/configs/*", PRESET},
	{"kernel/configs/*", PRESET},
	{"arch/*/boot/*", BEFORE},
	{"drivers/firmware/efi/libstub/*", BEFORE},
	{"usr/include/*", "checks headers for programs"},
	{"usr/*", "makes the built-in initramfs, which was unpacked at boot"},
	{"tools/lib/api/*", NO_PART},
	{"tools/lib/perf/*", NO_PART},
	{"tools/lib/symbol/*", NO_PART},
	{"tools/lib/thermal/*", NO_PART},
	{"scripts/coccinelle/*", NO_PART},
	{"scripts/gdb/*", NO_PART},
	{"scripts/package/*", NO_PART},
	{"scripts/clang-tools/*", NO_PART},
	{"scripts/tracing/*", NO_PART},
	{"scripts/kconfig/tests/*", NO_PART},
	{"scripts/dtc/*", NOT_HERE},
	{"scripts/checkpatch.pl", NO_PART},
	{"scripts/*.checkpatch", NO_PART},
	{"scripts/checkstack.pl", NO_PART},
	{"scripts/checkkconfigsymbols.py", NO_PART},
	{"scripts/spelling.txt", NO_PART},
	{"scripts/spdx*", NO_PART},
	{"scripts/get_*", NO_PART},
	{"scripts/kernel-doc", NO_PART},
	{"scripts/sphinx-pre-install", NO_PART},
	{"scripts/documentation-file-ref-check", NO_PART},
	{"scripts/decode*", NO_PART},
	{"scripts/faddr2line", NO_PART},
	{"scripts/bloat-o-meter", NO_PART},
	{"scripts/tags.sh", NO_PART},
	{"scripts/ver_linux", NO_PART},
	{"scripts/leaking_addresses.pl", NO_PART},
	{"scripts/bpf_doc.py", NO_PART},
};

static const struct named built_with[] = {
	{"arch/*/entry/vdso/Makefile", APART},
	{"arch/*/entry/vdso/vdso32/Makefile", APART},
	{"arch/*/realmode/rm/Makefile", APART},
	{"arch/*/purgatory/Makefile", APART},
	{"lib/vdso/Makefile", APART},
	{"tools/objtool/*", OBJTOOL},
	{"tools/lib/subcmd/*", OBJTOOL},
	{"tools/arch/*/lib/*", OBJTOOL},
	{"tools/arch/*/tools/*", OBJTOOL},
	{"tools/bpf/resolve_btfids/*", BTFIDS},
	{"tools/lib/bpf/*", BTFIDS},
	{"tools/lib/*", BUILDS},
	{"tools/build/*", BUILDS},
	{"tools/scripts/*", BUILDS},
	{"tools/Makefile", BUILDS},
	{"arch/*/tools/*", BUILDS},
	{"scripts/*", BUILDS},
};

static const struct named beside[] = {
	{"tools/include/*", NOT_HERE},
	{"tools/arch/*", NOT_HERE},
	{"tools/*", NO_PART},
};

/* By the end of the name; of these, what is no source and not listed above. */
static const struct named unsupported[] = {
	{"*.lds.S", "a running kernel cannot be linked anew"},
	{"*.rs", "Rust code is not supported yet"},
	{"*Makefile*", "the makefiles must stay the kernel's own, or the code would not be"},
	{"*Kbuild*", "the makefiles must stay the kernel's own, or the code would not be"},
	{"*", "not a C file, and not known to be without influence on object code"},
};

/* Texts, unless a makefile uses them: arch/x86/lib/x86-opcode-map.txt becomes inat-tables.c. */
static const char *const texts[] = {"*.txt", "*.rst", "*.yaml", "*.yml", "*.md"};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_source(const char *file)
{
	static const char *const suffixes[] = {".h", ".c", ".S", ".inc"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (ends_with(file, suffixes[i]))
			return !ends_with(file, ".lds.S") && !starts_with(file, "Documentation/") && !starts_with(file, "LICENSES/");
	return false;
}

/* Of another machine: "arch/arm64/boot/dts/a.dts". */
static bool is_foreign(const struct create *c, const char *file)
{
	size_t len = strlen(c->kernel.srcarch);

	return starts_with(file, "arch/") && strchr(file + 5, '/') && (strncmp(file + 5, c->kernel.srcarch, len) || file[5 + len] != '/');
}

static bool is_text(const struct create *c, const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!fnmatch(texts[i], file, 0))
			return !makefile_mentions(c->kernel.source, file);
	return false;
}

static const char *find(const struct named *list, size_t nr, const char *file)
{
	for (size_t i = 0; i < nr; i++)
		if (!fnmatch(list[i].pattern, file, 0))
			return list[i].what;
	return NULL;
}

enum file_kind unused_kind(const char *file, const char **why)
{
	*why = find(outside, ARRAY_SIZE(outside), file);
	if (*why)
		return FILE_OUTSIDE;
	*why = find(built_with, ARRAY_SIZE(built_with), file);
	if (*why)
		return FILE_REFUSED;
	*why = find(beside, ARRAY_SIZE(beside), file);
	return *why ? FILE_OUTSIDE : FILE_SOURCE;
}

/* arch/x86/Makefile is a part of the top one. */
static bool has_object_lists(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash || (starts_with(file, "arch/") && strchr(file + 5, '/') == slash))
		return false;
	return !strcmp(slash, "/Makefile") || !strcmp(slash, "/Kbuild");
}

enum file_kind file_kind(const struct create *c, const char *file, const char **why)
{
	enum file_kind kind;

	if (is_source(file))
		return FILE_SOURCE;
	if (starts_with(base_name(file), "Kconfig"))
		return FILE_KCONFIG;
	*why = "of another machine";
	if (is_foreign(c, file))
		return FILE_OUTSIDE;
	kind = unused_kind(file, why);
	if (kind != FILE_SOURCE)
		return kind;
	*why = is_text(c, file) ? NO_PART
	     : ends_with(file, ".rs") && !strstr(c->kernel.config_text, "\nCONFIG_RUST=y") ? "Rust, and CONFIG_RUST is not set" : NULL;
	if (*why)
		return FILE_OUTSIDE;
	if (has_object_lists(file))
		return FILE_MAKEFILE;
	*why = find(unsupported, ARRAY_SIZE(unsupported), base_name(file));
	return FILE_REFUSED;
}

bool outside_unit(const char *unit)
{
	return !fnmatch("arch/*/boot/*", unit, 0) || !fnmatch("drivers/firmware/efi/libstub/*", unit, 0);
}
