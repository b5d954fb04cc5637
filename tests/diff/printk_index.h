/* SPDX-License-Identifier: GPL-2.0-or-later */
/* include/linux/printk.h of 6.1, with CONFIG_PRINTK_INDEX */
struct pi_entry {
	const char *fmt, *func, *file;
	unsigned int line;
	const char *level, *subsys_fmt_prefix;
} __attribute__((packed));

#define pr(fmt_, ...) ({ \
	static const struct pi_entry _entry used = { fmt_, __func__, __FILE__, __LINE__, (void *)0, (void *)0 }; \
	static const struct pi_entry *_entry_ptr used section(".printk_index") = &_entry; \
	printk(fmt_, ##__VA_ARGS__); })
