/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian's kernels have the version of their package in the code: dump_stack() and the hung task detector print LINUX_PACKAGE_ID, which its Makefile
 * (6.1 and 6.12, filechk_package.h) makes of DISTRIBUTOR and DISTRIBUTION_VERSION where DISTRIBUTION_OFFICIAL_BUILD is set.
 */
#ifndef KSPLICE_CREATE_PACKAGE_ID_H
#define KSPLICE_CREATE_PACKAGE_ID_H

#include "ksplice-create/create.h"

/*
 * Sets kernel.distributor and kernel.distribution_version, both or none, if the source's Makefile has such: as the headers of the kernel have
 * them, beside its Module.symvers; else by the image's banner.
 */
struct error *package_id_find(struct create *c);
/* From ' Debian 6.1.187-1', in quotes, in the text of package.h; from "... Debian 6.1.187-1 (2026-09-07)" at a banner's end.  False: there is none. */
bool package_id_of_header(const char *text, char **distributor, char **version);
bool package_id_of_banner(const char *banner, char **distributor, char **version);

#endif
