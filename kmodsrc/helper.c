// SPDX-License-Identifier: GPL-2.0-only
/* The program that is run when a module comes or goes (ksplice-apply/late.c). */
#include <linux/kmod.h>
#include <linux/string.h>

#include "late.h"

static DEFINE_MUTEX(helper_lock);
static char helper[256];

int ksplice_helper_set(const char *path)
{
	int err = 0;

	if (path[0] != '/')
		return -EINVAL;
	mutex_lock(&helper_lock);
	if (strlen(path) < sizeof(helper))
		strscpy(helper, path, sizeof(helper));
	else
		err = -ENAMETOOLONG;
	mutex_unlock(&helper_lock);
	return err;
}

int ksplice_helper_run(const char *what, const struct module *mod)
{
	static char *envp[] = { "HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	char path[sizeof(helper)], option[MODULE_NAME_LEN + 16];
	char *argv[] = { path, option, NULL };

	mutex_lock(&helper_lock);
	strscpy(path, helper, sizeof(path));
	mutex_unlock(&helper_lock);
	snprintf(option, sizeof(option), "--%s=%s", what, mod->name);
	return path[0] ? call_usermodehelper(path, argv, envp, UMH_WAIT_PROC) : -ENOENT;
}
