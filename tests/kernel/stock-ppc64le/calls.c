// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls what calls.diff changes, from a module, and says which code ran.  Parameters:
 *
 *	activate, add, version	addresses of irq_domain_activate_irq(), tnum_add() and FSE_versionNumber(), which are not exported
 *	check		read: "old", "new", or what was wrong
 *	busy		1: threads on all CPUs call, a timer calls and sends interrupts to all CPUs, until 0 is written
 *	calls		read: how often each was seen, and which was wrong: "old=N new=N wrong=N interrupts=N (wrong: NAME)"
 *
 * After each call, r2 must be this module's TOC pointer again.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timerqueue.h>
#include <linux/tnum.h>
#include <net/ip6_checksum.h>

#define MAGIC 4711
#define DEPTH 100

enum { OLD, NEW, WRONG };

static unsigned long activate, add, version;
module_param(activate, ulong, 0);
module_param(add, ulong, 0);
module_param(version, ulong, 0);

static const char *wrong = "nothing";

/* Which one @name was, or WRONG. */
static int which(const char *name, unsigned long toc, bool is_old, bool is_new)
{
	unsigned long now;

	asm volatile("mr %0,2" : "=r"(now));
	if (is_old != is_new && now == toc)
		return is_new ? NEW : OLD;
	WRITE_ONCE(wrong, name);
	return WRONG;
}

#define TOC() ({ unsigned long _toc; asm volatile("mr %0,2" : "=r"(_toc)); _toc; })

/* lib/zstd: ten arguments, of which two are on the stack; eight, of an address on the stack. */
size_t HUF_readStats_wksp(u8 *weight, size_t size, u32 *rank, u32 *symbols, u32 *log, const void *src, size_t src_size,
			  void *space, size_t space_size, int bmi2);
size_t FSE_readNCount(short *counter, unsigned int *max, unsigned int *log, const void *header, size_t size);

static int ten_arguments(void)
{
	/* As FSE_readNCount() would not read it, but weights 1 and 1. */
	static const u8 src[] = { 129, 0x11, 0, 0 };
	unsigned long toc = TOC(), want;
	u32 rank[16], symbols = 0, log = 0, space = 0;
	u8 weight[16];
	size_t ret;

	ret = HUF_readStats_wksp(weight, 16, rank, &symbols, &log, src, MAGIC, &space, 0x123456789, -5);
	want = (unsigned long)weight + 2 * 16 + 3 * (unsigned long)rank + 4 * (unsigned long)&symbols + 5 * (unsigned long)&log +
	       6 * (unsigned long)src + 7 * 0x123456789 - 8 * 5;
	return which("ten arguments", toc, ret == 2 && symbols == 3 && log == 2 && !space, ret == want && space == (u32)-5);
}

/*
 * Ends in a jump to a function of the same unit, which stays; and that one, given no header, calls it again.  The lower half of the header's
 * first byte, and 5, is the logarithm.
 */
static int sibling_call_out(void)
{
	static const u8 header[MAGIC] = { 3 };
	unsigned long toc = TOC();
	unsigned int max = 3, log = 0;
	short counter[16];
	size_t ret = FSE_readNCount(counter, &max, &log, header, MAGIC);

	return which("sibling call out of", toc, (ssize_t)ret < 0 && log == 8, (ssize_t)ret < 0 && log == 5);
}

static int variadic(void)
{
	unsigned long toc = TOC();
	char *s = kasprintf(GFP_ATOMIC, "\1\2%d %d %d %d %d %d %d %lx %s %llx %d", 1, 2, 3, 4, 5, 6, 7, 0x123456789abcdefUL, "nine",
			    ~0ULL, -11);
	static const char want[] = "1 2 3 4 5 6 7 123456789abcdef nine ffffffffffffffff -11";
	bool is_old = s && s[0] == 1 && s[1] == 2 && !strcmp(s + 2, want), is_new = s && !strcmp(s, want);

	kfree(s);
	return which("variable arguments, one replaced function from another", toc, is_old, is_new);
}

static const char *const_of(const char *fmt, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, fmt);
	s = kvasprintf_const(GFP_ATOMIC, fmt, ap);
	va_end(ap);
	return s;
}

