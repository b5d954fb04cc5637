/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "ksplice-create --source-digest FILE COMMAND...": what kbuild runs in place of the preprocessor.  Runs it, and writes the
 * digest of what it printed to FILE; or, with one of FACTS_*, these.
 */
#ifndef KSPLICE_CREATE_PREPROCESSOR_H
#define KSPLICE_CREATE_PREPROCESSOR_H

#include <stdbool.h>

#define DIGEST "--source-digest"

/* In place of a digest: that of a unit that could not be preprocessed alone. */
#define DIGEST_UNKNOWN "????????????????????????????????????????????????????????????????"

#define DIGEST_NAMES_SUFFIX ".names" /* beside a digest: what is used */

/* @argv begins with how (DIGEST or one of FACTS_*), FILE and COMMAND.  Returns the exit status. */
int preprocessor_main(int argc, char **argv);
/* Is @word what that begins with? */
bool preprocessor_is_main(const char *word);

#endif
