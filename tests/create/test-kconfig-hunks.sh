#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hunks of Kconfig files: without effect on this kernel's configuration they are noted, else refused with the options.
. "$(dirname "$0")/lib.sh"

of()
{
	case_is "$1"
	# shellcheck disable=SC2086
	create --patch=k.diff --id=k $kernel "$KSPLICE_SOURCE"
	rm -f ksplice-k.tar.gz
}

{
	diff_of fs/proc/Kconfig '1i # x'
	diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/'
} >k.diff
of "a comment, with a change that is spliced"
wants 0 'note: fs/proc/Kconfig: changes no option of this configuration; ignored' 'changed .*: cmdline_proc_show'
{
	diff_of fs/proc/Kconfig '$a config PROC_NEW\n\tbool "new"\n\thelp\n\t  New.'
	diff_of arch/arm64/Kconfig '$a config NEW_ARM\n\tdef_bool y'
} >k.diff
of "an option that is off, and one of another machine"
wants 66 'note: fs/proc/Kconfig: changes no option' 'note: arch/arm64/Kconfig: changes no option' 'changes no object code'
diff_of fs/proc/Kconfig '$a config PROC_NEW\n\tdef_bool PROC_FS' >k.diff
of "an option that comes with another"
wants 3 'fs/proc/Kconfig: changes the configuration' 'CONFIG_PROC_NEW: the kernel has n, here it becomes y'
diff_of fs/proc/Kconfig 's/^config PROC_PAGE_MONITOR/config PROC_PAGES/' >k.diff
of "an option that goes"
wants 3 'CONFIG_PROC_PAGE_MONITOR: the kernel has y, here it becomes n'
diff_of fs/proc/Kconfig '$a nonsense' >k.diff
of "a mistake"
wants 1 'fs/proc/Kconfig: with the diff:.*' 'nonsense'
finish
