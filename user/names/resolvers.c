/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which DNS servers are to be trusted: the configured ones, and known ones that run here. */
#include "resolvers.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>

#include "recent.h"
#include "stamp.h"

#define FILE_MAX 16384
#define SERVERS_MAX 256
#define NETWORKS_MAX 64
#define SYSTEM_UID_MAX 999 /* of users that no person has ... */
#define NOBODY_UID 65534 /* ... and this one */

static const char *const files[] = { "etc/resolv.conf", "run/systemd/resolve/resolv.conf" };

struct server {
	uint64_t net_ns;
	uint8_t ip[16];
};

/* What a configuration names. */
struct configured {
	uint64_t looked_ns; /* 0: never */
	size_t count;
	uint8_t ips[EG_RESOLVERS_MAX][16];
};

struct eg_resolvers {
	char *root;
	uint32_t net_ns; /* that the files are about: our own */
	struct eg_stamp stamps[ARRAY_SIZE(files)];
	struct configured own;
	struct eg_recent *networks; /* uint64_t, another network namespace -> struct configured */
	struct eg_recent *servers; /* struct server -> bool: trusted */
};

/* --- files --- */

/* With a zone behind it, as link-local ones have it (resolv.conf(5)), or without. */
static bool read_ip(const char *text, size_t size, uint8_t ret_ip[16])
{
	char copy[INET6_ADDRSTRLEN];

	if (!size || size >= sizeof(copy))
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	copy[strcspn(copy, "%")] = '\0';
	return eg_ip_parse(copy, ret_ip) == 0;
}

