/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/* What kmodsrc/ksplice-patch.h takes from include/linux/compiler*.h. */
#define __used __attribute__((__used__))
#define __section(name) __attribute__((__section__(name)))
#define ___PASTE(a, b) a##b
#define __PASTE(a, b) ___PASTE(a, b)
