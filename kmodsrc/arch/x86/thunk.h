/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of arch/x86 offer each other. */
#ifndef KSPLICE_X86_THUNK_H
#define KSPLICE_X86_THUNK_H

/* Finds what thunks this kernel has. Once, when the core is loaded. */
void ksplice_thunk_init(void);
/* ftrace_caller, which stands for all trampolines of ftrace's; 0: this kernel has none. */
extern unsigned long ksplice_ftrace_caller;

#endif
