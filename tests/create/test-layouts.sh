#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Structures and numbers that live on from before the update, and mean something else to the patched code.
. "$(dirname "$0")/lib.sh"

of()
{
	case_is "$1"
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=layout $kernel "$KSPLICE_SOURCE"
	rm -f ksplice-layout.tar.gz
}

never()
{
	grep -q -- "$1" "$work/out" && fail "says '$1'"
}

metrics=include/uapi/linux/tcp_metrics.h
# u32 tcpm_vals[TCP_METRIC_MAX_KERNEL + 1] in struct tcp_metrics_block; the table has many of these.
diff_of $metrics 's/^\tTCP_METRIC_REORDERING,/&\n\tTCP_METRIC_ADDED,/' >fix.diff
of "enumerator put before others"
wants 3 'net/ipv4/tcp_metrics.o: struct tcp_metrics_block: it gets .u32 tcpm_vals \[ 6 \].: changed layout or meaning' \
	"net/ipv4/tcp_metrics.o: enum tcp_metric_index: TCP_METRIC_RTT_US becomes '6', was '5': changed layout or meaning" \
	'ksplice_layout_ignore(tcp_metric_index)' 'for 2 reasons'

diff_of $metrics 's/^\tTCP_METRIC_RTTVAR_US,.*/&\n\tTCP_METRIC_ADDED,/' >fix.diff
of "enumerator put before the one that counts them"
wants 3 'struct tcp_metrics_block: it gets .u32 tcpm_vals \[ 6 \].'
never 'enum tcp_metric_index'

{
	cat fix.diff
	diff_of net/ipv4/tcp_metrics.c '/^struct tcp_metrics_block {/i #include <ksplice-patch.h>\nksplice_layout_ignore(tcp_metrics_block);'
} >both.diff
mv both.diff fix.diff
of "structure that no object lives on of, by the author's word"
wants 0 'tcp_metrics_fill_info'

{
	diff_of $metrics 's/^\tTCP_METRIC_REORDERING,/&\n\tTCP_METRIC_ADDED,/'
	diff_of net/ipv4/tcp_metrics.c '/^struct tcp_metrics_block {/i #include <ksplice-patch.h>\nksplice_layout_ignore(tcp_metrics_block);\nksplice_layout_ignore(tcp_metric_index);'
} >fix.diff
of "numbers that nothing keeps, by the author's word"
wants 0 'tcp_metrics_fill_info'

renamed='s/tcpm_stamp/tcpm_moment/g'
diff_of net/ipv4/tcp_metrics.c "$renamed"'; s/WRITE_ONCE(tm->tcpm_lock, val);/WRITE_ONCE(tm->tcpm_lock, val + 1);/' >fix.diff
of "member that only has another name"
wants 0 'changed .*: tcpm_suck_dst'
diff_of net/ipv4/tcp_metrics.c "$renamed"'; s/WRITE_ONCE(tm->tcpm_moment, jiffies);/WRITE_ONCE(tm->tcpm_moment, jiffies + 1);/' >fix.diff
of "member with another name that means another thing"
wants 3 'struct tcp_metrics_block: .tcpm_stamp. becomes .tcpm_moment., of which something else is made: .*jiffies.*: changed layout or meaning'

diff_of net/ipv4/fib_trie.c 's/^typedef unsigned int t_key;/typedef unsigned long t_key;/' >fix.diff
of "type behind another name"
wants 3 'net/ipv4/fib_trie.o: typedef t_key: t_key becomes .unsigned long t_key ., was .unsigned int t_key .: changed layout'

nanoseconds='s/^\tstatic unsigned long prev_offset;/\tstatic s64 prev_offset;/; s/WRITE_ONCE(prev_offset, offset);/WRITE_ONCE(prev_offset, offset + 1);/'
diff_of mm/swap_state.c "$nanoseconds" >fix.diff
of "variable of another type and the same size"
wants 3 'mm/swap_state.o: variable prev_offset of swapin_nr_pages: it becomes .s64 prev_offset ., was .unsigned long prev_offset .: changed layout or meaning'

diff_of mm/swap_state.c "$nanoseconds"'
	s/^#include <linux\/mm.h>/&\n#include <ksplice-patch.h>/; s/^\tstatic s64 prev_offset;/&\n\tksplice_data_new(prev_offset);/' >fix.diff
# It is inlined there.
of "variable of another type that begins anew"
wants 0 'changed .*: swap_cluster_readahead$'

