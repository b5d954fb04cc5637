// SPDX-License-Identifier: GPL-2.0-only
/* /sys/kernel/ksplice, as docs/formats.md has it. */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "core.h"

static struct kobject *root;

static const char *const stages[] = {
	[KSPLICE_PREPARING] = "preparing",
	[KSPLICE_APPLIED] = "applied",
	[KSPLICE_REVERSED] = "reversed",
};

static const char *const causes[KSPLICE_NR_CAUSES] = {
	[KSPLICE_OK] = "ok",
	[KSPLICE_BAD_MATCH_DATA] = "bad_match_data",
	[KSPLICE_NO_MATCH] = "no_match",
	[KSPLICE_AMBIGUOUS] = "ambiguous",
	[KSPLICE_FAILED_TO_FIND] = "failed_to_find",
	[KSPLICE_CODE_BUSY] = "code_busy",
	[KSPLICE_MODULE_BUSY] = "module_busy",
	[KSPLICE_TARGET_NOT_LOADED] = "target_not_loaded",
	[KSPLICE_DEPENDS] = "depends",
	[KSPLICE_HOOK_CHANGED] = "hook_changed",
	[KSPLICE_DATA_CHANGED] = "data_changed",
	[KSPLICE_ABORTED] = "aborted",
	[KSPLICE_CLASH] = "clash",
	[KSPLICE_HAS_HOOKS] = "has_hooks",
	[KSPLICE_REPLACES] = "replaces",
	[KSPLICE_OTHER_UPDATE] = "other_update",
	[KSPLICE_OUT_OF_MEMORY] = "out_of_memory",
	[KSPLICE_UNEXPECTED] = "unexpected",
};

const char *ksplice_cause_word(enum ksplice_cause cause)
{
	return causes[cause];
}

static struct ksplice_update *to_update(struct kobject *kobj)
{
	return container_of(kobj, struct ksplice_update, kobj);
}

static ssize_t stage_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = sysfs_emit(buf, "%s\n", stages[to_update(kobj)->stage]);
	mutex_unlock(&ksplice_mutex);
	return len;
}

/* Those that are where they are to go stay. */
static int moves_make(struct ksplice_moves *m)
{
	size_t i, nr = 0;

	for (i = 0; i < m->nr; i++) {
		const struct ksplice_move move = m->move[i];

		if (move.update->stage == (move.reverse ? KSPLICE_REVERSED : KSPLICE_APPLIED))
			continue;
		if (move.reverse && move.update->stage != KSPLICE_APPLIED)
			return -EINVAL;
		m->move[nr++] = move;
	}
	m->nr = nr;
	return nr ? ksplice_moves_make(m) : 0;
}

static ssize_t stage_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	struct ksplice_move move = { .update = to_update(kobj) };
	struct ksplice_moves m = { .move = &move, .nr = 1 };
	int err;

	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	move.reverse = sysfs_streq(buf, "reversed");
	if (!move.reverse && !sysfs_streq(buf, "applied"))
		return -EINVAL;
	if (mutex_lock_interruptible(&ksplice_mutex))
		return -EINTR;
	err = moves_make(&m);
	/* What is applied is so in all targets that are there: now also in those that have come. */
	if (!err && !move.reverse) {
		move.update->cause = KSPLICE_OK;
		move.update->detail[0] = '\0';
		ksplice_text_clear(&move.update->conflicts);
		err = ksplice_shares_splice(move.update);
	}
	mutex_unlock(&ksplice_mutex);
	return err ? err : count;
}

static ssize_t abort_cause_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = sysfs_emit(buf, "%s\n", causes[to_update(kobj)->cause]);
	mutex_unlock(&ksplice_mutex);
	return len;
}

static ssize_t abort_detail_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = sysfs_emit(buf, "%s\n", to_update(kobj)->detail);
	mutex_unlock(&ksplice_mutex);
	return len;
}

static ssize_t depends_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct ksplice_update *on;
	ssize_t len = 0;

	mutex_lock(&ksplice_mutex);
	list_for_each_entry(on, &ksplice_updates, list)
		if (ksplice_stands_on(to_update(kobj), on))
			len += sysfs_emit_at(buf, len, "%s\n", on->id);
	mutex_unlock(&ksplice_mutex);
	return len;
}

