/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What texts and addresses become when they are redacted: the same by the same. */
#include "redactor.h"

#include <errno.h>
#include <fnmatch.h>
#include <search.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <egret/base.h>
#include <egret/ip.h>

enum kind { KIND_USER, KIND_HOST, KIND_PATH, KIND_ADDRESS, KIND_COUNT };

/* Something that was replaced. */
struct stand_in {
	enum kind kind;
	unsigned number;
	char *original;
};

struct eg_redactor {
	void *known; /* tree of struct stand_in */
	unsigned counts[KIND_COUNT];
	struct stand_in **words; /* users and hosts, which are looked for in texts */
	size_t words_count;
};

static const char *const prefixes[KIND_COUNT] = {
	[KIND_USER] = "user",
	[KIND_HOST] = "host",
	[KIND_PATH] = "path",
	[KIND_ADDRESS] = "address",
};

/* --- stand-ins --- */

/* Host names have no case (RFC 4343). */
static int compare(const void *a, const void *b)
{
	const struct stand_in *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return left->kind == KIND_HOST ? strcasecmp(left->original, right->original)
				       : strcmp(left->original, right->original);
}

static void free_stand_in(void *item)
{
	struct stand_in *stand_in = item;

	free(stand_in->original);
	free(stand_in);
}

struct eg_redactor *eg_redactor_new(void)
{
	return calloc(1, sizeof(struct eg_redactor));
}

void eg_redactor_free(struct eg_redactor *redactor)
{
	if (!redactor)
		return;
	tdestroy(redactor->known, free_stand_in);
	free(redactor->words);
	free(redactor);
}

/* The stand-in of a text, made if it is new; NULL: out of memory. */
static struct stand_in *find(struct eg_redactor *redactor, enum kind kind, const char *original)
{
	struct stand_in key = { .kind = kind, .original = (char *)(uintptr_t)original };
	void *found = tfind(&key, &redactor->known, compare);
	struct stand_in *added;

	if (found)
		return *(struct stand_in **)found;
	added = calloc(1, sizeof(*added));
	if (!added)
		return NULL;
	*added = (struct stand_in){
		.kind = kind,
		.number = redactor->counts[kind] + 1,
		.original = strdup(original),
	};
	if (!added->original || !tsearch(added, &redactor->known, compare)) {
		free_stand_in(added);
		return NULL;
	}
	redactor->counts[kind]++;
	return added;
}

