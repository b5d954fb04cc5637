// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), in linear space: the middle of the shortest way is looked
 * for from both ends at once, then the parts before and behind it are done in the same way.
 */
#include "ksplice-create/align.h"

#include <stdbool.h>
#include <stdlib.h>

#include "ksplice-create/util.h"

/* A part of both sequences; [x, x_end) of a against [y, y_end) of b. */
struct box {
	size_t x, x_end, y, y_end;
};

struct aligner {
	const uint64_t *a, *b;
	size_t *to;
	long *forward, *backward;	/* how far each diagonal has come; indexed by k + offset */
	long offset;
};

/* A run of equal elements on the shortest way. */
struct snake {
	long x, y, x_end, y_end;
};

/* How far one more step brings diagonal @k, from one of its neighbours; negative: it would lead out of the box. */
static long reach(const long *v, long k, long d, long n, long m)
{
	long right = k > -d && v[k - 1] >= 0 ? v[k - 1] + 1 : -1, down = k < d ? v[k + 1] : -1;

	if (!d)
		return 0;
	if (right > n)
		right = -1;
	if (down - k > m)
		down = -1;
	return right > down ? right : down;
}

/* Of the other end, which has made @d steps: has it come on diagonal @k to where @x is, counted from its own end? */
static bool meets(const long *v, long k, long d, long x, long n)
{
	return k >= -d && k <= d && v[k] >= 0 && x + v[k] >= n;
}

/* One more step from the start; true: it met what came from the end. */
static bool step_forward(const struct aligner *al, const struct box *box, long d, struct snake *ret)
{
	long n = box->x_end - box->x, m = box->y_end - box->y, delta = n - m, *v = al->forward + al->offset;

	for (long k = -d; k <= d; k += 2) {
		long from = reach(v, k, d, n, m), x = from;

		while (x >= 0 && x < n && x - k < m && al->a[box->x + x] == al->b[box->y + x - k])
			x++;
		v[k] = x;
		if (x < 0 || delta % 2 == 0 || !meets(al->backward + al->offset, delta - k, d - 1, x, n))
			continue;
		*ret = (struct snake){from, from - k, x, x - k};
		return true;
	}
	return false;
}

/* The same from the end, in coordinates that count from there. */
static bool step_backward(const struct aligner *al, const struct box *box, long d, struct snake *ret)
{
	long n = box->x_end - box->x, m = box->y_end - box->y, delta = n - m, *v = al->backward + al->offset;

	for (long k = -d; k <= d; k += 2) {
		long from = reach(v, k, d, n, m), x = from;

		while (x >= 0 && x < n && x - k < m && al->a[box->x_end - 1 - x] == al->b[box->y_end - 1 - (x - k)])
			x++;
		v[k] = x;
		if (x < 0 || delta % 2 || !meets(al->forward + al->offset, delta - k, d, x, n))
			continue;
		*ret = (struct snake){n - x, m - (x - k), n - from, m - (from - k)};
		return true;
	}
	return false;
}

static struct snake middle(const struct aligner *al, const struct box *box)
{
	struct snake ret = {0};

	for (long d = 0;; d++)
		if (step_forward(al, box, d, &ret) || step_backward(al, box, d, &ret))
			return ret;
}

static void part(const struct aligner *al, struct box box)
{
	struct snake s;

	while (box.x < box.x_end && box.y < box.y_end && al->a[box.x] == al->b[box.y])
		al->to[box.x++] = box.y++;
	while (box.x < box.x_end && box.y < box.y_end && al->a[box.x_end - 1] == al->b[box.y_end - 1])
		al->to[--box.x_end] = --box.y_end;
	if (box.x == box.x_end || box.y == box.y_end)
		return;
	s = middle(al, &box);
	for (long i = 0; i < s.x_end - s.x; i++)
		al->to[box.x + s.x + i] = box.y + s.y + i;
	part(al, (struct box){box.x, box.x + s.x, box.y, box.y + s.y});
	part(al, (struct box){box.x + s.x_end, box.x_end, box.y + s.y_end, box.y_end});
}

void align(const uint64_t *a, size_t na, const uint64_t *b, size_t nb, size_t *to)
{
	size_t room = 2 * (na + nb + 2) + 1;
	struct aligner al = {.a = a, .b = b, .to = to, .offset = na + nb + 2};

	al.forward = xrealloc(NULL, room * sizeof(*al.forward));
	al.backward = xrealloc(NULL, room * sizeof(*al.backward));
	for (size_t i = 0; i < na; i++)
		to[i] = ALIGN_NONE;
	part(&al, (struct box){0, na, 0, nb});
	free(al.forward);
	free(al.backward);
}

uint64_t align_hash(uint64_t so_far, const void *data, size_t len)
{
	for (const uint8_t *p = data; len--; p++)
		so_far = (so_far ^ *p) * 0x100000001b3u;
	return so_far;
}