static ssize_t applied_at_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct ksplice_update *u = to_update(kobj);
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = sysfs_emit(buf, "%lld\n", u->stage == KSPLICE_APPLIED ? (long long)u->applied_at : 0LL);
	mutex_unlock(&ksplice_mutex);
	return len;
}

static ssize_t sequence_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct ksplice_update *u = to_update(kobj);
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = sysfs_emit(buf, "%llu\n", u->stage == KSPLICE_APPLIED ? u->sequence : 0ULL);
	mutex_unlock(&ksplice_mutex);
	return len;
}

static ssize_t timing_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct ksplice_update *u = to_update(kobj);
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = sysfs_emit(buf, "match_ns=%llu\ncheck_ns=%llu\nstop_ns=%llu\ntasks=%u\nstacks=%u\ntries=%u\n",
			 u->match_ns, u->check_ns, u->stop_ns, u->tasks, u->stacks, u->tries);
	mutex_unlock(&ksplice_mutex);
	return len;
}

/* With those of its shares. */
static bool has_modules(const struct ksplice_update *whole)
{
	const struct ksplice_update *u;

	list_for_each_entry(u, &ksplice_updates, list)
		if ((u == whole || u->whole == whole) && ksplice_update_has_modules(u))
			return true;
	return false;
}

/* A file cannot remove its own directory while it is being written, so it lets go of it first. */
static ssize_t forget_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	struct ksplice_update *u = NULL, *it;
	struct kernfs_node *kn;
	bool busy = true;

	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	/*
	 * Not mutex_lock(): its holder may be waiting for the last reference to this directory, and breaking the protection
	 * takes one (fs/sysfs/file.c, 6.1).  So the lock first, without waiting, and then the reference.
	 */
	if (!mutex_trylock(&ksplice_lifecycle))
		return -EBUSY;
	kn = sysfs_break_active_protection(kobj, &attr->attr);
	if (!kn) {
		mutex_unlock(&ksplice_lifecycle);
		return -ENODEV;
	}
	mutex_lock(&ksplice_mutex);
	ksplice_gates_sweep();
	/* Somebody else may have removed it meanwhile. */
	list_for_each_entry(it, &ksplice_updates, list)
		if (&it->kobj == kobj)
			u = it;
	if (u)
		busy = u->stage == KSPLICE_APPLIED || has_modules(u);
	mutex_unlock(&ksplice_mutex);
	if (!busy)
		ksplice_update_unlink(u);
	/* It has held the kobject (fs/sysfs/file.c, 6.1), for whose release ksplice_update_free() waits. */
	sysfs_unbreak_active_protection(kn);
	if (!busy)
		ksplice_update_free(u);
	mutex_unlock(&ksplice_lifecycle);
	return !u ? -ENODEV : busy ? -EBUSY : count;
}

static struct kobj_attribute stage_attr = __ATTR_RW(stage);
static struct kobj_attribute abort_cause_attr = __ATTR_RO(abort_cause);
static struct kobj_attribute abort_detail_attr = __ATTR_RO(abort_detail);
static struct kobj_attribute depends_attr = __ATTR_RO(depends);
static struct kobj_attribute applied_at_attr = __ATTR_RO(applied_at);
static struct kobj_attribute sequence_attr = __ATTR_RO(sequence);
static struct kobj_attribute timing_attr = __ATTR_RO(timing);
static struct kobj_attribute forget_attr = __ATTR_WO(forget);

static struct attribute *update_attrs[] = {
	&abort_cause_attr.attr,
	&abort_detail_attr.attr,
	&applied_at_attr.attr,
	&depends_attr.attr,
	&forget_attr.attr,
	&sequence_attr.attr,
	&stage_attr.attr,
	&timing_attr.attr,
	NULL,
};

/* The files that may be longer than a page. */

static ssize_t conflicts_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf,
			      loff_t pos, size_t count)
{
	const struct ksplice_text *t = &to_update(kobj)->conflicts;
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = memory_read_from_buffer(buf, count, &pos, t->buf, t->len);
	mutex_unlock(&ksplice_mutex);
	return len;
}

