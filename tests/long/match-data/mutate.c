// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutate FEED GOOD CORPUS SEED COUNT, in the guest: gives all match data in the directory GOOD to FEED, which must be accepted; all of
 * CORPUS, which are inputs of fuzz-runpre; then COUNT mutations of both, the same ones for the same SEED; and then GOOD again.  Tells
 * how many were accepted, and what became of the others.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kmodsrc/runpre/runpre.h"

#define MAX_SIZE (1u << 20)
#define MAX_SEEDS 8192

struct seed {
	u8	*data;
	uint32_t size;
};

static struct seed seeds[MAX_SEEDS];
static unsigned nr_good, nr_seeds;
static unsigned long outcome[256];	/* by errno; 0: accepted */
static uint64_t state;
static int feed;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* xorshift64 */
static uint32_t pick(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % n;
}

/* As fuzz-runpre.c does: so that mutations get past the first look. */
static void put_right(u8 *data, uint32_t size)
{
	struct runpre_header h;

	if (size < sizeof(h))
		return;
	memcpy(&h, data, sizeof(h));
	memcpy(h.magic, RUNPRE_MAGIC, sizeof(h.magic));
	h.version = RUNPRE_VERSION;
	h.size = size;
	h.arch = RUNPRE_ARCH_X86_64;
	memcpy(data, &h, sizeof(h));
}

static int give(const u8 *data, uint32_t size)
{
	ssize_t n = write(feed, data, size);
	int err = n < 0 ? errno : 0;

	if (!err && (uint32_t)n != size)
		die("short write");
	outcome[err & 255]++;
	return err;
}

/* Of fuzz-runpre: 16 bits with the size, the match data, and memory, for which the kernel has its own. */
static void add_seed(u8 *data, uint32_t size, int is_input)
{
	uint32_t len;

	if (is_input) {
		if (size < 2)
			return;
		len = data[0] | data[1] << 8;
		size = len < size - 2 ? len : size - 2;
		memmove(data, data + 2, size);
		put_right(data, size);
	}
	if (size && nr_seeds < MAX_SEEDS)
		seeds[nr_seeds++] = (struct seed){ data, size };
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_seeds(const char *dir, int is_input)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, by_name);

	if (n < 0)
		die(dir);
	for (int i = 0; i < n; i++) {
		char path[1024];
		u8 *data = malloc(MAX_SIZE);
		ssize_t size;
		int fd;

		if (names[i]->d_name[0] == '.' || !data)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		fd = open(path, O_RDONLY);
		size = fd < 0 ? -1 : read(fd, data, MAX_SIZE);
		if (size < 0)
			die(path);
		close(fd);
		data = realloc(data, size + 1);
		add_seed(data, size, is_input);
	}
}

/* A place to change: of three, one is anywhere, one in the programs, one in the tables before them. */
static uint32_t place(const u8 *data, uint32_t size)
{
	struct runpre_header h;
	uint32_t from = 0, len = size;

	if (size >= sizeof(h)) {
		memcpy(&h, data, sizeof(h));
		switch (pick(3)) {
		case 0: from = h.progs, len = h.progs_size; break;
		case 1: from = sizeof(h), len = h.progs - from; break;
		}
	}
	if (from >= size || !len || len > size - from)
		from = 0, len = size;
	return from + pick(len);
}

static uint32_t change(u8 *data, uint32_t size)
{
	static const uint32_t numbers[] = { 0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
					    0xfffffffe, 0xffffffff };
	uint32_t at = place(data, size), other, len;
	const struct seed *s;

	switch (pick(8)) {
	case 0:
	case 1:
		data[at] ^= 1u << pick(8);
		return size;
	case 2:
		data[at] = pick(256);
		return size;
	case 3:
		at &= ~3u;
		if (at + 4 <= size)
			memcpy(data + at, &numbers[pick(sizeof(numbers) / sizeof(numbers[0]))], 4);
		return size;
	case 4:
		data[at] += pick(2) ? 1 : -1;
		return size;
	case 5: /* a piece of itself elsewhere */
		other = place(data, size);
		len = 1 + pick(32);
		if (at + len <= size && other + len <= size)
			memmove(data + at, data + other, len);
		return size;
	case 6: /* a piece of another one */
		s = &seeds[pick(nr_seeds)];
		len = 1 + pick(64);
		other = pick(s->size);
		if (at + len <= size && other + len <= s->size)
			memcpy(data + at, s->data + other, len);
		return size;
	default: /* shorter, or with a hole closed */
		len = 1 + pick(16);
		if (at + len >= size || pick(4))
			return size;
		memmove(data + at, data + at + len, size - at - len);
		return size - len;
	}
}

static void mutate(void)
{
	/* Half of them of good data, which gets further. */
	const struct seed *s = &seeds[pick(2) ? pick(nr_good) : pick(nr_seeds)];
	u8 *data = malloc(s->size);
	uint32_t size = s->size;

	if (!data)
		die("malloc");
	memcpy(data, s->data, size);
	/* One change is what most often gets past the checker. */
	for (uint32_t n = pick(3) ? 1 : 2 + pick(3); n; n--)
		size = change(data, size);
	if (pick(16))
		put_right(data, size);
	give(data, size);
	free(data);
}

static void give_good(const char *when)
{
	for (unsigned i = 0; i < nr_good; i++) {
		int err = give(seeds[i].data, seeds[i].size);

		if (err) {
			printf("FAILED: good match data %u of %u, %s: %s\n", i + 1, nr_good, when, strerror(err));
			exit(1);
		}
	}
	printf("ok: %u pieces of good match data are accepted %s\n", nr_good, when);
}

static void tell(const char *what, time_t start)
{
	unsigned long all = 0;

	for (int i = 0; i < 256; i++)
		all += outcome[i];
	printf("%s: %lu in %ld s, %lu accepted", what, all, (long)(time(NULL) - start), outcome[0]);
	for (int i = 1; i < 256; i++)
		if (outcome[i])
			printf(", %lu %s", outcome[i], strerror(i));
	printf("\n");
	fflush(stdout);
	memset(outcome, 0, sizeof(outcome));
}

int main(int argc, char **argv)
{
	time_t start = time(NULL);
	unsigned long count;

	if (argc != 6)
		return 2;
	feed = open(argv[1], O_WRONLY);
	if (feed < 0)
		die(argv[1]);
	read_seeds(argv[2], 0);
	nr_good = nr_seeds;
	read_seeds(argv[3], 1);
	state = 0x9e3779b97f4a7c15ull ^ strtoull(argv[4], NULL, 0);
	count = strtoul(argv[5], NULL, 0);
	if (!nr_good || nr_seeds == nr_good)
		die("no seeds");
	give_good("at first");
	tell("good", start);
	for (unsigned i = nr_good; i < nr_seeds; i++)
		give(seeds[i].data, seeds[i].size);
	tell("corpus", start);
	for (unsigned long i = 0; i < count; i++) {
		mutate();
		if (i % 1000 == 999)
			fprintf(stderr, "%lu of %lu mutations, %ld s\n", i + 1, count, (long)(time(NULL) - start));
	}
	tell("mutations", start);
	give_good("in the end");
	return 0;
}
