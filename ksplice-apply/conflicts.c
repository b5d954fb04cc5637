// SPDX-License-Identifier: GPL-2.0-or-later
/* ID/conflicts: "pid=1234 tgid=1234 comm=cat in=cmdline_proc_show+0x1c trace=a+0x1/0x20,b+0x2/0x30" a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/reason.h"

#define SHOWN_MAX	20	/* tasks in a message; all are in ID/conflicts and in JSON */

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static void print_trace(FILE *out, const char *trace)
{
	fputs(", by way of ", out);
	for (; *trace; trace++) {
		if (*trace == ',')
			fputs(" <- ", out);
		else
			fputc(*trace, out);
	}
}

static void print_conflict(FILE *out, const char *line)
{
	char *pid = detail_value(line, "pid"), *tgid = detail_value(line, "tgid");
	char *comm = detail_value(line, "comm"), *in = detail_value(line, "in");
	char *trace = detail_value(line, "trace");

	fprintf(out, "\n  %s (pid %s", comm ? comm : "?", pid ? pid : "?");
	if (tgid && pid && strcmp(tgid, pid))
		fprintf(out, ", a thread of %s", tgid);
	fprintf(out, ") is in %s", in ? in : "?");
	if (trace && *trace && strcmp(trace, "-"))
		print_trace(out, trace);
	free(pid);
	free(tgid);
	free(comm);
	free(in);
	free(trace);
}

/* "\n  cat (pid 1234) is in cmdline_proc_show+0x1c, by way of a+0x1/0x20 <- b+0x2/0x30" each. */
char *conflicts_sentences(const char *conflicts)
{
	unsigned int nr = 0;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (const char *l = conflicts; *l; l = next_line(l))
		if (*l != '\n' && nr++ < SHOWN_MAX)
			print_conflict(out, l);
	if (nr > SHOWN_MAX)
		fprintf(out, "\n  ... and %u more", nr - SHOWN_MAX);
	fclose(out);
	return text;
}

static json_t *number(const json_t *line, const char *key)
{
	const char *s = json_string_value(json_object_get(line, key));

	return s ? json_integer(strtoll(s, NULL, 10)) : json_null();
}

static json_t *string_or_null(json_t *line, const char *key)
{
	json_t *s = json_object_get(line, key);

	return s ? json_incref(s) : json_null();
}

static json_t *trace_json(const json_t *line)
{
	const char *s = json_string_value(json_object_get(line, "trace"));
	json_t *array = json_array();

	while (s && *s && strcmp(s, "-")) {
		size_t len = strcspn(s, ",");

		json_array_append_new(array, json_stringn(s, len));
		s += len + (s[len] == ',');
	}
	return array;
}

json_t *conflicts_json(const char *conflicts)
{
	json_t *array = json_array();

	for (const char *l = conflicts; *l; l = next_line(l)) {
		json_t *line = *l != '\n' ? detail_json(l) : NULL;

		if (!line)
			continue;
		json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:o, s:o}",
						       "pid", number(line, "pid"), "tgid", number(line, "tgid"),
						       "comm", string_or_null(line, "comm"),
						       "in", string_or_null(line, "in"),
						       "trace", trace_json(line)));
		json_decref(line);
	}
	return array;
}
