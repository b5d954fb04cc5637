/* SPDX-License-Identifier: GPL-2.0-or-later */
#define __KERNEL__
#include "../../kmodsrc/ksplice-patch.h"
