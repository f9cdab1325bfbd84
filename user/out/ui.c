/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `make report-ui` has made, built in from the build folder; nothing where it was not run. */
#include "ui.h"

#include <string.h>

#include <egret/base.h>
#include <egret/out.h>

static const struct {
	const char *name, *text;
} parts[] = {
#include "report_ui.inc"
	{ .name = NULL },
};

static const char *find(const char *name)
{
	for (size_t i = 0; parts[i].name; i++) {
		if (strcmp(parts[i].name, name) == 0)
			return parts[i].text;
	}
	return NULL;
}

bool eg_ui_exists(void)
{
	return find("style") && find("script") && find("policy");
}

const char *eg_ui_part(const char *name)
{
	const char *text = find(name);

	return text ? text : "";
}

/* Lines "SG Singapore". */
const char *eg_ui_country(const char *code, int *ret_length)
{
	const char *line = eg_ui_part("countries");
	size_t length = strlen(code);

	while (*line) {
		size_t whole = strcspn(line, "\n");

		if (whole > length && strncmp(line, code, length) == 0 && line[length] == ' ') {
			*ret_length = (int)(whole - length - 1);
			return line + length + 1;
		}
		line += whole + (line[whole] == '\n');
	}
	*ret_length = (int)length;
	return code;
}