static int add_word(struct eg_redactor *redactor, enum kind kind, const char *name)
{
	struct stand_in **grown, *word;
	unsigned before = redactor->counts[kind];

	if (!name || !*name)
		return 0;
	grown = reallocarray(redactor->words, redactor->words_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	redactor->words = grown;
	word = find(redactor, kind, name);
	if (!word)
		return -ENOMEM;
	if (redactor->counts[kind] != before)
		grown[redactor->words_count++] = word;
	return 0;
}

int eg_redactor_add_user(struct eg_redactor *redactor, const char *name)
{
	return add_word(redactor, KIND_USER, name);
}

/* ws1.example.com is ws1 as well. */
int eg_redactor_add_host(struct eg_redactor *redactor, const char *name)
{
	_cleanup_(eg_freep) char *label = name ? strndup(name, strcspn(name, ".")) : NULL;
	int r = add_word(redactor, KIND_HOST, name);

	if (name && !label)
		return -ENOMEM;
	return r == 0 ? add_word(redactor, KIND_HOST, label) : r;
}

static int put_stand_in(FILE *stream, struct eg_redactor *redactor, enum kind kind,
			const char *original)
{
	const struct stand_in *found = find(redactor, kind, original);

	if (!found)
		return -ENOMEM;
	fprintf(stream, "%s-%u", prefixes[kind], found->number);
	return 0;
}

/* --- words within a text --- */

/* Part of a word, as letters beyond ASCII are. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (c & 0x80);
}

static const struct stand_in *word_at(const struct eg_redactor *redactor, const char *text,
				      size_t size)
{
	for (size_t i = 0; i < redactor->words_count; i++) {
		const struct stand_in *word = redactor->words[i];
		size_t length = strlen(word->original);

		if (length > size || (length < size && is_letter(text[length])))
			continue;
		if (strncasecmp(text, word->original, length) == 0)
			return word;
	}
	return NULL;
}

static void put_words(FILE *stream, const struct eg_redactor *redactor, const char *text,
		      size_t size)
{
	for (size_t i = 0; i < size;) {
		const struct stand_in *word = i > 0 && is_letter(text[i - 1])
						      ? NULL
						      : word_at(redactor, text + i, size - i);

		if (word) {
			fprintf(stream, "%s-%u", prefixes[word->kind], word->number);
			i += strlen(word->original);
		} else {
			fputc(text[i++], stream);
		}
	}
}

/* --- paths --- */

/* Files that packages bring: their names say what they are, not whose. */
static bool is_of_system(const char *path)
{
	static const char *const folders[] = { "/usr/",	      "/bin/",	"/sbin/",   "/lib",
					       "/opt/",	      "/snap/", "/system/", "/apex/",
					       "/nix/store/", "/app/",	"/vendor/", "/data/app/" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return strncmp(path, "/usr/local/", strlen("/usr/local/")) != 0;
	}
	return false;
}

static int put_path(FILE *stream, struct eg_redactor *redactor, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	_cleanup_(eg_freep) char *folder = NULL;
	int r;

	if (!is_of_system(path) || !*name)
		return put_stand_in(stream, redactor, KIND_PATH, path);
	folder = strndup(path, (size_t)(name - path));
	if (!folder)
		return -ENOMEM;
	r = put_stand_in(stream, redactor, KIND_PATH, folder);
	fputc('/', stream);
	put_words(stream, redactor, name, strlen(name));
	return r;
}

/* What ends a path, and may stand before one. */
#define STOPS " \t\n\"';,)>]}|&"
#define STARTS " \t\n\"'=:;,(<[{|&"

/* Not within a word, nor as in https:// or 1 / 2. */
static bool begins_path(const char *text, size_t i)
{
	return text[i] == '/' && text[i + 1] && !strchr("/" STOPS, text[i + 1]) &&
	       (i == 0 || strchr(STARTS, text[i - 1]));
}

static int put_text(FILE *stream, struct eg_redactor *redactor, const char *text)
{
	size_t begin = 0, i = 0;
	int r = 0;

	while (text[i] && r == 0) {
		_cleanup_(eg_freep) char *path = NULL;
		size_t length;

		if (!begins_path(text, i)) {
			i++;
			continue;
		}
		put_words(stream, redactor, text + begin, i - begin);
		length = strcspn(text + i, STOPS);
		path = strndup(text + i, length);
		r = path ? put_path(stream, redactor, path) : -ENOMEM;
		i += length;
		begin = i;
	}
	put_words(stream, redactor, text + begin, i - begin);
	return r;
}

/* --- whole texts --- */

static int rewrite(struct eg_redactor *redactor, const char *text, char **ret_text,
		   int (*put)(FILE *stream, struct eg_redactor *redactor, const char *text))
{
	char *result = NULL;
	size_t size;
	FILE *stream;
	int r;

	if (!text) {
		*ret_text = NULL;
		return 0;
	}
	stream = open_memstream(&result, &size);
	if (!stream)
		return -ENOMEM;
	r = put(stream, redactor, text);
	if (fclose(stream) == EOF)
		r = -ENOMEM;
	if (r < 0) {
		free(result);
		return r;
	}
	*ret_text = result;
	return 0;
}

int eg_redact_text(struct eg_redactor *redactor, const char *text, char **ret_text)
{
	return rewrite(redactor, text, ret_text, put_text);
}

/* What is no absolute path has a name of its own: "memfd:x". */
static int put_whole_path(FILE *stream, struct eg_redactor *redactor, const char *text)
{
	return *text == '/' ? put_path(stream, redactor, text) : put_text(stream, redactor, text);
}

int eg_redact_path(struct eg_redactor *redactor, const char *path, char **ret_text)
{
	return rewrite(redactor, path, ret_text, put_whole_path);
}

static int put_host(FILE *stream, struct eg_redactor *redactor, const char *text)
{
	return put_stand_in(stream, redactor, KIND_HOST, text);
}

int eg_redact_host(struct eg_redactor *redactor, const char *name, char **ret_text)
{
	return rewrite(redactor, name, ret_text, put_host);
}

/* RFC 6762, RFC 8375, RFC 6761, ICANN's .internal, and what routers make up. */
bool eg_redact_is_private(const char *name)
{
	static const char *const last[] = {
		"*.local", "*.lan",	"*.home.arpa", "*.internal", "*.localdomain", "*.home",
		"*.corp",  "*.private", "*.intranet",  "*.box",	     "*.test",	      "*.localhost"
	};

	if (!strchr(name, '.'))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		if (fnmatch(last[i], name, FNM_CASEFOLD) == 0)
			return true;
	}
	return false;
}

/* --- addresses --- */

struct range {
	uint8_t v4[4], v6[2]; /* that stand-ins are taken from */
};

/* Its scope, too, is what it was. */
static const struct range *range_of(enum eg_scope scope)
{
	static const struct range ranges[EG_SCOPE_COUNT] = {
		[EG_SCOPE_PRIVATE] = { .v4 = { 10, 0, 0, 0 }, .v6 = { 0xfd, 0x00 } },
		[EG_SCOPE_CGNAT] = { .v4 = { 100, 64, 0, 0 }, .v6 = { 0xfd, 0x64 } },
		[EG_SCOPE_LINK_LOCAL] = { .v4 = { 169, 254, 0, 0 }, .v6 = { 0xfe, 0x80 } },
		[EG_SCOPE_BROADCAST] = { .v4 = { 10, 255, 0, 0 }, .v6 = { 0xfd, 0xff } },
		[EG_SCOPE_HOST] = { .v4 = { 10, 128, 0, 0 }, .v6 = { 0xfd, 0x80 } },
	};

	return ranges[scope].v4[0] ? &ranges[scope] : NULL;
}

int eg_redact_address(struct eg_redactor *redactor, enum eg_scope scope, uint8_t ip[16])
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };
	const struct range *range = range_of(scope);
	const struct stand_in *found;
	char text[46 + 16];

	if (!range || (scope == EG_SCOPE_BROADCAST && memcmp(ip + 12, all, 4) == 0))
		return 0;
	eg_ip_text(ip, text);
	found = find(redactor, KIND_ADDRESS, text);
	if (!found)
		return -ENOMEM;
	if (eg_ip_is_ipv4(ip)) {
		memcpy(ip + 12, range->v4, 4);
		ip[13] |= (uint8_t)(found->number >> 16 & 0x3f);
		ip[14] = (uint8_t)(found->number >> 8);
	} else {
		memset(ip, 0, 16);
		memcpy(ip, range->v6, 2);
		ip[13] = (uint8_t)(found->number >> 16);
		ip[14] = (uint8_t)(found->number >> 8);
	}
	ip[15] = (uint8_t)found->number;
	return 0;
}
