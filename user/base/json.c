/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* JSON documents from outside: checked as a whole, then read piece by piece. */
#include <egret/json.h>

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <egret/base.h>

#include "utf8.h"

/* --- checking --- */

/*
 * cJSON alone would accept what is no JSON (control bytes, broken UTF-8, 01, 1.)
 * and turn \u0000 into the end of a text.
 */
struct checker {
	const char *next, *end;
	const char *reason; /* NULL while all is good */
	unsigned depth;
	uint64_t objects[EG_JSON_DEPTH / 64]; /* which of the open levels are objects */
};

static bool fail(struct checker *checker, const char *reason)
{
	checker->reason = checker->next == checker->end ? "the text ends too early" : reason;
	return false;
}

static int peek(const struct checker *checker)
{
	return checker->next < checker->end ? (unsigned char)*checker->next : -1;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static int peek_token(struct checker *checker)
{
	while (is_blank(peek(checker)))
		checker->next++;
	return peek(checker);
}

static int hex_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits after \u, at which the checker stands. */
static bool check_unit(struct checker *checker, unsigned *ret_unit)
{
	unsigned unit = 0;

	for (int i = 0; i < 4; i++, checker->next++) {
		int digit = hex_value(peek(checker));

		if (digit < 0)
			return fail(checker, "four hex digits must follow \\u");
		unit = unit << 4 | (unsigned)digit;
	}
	*ret_unit = unit;
	return true;
}

/* RFC 8259 section 7: beyond the basic plane, an escape is a pair of surrogates. */
static bool check_unicode(struct checker *checker)
{
	const char *start = checker->next - 2;
	unsigned unit, second = 0;

	if (!check_unit(checker, &unit))
		return false;
	if (unit >= 0xd800 && unit <= 0xdbff && checker->end - checker->next >= 2 &&
	    checker->next[0] == '\\' && checker->next[1] == 'u') {
		checker->next += 2;
		if (!check_unit(checker, &second))
			return false;
		if (second >= 0xdc00 && second <= 0xdfff)
			return true;
	}
	if (unit && (unit < 0xd800 || unit > 0xdfff))
		return true;
	checker->next = start;
	return fail(checker, unit ? "half a surrogate pair" : "a NUL character");
}

static bool check_escape(struct checker *checker)
{
	int c = peek(checker);

	if (c == 'u') {
		checker->next++;
		return check_unicode(checker);
	}
	if (c <= 0 || !strchr("\"\\/bfnrt", c))
		return fail(checker, "no such escape");
	checker->next++;
	return true;
}

static bool check_text(struct checker *checker)
{
	uint32_t code;

	if (peek_token(checker) != '"')
		return fail(checker, "a string is expected here");
	for (checker->next++; peek(checker) != '"';) {
		int c = peek(checker);

		if (c >= ' ' && c < 0x80 && c != '\\') {
			checker->next++;
		} else if (c == '\\') {
			checker->next++;
			if (!check_escape(checker))
				return false;
		} else if (c < ' ') {
			return fail(checker, "a control byte in a string");
		} else {
			size_t left = (size_t)(checker->end - checker->next);
			size_t size = eg_utf8_decode(checker->next, left, &code);

			if (!size)
				return fail(checker, "a byte that is not UTF-8");
			checker->next += size;
		}
	}
	checker->next++;
	return true;
}

static bool check_digits(struct checker *checker)
{
	const char *start = checker->next;

	while (peek(checker) >= '0' && peek(checker) <= '9')
		checker->next++;
	return checker->next > start || fail(checker, "a digit is expected here");
}

static bool check_number(struct checker *checker)
{
	if (peek(checker) == '-')
		checker->next++;
	if (peek(checker) == '0')
		checker->next++;
	else if (!check_digits(checker))
		return false;
	if (peek(checker) == '.') {
		checker->next++;
		if (!check_digits(checker))
			return false;
	}
	if (peek(checker) != 'e' && peek(checker) != 'E')
		return true;
	checker->next++;
	if (peek(checker) == '+' || peek(checker) == '-')
		checker->next++;
	return check_digits(checker);
}

static bool check_word(struct checker *checker, const char *word)
{
	for (; *word; word++, checker->next++) {
		if (peek(checker) != *word)
			return fail(checker, "no JSON value");
	}
	return true;
}

static bool check_scalar(struct checker *checker)
{
	switch (peek(checker)) {
	case '"':
		return check_text(checker);
	case 't':
		return check_word(checker, "true");
	case 'f':
		return check_word(checker, "false");
	case 'n':
		return check_word(checker, "null");
	case '-':
	case '0' ... '9':
		return check_number(checker);
	default:
		return fail(checker, "no JSON value");
	}
}

static bool in_object(const struct checker *checker)
{
	unsigned level = checker->depth - 1;

	return checker->objects[level / 64] >> level % 64 & 1;
}

static bool enter(struct checker *checker, bool object)
{
	unsigned level = checker->depth;
	uint64_t bit = 1ULL << level % 64;

	if (level == EG_JSON_DEPTH)
		return fail(checker, "nested too deeply");
	checker->next++;
	checker->objects[level / 64] &= ~bit;
	if (object)
		checker->objects[level / 64] |= bit;
	checker->depth++;
	return true;
}

static bool check_key(struct checker *checker)
{
	if (!check_text(checker))
		return false;
	if (peek_token(checker) != ':')
		return fail(checker, "a colon is expected here");
	checker->next++;
	return true;
}

/* Closes what ends here, up to where the next value begins; depth 0: all is closed. */
static bool leave(struct checker *checker)
{
	while (checker->depth) {
		int c = peek_token(checker);

		if (c == ',') {
			checker->next++;
			return !in_object(checker) || check_key(checker);
		}
		if (c != (in_object(checker) ? '}' : ']'))
			return fail(checker, "a comma or the end of the list is expected here");
		checker->next++;
		checker->depth--;
	}
	return true;
}

/* A value up to where the next one begins; of a list that isn't empty, only its opening. */
static bool check_value(struct checker *checker)
{
	int c = peek_token(checker);

	if (c != '{' && c != '[')
		return check_scalar(checker) && leave(checker);
	if (!enter(checker, c == '{'))
		return false;
	c = peek_token(checker);
	if (c == (in_object(checker) ? '}' : ']'))
		return leave(checker);
	return !in_object(checker) || check_key(checker);
}

int eg_json_check(const char *text, size_t size, size_t *ret_offset, const char **ret_reason)
{
	struct checker checker = { .next = text, .end = text + size };
	bool good;

	do
		good = check_value(&checker);
	while (good && checker.depth);
	if (good && peek_token(&checker) >= 0)
		good = fail(&checker, "more text after the end");
	if (good)
		return 0;
	*ret_offset = (size_t)(checker.next - text);
	*ret_reason = checker.reason;
	return -EINVAL;
}

/* --- reading; the text is known to be good from here on --- */

static const char *skip_blanks(const char *next)
{
	while (is_blank(*next))
		next++;
	return next;
}

/* Behind the closing quote of the string that begins here. */
static const char *skip_text(const char *next)
{
	for (next++; *next != '"'; next++) {
		if (*next == '\\')
			next++;
	}
	return next + 1;
}

/* Behind the bracket that closes the one here: those in strings don't count. */
static const char *skip_container(const char *next)
{
	unsigned depth = 0;

	do {
		switch (*next) {
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case '"':
			next = skip_text(next);
			continue;
		default:
			break;
		}
		next++;
	} while (depth);
	return next;
}

/* Behind a number or word: within a list, something always follows. */
static const char *skip_word(const char *next)
{
	while (!is_blank(*next) && *next != ',' && *next != '}' && *next != ']')
		next++;
	return next;
}

static struct eg_json take(const char **next)
{
	struct eg_json value = { .start = *next };

	if (*value.start == '"')
		value.end = skip_text(value.start);
	else if (*value.start == '{' || *value.start == '[')
		value.end = skip_container(value.start);
	else
		value.end = skip_word(value.start);
	*next = value.end;
	return value;
}

struct eg_json eg_json_document(const char *text, size_t size)
{
	const char *end = text + size;

	text = skip_blanks(text);
	while (is_blank(end[-1]))
		end--;
	return (struct eg_json){ .start = text, .end = end };
}

enum eg_json_type eg_json_type(struct eg_json value)
{
	switch (*value.start) {
	case '{':
		return EG_JSON_OBJECT;
	case '[':
		return EG_JSON_ARRAY;
	case '"':
		return EG_JSON_TEXT;
	case 't':
	case 'f':
		return EG_JSON_BOOL;
	case 'n':
		return EG_JSON_NULL;
	default:
		return EG_JSON_NUMBER;
	}
}

struct eg_json_cursor eg_json_open(struct eg_json container)
{
	return (struct eg_json_cursor){
		.next = skip_blanks(container.start + 1),
		.object = *container.start == '{',
	};
}

bool eg_json_next(struct eg_json_cursor *cursor, struct eg_json *ret_key, struct eg_json *ret_value)
{
	const char *next = cursor->next;

	if (*next == ']' || *next == '}')
		return false;
	*ret_key = (struct eg_json){ 0 };
	if (cursor->object) {
		*ret_key = take(&next);
		next = skip_blanks(skip_blanks(next) + 1);
	}
	*ret_value = take(&next);
	next = skip_blanks(next);
	cursor->next = *next == ',' ? skip_blanks(next + 1) : next;
	return true;
}

size_t eg_json_count(struct eg_json container)
{
	struct eg_json_cursor cursor = eg_json_open(container);
	struct eg_json key, value;
	size_t count = 0;

	while (eg_json_next(&cursor, &key, &value))
		count++;
	return count;
}

static cJSON *parse(struct eg_json value)
{
	return cJSON_ParseWithLength(value.start, (size_t)(value.end - value.start));
}

char *eg_json_decode(struct eg_json text)
{
	cJSON *item = parse(text);
	char *decoded = NULL;

	if (item)
		decoded = TAKE_PTR(item->valuestring); /* cJSON allocates with malloc() */
	cJSON_Delete(item);
	return decoded;
}

/* Keys without escapes, which are nearly all, need not be decoded. */
bool eg_json_is(struct eg_json text, const char *expected)
{
	size_t size = (size_t)(text.end - text.start) - 2;
	_cleanup_(eg_freep) char *decoded = NULL;

	if (!memchr(text.start + 1, '\\', size))
		return size == strlen(expected) && memcmp(text.start + 1, expected, size) == 0;
	decoded = eg_json_decode(text);
	return decoded && strcmp(decoded, expected) == 0;
}

#define NUMBER_MAX 63 /* bytes of a number that cJSON looks at, without a word about the rest */

double eg_json_double(struct eg_json number)
{
	cJSON *item = number.end - number.start <= NUMBER_MAX ? parse(number) : NULL;
	double value = item ? item->valuedouble : (double)INFINITY;

	cJSON_Delete(item);
	return value;
}

bool eg_json_true(struct eg_json value)
{
	return *value.start == 't';
}
