#include "kernel.h"
#include "author.h"

extern int old_function(void), seen_elsewhere(void);

#ifdef POST
static int new_function(void) { return printk("new"); }
#define VALUE 7
#define FUNCTION new_function
int was_zero = 4, now_zero = 0;
#else
#define VALUE 5
#define FUNCTION old_function
int was_zero = 0, now_zero = 4;
#endif

static const struct { const char *name; int (*fn)(void), (*same)(void); int value; } table[2] = {
	{ "first", old_function, seen_elsewhere, VALUE }, { "second", FUNCTION, seen_elsewhere, 2 },
};
static int value = VALUE;
const int global[2] = { VALUE, VALUE };

#ifdef POST
ksplice_data_in_place(table);
ksplice_data_in_place(value);
ksplice_data_in_place(was_zero);
ksplice_data_in_place(now_zero);
ksplice_data_in_place(global);
#endif

int f(int i) { return table[i].fn() + table[i].same() + table[i].value; }
int g(int i) { value += i; return was_zero += value; }
int h(int i) { return now_zero += value; }
