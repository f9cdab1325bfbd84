/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android in a container: the socket's owner is the app (identity.md 3). */
#include "resolver.h"

#include "android.h"
#include "waydroid.h"

#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define PACKAGES_LIST "root/data/system/packages.list"
#define UID_NOBODY 65534 /* what is not mapped, or has no full socket */

struct android {
	const char *container;
	const struct eg_packages *packages; /* NULL: not readable */
	const char *list; /* where they are listed; below /proc/PID/ if it is relative */
	const char *process; /* argv[0]; NULL: unknown */
	const char *trust;
	uint32_t uid; /* Android's, of the owner */
	bool uid_known;
	bool self_mapped; /* the process has said itself which uid it has */
};

/* --- recognising it --- */

/* Only Android has its programs there (a path in the container's own tree). */
static bool is_android_program(const char *exe)
{
	static const char *const directories[] = { "/system/bin/", "/system/xbin/", "/apex/",
						   "/vendor/bin/", "/system_ext/",  NULL };

	for (size_t i = 0; exe && directories[i]; i++) {
		if (has_prefix(exe, directories[i]))
			return true;
	}
	return false;
}

static bool is_android(struct resolver *resolver, struct android *android)
{
	const struct eg_lookup *lookup = resolver->lookup;
	uint32_t pid = 0;

	if (has_uid_of_user(resolver)) {
		android->self_mapped = strcmp(android->trust, TRUST_ROOT) == 0;
		android->trust = TRUST_USER;
	} else if (lookup->packages) {
		android->packages = lookup->packages(lookup->data, android->container,
						     resolver->explain ? &pid : NULL);
	}
	android->list = pid ? scratch_format(&resolver->scratch, "/proc/%u/" PACKAGES_LIST, pid)
			    : PACKAGES_LIST;
	return android->packages || is_android_program(resolver->exe);
}

/* --- uids --- */

/* A line of user_namespaces(7)' uid_map: inside, outside, how many. */
static bool map_line(const char *line, uint32_t host, uint32_t *ret_uid)
{
	unsigned long inside, outside, count;
	char *end;

	inside = strtoul(line, &end, 10);
	outside = strtoul(end, &end, 10);
	count = strtoul(end, &end, 10);
	if (host < outside || host - outside >= count)
		return false;
	*ret_uid = (uint32_t)(inside + (host - outside));
	return true;
}

static bool to_android(struct resolver *resolver, const struct android *android, uint32_t host,
		       uint32_t *ret_uid)
{
	const char *line;

	*ret_uid = host;
	if (resolver->facts->user_ns != EG_NAMESPACE_OWN || android->self_mapped)
		return host != UID_NOBODY;
	line = ask_file(resolver, EG_TREE_PROC, "uid_map", NULL, NULL);
	while (line && *line) {
		if (map_line(line, host, ret_uid))
			return true;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}

/* netd tags what it asks in its own name; the socket knows for whom (identity.md 3.8). */
static bool is_resolvers_tag(const struct eg_process_facts *facts)
{
	return facts->tag == ANDROID_TAG_DNS && facts->tag_uid == ANDROID_DNS &&
	       facts->has_socket_uid;
}

/* The owner, or the process itself where the socket says nothing. */
static void read_uid(struct resolver *resolver, struct android *android)
{
	const struct eg_process_facts *facts = resolver->facts;

	if (facts->has_tag && facts->tag_uid && !is_resolvers_tag(facts)) {
		android->uid = facts->tag_uid;
		android->uid_known = true;
		return;
	}
	if (facts->has_socket_uid)
		android->uid_known =
			to_android(resolver, android, facts->socket_uid, &android->uid);
	if (!android->uid_known && !facts->uid_unknown)
		android->uid_known = to_android(resolver, android, facts->uid, &android->uid);
}

/* --- names --- */

/* "com.android.chrome:sandboxed_process0:..." -> "com.android.chrome" */
static const char *package_of(struct resolver *resolver, const char *process)
{
	static const char *const endings[] = { "_zygote", "_sdk_sandbox" };
	size_t size = strcspn(process, ":");

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t length = strlen(endings[i]);

		if (size > length && memcmp(process + size - length, endings[i], length) == 0)
			size -= length;
	}
	if (!android_is_package(process, size))
		return NULL;
	return scratch_copy(&resolver->scratch, process, size);
}

/* Waydroid's launchers are for its own apps: another Android's may only have the same name. */
static const char *label_of(struct resolver *resolver, const struct android *android,
			    const char *package)
{
	const char *name = NULL;

	if (strcmp(android->container, WAYDROID_CONTAINER) == 0)
		name = ask_name(resolver,
				scratch_format(&resolver->scratch, "waydroid.%s", package));
	return name ? name : package;
}