/* kvasprintf_const() stays as it is, and ends in a jump to kvasprintf(). */
static int sibling_call_into(void)
{
	unsigned long toc = TOC();
	const char *s = const_of("\2%d %s", 1, "two");
	bool is_old = s && !strcmp(s, "\2" "1 two"), is_new = s && !strcmp(s, "1 two");

	kfree_const(s);
	return which("sibling call into", toc, is_old, is_new);
}

static int called_by_all(void)
{
	struct timerqueue_head head;
	struct timerqueue_node node;
	unsigned long toc = TOC();
	bool first;

	timerqueue_init_head(&head);
	timerqueue_init(&node);
	node.expires = MAGIC;
	first = timerqueue_add(&head, &node);
	return which("called by all", toc, first && node.expires == MAGIC, !first && node.expires != MAGIC);
}

/* Two arguments and the result are structures. */
static int structures(void)
{
	struct tnum (*fn)(struct tnum a, struct tnum b) = (void *)add, ret;
	unsigned long toc = TOC();

	ret = fn((struct tnum){ MAGIC, 0 }, (struct tnum){ 0x100000, 0 });
	if (ret.value == 0x200000 && !ret.mask) {
		ret = fn((struct tnum){ MAGIC, 8 }, (struct tnum){ 16, 1 });
		return which("structures", toc, false, ret.value == 8 + 2 * 16 && ret.mask == 3);
	}
	return which("structures", toc, ret.value == MAGIC + 0x100000 && !ret.mask, false);
}

/* Four instructions, so it is hooked through ftrace; the new one has a TOC pointer, and the old one none. */
static int without_room(void)
{
	unsigned int (*fn)(void) = (void *)version, ret;
	unsigned long toc = TOC();

	ret = fn();
	return which("without room for a hook", toc, ret == 900, ret == MAGIC);
}

/* A function of an assembler file. It adds length and protocol. */
static int assembler(void)
{
	static const struct in6_addr from = { .s6_addr = { 1, 2, 3 } }, to = { .s6_addr = { [15] = 4 } };
	unsigned long toc = TOC();
	__sum16 old = csum_ipv6_magic(&from, &to, MAGIC - 1, 1, 0), ret = csum_ipv6_magic(&from, &to, MAGIC, 0, 0);

	return which("assembler", toc, ret == old, (__force u16)ret == MAGIC);
}

static int nobodys_activate(struct irq_domain *domain, struct irq_data *irqd, bool early)
{
	*(int *)domain->host_data += 1;
	return early ? -EINVAL : 0;
}

/* A function that calls itself, and one of this module's by a pointer, each time. */
static int recursive(void)
{
	static const struct irq_domain_ops ops = { .activate = nobodys_activate };
	struct irq_domain *domain = kzalloc(sizeof(*domain), GFP_ATOMIC);
	struct irq_data *chain = kcalloc(DEPTH, sizeof(*chain), GFP_ATOMIC);
	struct irq_common_data common = { };
	int (*fn)(struct irq_data *irqd, bool reserve) = (void *)activate;
	unsigned long toc = TOC(), depth;
	int i, err, times = 0;

	if (!domain || !chain)
		return which("no memory", toc, false, false);
	domain->ops = &ops;
	domain->host_data = &times;
	for (i = 0; i < DEPTH; i++)
		chain[i] = (struct irq_data){ .irq = MAGIC, .domain = domain, .common = &common,
					      .parent_data = i + 1 < DEPTH ? &chain[i + 1] : NULL };
	err = fn(chain, false);
	depth = chain[0].hwirq;
	kfree(chain);
	kfree(domain);
	return which("recursion", toc, !err && times == DEPTH && !depth, !err && times == DEPTH && depth == DEPTH);
}

static int ends(void *data)
{
	kthread_complete_and_exit(data, MAGIC);
}

static int never_returns(void)
{
	DECLARE_COMPLETION_ONSTACK(done);
	unsigned long toc = TOC();
	struct task_struct *task = kthread_create(ends, &done, "ends");
	int ret;

	if (IS_ERR(task))
		return which("no thread", toc, false, false);
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&done);
	ret = kthread_stop(task);
	put_task_struct(task);
	return which("never returns", toc, ret == MAGIC, ret == MAGIC + 1);
}

/* kobject_set_name_vargs() calls kvasprintf(), which is replaced as well, in another unit; and then others, by its own TOC pointer. */
static int of_another_unit(void)
{
	struct kobject kobj = { };
	unsigned long toc = TOC();
	int err = kobject_set_name(&kobj, "\5%d/%d", 1, 2), ret;
	const char *name = err ? "" : kobject_name(&kobj);

	ret = which("a replaced function of another unit", toc, !strcmp(name, "\5" "1!2"), !strcmp(name, "1!2"));
	kfree_const(kobj.name);
	return ret;
}

