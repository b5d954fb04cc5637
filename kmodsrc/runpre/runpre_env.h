/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that the matcher takes from its surroundings: the one place where kernel and user space differ. */
#ifndef RUNPRE_ENV_H
#define RUNPRE_ENV_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/string.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t s32;
typedef unsigned long long u64;	/* as in the kernel, so that %llx fits on both sides */
typedef long long s64;
#endif

#endif