/* The part behind the package's name, up to the next colon. */
static const char *process_part(struct resolver *resolver, const char *process)
{
	const char *colon = strchr(process, ':');

	if (!colon || !colon[1])
		return NULL;
	return scratch_copy(&resolver->scratch, colon + 1, strcspn(colon + 1, ":"));
}

static const char *app_component(struct resolver *resolver, const struct android *android,
				 const char *package)
{
	const char *process = android->process;
	size_t size = strlen(package);
	const char *part;

	if (!process || !*process)
		return NULL;
	if (strcmp(process, package) == 0)
		return "main";
	if (strncmp(process, package, size) != 0)
		return process;
	if (strcmp(process + size, "_zygote") == 0)
		return "app_zygote";
	if (has_prefix(process + size, "_sdk_sandbox"))
		return "sdk_sandbox";
	part = process[size] == ':' ? process_part(resolver, process) : NULL;
	return part ? part : process;
}

static bool answer_package(struct resolver *resolver, const struct android *android,
			   const char *package, const char *trust)
{
	uint32_t user = android->uid / ANDROID_USER;
	const char *name = label_of(resolver, android, package);
	struct scratch *scratch = &resolver->scratch;
	const char *id = scratch_format(scratch, "android:%s/%s", android->container, package);

	if (strcmp(android->trust, TRUST_USER) == 0 && strcmp(trust, TRUST_ROOT) == 0)
		trust = TRUST_USER;
	if (user && android->uid_known) {
		id = scratch_format(scratch, "%s@u%u", id, user);
		name = scratch_format(scratch, "%s (user %u)", name, user);
	}
	return answer(resolver, "android", id, name, trust);
}

static bool answer_system(struct resolver *resolver, const struct android *android,
			  const char *name)
{
	struct scratch *scratch = &resolver->scratch;

	if (!resolver->component)
		resolver->component = android_is_runtime(resolver->exe_name)
					      ? android->process
					      : component_of(resolver);
	return answer(resolver, "android",
		      scratch_format(scratch, "android:%s/system:%s", android->container, name),
		      scratch_format(scratch, "Android %s", android_system_title(name)),
		      android->trust);
}

/* --- kinds of uids --- */

/* The process's own word on its package: that the list has none such is worth saying. */
static bool answer_claimed(struct resolver *resolver, const struct android *android,
			   const char *package)
{
	if (android->packages && !eg_packages_are_cut(android->packages) &&
	    !eg_packages_lists(android->packages, package))
		note(resolver, "package", "not in the list", android->list, android->trust);
	return answer_package(resolver, android, package, TRUST_HEURISTIC);
}

/* They have a name of their own, and nobody says whose they are. */
static bool answer_isolated(struct resolver *resolver, const struct android *android)
{
	const char *package = android->process ? package_of(resolver, android->process) : NULL;
	const char *part;

	if (!package)
		return answer_system(resolver, android, "isolated");
	part = process_part(resolver, android->process);
	resolver->component = scratch_format(&resolver->scratch, "isolated%s%s", part ? ":" : "",
					     part ? part : "");
	return answer_claimed(resolver, android, package);
}

static bool answer_number(struct resolver *resolver, const struct android *android)
{
	return answer_system(resolver, android,
			     scratch_format(&resolver->scratch, "uid-%u",
					    android->uid % ANDROID_USER));
}

/*
 * Any app can make a user namespace and be in it whoever it likes, with whatever
 * list in its root: only the number that it has outside is true.
 */
static bool answer_self_mapped(struct resolver *resolver, const struct android *android)
{
	resolver->flag = FLAG_UID;
	return answer_number(resolver, android);
}

/* An app that is not listed yet, or not readable: its own word is all there is. */
static bool answer_unlisted(struct resolver *resolver, const struct android *android)
{
	const char *package = android->process ? package_of(resolver, android->process) : NULL;

	resolver->guessed = true;
	/* A listed package has the uid that it is listed with. */
	if (package && android->uid_known && android->packages &&
	    eg_packages_lists(android->packages, package)) {
		resolver->flag = FLAG_UID;
		package = NULL;
	}
	if (!package) {
		answer_number(resolver, android);
		resolver->trust = TRUST_HEURISTIC;
		return true;
	}
	if (!resolver->component)
		resolver->component = app_component(resolver, android, package);
	return answer_claimed(resolver, android, package);
}

static bool answer_app(struct resolver *resolver, const struct android *android, uint32_t app)
{
	const char *package = NULL;
	bool named;

	if (android->packages)
		package = eg_packages_find(android->packages, app, android->process, &named);
	if (!package)
		return answer_unlisted(resolver, android);
	if (!resolver->component)
		resolver->component = app_component(resolver, android, package);
	return answer_package(resolver, android, package, TRUST_ROOT);
}

