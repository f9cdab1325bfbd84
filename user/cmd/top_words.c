/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What somebody types to find apps and destinations while looking at them. */
#include "top_words.h"

#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>

#define FORM_SIZE 80

static bool is_in(const char *word, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (texts[i] && strcasestr(texts[i], word))
			return true;
	}
	return false;
}

static bool is_in_app(const char *word, const struct eg_app *app)
{
	const char *const texts[] = { app->id, app->name, app->kind, app->via };

	return is_in(word, texts, ARRAY_SIZE(texts));
}

static bool is_in_key(const char *word, const struct eg_destination *row)
{
	char ip[46], transport[16], form[FORM_SIZE];
	const char *const texts[] = { form, eg_scope_name(row->scope) };

	if (row->key.overflow)
		return false;
	eg_transport_name(row->key.transport, transport);
	snprintf(form, sizeof(form), "%s %" PRIu16 "/%s",
		 row->key.has_ip ? eg_ip_text(row->key.ip, ip) : "", row->key.port, transport);
	return is_in(word, texts, ARRAY_SIZE(texts));
}

static bool is_in_names(const char *word, const struct eg_detail *detail)
{
	const char *const texts[] = { detail->domain, detail->registered_domain,
				      detail->domain_confidence };

	if (is_in(word, texts, ARRAY_SIZE(texts)))
		return true;
	for (size_t i = 0; i < detail->names_count; i++) {
		const char *name = detail->names[i].name;

		if (is_in(word, &name, 1))
			return true;
	}
	return false;
}

static bool is_in_place(const char *word, const struct eg_place *place)
{
	char number[16] = "";
	const char *const texts[] = { number, place->as_organization, place->owner_name,
				      place->country };

	if (place->as_number)
		snprintf(number, sizeof(number), "AS%" PRIu32, place->as_number);
	return is_in(word, texts, ARRAY_SIZE(texts));
}

static bool is_known_of(const char *word, const struct eg_app *app,
			const struct eg_destination *row)
{
	return is_in_app(word, app) || is_in_key(word, row) ||
	       (row->detail && is_in_names(word, row->detail)) ||
	       is_in_place(word, eg_destination_place(row));
}

bool top_words_match(const char *text, const struct eg_app *app, const struct eg_destination *row)
{
	while (*(text += strspn(text, " "))) {
		size_t size = strcspn(text, " ");
		bool wanted = *text != '!';
		char word[TOP_WORDS_SIZE];

		snprintf(word, sizeof(word), "%.*s", (int)(size - !wanted), text + !wanted);
		if (*word && is_known_of(word, app, row) != wanted)
			return false;
		text += size;
	}
	return true;
}
