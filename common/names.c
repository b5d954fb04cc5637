// SPDX-License-Identifier: GPL-2.0-or-later
/* Which ids, module names and file names an update may have. */
#include "common/names.h"

#include <string.h>

#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

/* Sets of characters are spelt out: isalnum() depends on the locale. */
static bool only(const char *s, const char *set, size_t max)
{
	size_t len = strnlen(s, max + 1);

	return len >= 1 && len <= max && strspn(s, set) == len;
}

bool update_id_valid(const char *id)
{
	return only(id, LOWER DIGITS "_", UPDATE_ID_MAX) && id[0] != '_' && strcmp(id, "abi") && strcmp(id, "lock");
}

bool module_name_valid(const char *name)
{
	return only(name, LOWER UPPER DIGITS "_", UPDATE_MODULE_NAME_MAX);
}

bool update_file_name_valid(const char *name)
{
	return only(name, LOWER UPPER DIGITS "_.-", UPDATE_FILE_NAME_MAX) && name[0] != '.';
}