diff_of mm/swap_state.c 's/WRITE_ONCE(prev_offset, offset);/WRITE_ONCE(prev_offset, offset + 1);/; s/^\tstatic unsigned long prev_offset;/\tstatic unsigned long prev_offset __read_mostly;/' >fix.diff
of "variable of the same type in another place"
wants 0 'changed .*: swap_cluster_readahead$'

# A source of its own: no structure of the kernel is only on the stack of a function that stays as it is when the structure grows.
tree=$work/tree
mkdir -p "$tree/fs"
find "$KSPLICE_SOURCE" -mindepth 1 -maxdepth 1 ! -name fs -exec ln -s {} "$tree/" \;
find "$KSPLICE_SOURCE/fs" -mindepth 1 -maxdepth 1 ! -name proc -exec ln -s {} "$tree/fs/" \;
cp -r "$KSPLICE_SOURCE/fs/proc" "$tree/fs/proc"
sed -i '/^static int cmdline_proc_show(/i #define SHOWN_MORE 1\
#define SHOWN_LESS 2\
\
struct shown {\
	struct seq_file *m;\
	int first;\
};\
\
static __attribute__((noipa)) void show_one(struct shown *s)\
{\
	s->first = seq_has_overflowed(s->m) ? SHOWN_MORE : SHOWN_LESS;\
}\
\
static __attribute__((noipa)) void show_two(struct shown *s)\
{\
	seq_puts(s->m, saved_command_line);\
}\

	s/^\tseq_puts(m, saved_command_line);/\tstruct shown s;\n\n\ts.m = m;\n\tshow_one(\&s);\n\tshow_two(\&s);/' "$tree/fs/proc/cmdline.c"
# Others: of a function that becomes show_clone.isra.0, of one that is a part of who calls it, and of nobody that the source tells.
sed -i '/^static int cmdline_proc_show(/i static const char *const counted_names[] = {\
	"first",\
};\
\
struct counted {\
	long counts[ARRAY_SIZE(counted_names)];\
	int first;\
};\
\
static __attribute__((noipa)) int show_counted(void *private)\
{\
	struct counted *c = private;\
\
	return c->first;\
}\
\
struct given {\
	int first;\
	int second;\
};\
\
static __attribute__((noipa)) int show_given(void *private)\
{\
	struct given *g = private;\
\
	return g->first;\
}\
\
struct part {\
	struct seq_file *m;\
	int first;\
};\
struct whole {\
	struct seq_file *m;\
	int first;\
};\
\
static __attribute__((noipa)) void show_part(struct part *p)\
{\
	p->first = seq_has_overflowed(p->m);\
}\
\
static __attribute__((noipa)) void show_whole(struct whole *p)\
{\
	p->first = seq_has_overflowed(p->m);\
}\
\
static noinline int show_clone(struct seq_file *m, int unused)\
{\
	struct part p;\
\
	p.m = m;\
	show_part(\&p);\
	return p.first;\
}\
\
static int show_inline(struct seq_file *m)\
{\
	struct whole p;\
\
	p.m = m;\
	show_whole(\&p);\
	return p.first;\
}\
\
static noinline int show_outer(struct seq_file *m)\
{\
	return show_inline(m) + 1;\
}\

	s/^\tshow_two(&s);/&\n\tif (show_given(m->private) || show_counted(m->private) || show_clone(m, 1) || show_outer(m) == 7)\n\t\tshow_two(\&s);/' "$tree/fs/proc/cmdline.c"

# in_tree NAME SED-COMMAND
in_tree()
{
	case_is "$1"
	sed "$2" "$tree/fs/proc/cmdline.c" >edited
	diff -u --label a/fs/proc/cmdline.c --label b/fs/proc/cmdline.c "$tree/fs/proc/cmdline.c" edited >fix.diff
	# shellcheck disable=SC2086
	create_from "$tree" --patch=fix.diff --id=layout $kernel
	rm -f ksplice-layout.tar.gz
}

grown='/^struct shown/,/^}/s/^\tint first;/&\n\tint second;/; s/^\ts->first =/\ts->second = 0;\n&/; s/^\tseq_puts(s->m/\tif (!s->second)\n\t&/'
in_tree "structure on the stack of a function that is not replaced" "$grown"
wants 3 "struct shown: it gets 'int second': changed layout of what cmdline_proc_show, which is not replaced, may have on its stack"

