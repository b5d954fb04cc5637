/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
typedef unsigned char u8;
typedef unsigned long long u64;
