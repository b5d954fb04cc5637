// SPDX-License-Identifier: GPL-2.0-only
/* Finds what the kernel does not export. */
#include <linux/slab.h>
#include <linux/stringify.h>

#include "core.h"
#include "symbols.h"

static unsigned long given_address;
module_param_named(kallsyms_lookup_name, given_address, ulong, 0);
MODULE_PARM_DESC(kallsyms_lookup_name, "address of that function, from /proc/kallsyms, for kernels without kprobes");

DEFINE_KERNEL_CALL(ksplice_kallsyms_lookup_name, kallsyms_lookup_name);
DEFINE_KERNEL_CALL(ksplice_kallsyms_on_each, kallsyms_on_each_symbol);
#ifdef COMPAT_SYMBOLS_BY_NAME
DEFINE_KERNEL_CALL(ksplice_kallsyms_on_each_match, kallsyms_on_each_match_symbol);
#endif
DEFINE_KERNEL_CALL(ksplice_module_kallsyms_on_each, module_kallsyms_on_each_symbol);
DEFINE_KERNEL_CALL(ksplice_find_module, find_module);
DEFINE_KERNEL_CALL(ksplice_do_one_initcall, do_one_initcall);
DEFINE_KERNEL_CALL(ksplice_module_alloc, COMPAT_MODULE_ALLOC);
DEFINE_KERNEL_CALL(ksplice_module_free, COMPAT_MODULE_FREE);
DEFINE_KERNEL_CALL(ksplice_idle_task, idle_task);
DEFINE_KERNEL_CALL(ksplice_stack_walk_reliable, arch_stack_walk_reliable);
DEFINE_KERNEL_CALL(ksplice_task_call_func, task_call_func);
DEFINE_KERNEL_CALL(ksplice_put_task_stack, put_task_stack);
DEFINE_KERNEL_CALL(ksplice_core_kernel_text, core_kernel_text);
DEFINE_KERNEL_CALL(ksplice_module_address, __module_address);
DEFINE_KERNEL_CALL(ksplice_jump_label_lock, jump_label_lock);
DEFINE_KERNEL_CALL(ksplice_jump_label_unlock, jump_label_unlock);
DEFINE_KERNEL_CALL(ksplice_jump_label_reserved, jump_label_text_reserved);
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
DEFINE_KERNEL_CALL(ksplice_static_call_reserved, static_call_text_reserved);
#endif
#ifdef CONFIG_DYNAMIC_FTRACE
DEFINE_KERNEL_CALL(ksplice_ftrace_reserved, ftrace_text_reserved);
DEFINE_KERNEL_CALL(ksplice_ftrace_ops_trampoline, ftrace_ops_trampoline);
DEFINE_KERNEL_CALL(ksplice_ftrace_lookup_ip, ftrace_lookup_ip);
DEFINE_KERNEL_CALL(ksplice_ftrace_is_dead, ftrace_is_dead);
#ifdef CONFIG_KALLSYMS_ALL
struct mutex *ksplice_ftrace_lock;
struct ftrace_ops __rcu **ksplice_ftrace_ops_list;
#endif
unsigned long ksplice_klp_handler, ksplice_kprobe_handler;
#endif
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
DEFINE_KERNEL_CALL(ksplice_ftrace_find_direct, ftrace_find_rec_direct);
#endif
#ifdef CONFIG_KPROBES
DEFINE_KERNEL_CALL(ksplice_get_kprobe, get_kprobe);
#endif
#ifdef COMPAT_DETOURS
DEFINE_KERNEL_CALL(ksplice_is_insn_slot, __is_insn_slot_addr);
struct kprobe_insn_cache *ksplice_optinsn_slots;
#endif

#ifdef CONFIG_KALLSYMS_ALL
unsigned long *ksplice_total_forks;
int *ksplice_nr_threads;
struct ksplice_sites ksplice_sites;
#endif

unsigned long ksplice_exit_symbol;

/* Whether @addr is the first byte of the function @name: a number given by hand is not believed. */
static bool is_entry(unsigned long addr, const char *name)
{
	char *buf = kmalloc(KSYM_SYMBOL_LEN, GFP_KERNEL);
	size_t len = strlen(name);
	bool ret;

	if (!buf)
		return false;
	sprint_symbol(buf, addr);
	ret = !strncmp(buf, name, len) && !strncmp(buf + len, "+0x0/", 5);
	kfree(buf);
	return ret;
}

/* Registered and never armed, so that not a byte of the kernel is written for it. */
static unsigned long address_by_kprobe(const char *name)
{
	struct kprobe kp = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long addr;

	if (register_kprobe(&kp))
		return 0;
	addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	/* Behind an ENDBR, or at the local entry of ppc64le, the probe is some instructions in. */
	for (; addr && !is_entry(addr, name); addr -= 4)
		if ((unsigned long)kp.addr - addr >= 16)
			return 0;
	return addr;
}

