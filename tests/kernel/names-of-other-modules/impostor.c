// SPDX-License-Identifier: GPL-2.0-or-later
/* Has a static function of the name of one that another module exports, as net/atm's svc_create() and sunrpc's. */
#include <linux/module.h>

static noinline __used u16 crc_itu_t(u16 crc, const u8 *buffer, size_t len)
{
	return 0xbad;
}

MODULE_LICENSE("GPL");
