// SPDX-License-Identifier: GPL-2.0-or-later
/* html.h: no text becomes markup, none is hidden, and what is begun is ended. */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/html.h"

static char *text;
static size_t size;

static struct html start(void)
{
	return (struct html){.out = open_memstream(&text, &size)};
}

static void is(struct html *h, const char *expected)
{
	fclose(h->out);
	assert_int_equal(h->depth, 0);
	assert_string_equal(text, expected);
	free(text);
}

static void text_is(const char *data, size_t len, const char *expected)
{
	struct html h = start();

	html_bytes(&h, data, len);
	is(&h, expected);
}

static void markup_is_escaped(void **state)
{
	text_is("</script><img src=x onerror='a()'>&amp;\"", 40,
		"&lt;/script&gt;&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;amp;&quot;");
}

static void plain_text_stays(void **state)
{
	text_is("if (a)\n\treturn \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7;", 27, "if (a)\n\treturn \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7;");
}

static void control_characters_are_shown(void **state)
{
	text_is("a\0b", 3, "a<b class=\"unseen\">\\x00</b>b");
	text_is("\x1b[2J\r\x7f", 6, "<b class=\"unseen\">\\x1b</b>[2J<b class=\"unseen\">\\x0d</b><b class=\"unseen\">\\x7f</b>");
	text_is("\xc2\x9b", 2, "<b class=\"unseen\">\\u{9b}</b>");
}

static void what_turns_or_hides_text_is_shown(void **state)
{
	text_is("\xe2\x80\xae}", 4, "<b class=\"unseen\">\\u{202e}</b>}");
	text_is("\xe2\x81\xa6", 3, "<b class=\"unseen\">\\u{2066}</b>");
	text_is("a\xe2\x80\x8b" "b", 5, "a<b class=\"unseen\">\\u{200b}</b>b");
	text_is("\xef\xbb\xbf", 3, "<b class=\"unseen\">\\u{feff}</b>");
	text_is("\xf3\xa0\x81\x81", 4, "<b class=\"unseen\">\\u{e0041}</b>");
}

static void bytes_that_are_no_utf8_are_shown(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xff", "\xc0\xbc" /* < in two bytes */, "\xe0\x80\xbc", "\xed\xa0\x80" /* a surrogate */,
		"\xf4\x90\x80\x80" /* beyond the last */, "\xf8\x88\x80\x80\x80", "\xe2\x82" /* cut off */,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct html h = start();
		char expected[200] = "";

		for (const char *p = bad[i]; *p; p++)
			sprintf(expected + strlen(expected), "<b class=\"unseen\">\\x%02x</b>", (unsigned char)*p);
		html_text(&h, bad[i]);
		is(&h, expected);
	}
	/* The byte behind it counts. */
	text_is("\xe2<", 2, "<b class=\"unseen\">\\xe2</b>&lt;");
}

static void attributes_are_escaped(void **state)
{
	struct html h = start();

	html_begin_with(&h, "a", "href", "#\"><script>", "hidden", NULL, "title", "\xff\x1b", NULL);
	html_end(&h);
	is(&h, "<a href=\"#&quot;&gt;&lt;script&gt;\" hidden title=\"\\xff\\x1b\"></a>");
}

static void elements_end_in_order(void **state)
{
	struct html h = start();

	html_begin(&h, "p", NULL);
	html_element(&h, "b", "x", "<");
	html_elementf(&h, "i", NULL, "%d %s", 7, "&");
	html_void(&h, "input", "type", "search", NULL);
	html_end(&h);
	html_raw(&h, "\n");
	is(&h, "<p><b class=\"x\">&lt;</b><i>7 &amp;</i><input type=\"search\"></p>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_is_escaped),
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(control_characters_are_shown),
		cmocka_unit_test(what_turns_or_hides_text_is_shown),
		cmocka_unit_test(bytes_that_are_no_utf8_are_shown),
		cmocka_unit_test(attributes_are_escaped),
		cmocka_unit_test(elements_end_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