static int no_call(const char *name, int err)
{
	pr_err("no call of %s can be made (error %d)\n", name, err);
	return err;
}

static int find_lookup(void)
{
	static const char name[] = "kallsyms_lookup_name";
	unsigned long addr = given_address;
	int err;

	if (addr && !is_entry(addr, name)) {
		pr_err("the parameter %s is not the address of that function\n", name);
		return -ENOENT;
	}
	if (!addr)
		addr = address_by_kprobe(name);
	if (!addr) {
		pr_err("cannot find %s: without kprobes, give its address as a module parameter\n", name);
		return -ENOENT;
	}
	err = kernel_call_set(ksplice_kallsyms_lookup_name, addr);
	kernel_calls_ready();
	return err ? no_call(name, err) : 0;
}

static unsigned long find(const char *name)
{
	unsigned long addr = kernel_call(ksplice_kallsyms_lookup_name)(name);

	if (!addr)
		pr_err("the kernel's symbol table has no %s\n", name);
	return addr;
}

#define FIND(call, name)						\
	do {								\
		unsigned long addr = find(name);			\
		int err;						\
									\
		if (!addr)						\
			return -ENOENT;					\
		err = kernel_call_set(call, addr);			\
		if (err)						\
			return no_call(name, err);			\
	} while (0)

static int find_functions(void)
{
	FIND(ksplice_kallsyms_on_each, "kallsyms_on_each_symbol");
#ifdef COMPAT_SYMBOLS_BY_NAME
	FIND(ksplice_kallsyms_on_each_match, "kallsyms_on_each_match_symbol");
#endif
	FIND(ksplice_module_kallsyms_on_each, "module_kallsyms_on_each_symbol");
	FIND(ksplice_find_module, "find_module");
	FIND(ksplice_do_one_initcall, "do_one_initcall");
	FIND(ksplice_module_alloc, __stringify(COMPAT_MODULE_ALLOC));
	FIND(ksplice_module_free, __stringify(COMPAT_MODULE_FREE));
	FIND(ksplice_idle_task, "idle_task");
	FIND(ksplice_stack_walk_reliable, "arch_stack_walk_reliable");
	FIND(ksplice_task_call_func, "task_call_func");
	FIND(ksplice_put_task_stack, "put_task_stack");
	FIND(ksplice_core_kernel_text, "core_kernel_text");
	FIND(ksplice_module_address, "__module_address");
	FIND(ksplice_jump_label_lock, "jump_label_lock");
	FIND(ksplice_jump_label_unlock, "jump_label_unlock");
	FIND(ksplice_jump_label_reserved, "jump_label_text_reserved");
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
	FIND(ksplice_static_call_reserved, "static_call_text_reserved");
#endif
#ifdef CONFIG_DYNAMIC_FTRACE
	FIND(ksplice_ftrace_reserved, "ftrace_text_reserved");
	FIND(ksplice_ftrace_ops_trampoline, "ftrace_ops_trampoline");
	FIND(ksplice_ftrace_lookup_ip, "ftrace_lookup_ip");
	FIND(ksplice_ftrace_is_dead, "ftrace_is_dead");
#endif
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
	FIND(ksplice_ftrace_find_direct, "ftrace_find_rec_direct");
#endif
#ifdef CONFIG_KPROBES
	FIND(ksplice_get_kprobe, "get_kprobe");
#endif
#ifdef COMPAT_DETOURS
	FIND(ksplice_is_insn_slot, "__is_insn_slot_addr");
#endif
	return 0;
}

static int find_exiting(void)
{
#ifdef CONFIG_TASKS_RCU
	const char *owner_name = COMPAT_EXIT_OWNER;
	unsigned long owner = owner_name ? find(owner_name) : 0;

	ksplice_exit_symbol = find(COMPAT_EXIT_SYMBOL);
	if (!ksplice_exit_symbol || (owner_name && !owner))
		return -ENOENT;
	if (!compat_exit_known(ksplice_exit_symbol, owner)) {
		pr_err("%s is not what it was in the kernels that are known\n", COMPAT_EXIT_SYMBOL);
		return -ENOENT;
	}
#endif
	return 0;
}

