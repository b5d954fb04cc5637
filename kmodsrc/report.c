// SPDX-License-Identifier: GPL-2.0-only
/* Turns addresses into words, and what the stack check found into lines. */
#include <linux/ctype.h>
#include <linux/kallsyms.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core.h"
#include "safety.h"

/* Cuts "name+0x12/0x34 [module]" at the first of @at; a name that the symbol table has not is an address: hide it. */
static const char *cut(char *buf, const char *at)
{
	buf[strcspn(buf, at)] = '\0';
	return buf[0] == '0' || !buf[0] ? "?" : buf;
}

const char *ksplice_symbolise(unsigned long addr, char buf[KSYM_SYMBOL_LEN])
{
	sprint_symbol(buf, addr);
	return cut(buf, "/ ");
}

int ksplice_text_printf(struct ksplice_text *t, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (t->len + len + 1 > t->size) {
		size_t size = max_t(size_t, PAGE_SIZE, (t->len + len + 1) * 2);
		char *buf = kvmalloc(size, GFP_KERNEL);

		if (!buf)
			return -ENOMEM;
		if (t->buf)
			memcpy(buf, t->buf, t->len);
		kvfree(t->buf);
		t->buf = buf;
		t->size = size;
	}
	va_start(ap, fmt);
	t->len += vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	return 0;
}

void ksplice_text_clear(struct ksplice_text *t)
{
	kvfree(t->buf);
	memset(t, 0, sizeof(*t));
}

static void comm_word(const char *comm, char word[TASK_COMM_LEN])
{
	size_t i;

	strscpy(word, comm, TASK_COMM_LEN);
	for (i = 0; word[i]; i++)
		if (!isascii(word[i]) || !isgraph(word[i]))
			word[i] = '_';
}

static int report_trace(const struct ksplice_conflict *k, char *buf, struct ksplice_text *ret)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < k->nr_trace && !err; i++) {
		/* %pB: a return address behind a call that does not return belongs to the function before it. */
		snprintf(buf, KSYM_SYMBOL_LEN, "%pB", (void *)k->trace[i]);
		err = ksplice_text_printf(ret, "%s%s", i ? "," : "", cut(buf, " "));
	}
	return err ? err : ksplice_text_printf(ret, "%s\n", k->nr_trace ? "" : "-");
}

static int report_one(const struct ksplice_conflict *k, char *buf, struct ksplice_text *ret)
{
	char comm[TASK_COMM_LEN];
	const char *in;
	int err;

	comm_word(k->comm, comm);
	switch (k->kind) {
	case KSPLICE_EXITING:
		in = "do_exit";
		break;
	case KSPLICE_UNCHECKED:
		in = "?";
		break;
	default:
		in = ksplice_symbolise(k->addr, buf);
	}
	err = ksplice_text_printf(ret, "pid=%d tgid=%d comm=%s in=%s trace=", k->pid, k->tgid, comm[0] ? comm : "-", in);
	return err ? err : report_trace(k, buf, ret);
}

int ksplice_report_conflict(const struct ksplice_conflict *k, struct ksplice_text *ret)
{
	char *buf = kmalloc(KSYM_SYMBOL_LEN, GFP_KERNEL);
	int err = buf ? report_one(k, buf, ret) : -ENOMEM;

	kfree(buf);
	return err;
}
