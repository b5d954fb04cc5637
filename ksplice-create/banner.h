/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel's banner ("Linux version 6.1.0-56-cloud-amd64 (...) (...) #1 SMP ...", init/version.c) says of how it was made. */
#ifndef KSPLICE_CREATE_BANNER_H
#define KSPLICE_CREATE_BANNER_H

/* The compiler that it names, "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"; owned by the caller; NULL: not told. */
char *banner_compiler(const char *banner);
/*
 * The version of the source by an image's banner: the word that begins with @major_minor ("6.1") and a dot, behind the '#' as
 * distributions put it there, or the release's own beginning if that has a third number which is not 0 (Debian's 6.1.0-56 is none).
 * Owned by the caller; NULL: not told.
 */
char *banner_version(const char *banner, const char *major_minor);

#endif
