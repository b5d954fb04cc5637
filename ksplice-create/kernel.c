// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds out which kernel the update is for, and whether source, configuration and compiler are its own. */
#include "ksplice-create/kernel.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/subprocess.h"
#include "ksplice-create/image.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/kernel-modules.h"
#include "ksplice-create/package-id.h"
#include "ksplice-create/tree.h"
#include "objmanip/arch.h"

/* Only for a file that is there; the text after the last slash. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool has(const char *dir, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);

	return path_exists(path);
}

/* make takes these apart: "source directory cannot contain spaces or colons" (Makefile), "$" and "#" are its own. */
static struct error *check_path(const char *path, const char *what)
{
	size_t bad = strcspn(path, " \t\n:%$#'\"\\*?[];&|<>()`");

	if (!path[bad])
		return NULL;
	return error_new(ERROR_USAGE, "%s: the kernel's build cannot cope with '%c' in the path of the %s; move it, or "
			 "give it another name", path, path[bad], what);
}

static struct error *find_source(struct create *c)
{
	struct kernel *k = &c->kernel;

	k->source = realpath(c->opt.source, NULL);
	if (!k->source)
		return error_errno(errno, "%s", c->opt.source);
	if (!has(k->source, "Kconfig") || !has(k->source, "Makefile") || !has(k->source, "scripts/Makefile.build"))
		return error_new(ERROR_OTHER, "%s: not a kernel source tree: no Kconfig, Makefile and "
				 "scripts/Makefile.build there%s", c->opt.source,
				 has(k->source, "include/linux") ? "; is it only the headers?" : "");
	if (has(k->source, "include/config") || has(k->source, "vmlinux.o") || has(k->source, "init/main.o"))
		return error_new(ERROR_OTHER, "%s: something was built in this tree, so it cannot be built from "
				 "elsewhere; unpack a fresh one, or 'git worktree add' one, or run 'make mrproper' there",
				 c->opt.source);
	return check_path(k->source, "kernel source");
}

static struct error *find_config(struct create *c)
{
	struct kernel *k = &c->kernel;
	struct utsname u;
	struct error *err;

	if (c->opt.config) {
		k->config = xstrdup(c->opt.config);
	} else {
		uname(&u);
		k->config = xasprintf("/boot/config-%s", u.release);
	}
	err = file_read(k->config, TEXT_MAX, &k->config_text, NULL);
	if (err && !c->opt.config)
		err = error_prefix(err, "the running kernel's configuration is not where it usually is (give --config)");
	return err;
}

/* RUSTC_VERSION, 0 without a compiler: af0121c2d303 ("kbuild: rust: add `CONFIG_RUSTC_VERSION`", v6.12). */
static bool saw_rust(const struct kconfig *config)
{
	const char *version = kconfig_get(config, "CONFIG_RUSTC_VERSION");

	return version ? strcmp(version, "0") != 0 : kconfig_get(config, "CONFIG_RUST_IS_AVAILABLE") != NULL;
}

/* CONFIG_MODULE_SIG_HASH="sha256" */
static void find_module_hash(struct kernel *k, const struct kconfig *config)
{
	const char *hash = kconfig_get(config, "CONFIG_MODULE_SIG") ? kconfig_get(config, "CONFIG_MODULE_SIG_HASH") : NULL;

	if (hash && strlen(hash) > 2)
		k->module_hash = xstrndup(hash + 1, strlen(hash) - 2);
}

/* @tools: how names of the tools for it begin on other machines. */
static struct error *take_arch(struct create *c, const struct om_arch *arch, const char *srcarch, const char *tools)
{
	struct kernel *k = &c->kernel;
	struct utsname u;

	if (c->opt.arch && strcmp(c->opt.arch, arch->name))
		return error_new(ERROR_WRONG_KERNEL, "%s is the configuration of a kernel for %s, but the update is to be for %s", k->config,
				 arch->name, c->opt.arch);
	uname(&u);
	k->arch = xstrdup(arch->name);
	k->srcarch = xstrdup(srcarch);
	k->cross = strcmp(u.machine, arch->name) ? tools : "";
	k->carried_cflags = arch->carried_cflags;
	return NULL;
}

/* By what the configuration says the machine is. */
static struct error *find_arch(struct create *c)
{
	struct kernel *k = &c->kernel;
	struct kconfig config;
	struct error *err = kconfig_parse(k->config_text, k->config, &config);

	if (err)
		return err;
	if (kconfig_get(&config, "CONFIG_X86_64"))
		err = take_arch(c, &om_arch_x86_64, "x86", "x86_64-linux-gnu-");
	else if (kconfig_get(&config, "CONFIG_PPC64") && kconfig_get(&config, "CONFIG_CPU_LITTLE_ENDIAN"))
		err = take_arch(c, &om_arch_ppc64le, "powerpc", "powerpc64le-linux-gnu-");
	else
		err = error_new(ERROR_REFUSED, "%s: a kernel for a machine that is not supported: only x86_64 is, and ppc64le in part",
				k->config);
	if (!err && !kconfig_get(&config, "CONFIG_MODULES"))
		err = error_new(ERROR_REFUSED, "%s: this kernel cannot load modules (CONFIG_MODULES), and an update is "
				"made of modules", k->config);
	k->rust = saw_rust(&config);
	find_module_hash(k, &config);
	/* delay-objtool in scripts/Makefile.lib: so in 6.1 and in 6.12. */
	k->late_objtool = kconfig_get(&config, "CONFIG_X86_KERNEL_IBT") || kconfig_get(&config, "CONFIG_LTO_CLANG");
	kconfig_free(&config);
	return err;
}