/* copy_page() jumps to copypage_power7(), which calls a function and ends in a jump to another one. It copies the page behind, if there is MAGIC. */
static int assembler_that_calls(void)
{
	unsigned long *from = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 1), *to = (void *)get_zeroed_page(GFP_KERNEL);
	unsigned long toc = TOC(), ret = WRONG;

	if (from && to) {
		from[0] = MAGIC;
		from[1] = 1;
		from[PAGE_SIZE / sizeof(*from) + 1] = 2;
		copy_page(to, from);
		ret = which("assembler code that calls", toc, to[1] == 1, to[1] == 2);
	}
	free_pages((unsigned long)from, 1);
	free_page((unsigned long)to);
	return ret;
}

#define NR_SLEEPING 3

/* The last ones may sleep. */
static int (*const checks[])(void) = {
	ten_arguments, sibling_call_out, variadic, sibling_call_into, called_by_all, structures, without_room, assembler, recursive,
	of_another_unit, assembler_that_calls, never_returns,
};

static int check_get(char *buffer, const struct kernel_param *kp)
{
	int all = checks[0](), one;
	size_t i;

	for (i = 1; i < ARRAY_SIZE(checks) && all != WRONG; i++) {
		one = checks[i]();
		if (one != all && one != WRONG)
			WRITE_ONCE(wrong, "some old, some new");
		if (one != all)
			all = WRONG;
	}
	return sprintf(buffer, "%s\n", all == NEW ? "new" : all == OLD ? "old" : wrong);
}

static const struct kernel_param_ops check_ops = { .get = check_get };
module_param_cb(check, &check_ops, NULL, 0400);

static atomic_t seen[WRONG + 1], interrupts;
static bool is_busy;

/* Interrupts do not sleep; and while tasks end all the time, one is always inside of the function that never returns. */
static void call_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks) - NR_SLEEPING; i++)
		atomic_inc(&seen[checks[i]()]);
}

static void interrupted(void *unused)
{
	atomic_inc(&interrupts);
	call_all();
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	interrupted(NULL);
	hrtimer_forward_now(timer, ms_to_ktime(5));
	return HRTIMER_RESTART;
}

static struct hrtimer timer;
static struct task_struct *threads[NR_CPUS];

static int calling(void *unused)
{
	while (!kthread_should_stop()) {
		call_all();
		smp_call_function(interrupted, NULL, 1);
		usleep_range(200, 400);
	}
	return 0;
}

static void stop(void)
{
	int cpu;

	hrtimer_cancel(&timer);
	for_each_possible_cpu(cpu) {
		if (threads[cpu])
			kthread_stop(threads[cpu]);
		threads[cpu] = NULL;
	}
	is_busy = false;
}

static int busy_set(const char *value, const struct kernel_param *kp)
{
	struct task_struct *task;
	int cpu;

	if (is_busy)
		stop();
	if (*value != '1')
		return 0;
	is_busy = true;
	hrtimer_start(&timer, ms_to_ktime(5), HRTIMER_MODE_REL_HARD);
	for_each_online_cpu(cpu) {
		task = kthread_create_on_cpu(calling, NULL, cpu, "calling/%u");
		if (IS_ERR(task)) {
			stop();
			return PTR_ERR(task);
		}
		threads[cpu] = task;
		wake_up_process(task);
	}
	return 0;
}

static const struct kernel_param_ops busy_ops = { .set = busy_set };
module_param_cb(busy, &busy_ops, NULL, 0200);

static int calls_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "old=%d new=%d wrong=%d interrupts=%d (wrong: %s)\n", atomic_read(&seen[OLD]), atomic_read(&seen[NEW]),
		       atomic_read(&seen[WRONG]), atomic_read(&interrupts), READ_ONCE(wrong));
}

static const struct kernel_param_ops calls_ops = { .get = calls_get };
module_param_cb(calls, &calls_ops, NULL, 0400);

static int __init calls_init(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer.function = tick;
	return activate && add && version ? 0 : -EINVAL;
}

static void __exit calls_exit(void)
{
	if (is_busy)
		stop();
}

module_init(calls_init);
module_exit(calls_exit);
MODULE_LICENSE("GPL");