static int splice_text(const struct ksplice_target *t, const struct ksplice_splice *s, struct ksplice_text *text)
{
	struct ksplice_claim c = { 0 };
	char error[sizeof(" error=-2147483648")] = "";

	if (t->update->stage == KSPLICE_APPLIED)
		c = ksplice_bypassed_by(s);
	if (c.err)
		snprintf(error, sizeof(error), " error=%d", -c.err);
	return ksplice_text_printf(text, "target=%s unit=%s function=%s%s%s%s\n", t->name, s->unit, s->name,
				   c.by ? " bypassed_by=" : "", c.by ?: "", error);
}

static int splices_text(const struct ksplice_update *u, struct ksplice_text *text)
{
	struct ksplice_target *t;
	size_t i;
	int err = 0;

	list_for_each_entry(t, &u->targets, list)
		for (i = 0; i < t->nr_splices && !err; i++)
			if (!t->splices[i].part)
				err = splice_text(t, &t->splices[i], text);
	return err;
}

static ssize_t splices_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf,
			    loff_t pos, size_t count)
{
	struct ksplice_text text = { 0 };
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = splices_text(to_update(kobj), &text);
	mutex_unlock(&ksplice_mutex);
	if (!len)
		len = memory_read_from_buffer(buf, count, &pos, text.buf, text.len);
	ksplice_text_clear(&text);
	return len;
}

static ssize_t late_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t pos, size_t count)
{
	struct ksplice_text text = { 0 };
	ssize_t len;

	mutex_lock(&ksplice_mutex);
	len = ksplice_waits_text(to_update(kobj), &text);
	mutex_unlock(&ksplice_mutex);
	if (!len)
		len = memory_read_from_buffer(buf, count, &pos, text.buf, text.len);
	ksplice_text_clear(&text);
	return len;
}

static struct bin_attribute late_attr = __BIN_ATTR_RO(late, 0);
/*
 * Call chains of other people's tasks: for root, as /proc/PID/stack is (f8a00cef1720, "proc: restrict kernel stack dumps to root",
 * v4.19).
 */
static struct bin_attribute conflicts_attr = __BIN_ATTR(conflicts, 0400, conflicts_read, NULL, 0);
static struct bin_attribute splices_attr = __BIN_ATTR_RO(splices, 0);

static struct bin_attribute *update_bin_attrs[] = {
	&conflicts_attr,
	&late_attr,
	&splices_attr,
	NULL,
};

static const struct attribute_group update_group = {
	.attrs = update_attrs,
	.bin_attrs = update_bin_attrs,
};
__ATTRIBUTE_GROUPS(update);

static void update_release(struct kobject *kobj)
{
	complete(&to_update(kobj)->released);
}

static struct kobj_type update_type = {
	.release = update_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = update_groups,
};

int ksplice_sysfs_add(struct ksplice_update *u)
{
	return kobject_init_and_add(&u->kobj, &update_type, root, "%s", u->id);
}

static ssize_t abi_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", KSPLICE_ABI);
}

static struct kobj_attribute abi_attr = __ATTR_RO(abi);

static ssize_t shadow_variables_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", ksplice_shadow_count());
}

/* No update's id has a "-", nor has the next ones'. */
static struct kobj_attribute shadow_variables_attr = __ATTR(shadow-variables, 0444, shadow_variables_show, NULL);

static ssize_t machine_stops_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n", ksplice_stops());
}

static struct kobj_attribute machine_stops_attr = __ATTR(machine-stops, 0444, machine_stops_show, NULL);

/* "+ID" or "-ID": is to be applied, or reversed; each update once. */
static int word_take(const char *word, struct ksplice_moves *m)
{
	struct ksplice_update *u = word[0] == '+' || word[0] == '-' ? ksplice_update_find(word + 1) : NULL;
	size_t i;

	if (!u)
		return -ENOENT;
	for (i = 0; i < m->nr; i++)
		if (m->move[i].update == u)
			return -EINVAL;
	if (m->nr == KSPLICE_MAX_MOVES)
		return -E2BIG;
	m->move[m->nr++] = (struct ksplice_move){ .update = u, .reverse = word[0] == '-' };
	return 0;
}

