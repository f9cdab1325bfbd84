/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HTTP/1: the host that a request names. */
#include "http.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define METHOD_MAX 24
#define LINES_MAX 256

struct line {
	const char *text;
	size_t size;
};

/*
 * The next line without its end, which may be a bare LF (RFC 9112 section 2.2).
 * False: there is no whole line.
 */
static bool next_line(const char **at, const char *end, struct line *ret_line)
{
	const char *feed = memchr(*at, '\n', (size_t)(end - *at));

	if (!feed)
		return false;
	*ret_line = (struct line){ .text = *at, .size = (size_t)(feed - *at) };
	if (ret_line->size && ret_line->text[ret_line->size - 1] == '\r')
		ret_line->size--;
	*at = feed + 1;
	return true;
}

/* Methods in use are in upper case; a hyphen is in M-SEARCH and VERSION-CONTROL. */
static size_t method_size(const char *text, size_t size)
{
	size_t i = 0;

	while (i < size && i < METHOD_MAX && ((text[i] >= 'A' && text[i] <= 'Z') || text[i] == '-'))
		i++;
	return i;
}

/* "host", "host:port", "user@host:port": the name, or "" where it is none. */
static void read_authority(struct line authority, char name[static EG_HOST_MAX + 1])
{
	const char *user = memrchr(authority.text, '@', authority.size), *colon;

	if (user) {
		authority.size -= (size_t)(user + 1 - authority.text);
		authority.text = user + 1;
	}
	colon = memchr(authority.text, ':', authority.size);
	if (colon)
		authority.size = (size_t)(colon - authority.text);
	if (eg_host_normalize(authority.text, authority.size, name) < 0)
		name[0] = '\0';
}

/* The authority of a target in absolute form (RFC 9112 section 3.2.2). */
static bool absolute_authority(struct line target, struct line *ret_authority)
{
	static const char slashes[] = "://";
	const char *begin = memmem(target.text, target.size, slashes, sizeof(slashes) - 1), *end;
	size_t size;

	if (!target.size || target.text[0] == '/' || !begin)
		return false;
	begin += sizeof(slashes) - 1;
	size = target.size - (size_t)(begin - target.text);
	end = memchr(begin, '/', size);
	*ret_authority = (struct line){ .text = begin, .size = end ? (size_t)(end - begin) : size };
	return true;
}

static int read_request_line(struct line line, struct eg_http_request *request, bool *ret_named)
{
	static const char version[] = " HTTP/1.";
	size_t method = method_size(line.text, line.size), tail = sizeof(version); /* and a digit */
	struct line target, authority;

	if (!method || line.size < method + 1 + tail || line.text[method] != ' ' ||
	    memcmp(line.text + line.size - tail, version, sizeof(version) - 1) != 0)
		return -EBADMSG;
	target.text = line.text + method + 1;
	target.size = line.size - method - 1 - tail;
	request->connect = method == strlen("CONNECT") && !memcmp(line.text, "CONNECT", method);
	*ret_named = request->connect || absolute_authority(target, &authority);
	if (*ret_named)
		read_authority(request->connect ? target : authority, request->name);
	return 0;
}

/* The value of a Host field, without the blanks around it. */
static bool host_field(struct line line, struct line *ret_value)
{
	static const char field[] = "host:";
	size_t size = sizeof(field) - 1;

	if (line.size < size || strncasecmp(line.text, field, size) != 0)
		return false;
	line.text += size;
	line.size -= size;
	for (; line.size && (*line.text == ' ' || *line.text == '\t'); line.text++)
		line.size--;
	while (line.size && (line.text[line.size - 1] == ' ' || line.text[line.size - 1] == '\t'))
		line.size--;
	*ret_value = line;
	return true;
}

/* What can't become a request line is not waited for. */
static bool may_begin(const char *text, size_t size)
{
	size_t method = method_size(text, size);

	return method && method < METHOD_MAX && (method == size || text[method] == ' ');
}

int eg_http_parse(const uint8_t *bytes, size_t size, struct eg_http_request *ret_request)
{
	const char *begin = (const char *)bytes, *at = begin, *end = begin + size;
	struct eg_http_request request = { .head_size = 0 };
	bool named = false, hosted = false;
	struct line line, value;
	int r;

	if (!may_begin(begin, size))
		return size ? -EBADMSG : -EAGAIN;
	if (!next_line(&at, end, &line))
		return -EAGAIN;
	r = read_request_line(line, &request, &named);
	for (int i = 0; i < LINES_MAX && r == 0; i++) {
		if (!next_line(&at, end, &line))
			return -EAGAIN;
		if (!line.size) {
			request.head_size = (size_t)(at - begin);
			*ret_request = request;
			return 0;
		}
		if (!host_field(line, &value))
			continue;
		/* RFC 9112 section 3.2: two of them are a bad request. */
		if (hosted)
			return -EBADMSG;
		hosted = true;
		if (!named)
			read_authority(value, request.name);
	}
	return -EBADMSG;
}
