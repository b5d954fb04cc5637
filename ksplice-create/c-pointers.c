// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/c-pointers.h"

/* "struct d * name ;" */
size_t c_plain_pointer(const struct c_tokens *t, size_t i, size_t *end)
{
	bool pointer = false;
	size_t k = i;

	for (; k < t->n && !c_tokens_punct(t, k, ';'); k++) {
		pointer |= c_tokens_punct(t, k, '*');
		if (t->v[k].kind != C_WORD && !c_tokens_punct(t, k, '*'))
			return 0;
	}
	*end = k + 1;
	return pointer && k < t->n && k > i && t->v[k - 1].kind == C_WORD ? k - 1 : 0;
}

size_t c_pointer_names(const struct c_tokens *t, size_t i, size_t *first, bool (*is_used)(const struct c_token *name, void *ctx),
		       void *ctx)
{
	size_t k = i + 2, end, name = c_token_is(&t->v[i], "union") && c_tokens_punct(t, i + 1, '{') ? c_plain_pointer(t, k, first) : 0;

	if (!name)
		return 0;
	for (k = *first; !c_tokens_punct(t, k, '}'); k = end) {
		name = c_plain_pointer(t, k, &end);
		if (!name || (is_used && is_used(&t->v[name], ctx)))
			return 0;
	}
	return c_tokens_punct(t, k + 1, ';') ? k + 2 : 0;
}
