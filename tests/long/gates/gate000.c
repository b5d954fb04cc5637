// SPDX-License-Identifier: GPL-2.0-or-later
/* Of which the test makes many, by other names of the same length. */
#include <linux/module.h>

MODULE_LICENSE("GPL");