static int find_ftrace_list(void)
{
#ifdef CONFIG_DYNAMIC_FTRACE
#ifdef CONFIG_KALLSYMS_ALL
	ksplice_ftrace_lock = (struct mutex *)find("ftrace_lock");
	ksplice_ftrace_ops_list = (struct ftrace_ops __rcu **)find("ftrace_ops_list");
	if (!ksplice_ftrace_lock || !ksplice_ftrace_ops_list)
		return -ENOENT;
#endif
	ksplice_klp_handler = kernel_call(ksplice_kallsyms_lookup_name)("klp_ftrace_handler");
	ksplice_kprobe_handler = kernel_call(ksplice_kallsyms_lookup_name)("kprobe_ftrace_handler");
#endif
	return 0;
}

#ifdef CONFIG_KALLSYMS_ALL
/* [start, end) */
static unsigned long init_start, init_end;

static int find_init(void)
{
	init_start = find("__init_begin");
	init_end = find("__init_end");
	return init_start && init_end ? 0 : -ENOENT;
}

bool ksplice_is_init(unsigned long addr)
{
	return addr >= init_start && addr < init_end;
}
#else
static int find_init(void)
{
	return 0;
}

/* Only text has symbols then (scripts/kallsyms.c, symbol_valid(), 6.1), and init text does not count for text after boot. */
bool ksplice_is_init(unsigned long addr)
{
	return !kernel_call(ksplice_core_kernel_text)(addr);
}
#endif

#if defined(CONFIG_KPROBES) && defined(CONFIG_KALLSYMS_ALL)
static struct mutex *kprobe_mutex;

static int find_kprobe_lock(void)
{
	kprobe_mutex = (struct mutex *)find("kprobe_mutex");
	return kprobe_mutex ? 0 : -ENOENT;
}

void ksplice_kprobes_lock(void)
{
	mutex_lock(kprobe_mutex);
}

void ksplice_kprobes_unlock(void)
{
	mutex_unlock(kprobe_mutex);
}
#elif defined(CONFIG_KPROBES)
/*
 * What begins and ends the reading of debugfs's kprobes/blacklist takes that mutex, looks for the first line, and lets go of it (kernel/kprobes.c,
 * 6.1); neither looks at the seq_file.
 */
void *kprobe_blacklist_seq_start(struct seq_file *m, loff_t *pos);
void kprobe_blacklist_seq_stop(struct seq_file *m, void *v);
DEFINE_KERNEL_CALL(kprobes_start, kprobe_blacklist_seq_start);
DEFINE_KERNEL_CALL(kprobes_stop, kprobe_blacklist_seq_stop);

static int find_kprobe_lock(void)
{
	FIND(kprobes_start, "kprobe_blacklist_seq_start");
	FIND(kprobes_stop, "kprobe_blacklist_seq_stop");
	return 0;
}

void ksplice_kprobes_lock(void)
{
	loff_t first = 0;

	kernel_call(kprobes_start)(NULL, &first);
}

void ksplice_kprobes_unlock(void)
{
	kernel_call(kprobes_stop)(NULL, NULL);
}
#else
static int find_kprobe_lock(void)
{
	return 0;
}

void ksplice_kprobes_lock(void)
{
}

void ksplice_kprobes_unlock(void)
{
}
#endif

static int find_counters(void)
{
#ifdef CONFIG_KALLSYMS_ALL
	ksplice_total_forks = (unsigned long *)find("total_forks");
	ksplice_nr_threads = (int *)find("nr_threads");
	return ksplice_total_forks && ksplice_nr_threads ? 0 : -ENOENT;
#else
	return 0;
#endif
}

static int find_sites(void)
{
#ifdef CONFIG_KALLSYMS_ALL
	ksplice_sites.jump = (const struct jump_entry *)find("__start___jump_table");
	ksplice_sites.jump_end = (const struct jump_entry *)find("__stop___jump_table");
	if (!ksplice_sites.jump || !ksplice_sites.jump_end)
		return -ENOENT;
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
	ksplice_sites.call = (const struct static_call_site *)find("__start_static_call_sites");
	ksplice_sites.call_end = (const struct static_call_site *)find("__stop_static_call_sites");
	if (!ksplice_sites.call || !ksplice_sites.call_end)
		return -ENOENT;
#endif
#endif
	return 0;
}

static int find_data(void)
{
	int err = find_init();

	if (!err)
		err = find_kprobe_lock();
	if (!err)
		err = find_counters();
	if (!err)
		err = find_sites();
	if (err)
		return err;
#ifdef COMPAT_DETOURS
	ksplice_optinsn_slots = (struct kprobe_insn_cache *)find("kprobe_optinsn_slots");
	if (!ksplice_optinsn_slots)
		return -ENOENT;
#endif
	return find_ftrace_list() ? -ENOENT : find_exiting();
}

int ksplice_symbols_init(void)
{
	int err = find_lookup();

	if (!err)
		err = find_functions();
	if (!err)
		err = ksplice_exports_init();
	if (!err)
		err = find_data();
	kernel_calls_ready();
	return err;
}
