// SPDX-License-Identifier: GPL-2.0-or-later
/* Notes that a signal has come, so that what was begun can be taken back. */
#include "ksplice-apply/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t noted;

static void note(int sig)
{
	noted = 1;
}

void interrupt_catch(void)
{
	/* System calls go on (init_module must not fail for it); sleeping ends early all the same: signal(7). */
	struct sigaction catch = { .sa_handler = note, .sa_flags = SA_RESTART };

	sigaction(SIGINT, &catch, NULL);
	sigaction(SIGTERM, &catch, NULL);
	sigaction(SIGHUP, &catch, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool interrupted(void)
{
	return noted;
}
