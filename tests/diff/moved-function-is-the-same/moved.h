static int total = 3;
static int weigh(int i);
struct weight { int (*weigh)(int i); };
static const struct weight weight = { .weigh = weigh };

static noinline int weigh(int i)
{
	return i * total;
}

__attribute__((noipa)) int tally(int i)
{
	static int calls;

	use((void *)&weight);
	consume(calls++);
	seq_puts(0, "one more");
	return total += weigh(i);
}
