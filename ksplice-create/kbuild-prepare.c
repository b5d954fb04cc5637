// SPDX-License-Identifier: GPL-2.0-or-later
/* Configures the build, and makes what units and modules need beforehand. */
#include "ksplice-create/kbuild.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/image.h"
#include "ksplice-create/kbuild-run.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/tree.h"

#define TOOLS "bc, bison, flex, libelf-dev and libssl-dev"

static struct error *check_config(struct create *c)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", c->ws.build), *text = NULL;
	struct kconfig kernel = {}, ours = {};
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	err = err ?: kconfig_parse(c->kernel.config_text, c->kernel.config, &kernel);
	err = err ?: kconfig_parse(text, path, &ours);
	err = err ?: kconfig_check_drift(&kernel, &ours);
	kconfig_free(&kernel);
	kconfig_free(&ours);
	return err;
}

static struct error *make_config(struct create *c, const char *dir)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", dir);
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct error *err = tree_write(path, c->kernel.config_text, strlen(c->kernel.config_text));

	kbuild_argv(c, &argv);
	strv_add(&argv, "olddefconfig");
	return err ?: kbuild_run_in(c, dir, &argv, NULL);
}

static struct error *configure(struct create *c)
{
	struct error *err = make_config(c, c->ws.build);

	if (err)
		return error_prefix(err, "the kernel's configuration (make olddefconfig) failed (are " TOOLS " installed?)");
	return check_config(c);
}

struct error *kbuild_configure(struct create *c, const char *dir, char **config)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", dir);
	struct error *err = make_config(c, dir);

	return err ?: file_read(path, TEXT_MAX, config, NULL);
}

/* modpost looks for it in the output directory. */
static struct error *put_symvers(struct create *c)
{
	_cleanup_free_ char *path = xasprintf("%s/Module.symvers", c->ws.build);

	if (c->kernel.symvers)
		return tree_copy(c->kernel.symvers, path);
	return image_symvers(c->kernel.image, path);
}

static struct error *make_prepare(struct create *c)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct error *err;

	kbuild_argv(c, &argv);
	/*
	 * Two programs are left out that cost a third of it all: resolve_btfids, which the link of vmlinux needs, and
	 * genksyms, which makes the CRCs of what units export.  What make thinks of these options is of no
	 * consequence for generated headers, and units are compiled without them: kernel/Makefile has objects that they
	 * switch off.
	 */
	strv_add(&argv, "CONFIG_DEBUG_INFO_BTF=");
	strv_add(&argv, "CONFIG_MODVERSIONS=");
	strv_add(&argv, "modules_prepare");
	err = kbuild_run_in(c, c->ws.build, &argv, NULL);
	if (err)
		return error_prefix(err, "preparing the kernel's build (make modules_prepare) failed (are " TOOLS " installed?)");
	return NULL;
}

/* All that configuration and preparation were made from, as far as it can change: the user may edit the tree. */
static struct error *prepare_fingerprint(struct create *c, struct fingerprint *f)
{
	static const char *const lists[] = {
		"include/config/auto.conf.cmd", "kernel/.bounds.s.cmd", "scripts/mod/.devicetable-offsets.s.cmd",
	};
	static const char *const makefiles[] = {
		"Makefile", "Kbuild", "scripts/Kbuild.include", "scripts/Makefile.build", "scripts/Makefile.compiler",
		"scripts/Makefile.lib", "scripts/Makefile.modfinal", "scripts/Makefile.modpost",
	};
	_cleanup_free_ char *asm_offsets = xasprintf("%s/arch/%s/kernel/.asm-offsets.s.cmd", c->ws.build,
						     c->kernel.srcarch);
	_cleanup_free_ char *arch = xasprintf("%s/arch/%s/Makefile", c->kernel.source, c->kernel.srcarch);
	struct error *err = fingerprint_add_cmd(f, c, asm_offsets);

	for (size_t i = 0; !err && i < ARRAY_SIZE(lists); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.build, lists[i]);

		err = fingerprint_add_cmd(f, c, path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(makefiles); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, makefiles[i]);

		fingerprint_add(f, path);
	}
	fingerprint_add(f, arch);
	return err;
}

static char *prepared_path(const struct create *c)
{
	return xasprintf("%s/ksplice-prepared", c->ws.build);
}

static bool is_prepared(struct create *c)
{
	_cleanup_free_ char *path = prepared_path(c);
	struct fingerprint f = FINGERPRINT_INIT;
	bool same = false;
	struct error *err;

	if (!path_exists(path))
		return false;
	err = prepare_fingerprint(c, &f);
	err = err ?: fingerprint_check(&f, path, &same);
	/* What cannot be read was not prepared as it should. */
	error_free(err);
	str_free(&f.text);
	return same;
}

struct error *kbuild_prepare(struct create *c)
{
	_cleanup_free_ char *path = prepared_path(c);
	struct fingerprint f = FINGERPRINT_INIT;
	struct error *err;

	/* The user's Module.symvers may be another one by now; it costs nothing. */
	if (is_prepared(c))
		return put_symvers(c);
	/*
	 * Never was, or something changed, or it was interrupted.  From nothing: make's time stamps are not to be trusted
	 * with half-written files and a source tree that was another version a minute ago.
	 */
	err = tree_empty(c->ws.build);
	err = err ?: configure(c);
	err = err ?: make_prepare(c);
	err = err ?: put_symvers(c);
	err = err ?: prepare_fingerprint(c, &f);
	return err ?: fingerprint_save(&f, path);
}

struct error *kbuild_prepared(struct create *c, char **ret)
{
	_cleanup_free_ char *path = prepared_path(c);

	return file_read(path, 4096, ret, NULL);
}
