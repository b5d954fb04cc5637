// SPDX-License-Identifier: GPL-2.0-or-later
/* The architectures that this project knows. */
#include "objmanip/arch.h"

static const struct om_arch *const archs[] = { &om_arch_x86_64, &om_arch_ppc64le };

const struct om_arch *om_arch_of(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (archs[i]->machine == machine)
			return archs[i];
	return NULL;
}
