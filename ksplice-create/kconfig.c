// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads kernel configurations and says in what two of them differ. */
#include "ksplice-create/kconfig.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct kconfig_option *)a)->name, ((const struct kconfig_option *)b)->name);
}

struct error *kconfig_parse(const char *text, const char *name, struct kconfig *ret)
{
	*ret = (struct kconfig){};
	while (*text) {
		size_t len = strcspn(text, "\n"), key = strcspn(text, "=\n");

		if (starts_with(text, "CONFIG_") && key < len) {
			ret->options = xrealloc(ret->options, (ret->nr + 1) * sizeof(*ret->options));
			ret->options[ret->nr++] = (struct kconfig_option){
				.name = xstrndup(text, key),
				.value = xstrndup(text + key + 1, len - key - 1),
			};
		}
		text += len + (text[len] == '\n');
	}
	if (!ret->nr)
		return error_new(ERROR_BAD_FILE, "%s: not a kernel configuration: no line CONFIG_...=...", name);
	qsort(ret->options, ret->nr, sizeof(*ret->options), compare);
	return NULL;
}

void kconfig_free(struct kconfig *k)
{
	for (size_t i = 0; i < k->nr; i++) {
		free(k->options[i].name);
		free(k->options[i].value);
	}
	free(k->options);
	*k = (struct kconfig){};
}

const char *kconfig_get(const struct kconfig *k, const char *name)
{
	struct kconfig_option key = {.name = (char *)name}, *found;

	found = k->nr ? bsearch(&key, k->options, k->nr, sizeof(key), compare) : NULL;
	return found ? found->value : NULL;
}

/* What follows the first word: "gcc-12 (Debian 12.2.0-14) 12.2.0" and "gcc (Debian ...)" are one compiler. */
static const char *behind_program(const char *value)
{
	return value ? value + strcspn(value, " ") : "";
}

/*
 * Debian makes its cross compilers of the packages that it released first, and does not make them anew for an update of these
 * (gcc-12 12.2.0-14+deb12u1, gcc-12-cross 12.2.0-14): the code must be compared in any case, with --image.
 */
static bool same_cross_compiler(const char *kernel, const char *ours)
{
	const char *update = strstr(kernel, "+deb");
	size_t len = update ? (size_t)(update - kernel) : 0;

	return update && !strncmp(kernel, ours, len) && !strcmp(update + strcspn(update, ")"), ours + len);
}

bool kconfig_same_compiler(const char *kernel, const char *ours, bool cross)
{
	const char *a = behind_program(kernel), *b = behind_program(ours);

	return !strcmp(a, b) || (cross && same_cross_compiler(a, b));
}

/* It may be a cross compiler: before kconfig is asked, the compiler has been found to be the kernel's. */
static bool same_compiler(const char *kernel, const char *ours)
{
	return kconfig_same_compiler(kernel, ours, true);
}

static bool any(const char *kernel, const char *ours)
{
	return true;
}

static bool both_present(const char *kernel, const char *ours)
{
	return kernel && ours && strcmp(kernel, "0") && strcmp(ours, "0");
}

/* Options that may differ. */
static const struct {
	const char *name;
	bool (*may)(const char *kernel, const char *ours);
} harmless[] = {
	/* Only the name by which the compiler was called; goes into the banner, which no unit has in its code. */
	{"CONFIG_CC_VERSION_TEXT", same_compiler},
	/* Goes into a note of vmlinux, vDSO and modules. Debian sets it for the build, and strips it from the file. */
	{"CONFIG_BUILD_SALT", any},
	/* How the kernel's build signs modules. Debian strips them from the file likewise. */
	{"CONFIG_MODULE_SIG_ALL", any},
	{"CONFIG_MODULE_SIG_KEY", any},
	{"CONFIG_MODULE_SIG_KEY_TYPE_RSA", any},
	{"CONFIG_MODULE_SIG_KEY_TYPE_ECDSA", any},
	/* Data of certs/system_certificates.S. */
	{"CONFIG_SYSTEM_TRUSTED_KEYS", any},
	{"CONFIG_SYSTEM_REVOCATION_KEYS", any},
	/* pahole makes BTF after linking. Its presence decides about DEBUG_INFO_BTF, its version does not. */
	{"CONFIG_PAHOLE_VERSION", both_present},
};

