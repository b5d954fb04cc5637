#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Exports that come, go, and are called otherwise.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2086
make_update()
{
	rm -f e.tar.gz
	create --patch=e.diff $kernel --id=e -o e.tar.gz "$KSPLICE_SOURCE"
}

case_is "an export removed, and one added"
diff_of lib/lru_cache.c 's/^EXPORT_SYMBOL(lc_is_used);/EXPORT_SYMBOL_GPL(lc_is_used_now);/
	/^bool lc_is_used(/i\
noinline bool lc_is_used_now(struct lc_element *e)\
{\
	return e \&\& READ_ONCE(e->refcnt);\
}\

	s/return e && e->refcnt;/return lc_is_used_now(e);/' >e.diff
make_update
wants 0 'note:.* the diff no longer exports lc_is_used' 'note:.* the diff exports lc_is_used_now' 'changed .*: lc_is_used$'

case_is "another prototype of what modules call"
{
	diff_of lib/lru_cache.c 's/^bool lc_is_used(.*)$/bool lc_is_used(struct lru_cache *lc, unsigned long number)/
		/^bool lc_is_used(/,/^}/s/enr/number/
		s/return e && e->refcnt;/return e \&\& e->refcnt \&\& number < ~0ul;/'
	diff_of include/linux/lru_cache.h 's/^\(extern bool lc_is_used(.*\)unsigned int enr/\1unsigned long number/'
} >e.diff
make_update
wants 0 'new .*: lc_is_used:new$' 'changed .*/drbd_actlog.o: drbd_try_rs_begin_io' \
	'note: lc_is_used: exported, and the diff changes its prototype.*old one'

# What calls it is the same code until then, and is exported with another prototype as well.
case_is "another prototype of what is called by one with another prototype"
{
	diff_of fs/mbcache.c 's/^\(void __mb_cache_entry_free(struct mb_cache \*\)cache/\1const cache/
		/^void __mb_cache_entry_free(/,/^}/s/^\tkmem_cache_free/\tentry->e_flags = 0;\n&/
		/mb_cache_entry_delete_or_get(struct/s/\*cache/*const cache/'
	diff_of include/linux/mbcache.h 's/__mb_cache_entry_free(struct mb_cache \*cache/__mb_cache_entry_free(struct mb_cache *const cache/
		/mb_cache_entry_delete_or_get(struct/s/\*cache/*const cache/'
} >e.diff
make_update
wants 0 'new .*: __mb_cache_entry_free:new$' 'new .*: mb_cache_entry_delete_or_get:new$' 'changed .*fs/ext4/xattr.o: ' \
	'note: __mb_cache_entry_free: exported' 'note: mb_cache_entry_delete_or_get: exported'

case_is "another prototype of what has two names"
diff_of fs/mbcache.c 's/^EXPORT_SYMBOL(mb_cache_create);/&\
struct mb_cache *mb_cache_make(int bucket_bits) __attribute__((alias("mb_cache_create")));/' >e.diff
make_update
wants 66
{
	diff_of fs/mbcache.c 's/^struct mb_cache \*mb_cache_create(int bucket_bits)/struct mb_cache *mb_cache_create(int bucket_bits, int more)/
		s/kzalloc(sizeof(struct mb_cache)/kzalloc(more + sizeof(struct mb_cache)/
		s/^EXPORT_SYMBOL(mb_cache_create);/&\
struct mb_cache *mb_cache_make(int bucket_bits, int more) __attribute__((alias("mb_cache_create")));/'
	diff_of include/linux/mbcache.h 's/mb_cache_create(int bucket_bits/&, int more/'
	diff_of fs/ext4/xattr.c 's/mb_cache_create(HASH_BUCKET_BITS/&, 0/'
} >e.diff
make_update
wants 3 "mb_cache_create: exported, and its prototype becomes 'struct mb_cache \* ( int , int )', was 'struct mb_cache \* ( int )'"
case_is "another prototype that a caller does not know"
sed -i '/xattr.c$/,$d' e.diff
make_update
wants 1 'fs/ext4/xattr.c:.*mb_cache_create'

case_is "other names for its parameters"
diff_of lib/lru_cache.c '/^bool lc_is_used(/,/^}/s/enr/number/
	s/return e && e->refcnt;/return e \&\& e->refcnt \&\& number < 1000;/' >e.diff
make_update
wants 0 'changed .*: lc_is_used$'

# "const char *const fmt" of a definition is "const char *fmt" to who calls it, and the header has that.
case_is "a definition that is written otherwise, in a macro that defines several"
diff_of drivers/base/core.c '/^#define define_dev_printk_level/,/^EXPORT_SYMBOL/{
	s/const char \*fmt, \.\.\./const char *const fmt, .../
	s/^\tva_start(args, fmt);/\tif (!dev) return; &/
}' >e.diff
make_update
wants 0 'changed .*: _dev_emerg$' 'changed .*: _dev_info$'
case_is "another body of these"
diff_of drivers/base/core.c '/^#define define_dev_printk_level/,/^EXPORT_SYMBOL/s/^\tva_start(args, fmt);/\tif (!dev) return; &/' >e.diff
make_update
wants 0 'changed .*: _dev_emerg$' 'changed .*: _dev_info$'

# The function is assembler, C code beside it exports it, and a header declares it.
case_is "assembler that is called otherwise"
{
	diff_of arch/x86/crypto/twofish-x86_64-asm_64.S 's/^SYM_FUNC_START(twofish_enc_blk)/&\n\tnop/'
	diff_of arch/x86/crypto/twofish.h 's/void twofish_enc_blk(const void \*ctx,/void twofish_enc_blk(const void *const ctx,/'
} >e.diff
make_update
wants 3 "twofish_enc_blk: exported, and its prototype becomes 'void ( const void \* const , u8 \* , const u8 \* )', was 'void ( const void \* , u8"
case_is "assembler that is called as before"
diff_of arch/x86/crypto/twofish-x86_64-asm_64.S 's/^SYM_FUNC_START(twofish_enc_blk)/&\n\tnop/' >e.diff
make_update
wants 0 'changed .*: twofish_enc_blk$'

# A work item that was queued before the update runs the old refresh_vm_stats().
case_is "another prototype of what a removed function calls"
diff_of mm/vmstat.c 's/^static int refresh_cpu_vm_stats(bool do_pagesets)/static int refresh_cpu_vm_stats(bool do_pagesets, struct work_struct *w)/
	/^static int refresh_cpu_vm_stats(/,/^}/s/return changes;/return changes + !w;/
	s/refresh_cpu_vm_stats(true)) {/refresh_cpu_vm_stats(true, w)) {/
	s/refresh_cpu_vm_stats(false);/refresh_cpu_vm_stats(false, NULL);/
	s/^\trefresh_cpu_vm_stats(true);/\trefresh_cpu_vm_stats(true, work);/
	s/refresh_vm_stats(struct/refresh_all(struct/
	s/schedule_on_each_cpu(refresh_vm_stats)/schedule_on_each_cpu(refresh_all)/' >e.diff
make_update
wants 3 "refresh_vm_stats: removed, but may still be called through a pointer, and calls refresh_cpu_vm_stats, whose prototype becomes 'int ( bool , struct work_struct \* )', was 'int ( bool )'"

case_is "the same prototype of what a removed function calls"
diff_of mm/vmstat.c '/^static int refresh_cpu_vm_stats(/,/^}/s/return changes;/return changes + !changes;/
	s/refresh_vm_stats(struct/refresh_all(struct/
	s/schedule_on_each_cpu(refresh_vm_stats)/schedule_on_each_cpu(refresh_all)/' >e.diff
make_update
wants 0 'changed .*: refresh_cpu_vm_stats$'
finish
