// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON of errors, and JSON to stdout, over jansson. */
#include "common/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *error_kind_name(enum error_kind kind)
{
	switch (kind) {
	case ERROR_OTHER:		return "other";
	case ERROR_USAGE:		return "usage";
	case ERROR_SYSTEM:		return "system";
	case ERROR_BAD_FILE:		return "bad_file";
	case ERROR_REFUSED:		return "refused";
	case ERROR_NO_CHANGE:		return "no_change";
	case ERROR_WRONG_KERNEL:	return "wrong_kernel";
	case ERROR_NO_MATCH:		return "no_match";
	case ERROR_BUSY:		return "busy";
	case ERROR_NOT_PERMITTED:	return "not_permitted";
	case ERROR_UNKNOWN_ID:		return "unknown_id";
	}
	return "other";
}

/* A text with bytes that are not UTF-8 (a path, a task's name) must still come out. */
static json_t *text(const char *s)
{
	json_t *j = json_string(s);
	char *copy;

	if (j || !(copy = strdup(s)))
		return j;
	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	j = json_string(copy);
	free(copy);
	return j;
}

json_t *json_from_error(const struct error *err)
{
	return json_pack("{s:i, s:b, s:{s:s, s:o}}", "version", 1, "ok", 0,
			 "error", "kind", error_kind_name(err->kind), "text", text(err->text));
}

struct error *json_print(json_t *value)
{
	int ret;

	if (!value)
		return error_errno(ENOMEM, "JSON output");
	ret = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(value);
	if (ret || putchar('\n') == EOF || fflush(stdout))
		return error_errno(errno, "stdout");
	return NULL;
}