static struct error *read_image(struct create *c)
{
	struct kernel *k = &c->kernel;
	struct error *err;

	if (!c->opt.image)
		return NULL;
	err = image_open(c->opt.image, &k->image);
	if (err)
		return err;
	if (!image_banner(k->image) || !image_build_id(k->image))
		return error_new(ERROR_BAD_FILE, "%s: has no %s; --image wants the kernel's vmlinuz, or its vmlinux with symbols",
				 c->opt.image, image_banner(k->image) ? "build id" : "linux_banner");
	k->banner = xstrdup(image_banner(k->image));
	k->build_id = xstrdup(image_build_id(k->image));
	return NULL;
}

/* The third word of "Linux version REL (...". */
static char *banner_release(const char *banner)
{
	const char *rel = banner + strlen("Linux version ");

	return xstrndup(rel, strcspn(rel, " "));
}

/* A headers tree (Debian's linux-headers-REL, or a build directory) knows the release. NULL if there is none. */
static char *headers_release(const char *config)
{
	_cleanup_free_ char *dir = xstrndup(config, base_name(config) - config);
	_cleanup_free_ char *path = xasprintf("%sinclude/config/kernel.release", dir);
	struct error *err;
	char *text;

	err = file_read(path, 4096, &text, NULL);
	if (err) {
		error_free(err);
		return NULL;
	}
	text[strcspn(text, " \n")] = 0;
	return text;
}

static struct error *find_release(struct create *c)
{
	struct kernel *k = &c->kernel;
	const char *name = base_name(k->config);
	struct utsname u;

	if (c->opt.release)
		k->release = xstrdup(c->opt.release);
	else if (starts_with(name, "config-") && isdigit((unsigned char)name[7]))
		k->release = xstrdup(name + 7);
	else
		k->release = headers_release(k->config);
	if (!k->release && k->banner)
		k->release = banner_release(k->banner);
	uname(&u);
	if (!k->release && starts_with(k->config, "/boot/"))
		k->release = xstrdup(u.release);
	if (!k->release)
		return error_new(ERROR_USAGE, "which release does %s belong to? Give --release=REL (what 'uname -r' says "
				 "there), or --image", k->config);
	/* It becomes a word on make's command line and a string in C. */
	for (const char *p = k->release; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._+~-", *p))
			return error_new(ERROR_USAGE, "%s: a kernel's release has no '%c'", k->release, *p);
	return NULL;
}

/* The number behind "NAME = " in the tree's Makefile, as text; NULL if it has no such line. */
static char *makefile_number(const char *makefile, const char *name)
{
	_cleanup_free_ char *start = xasprintf("\n%s = ", name);
	const char *p = strstr(makefile, start);

	p = p ? p + strlen(start) : NULL;
	return p && isdigit((unsigned char)*p) ? xstrndup(p, strspn(p, "0123456789")) : NULL;
}

struct error *kernel_source_version(const struct kernel *k, char **major_minor, char **whole)
{
	_cleanup_free_ char *path = xasprintf("%s/Makefile", k->source), *text = NULL;
	_cleanup_free_ char *major = NULL, *minor = NULL, *sub = NULL;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	if (err)
		return err;
	major = makefile_number(text, "VERSION");
	minor = makefile_number(text, "PATCHLEVEL");
	sub = makefile_number(text, "SUBLEVEL");
	if (!major || !minor)
		return error_new(ERROR_BAD_FILE, "%s: no VERSION and PATCHLEVEL", path);
	*major_minor = xasprintf("%s.%s", major, minor);
	*whole = xasprintf("%s.%s", *major_minor, sub ?: "0");
	return NULL;
}

/*
 * "6.1" must begin both.  More cannot be asked for: Debian's 6.1.0-56 is made from 6.1.192, and which source it was,
 * only the match can tell.
 */
static struct error *check_version(struct create *c)
{
	struct kernel *k = &c->kernel;
	_cleanup_free_ char *version = NULL, *whole = NULL;
	struct error *err = kernel_source_version(k, &version, &whole);

	if (err)
		return err;
	if (starts_with(k->release, version) && !isdigit((unsigned char)k->release[strlen(version)]))
		return NULL;
	return error_new(ERROR_WRONG_KERNEL, "%s is the source of Linux %s, but the update is to be for %s", k->source,
			 version, k->release);
}

static struct error *check_image(struct create *c)
{
	_cleanup_free_ char *release = NULL;