/* Settings and many others share uid 1000; system_server has no package's name. */
static bool answer_shared_system(struct resolver *resolver, const struct android *android)
{
	uint32_t app = android->uid % ANDROID_USER;
	const char *package = NULL;
	bool named = false;

	if (android->packages && android_is_runtime(resolver->exe_name))
		package = eg_packages_find(android->packages, app, android->process, &named);
	if (!package || (app == ANDROID_SYSTEM && !named))
		return false;
	resolver->component = app_component(resolver, android, package);
	return answer_package(resolver, android, package, TRUST_ROOT);
}

static bool answer_system_uid(struct resolver *resolver, const struct android *android)
{
	uint32_t app = android->uid % ANDROID_USER;
	const char *name = android_system_process(app, android->process, resolver->exe_name);

	if (!name && answer_shared_system(resolver, android))
		return true;
	if (!name)
		name = android_system_name(&resolver->scratch, app, resolver->exe_name);
	return answer_system(resolver, android, name);
}

/* The app that has tagged a socket of its own for another one; NULL: unknown, or none. */
static const char *tagged_by(struct resolver *resolver, const struct android *android)
{
	const struct eg_process_facts *facts = resolver->facts;
	uint32_t uid;
	bool named;

	if (!android->packages || !facts->has_socket_uid ||
	    !to_android(resolver, android, facts->socket_uid, &uid) || uid == android->uid)
		return NULL;
	return eg_packages_find(android->packages, uid % ANDROID_USER, android->process, &named);
}

/* netd gives the socket of a query to the app that asked (identity.md 3.7): no app could. */
static bool is_netd(const struct resolver *resolver)
{
	const struct eg_process_facts *facts = resolver->facts;

	return resolver->exe_name && strcmp(resolver->exe_name, "netd") == 0 &&
	       facts->has_socket_uid && facts->socket_uid != facts->uid;
}

static void tell_helper(struct resolver *resolver, const struct android *android)
{
	const struct eg_process_facts *facts = resolver->facts;
	const char *process = android->process ? android->process : resolver->exe_name, *package;

	if (is_netd(resolver)) {
		resolver->component = "dns via netd";
		resolver->via = "netd";
	} else if (facts->has_tag && process) {
		resolver->component = scratch_format(&resolver->scratch, "%s via %s",
						     android_tag_name(facts->tag),
						     base_name(process));
		package = tagged_by(resolver, android);
		if (package)
			resolver->via = scratch_format(&resolver->scratch, "android:%s/%s",
						       android->container, package);
	}
}

static bool answer_uid(struct resolver *resolver, struct android *android)
{
	uint32_t owner;

	if (android->self_mapped)
		return answer_self_mapped(resolver, android);
	switch (android_class_of(android->uid, &owner)) {
	case ANDROID_APP:
		tell_helper(resolver, android);
		return answer_app(resolver, android, owner);
	case ANDROID_SDK_SANDBOX:
		resolver->component = "sdk_sandbox";
		return answer_app(resolver, android, owner);
	case ANDROID_PRIVATE_COMPUTE:
		resolver->component = "pcc";
		return answer_app(resolver, android, owner);
	case ANDROID_ISOLATED:
		return answer_isolated(resolver, android);
	default:
		return answer_system_uid(resolver, android);
	}
}

static const char *packages_remark(const struct eg_packages *packages)
{
	if (!packages)
		return "not readable";
	return eg_packages_are_cut(packages)
		       ? "the container's own claim, too large to be read whole"
		       : "the container's own claim";
}

static void note_android(struct resolver *resolver, const struct android *android)
{
	char uid[16];

	if (!resolver->explain)
		return;
	note_cgroup(resolver, android->trust);
	snprintf(uid, sizeof(uid), "%u", android->uid);
	if (resolver->facts->has_socket_uid)
		note_field(resolver, "sk_uid", uid, "status", "sk->sk_uid", TRUST_KERNEL);
	else if (!resolver->facts->uid_unknown)
		note_field(resolver, "uid", uid, "status", "task->cred->uid", TRUST_KERNEL);
	note(resolver, "packages_list", packages_remark(android->packages), android->list,
	     android->packages ? android->trust : NULL);
	note_arguments(resolver, android->process);
}

bool ident_android(struct resolver *resolver)
{
	struct android android = { .process = argument(resolver, 0) };
	struct container container;

	if (!find_container(resolver, &container) || !container.runtime)
		return false;
	/* What a pod is called takes a search: most are no Android. */
	android.container = container.pod ? container.id : container_name(resolver, &container);
	android.trust = container_trust(resolver, &container);
	if (!is_android(resolver, &android))
		return false;
	if (container.pod)
		android.container = container_in_pod(resolver, &container);
	read_uid(resolver, &android);
	note_android(resolver, &android);
	if (android.uid_known)
		return answer_uid(resolver, &android);
	android.uid = 0;
	return answer_unlisted(resolver, &android);
}