shifted='s/^#define SHOWN_MORE 1/#define SHOWN_ALL 1\n#define SHOWN_MORE 2/; s/^#define SHOWN_LESS 2/#define SHOWN_LESS 3/'
in_tree "numbers of macros that move to other names" "$shifted"
wants 3 'fs/proc/cmdline.o: SHOWN_\* of fs/proc/cmdline.c: SHOWN_MORE becomes 2, was 1, which SHOWN_ALL is now: changed layout or meaning' \
	'ksplice_layout_ignore(SHOWN)' 'for 1 reason'

in_tree "the same, by the author's word" "$shifted; /^struct shown {/i #include <ksplice-patch.h>\nksplice_layout_ignore(SHOWN);"
wants 0 'changed .*: show_one'

in_tree "structure of which no source says where objects are made" '/^struct given/,/^}/{s/int first/int third/; s/int second/int first/; s/int third/int second/}'
wants 3 "fs/proc/cmdline.o: struct given: its members are arranged otherwise: changed layout or meaning"

in_tree "structure with an array as long as a table that gets one more" 's/^\t"first",/&\n\t"second",/'
wants 3 "fs/proc/cmdline.o: struct counted: it gets 'long counts \[ ( sizeof ( ( counted_names \[ 2 \] ) ) .*: changed layout or meaning"

in_tree "structure that gets another name, and members at other places" 's/struct given/struct taken/; /^struct taken/,/^}/{s/int first/int third/; s/int second/int first/; s/int third/int second/}'
wants 3 "fs/proc/cmdline.o: struct taken: seems to be struct given under another name, and its members are arranged otherwise: changed layout or meaning"

in_tree "structure that only gets another name" 's/struct given/struct taken/; s/return g->first;/return g->first + 1;/'
wants 0 'changed .*: show_given'

in_tree "structure on the stack of a clone that is not replaced" '/^struct part/,/^}/s/^\tint first;/&\n\tint second;/; /^.*show_part(struct/,/^}/s/^\tp->first =/\tp->second = 0;\n&/'
wants 3 "struct part: it gets 'int second': changed layout of what show_clone, which is not replaced, may have on its stack"

in_tree "structure on the stack of a function that is a part of one that is not replaced" '/^struct whole/,/^}/s/^\tint first;/&\n\tint second;/; /^.*show_whole(struct/,/^}/s/^\tp->first =/\tp->second = 0;\n&/'
wants 3 "struct whole: it gets 'int second': changed layout of what show_outer, which is not replaced, may have on its stack"

in_tree "structure on the stack of a function that is replaced" "$grown; s/^\ts\.m = m;/\ts.second = 1;\n&/"
wants 0 'changed .*: cmdline_proc_show'
# A thousand units include it; the one that the diff itself touches tells.
{
	diff_of include/net/dst.h 's/^\tshort\t\t\terror;/&\n\tlong\t\t\tadded;/'
	diff_of net/core/dst.c 's/^\tdst->error = 0;/&\n\tdst->added = 1;/'
} >fix.diff
of "structure of a header that is included everywhere"
wants 3 'net/core/dst.o: struct dst_entry: it gets .long added.: changed layout'
never 'preprocessing'

{
	diff_of include/linux/mbcache.h 's/^\tu64\t\t\te_value;/\tu64\t\t\te_added;\n&/'
	diff_of fs/mbcache.c 's/^\tentry->e_value = value;/&\n\tentry->e_added = 1;/'
} >fix.diff
of "structure of a header that few include"
wants 3 'fs/mbcache.o: struct mb_cache_entry: it gets .u64 e_added.: changed layout'
sed -i 's/^--- a\/fs/# &/; /^# /,$d' fix.diff
diff_of fs/mbcache.c 's/^\tentry->e_value = value;/\tint unused_here;\n\n&\n\tentry->e_added = 1;/
	s/^#include <linux\/mbcache.h>/&\n#include <ksplice-patch.h>\nksplice_layout_ignore(mb_cache_entry);/; s/^module_init(mbcache_init)/&\nksplice_init_ignore(mbcache_init);/' >>fix.diff
of "the same, of which no object lives on by the author's word: others that include it are found"
wants 0 'changed .*: mb_cache_entry_create' 'changed .*fs/ext4/xattr.o'
[ "$(grep -c 'unused variable .unused_here' out)" = 1 ] || fail "a warning is seen $(grep -c 'unused variable .unused_here' out) times"

finish