static size_t word(const char *text, size_t size)
{
	size_t i = 0;

	while (i < size && text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
		i++;
	return i;
}

size_t eg_resolvers_parse(const char *text, size_t size, uint8_t (*ret_ips)[16], size_t room)
{
	static const char keyword[] = "nameserver";
	const char *end = text + size, *line_end;
	size_t count = 0, length;

	for (; text < end && count < room; text = line_end + 1) {
		line_end = memchr(text, '\n', (size_t)(end - text)) ?: end;
		length = word(text, (size_t)(line_end - text));
		if (length != sizeof(keyword) - 1 || memcmp(text, keyword, length) != 0)
			continue;
		for (text += length; text < line_end && (*text == ' ' || *text == '\t'); text++)
			;
		if (read_ip(text, word(text, (size_t)(line_end - text)), ret_ips[count]))
			count++;
	}
	return count;
}

static void read_file(struct eg_resolvers *resolvers, const char *path)
{
	_cleanup_(eg_fclosep) FILE *file = fopen(path, "re");
	_cleanup_(eg_freep) char *text = malloc(FILE_MAX);
	size_t size;

	if (!file || !text)
		return;
	size = fread(text, 1, FILE_MAX, file);
	resolvers->own.count += eg_resolvers_parse(text, size,
						   resolvers->own.ips + resolvers->own.count,
						   EG_RESOLVERS_MAX - resolvers->own.count);
}

static const char *path_of(const struct eg_resolvers *resolvers, size_t file,
			   char path[static 4096])
{
	snprintf(path, 4096, "%s/%s", resolvers->root, files[file]);
	return path;
}

/* True if any file is another than it was. */
static bool look(struct eg_resolvers *resolvers)
{
	bool changed = false;
	char path[4096];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		changed |= eg_stamp_look(&resolvers->stamps[i], path_of(resolvers, i, path));
	return changed;
}

static void refresh(struct eg_resolvers *resolvers, uint64_t now_ns)
{
	char path[4096];

	if (!eg_stamp_due(&resolvers->own.looked_ns, now_ns) || !look(resolvers))
		return;
	resolvers->own.count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		read_file(resolvers, path_of(resolvers, i, path));
}

/* Whose entries: an app's that opens servers without end, or networks, push out only its own. */
static uint64_t owner_of(const struct eg_resolvers *resolvers, const struct eg_names_app *app)
{
	return eg_recent_hash(resolvers->servers, app->id, strlen(app->id));
}

static bool names_server(const struct configured *configured, const uint8_t ip[16])
{
	for (size_t i = 0; i < configured->count; i++)
		if (!memcmp(configured->ips[i], ip, 16))
			return true;
	return false;
}

/* What the app sees as its configuration; of one that has ended, what was seen last. */
static void refresh_there(struct configured *configured, const struct eg_names_app *app,
			  uint64_t now_ns)
{
	const uint64_t looked_ns = configured->looked_ns;
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	if (!app->resolv_conf || !eg_stamp_due(&configured->looked_ns, now_ns))
		return;
	text = app->resolv_conf(app->data, &size);
	if (text)
		configured->count = eg_resolvers_parse(text, size < FILE_MAX ? size : FILE_MAX,
						       configured->ips, EG_RESOLVERS_MAX);
	else
		configured->looked_ns = looked_ns; /* the next may be there still */
}

/* NULL: no memory. */
static const struct configured *look_there(struct eg_resolvers *resolvers,
					   const struct eg_names_app *app, uint64_t net_ns,
					   uint64_t now_ns)
{
	struct configured *configured =
		eg_recent_add(resolvers->networks, owner_of(resolvers, app), &net_ns);

	if (configured)
		refresh_there(configured, app, now_ns);
	return configured;
}

static bool is_configured_there(struct eg_resolvers *resolvers, const struct eg_names_app *app,
				uint64_t net_ns, const uint8_t ip[16], uint64_t now_ns)
{
	const struct configured *configured = look_there(resolvers, app, net_ns, now_ns);

	return configured && names_server(configured, ip);
}

/* --- servers --- */

static const char *const programs[] = {
	"systemd-resolved", "dnsmasq", "unbound",      "named",		 "dnscrypt-proxy",
	"pdns_recursor",    "kresd",   "aardvark-dns", "dockerd",	 "coredns",
	"stubby",	    "netd",    "dnsdist",      "NetworkManager", "connmand",
};

/* Where only root may put programs. */
static const char *const places[] = {
	"/usr/", "/bin/", "/sbin/", "/lib/", "/system/", "/nix/store/"
};

bool eg_resolvers_known(const char *executable, uint32_t uid)
{
	const char *name = executable ? strrchr(executable, '/') : NULL;
	bool placed = false;

	if (!name || (uid > SYSTEM_UID_MAX && uid != NOBODY_UID) ||
	    !strncmp(executable, "/usr/local/", 11))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		placed |= !strncmp(executable, places[i], strlen(places[i]));
	for (size_t i = 0; placed && i < ARRAY_SIZE(programs); i++)
		if (!strcmp(name + 1, programs[i]))
			return true;
	return false;
}

static struct server server_of(uint32_t net_ns, const uint8_t ip[16])
{
	struct server server = { .net_ns = net_ns };

	memcpy(server.ip, ip, sizeof(server.ip));
	return server;
}

int eg_resolvers_serves(struct eg_resolvers *resolvers, const struct eg_names_app *app,
			uint32_t net_ns, const uint8_t ip[16])
{
	struct server server = server_of(net_ns, ip);
	bool *trusted = eg_recent_add(resolvers->servers, owner_of(resolvers, app), &server);

	if (!trusted)
		return -ENOMEM;
	*trusted = !app->own_user_ns && eg_resolvers_known(app->executable, app->uid);
	return 0;
}

/* Does one that may be trusted, or may not, serve there? False: nobody was seen to. */
static bool find_server(const struct eg_resolvers *resolvers, uint32_t net_ns, const uint8_t ip[16],
			bool *ret_trusted)
{
	const struct server server = server_of(net_ns, ip);
	const bool *trusted = eg_recent_find(resolvers->servers, &server);

	if (trusted)
		*ret_trusted = *trusted;
	return trusted;
}

/* In our own network namespace: what our files name is configured, whoever serves there. */
static bool trust_here(struct eg_resolvers *resolvers, const uint8_t ip[16], uint64_t now_ns)
{
	bool trusted;

	if (find_server(resolvers, resolvers->net_ns, ip, &trusted) && trusted)
		return true;
	refresh(resolvers, now_ns);
	return names_server(&resolvers->own, ip);
}

bool eg_resolvers_trust(struct eg_resolvers *resolvers, const struct eg_names_app *app,
			uint32_t net_ns, const uint8_t ip[16], uint64_t now_ns)
{
	bool trusted;

	if (net_ns == resolvers->net_ns)
		return trust_here(resolvers, ip, now_ns);
	if (find_server(resolvers, net_ns, ip, &trusted))
		return trusted;
	if (app->own_user_ns)
		return false;
	if (!eg_ip_is_loopback(ip) && trust_here(resolvers, ip, now_ns))
		return true;
	return is_configured_there(resolvers, app, net_ns, ip, now_ns);
}

void eg_resolvers_asked(struct eg_resolvers *resolvers, const struct eg_names_app *app,
			uint32_t net_ns, uint64_t now_ns)
{
	if (net_ns != resolvers->net_ns && !app->own_user_ns && app->resolv_conf)
		look_there(resolvers, app, net_ns, now_ns);
}

/* --- --- */

struct eg_resolvers *eg_resolvers_new(const char *root)
{
	struct eg_resolvers *resolvers = calloc(1, sizeof(*resolvers));

	if (!resolvers)
		return NULL;
	resolvers->net_ns = eg_own_net_ns();
	resolvers->root = strdup(root);
	resolvers->servers = eg_recent_new(sizeof(struct server), sizeof(bool), SERVERS_MAX, NULL);
	resolvers->networks =
		eg_recent_new(sizeof(uint64_t), sizeof(struct configured), NETWORKS_MAX, NULL);
	if (resolvers->root && resolvers->servers && resolvers->networks)
		return resolvers;
	eg_resolvers_free(resolvers);
	return NULL;
}

void eg_resolvers_free(struct eg_resolvers *resolvers)
{
	if (!resolvers)
		return;
	eg_recent_free(resolvers->servers);
	eg_recent_free(resolvers->networks);
	free(resolvers->root);
	free(resolvers);
}