	if (!c->kernel.banner)
		return NULL;
	release = banner_release(c->kernel.banner);
	if (!strcmp(release, c->kernel.release))
		return NULL;
	return error_new(ERROR_WRONG_KERNEL, "%s is the image of %s, but the update is to be for %s", c->opt.image,
			 release, c->kernel.release);
}

static struct error *find_symvers(struct create *c)
{
	struct kernel *k = &c->kernel;
	_cleanup_strv_ struct strv places = STRV_INIT;

	if (c->opt.symvers) {
		k->symvers = xstrdup(c->opt.symvers);
		return access(k->symvers, R_OK) ? error_errno(errno, "%s", k->symvers) : NULL;
	}
	strv_addf(&places, "%.*sModule.symvers", (int)(base_name(k->config) - k->config), k->config);
	strv_addf(&places, "/usr/src/linux-headers-%s/Module.symvers", k->release);
	strv_addf(&places, "/lib/modules/%s/build/Module.symvers", k->release);
	for (size_t i = 0; i < places.n && !k->symvers; i++)
		if (path_exists(places.v[i]))
			k->symvers = xstrdup(places.v[i]);
	if (k->symvers || c->opt.image)
		return NULL;
	return error_new(ERROR_OTHER, "cannot find the kernel's Module.symvers, without which its modules would not be "
			 "loaded: install linux-headers-%s, or give --symvers=FILE or --image=FILE (not in %s, %s, %s)",
			 k->release, places.v[0], places.v[1], places.v[2]);
}

/* First line of what "CC --version" prints; NULL if there is no such compiler. */
static char *version_of(const char *cc)
{
	const char *argv[] = {cc, "--version", NULL};
	struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);
	char *line = NULL;

	if (!err && !r.status)
		line = xstrndup(r.out, strcspn(r.out, "\n"));
	if (!err)
		subprocess_result_free(&r);
	error_free(err);
	return line;
}

/* What CONFIG_CC_VERSION_TEXT has: the line of the compiler that built the kernel, "gcc-12 (Debian 12.2.0-14) 12.2.0". */
static char *wanted_compiler(const struct kernel *k)
{
	struct kconfig config;
	struct error *err = kconfig_parse(k->config_text, k->config, &config);
	const char *value = kconfig_get(&config, "CONFIG_CC_VERSION_TEXT");
	char *text = NULL;

	if (value && *value == '"' && strlen(value) > 2)
		text = xstrndup(value + 1, strlen(value) - 2);
	error_free(err);
	kconfig_free(&config);
	return text;
}

static struct error *compiler_differs(const struct kernel *k, const char *want)
{
	_cleanup_free_ char *program = xstrndup(want, strcspn(want, " "));

	if (!k->cc_version)
		return error_new(ERROR_OTHER, "the compiler that built the kernel is not installed: %s\ninstall %s%s, or give "
				 "--cc=CC", want, k->cross, program);
	return error_new(ERROR_OTHER, "the compiler differs from the kernel's, so the code would too\n"
			 "kernel: %s\nhere:   %s (%s)\ninstall that version of %s, or give --cc=CC", want, k->cc_version,
			 k->cc, program);
}

/* --cc, else the program that the configuration names, else gcc; whatever it is, it must be the very same version. */
static struct error *find_compiler(struct create *c)
{
	struct kernel *k = &c->kernel;
	_cleanup_free_ char *want = wanted_compiler(k);

	if (!want)
		return error_new(ERROR_BAD_FILE, "%s: no CONFIG_CC_VERSION_TEXT, so the compiler that built the kernel is "
				 "not known", k->config);
	k->cc = c->opt.cc ? xstrdup(c->opt.cc) : xasprintf("%s%.*s", k->cross, (int)strcspn(want, " "), want);
	k->cc_version = version_of(k->cc);
	if (!k->cc_version && c->opt.cc)
		return error_new(ERROR_OTHER, "--cc=%s: cannot run it", k->cc);
	if (!k->cc_version) {
		free(k->cc);
		k->cc = xasprintf("%sgcc", k->cross);
		k->cc_version = version_of(k->cc);
	}
	if (!k->cc_version || !kconfig_same_compiler(want, k->cc_version, *k->cross))
		return compiler_differs(k, want);
	return check_path(k->cc, "compiler");
}

struct error *kernel_find(struct create *c)
{
	struct error *err = find_source(c);

	err = err ?: find_config(c);
	err = err ?: find_arch(c);
	err = err ?: read_image(c);
	err = err ?: find_release(c);
	err = err ?: check_version(c);
	err = err ?: check_image(c);
	err = err ?: kernel_modules_find(c);
	err = err ?: find_symvers(c);
	err = err ?: package_id_find(c);
	return err ?: find_compiler(c);
}

void kernel_free(struct kernel *k)
{
	free(k->source);
	free(k->config);
	free(k->config_text);
	free(k->release);
	free(k->arch);
	free(k->srcarch);
	free(k->symvers);
	free(k->cc);
	free(k->cc_version);
	free(k->module_hash);
	free(k->banner);
	free(k->build_id);
	free(k->distributor);
	free(k->distribution_version);
	kernel_memory_destroy(k->memory);
	module_files_close(&k->module_files);
	free(k->modules);
	image_close(k->image);
	*k = (struct kernel){};
}
