// SPDX-License-Identifier: GPL-2.0-or-later
/* definition_text(): which sources define a name, and whether weakly, in the ways in which the kernel writes it. */
#include "cmocka-all.h"

#include "ksplice-create/definition-text.h"

static void expect(enum definition want, const char *name, bool assembler, const char *source)
{
	if (definition_text(source, assembler, name) != want)
		fail_msg("%s in: %s", name, source);
}

static void test_weak(void **state)
{
	expect(DEFINITION_WEAK, "foo", false, "int x;\nvoid __weak foo(int i)\n{\n}\n");
	expect(DEFINITION_WEAK, "foo", false, "__weak int\nfoo(int i) { return 0; }");
	expect(DEFINITION_WEAK, "foo", false, "int __attribute__((weak)) foo(void);\nint foo(void) { return 1; }");
	expect(DEFINITION_WEAK, "foo", false, "void foo(void) __attribute__((__weak__));");
	expect(DEFINITION_WEAK, "foo", false, "int foo(void) __attribute__((weak, alias(\"bar\")));");
	expect(DEFINITION_WEAK, "foo", false, "const char __weak foo[] = \"x\";");
	expect(DEFINITION_WEAK, "foo", true, "SYM_FUNC_START_WEAK(foo)\n\tret\nSYM_FUNC_END(foo)\n");
	expect(DEFINITION_WEAK, "foo", true, "bar:\n.weak foo\n.set foo, bar\n");
	expect(DEFINITION_WEAK, "__x64_sys_foo", false, "COND_SYSCALL(bar);\nCOND_SYSCALL(foo);\n");
	expect(DEFINITION_WEAK, "__ia32_compat_sys_foo", false, "COND_SYSCALL_COMPAT(foo);\n");
}

static void test_strong(void **state)
{
	expect(DEFINITION_STRONG, "foo", false, "void __weak bar(void) { foo(); }\nint foo(int i, int (*f)(int))\n{\n\treturn f(i);\n}\n");
	expect(DEFINITION_STRONG, "foo", false, "int foo(void) __acquires(lock)\n{ }");
	expect(DEFINITION_STRONG, "foo", true, "SYM_FUNC_START(foo)\n\tret\nSYM_FUNC_END(foo)\n");
}

static void test_neither(void **state)
{
	expect(DEFINITION_NONE, "foo", false, "extern int foo(int i);\nint bar(void) { if (foo(1)) { return foo(2); } return 0; }");
	expect(DEFINITION_NONE, "foo", false, "/* void __weak foo(void) { } */ int __weak foobar(void) { }\nint a_foo(void) { }");
	expect(DEFINITION_NONE, "foo", false, "int bar(void) { weak_barriers = tweak(foo(1)); return 0; }");
	expect(DEFINITION_NONE, "foo", false, "int __weak bar(void)\n{\n\treturn foo(1);\n}\n");
	expect(DEFINITION_NONE, "foo", false, "struct ops ops = { .f = foo };");
	expect(DEFINITION_NONE, "foo", true, "\tcall foo\n\tjmp foo_weak\n");
	expect(DEFINITION_NONE, "__x64_sys_foo", false, "COND_SYSCALL(foobar);\n");
	expect(DEFINITION_NONE, "foo", false, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weak),
		cmocka_unit_test(test_strong),
		cmocka_unit_test(test_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
