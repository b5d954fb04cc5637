// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes manifest.json. */
#include "ksplice-create/manifest.h"

#include <errno.h>
#include <string.h>

#include "common/names.h"
#include "common/sha256.h"
#include "kmodsrc/ksplice-abi.h"
#include "objmanip/author.h"

const char *manifest_verdict(const struct om_span *span)
{
	return span->verdict == OM_NEW ? "new" : "changed";
}

/* Parts (foo.cold) go without saying. */
static bool is_shown(const struct om_span *s)
{
	return s->section->class == OM_CLASS_TEXT && !s->part_of && s->name && s->carried &&
	       (s->verdict == OM_CHANGED || s->verdict == OM_NEW);
}

void manifest_functions(const struct target *t, void (*func)(const struct om_span *span, void *arg), void *arg)
{
	for (size_t i = 0; t->om && i < t->om->nr_units; i++)
		om_for_each_span(span, t->om->units[i].post)
			if (is_shown(span))
				func(span, arg);
}

static void add_function(const struct om_span *s, void *list)
{
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "unit", s->obj->unit, "name", s->name, "verdict",
					      manifest_verdict(s), "reason", s->reason ?: ""));
}

/* Objects that are changed in place. */
static json_t *data_json(const struct target *t)
{
	json_t *list = json_array();

	for (size_t i = 0; t->om && i < t->om->nr_units; i++)
		om_for_each_span(s, t->om->units[i].post)
			if (om_in_place(s))
				json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "unit", s->obj->unit, "name",
								      s->name, "reason", s->reason ?: ""));
	return list;
}

static json_t *hooks_json(const struct target *t)
{
	json_t *list = json_array();

	for (size_t i = 0; t->om && i < t->om->nr_author_hooks; i++) {
		const struct om_author_hook *h = &t->om->author_hooks[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "unit", h->record->obj->unit, "name",
						      h->fn ? h->fn->name : "", "when", om_phase_name(h->phase)));
	}
	return list;
}

static json_t *module_json(const char *module)
{
	_cleanup_free_ char *file = xasprintf("%s.ko", module);

	return json_pack("{s:s, s:s}", "file", file, "module", module);
}

static json_t *target_json(const struct target *t)
{
	json_t *units = json_array(), *functions = json_array();

	for (size_t i = 0; t->om && i < t->om->nr_units; i++)
		json_array_append_new(units, json_string(t->om->units[i].post->unit));
	manifest_functions(t, add_function, functions);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", t->name, "match", module_json(t->match_module), "code",
			 module_json(t->code_module), "units", units, "functions", functions, "data",
			 data_json(t), "hooks", hooks_json(t));
}

json_t *manifest_targets(const struct create *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nr_targets; i++)
		json_array_append_new(list, target_json(&c->targets[i]));
	return list;
}

static json_t *kernel_json(const struct create *c)
{
	json_t *kernel = json_pack("{s:s}", "release", c->kernel.release);

	if (c->kernel.banner)
		json_object_set_new(kernel, "banner", json_string(c->kernel.banner));
	if (c->kernel.build_id)
		json_object_set_new(kernel, "build_id", json_string(c->kernel.build_id));
	if (c->kernel.module_hash)
		json_object_set_new(kernel, "module_hash", json_string(c->kernel.module_hash));
	return kernel;
}

static struct error *files_json(const struct member *members, size_t nr, json_t **ret)
{
	struct error *err = NULL;

	*ret = json_object();
	for (size_t i = 0; !err && i < nr; i++) {
		char hex[SHA256_HEX_SIZE];

		err = sha256_hex(members[i].data, members[i].size, hex);
		if (!err)
			json_object_set_new(*ret, members[i].name,
					    json_pack("{s:I, s:s}", "size", (json_int_t)members[i].size, "sha256", hex));
	}
	return err;
}

char *manifest_description(const struct create *c)
{
	const char *subject = starts_with(c->patches.text.s, "Subject: ") ? c->patches.text.s
									  : strstr(c->patches.text.s, "\nSubject: ");
	struct str names = STR_INIT;

	if (c->opt.description)
		return xstrdup(c->opt.description);
	if (subject) {
		subject = strchr(subject, ':') + 2;
		if (*subject == '[' && strchr(subject, ']'))
			subject = strchr(subject, ']') + 1;
		subject += strspn(subject, " ");
		return xstrndup(subject, strcspn(subject, "\r\n"));
	}
	for (size_t i = 0; i < c->opt.patches.n; i++) {
		const char *slash = strrchr(c->opt.patches.v[i], '/');

		str_addf(&names, "%s%s", i ? ", " : "", slash ? slash + 1 : c->opt.patches.v[i]);
	}
	return names.s;
}

static json_t *text_json(const char *text)
{
	_cleanup_free_ char *copy = NULL;
	json_t *j = json_string(text);

	if (j)
		return j;
	/* Not UTF-8: a mail's subject may be anything. */
	copy = xstrdup(text);
	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	return json_string(copy);
}

static struct error *dump(const json_t *root, char **ret)
{
	*ret = root ? json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII) : NULL;
	return *ret ? NULL : error_errno(ENOMEM, "manifest");
}

struct error *manifest_agree(json_t *root, const struct member *members, size_t nr, char **ret)
{
	json_t *files;
	struct error *err = files_json(members, nr, &files);

	json_object_set_new(root, "files", files);
	return err ?: dump(root, ret);
}

struct error *manifest_make(const struct create *c, const struct member *members, size_t nr, time_t when, char **ret)
{
	_cleanup_free_ char *desc = manifest_description(c);
	json_t *files, *root;
	struct tm tm;
	char created[32];
	struct error *err = files_json(members, nr, &files);

	if (err) {
		json_decref(files);
		return err;
	}
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&when, &tm));
	root = json_pack("{s:i, s:s, s:o, s:s, s:s, s:o, s:{s:s, s:s, s:i}, s:o, s:s, s:o}", "format", UPDATE_FORMAT,
			 "id", c->opt.id, "description", text_json(desc), "created", created, "arch", c->kernel.arch,
			 "kernel", kernel_json(c), "core", "file", "ksplice.ko", "module", "ksplice", "abi",
			 KSPLICE_ABI, "targets", manifest_targets(c), "patch", "patch", "files", files);
	err = dump(root, ret);
	json_decref(root);
	return err;
}
