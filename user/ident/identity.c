/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Identities by executable, process, container and user. */
#include <egret/ident.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>

#include "resolver.h"

#define MEMFD "/memfd:"

void eg_identity_clear(struct eg_identity *identity)
{
	for (size_t i = 0; i < identity->evidence_count; i++) {
		free(identity->evidence[i].value);
		free(identity->evidence[i].source);
	}
	free(identity->evidence);
	free(identity->id);
	free(identity->name);
	free(identity->component);
	free(identity->via);
	*identity = (struct eg_identity){};
}

static int finish(struct eg_identity *identity)
{
	if (identity->id && identity->name)
		return 0;
	eg_identity_clear(identity);
	return -ENOMEM;
}

int eg_identify_unknown(struct eg_identity *ret_identity)
{
	*ret_identity = (struct eg_identity){
		.id = strdup("unknown:pid"),
		.name = strdup("unknown"),
		.kind = "unknown",
	};
	return finish(ret_identity);
}

/* A program without a file is told by the name that it gave its memory. */
static int identify_memfd(const char *name, struct eg_identity *ret_identity)
{
	*ret_identity = (struct eg_identity){
		.id = eg_id_encode("exe:memfd:", name),
		.name = strdup(name),
		.kind = "program",
		.trust = "kernel",
		.flag = "memfd",
	};
	return finish(ret_identity);
}

int eg_identify_program(const struct eg_process_facts *facts, struct eg_identity *ret_identity)
{
	const char *path = facts->executable, *slash;

	if (!path || !*path)
		return eg_identify_unknown(ret_identity);
	if (!strncmp(path, MEMFD, strlen(MEMFD)))
		return identify_memfd(path + strlen(MEMFD), ret_identity);
	slash = strrchr(path, '/');
	*ret_identity = (struct eg_identity){
		.id = eg_id_encode("exe:", path),
		.name = strdup(slash && slash[1] ? slash + 1 : path),
		.kind = "program",
		.trust = path_trust(facts),
		.flag = facts->exe_deleted ? "exe-deleted" : NULL,
	};
	return finish(ret_identity);
}

int eg_identify_process(const struct eg_process_facts *facts, struct eg_identity *ret_identity)
{
	struct eg_identity program = {};
	char start[EG_TIME_TEXT_MAX], id[32 + EG_TIME_TEXT_MAX];
	int error = eg_identify_program(facts, &program);

	if (error)
		return error;
	snprintf(id, sizeof(id), "pid:%" PRIu32 ":%s", facts->pid,
		 eg_time_text(facts->start, start));
	*ret_identity = (struct eg_identity){
		.id = strdup(id),
		.name = TAKE_PTR(program.name),
		.kind = "process",
		.trust = "kernel",
	};
	eg_identity_clear(&program);
	return finish(ret_identity);
}

int eg_identify_user(const struct eg_process_facts *facts, struct eg_identity *ret_identity)
{
	char id[32];

	snprintf(id, sizeof(id), "uid:%" PRIu32, facts->uid);
	*ret_identity = (struct eg_identity){
		.id = strdup(id),
		.name = strdup(id),
		.kind = "user",
		.trust = "kernel",
	};
	return finish(ret_identity);
}

int eg_identify_container(const struct eg_process_facts *facts, const struct eg_lookup *lookup,
			  struct eg_identity *ret_identity)
{
	struct resolver resolver = { .facts = facts, .lookup = lookup };
	const char *name = "host", *trust = TRUST_ROOT;
	struct container container;
	int error;

	find_cgroup(&resolver);
	if (find_container(&resolver, &container)) {
		name = container.id ? container.id : container.name;
		trust = container_trust(&resolver, &container);
	}
	*ret_identity = (struct eg_identity){
		.id = eg_id_encode("", name),
		.name = strdup(name),
		.kind = "container",
		.trust = trust,
		.flag = resolver.flag,
	};
	error = finish(ret_identity);
	if (!error && resolver.scratch.failed) {
		eg_identity_clear(ret_identity);
		error = -ENOMEM;
	}
	scratch_free(&resolver.scratch);
	return error;
}