static bool is_harmless(const char *name, const char *kernel, const char *ours)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (!strcmp(name, harmless[i].name))
			return harmless[i].may(kernel, ours);
	return false;
}

/* What usually makes options of this name differ. The first that fits, counts. */
static const struct {
	const char *prefix, *hint;
} hints[] = {
	{"CONFIG_PAHOLE_", "pahole decides about BTF: install the Debian package dwarves"},
	{"CONFIG_DEBUG_INFO_BTF", "pahole decides about BTF: install the Debian package dwarves"},
	{"CONFIG_RUST", "a Rust compiler was found here and none when the kernel was built, or the reverse"},
	{"CONFIG_HAVE_RUST", "a Rust compiler was found here and none when the kernel was built, or the reverse"},
	{"CONFIG_GCC_PLUGIN", "headers for gcc plugins were found here and none when the kernel was built, or the "
			      "reverse: the Debian package gcc-N-plugin-dev, N the compiler's version"},
	{"CONFIG_CC_", "the compiler is not the one that built the kernel: see --cc"},
	{"CONFIG_GCC_", "the compiler is not the one that built the kernel: see --cc"},
	{"CONFIG_CLANG_", "the compiler is not the one that built the kernel: see --cc"},
	{"CONFIG_AS_", "the assembler (Debian package binutils) is not the one that built the kernel"},
	{"CONFIG_LD_", "the linker (Debian package binutils) is not the one that built the kernel"},
};

static const char *hint_for(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		if (starts_with(name, hints[i].prefix))
			return hints[i].hint;
	return NULL;
}

#define SHOWN_MAX 20

struct drift {
	struct str text;
	struct strv hints;
	size_t nr;
	bool strict;	/* nothing is harmless */
};

static void note(struct drift *d, const char *name, const char *kernel, const char *ours)
{
	const char *hint = hint_for(name);

	if (!d->strict && is_harmless(name, kernel, ours))
		return;
	if (d->nr++ < SHOWN_MAX)
		str_addf(&d->text, "\n%s: the kernel has %s, here it becomes %s", name, kernel ?: "n", ours ?: "n");
	if (hint)
		strv_add_new(&d->hints, hint);
}

/* Both lists are sorted: walk them side by side. */
static void compare_all(const struct kconfig *kernel, const struct kconfig *ours, struct drift *d)
{
	for (size_t i = 0, k = 0; i < kernel->nr || k < ours->nr;) {
		const struct kconfig_option *a = i < kernel->nr ? &kernel->options[i] : NULL;
		const struct kconfig_option *b = k < ours->nr ? &ours->options[k] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);

		if (order < 0)
			note(d, a->name, a->value, NULL);
		else if (order > 0)
			note(d, b->name, NULL, b->value);
		else if (strcmp(a->value, b->value))
			note(d, a->name, a->value, b->value);
		i += order <= 0;
		k += order >= 0;
	}
}

void kconfig_differences(const struct kconfig *pre, const struct kconfig *post, struct str *ret)
{
	struct drift d = {.strict = true};

	compare_all(pre, post, &d);
	if (d.nr > SHOWN_MAX)
		str_addf(&d.text, "\n... and %zu more", d.nr - SHOWN_MAX);
	str_add(ret, d.text.s ?: "", d.text.len);
	str_free(&d.text);
	strv_free(&d.hints);
}

struct error *kconfig_check_drift(const struct kconfig *kernel, const struct kconfig *ours)
{
	struct drift d = {};
	struct error *err = NULL;

	compare_all(kernel, ours, &d);
	if (d.nr > SHOWN_MAX)
		str_addf(&d.text, "\n... and %zu more", d.nr - SHOWN_MAX);
	if (!d.hints.n)
		strv_add(&d.hints, "is the kernel source of exactly the version that the kernel was built from?");
	for (size_t i = 0; i < d.hints.n; i++)
		str_addf(&d.text, "\n%s", d.hints.v[i]);
	if (d.nr)
		err = error_new(ERROR_OTHER, "with this source and this machine's tools the configuration does not stay "
				"as it is, so the code would not be the kernel's:%s", d.text.s);
	str_free(&d.text);
	strv_free(&d.hints);
	return err;
}
