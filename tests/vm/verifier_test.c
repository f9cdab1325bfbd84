/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this kernel's verifier says of each program; prints TAP, one case for all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <user/probe/private.h>

/* More would leave little room for what other compilers and kernels make of it. */
#define INSTRUCTIONS_MAX 100000
#define LOG_STATISTICS 4 /* BPF_LOG_STATS, which the kernel keeps to itself */

struct verdicts {
	FILE *text; /* comments, for after the case's line */
	char largest[32];
	unsigned long instructions; /* of the largest */
};

/* "processed N insns (limit ...": the last line of the verifier's log, and not the only one. */
static unsigned long instructions_in(const char *log)
{
	static const char sum[] = "\nprocessed ";
	const char *line = strstr(log, sum);

	return line ? strtoul(line + strlen(sum), NULL, 10) : 0;
}

/* Loads one program alone; its verified instructions, 0 if the kernel refuses it. */
static unsigned long verify(const struct kernel *kernel, const char *name, char *log, size_t size)
{
	const struct eg_probe_options options = { .max_flows = 8, .max_sockets = 8, .names = true };
	struct egret_bpf *skeleton = open_skeleton(&options, kernel);
	struct bpf_program *program;
	unsigned long instructions = 0;

	log[0] = '\0';
	if (!skeleton)
		return 0;
	bpf_object__for_each_program(program, skeleton->obj) {
		bool wanted = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, wanted && bpf_program__autoload(program));
		if (!wanted)
			continue;
		bpf_program__set_log_level(program, LOG_STATISTICS);
		bpf_program__set_log_buf(program, log, size);
	}
	if (!egret_bpf__load(skeleton))
		instructions = instructions_in(log);
	egret_bpf__destroy(skeleton);
	return instructions;
}

/* False: a program without which nothing works is refused, or one is too large. */
static bool judge(const struct kernel *kernel, const struct bpf_program *program,
		  struct verdicts *verdicts)
{
	static char log[1 << 16];
	const char *name = bpf_program__name(program);
	unsigned long instructions = verify(kernel, name, log, sizeof(log));

	fprintf(verdicts->text, "# %s: %lu\n", name, instructions);
	if (instructions > verdicts->instructions) {
		verdicts->instructions = instructions;
		snprintf(verdicts->largest, sizeof(verdicts->largest), "%s", name);
	}
	if (!instructions && !optional_of(program)) {
		fprintf(verdicts->text, "# refused: %s\n", log);
		return false;
	}
	return instructions <= INSTRUCTIONS_MAX;
}

int main(int argc, char **argv)
{
	struct egret_bpf *skeleton = egret_bpf__open();
	struct bpf_program *program;
	struct verdicts verdicts = { 0 };
	struct kernel kernel;
	bool good = true;
	char *text;
	size_t size;

	verdicts.text = open_memstream(&text, &size);
	if (!skeleton || !verdicts.text || argc != 2) {
		puts("Bail out! no programs, no memory, or no name for them");
		return 1;
	}
	libbpf_set_print(NULL);
	kernel_look(&kernel);
	bpf_object__for_each_program(program, skeleton->obj)
		good &= judge(&kernel, program, &verdicts);
	fclose(verdicts.text);
	printf("%s 1 - verifier/%s\n%s", good ? "ok" : "not ok", argv[1], text);
	printf("# %s is the largest by %s: %lu instructions\n1..1\n", verdicts.largest, argv[1],
	       verdicts.instructions);
	free(text);
	egret_bpf__destroy(skeleton);
	return good ? 0 : 1;
}
