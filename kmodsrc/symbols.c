// SPDX-License-Identifier: GPL-2.0-only
/* Finds what the kernel does not export. */
#include <linux/slab.h>
#include <linux/stringify.h>

#include "core.h"
#include "symbols.h"

static unsigned long given_address;
module_param_named(kallsyms_lookup_name, given_address, ulong, 0);
MODULE_PARM_DESC(kallsyms_lookup_name, "address of that function, from /proc/kallsyms, for kernels without kprobes");

DEFINE_STATIC_CALL_NULL(ksplice_kallsyms_lookup_name, kallsyms_lookup_name);
DEFINE_STATIC_CALL_NULL(ksplice_kallsyms_on_each, kallsyms_on_each_symbol);
DEFINE_STATIC_CALL_NULL(ksplice_module_kallsyms_on_each, module_kallsyms_on_each_symbol);
DEFINE_STATIC_CALL_NULL(ksplice_find_module, find_module);
DEFINE_STATIC_CALL_NULL(ksplice_do_one_initcall, do_one_initcall);
DEFINE_STATIC_CALL_NULL(ksplice_module_alloc, COMPAT_MODULE_ALLOC);
DEFINE_STATIC_CALL_NULL(ksplice_module_free, COMPAT_MODULE_FREE);
DEFINE_STATIC_CALL_NULL(ksplice_idle_task, idle_task);
DEFINE_STATIC_CALL_NULL(ksplice_stack_walk_reliable, arch_stack_walk_reliable);
DEFINE_STATIC_CALL_NULL(ksplice_task_call_func, task_call_func);
DEFINE_STATIC_CALL_NULL(ksplice_put_task_stack, put_task_stack);
DEFINE_STATIC_CALL_NULL(ksplice_core_kernel_text, core_kernel_text);
DEFINE_STATIC_CALL_NULL(ksplice_module_address, __module_address);
DEFINE_STATIC_CALL_NULL(ksplice_jump_label_lock, jump_label_lock);
DEFINE_STATIC_CALL_NULL(ksplice_jump_label_unlock, jump_label_unlock);
DEFINE_STATIC_CALL_NULL(ksplice_jump_label_reserved, jump_label_text_reserved);
DEFINE_STATIC_CALL_NULL(ksplice_static_call_reserved, static_call_text_reserved);
#ifdef CONFIG_DYNAMIC_FTRACE
DEFINE_STATIC_CALL_NULL(ksplice_ftrace_reserved, ftrace_text_reserved);
DEFINE_STATIC_CALL_NULL(ksplice_ftrace_ops_trampoline, ftrace_ops_trampoline);
DEFINE_STATIC_CALL_NULL(ksplice_ftrace_lookup_ip, ftrace_lookup_ip);
DEFINE_STATIC_CALL_NULL(ksplice_ftrace_is_dead, ftrace_is_dead);
struct mutex *ksplice_ftrace_lock;
struct ftrace_ops __rcu **ksplice_ftrace_ops_list;
unsigned long ksplice_klp_handler, ksplice_kprobe_handler;
#endif
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
DEFINE_STATIC_CALL_NULL(ksplice_ftrace_find_direct, ftrace_find_rec_direct);
#endif
#ifdef CONFIG_KPROBES
DEFINE_STATIC_CALL_NULL(ksplice_get_kprobe, get_kprobe);
struct mutex *ksplice_kprobe_mutex;
#endif
#ifdef CONFIG_OPTPROBES
DEFINE_STATIC_CALL_NULL(ksplice_is_insn_slot, __is_insn_slot_addr);
struct kprobe_insn_cache *ksplice_optinsn_slots;
#endif
struct mutex *ksplice_text_mutex;

#ifdef CONFIG_TASKS_RCU
unsigned long ksplice_exit_symbol;
#endif
unsigned long ksplice_init_start, ksplice_init_end;

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

static int find_lookup(void)
{
	static const char name[] = "kallsyms_lookup_name";
	unsigned long addr = given_address;

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
	static_call_update(ksplice_kallsyms_lookup_name, (void *)addr);
	return 0;
}

static unsigned long find(const char *name)
{
	unsigned long addr = static_call(ksplice_kallsyms_lookup_name)(name);

	if (!addr)
		pr_err("the kernel's symbol table has no %s\n", name);
	return addr;
}

#define FIND(call, name)						\
	do {								\
		unsigned long addr = find(name);			\
									\
		if (!addr)						\
			return -ENOENT;					\
		static_call_update(call, (void *)addr);			\
	} while (0)

static int find_functions(void)
{
	FIND(ksplice_kallsyms_on_each, "kallsyms_on_each_symbol");
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
	FIND(ksplice_static_call_reserved, "static_call_text_reserved");
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
#ifdef CONFIG_OPTPROBES
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
	ksplice_ftrace_lock = (struct mutex *)find("ftrace_lock");
	ksplice_ftrace_ops_list = (struct ftrace_ops __rcu **)find("ftrace_ops_list");
	if (!ksplice_ftrace_lock || !ksplice_ftrace_ops_list)
		return -ENOENT;
	ksplice_klp_handler = static_call(ksplice_kallsyms_lookup_name)("klp_ftrace_handler");
	ksplice_kprobe_handler = static_call(ksplice_kallsyms_lookup_name)("kprobe_ftrace_handler");
#endif
	return 0;
}

static int find_data(void)
{
	ksplice_init_start = find("__init_begin");
	ksplice_init_end = find("__init_end");
	ksplice_text_mutex = (struct mutex *)find("text_mutex");
	if (!ksplice_init_start || !ksplice_init_end || !ksplice_text_mutex)
		return -ENOENT;
#ifdef CONFIG_KPROBES
	ksplice_kprobe_mutex = (struct mutex *)find("kprobe_mutex");
	if (!ksplice_kprobe_mutex)
		return -ENOENT;
#endif
#ifdef CONFIG_OPTPROBES
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
		err = find_data();
	return err;
}