static int words_take(char *words, struct ksplice_moves *m)
{
	char *word;
	int err = 0;

	while (!err && (word = strsep(&words, " \n")))
		if (*word)
			err = word_take(word, m);
	return err;
}

static ssize_t in_one_stop_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	struct ksplice_moves m = { 0 };
	char *words;
	int err = -ENOMEM;

	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	/*
	 * Of a longer write, this is the first page, and the rest would come as a second one: fs/kernfs/file.c,
	 * kernfs_fop_write_iter(), 6.1.  What is behind a NUL would be passed over.
	 */
	if (count >= PAGE_SIZE || strlen(buf) != count)
		return -E2BIG;
	words = kstrdup(buf, GFP_KERNEL);
	m.move = kvcalloc(KSPLICE_MAX_MOVES, sizeof(*m.move), GFP_KERNEL);
	if (words && m.move) {
		err = -EINTR;
		if (!mutex_lock_interruptible(&ksplice_mutex)) {
			err = words_take(words, &m);
			if (!err)
				err = moves_make(&m);
			mutex_unlock(&ksplice_mutex);
		}
	}
	kvfree(m.move);
	kfree(words);
	return err ? err : count;
}

static struct kobj_attribute in_one_stop_attr = __ATTR(in-one-stop, 0200, NULL, in_one_stop_store);

static ssize_t helper_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	char *path;
	int err = -ENOMEM;

	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	path = kstrdup(buf, GFP_KERNEL);
	if (path) {
		path[strcspn(path, "\n")] = '\0';
		err = ksplice_helper_set(path);
		kfree(path);
	}
	return err ? err : count;
}

static struct kobj_attribute helper_attr = __ATTR(late-helper, 0200, NULL, helper_store);

static int wait_for(const char *id, const char *name, bool strict)
{
	struct ksplice_update *u;
	int err = -ENOMEM;
	bool empty;

	if (!ksplice_is_id(id) || !ksplice_is_target_name(name) || !strcmp(name, "vmlinux"))
		return -EINVAL;
	mutex_lock(&ksplice_lifecycle);
	u = ksplice_update_find(id);
	if (!u)
		u = ksplice_update_create(id);
	if (u) {
		mutex_lock(&ksplice_mutex);
		err = ksplice_wait_add(u, name, strict);
		empty = list_empty(&u->waits) && list_empty(&u->targets) && !u->keep;
		mutex_unlock(&ksplice_mutex);
		if (empty) {
			ksplice_update_unlink(u);
			ksplice_update_free(u);
		}
	}
	mutex_unlock(&ksplice_lifecycle);
	return err;
}

/* "ID MODULE" or "ID MODULE strict". The file is in no update's directory, so its writer may take ksplice_lifecycle. */
static ssize_t wait_for_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	char *line, *rest, *id, *name, *policy;
	int err = -EINVAL;

	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	rest = line = kstrdup(buf, GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	line[strcspn(line, "\n")] = '\0';
	id = strsep(&rest, " ");
	name = strsep(&rest, " ");
	policy = strsep(&rest, " ");
	if (name && !rest && (!policy || !strcmp(policy, "strict")))
		err = wait_for(id, name, policy);
	kfree(line);
	return err ? err : count;
}

static struct kobj_attribute wait_for_attr = __ATTR(wait-for, 0200, NULL, wait_for_store);

static const struct attribute *const root_attrs[] = {
	&abi_attr.attr,
	&helper_attr.attr,
	&wait_for_attr.attr,
	&in_one_stop_attr.attr,
	&machine_stops_attr.attr,
	&shadow_variables_attr.attr,
	NULL,
};

int ksplice_sysfs_init(void)
{
	int err;

	root = kobject_create_and_add("ksplice", kernel_kobj);
	if (!root)
		return -ENOMEM;
	err = sysfs_create_files(root, root_attrs);
	if (err)
		kobject_put(root);
	return err;
}

void ksplice_sysfs_exit(void)
{
	kobject_put(root);
}
