/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The smallest program that talks. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/once.h>

int once_send(const struct address *to, int type, long size)
{
	static const char zeros[4096];
	int fd = socket(to->storage.ss_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (type == SOCK_STREAM &&
	    connect(fd, (const struct sockaddr *)&to->storage, to->length) < 0)
		return -errno;
	if (sendto(fd, zeros, (size_t)size, MSG_NOSIGNAL,
		   type == SOCK_STREAM ? NULL : (const struct sockaddr *)&to->storage,
		   type == SOCK_STREAM ? 0 : to->length) != size)
		return -errno;
	close(fd);
	return 0;
}

long once_reap(long *living, long until)
{
	int status;

	for (; *living > until; --*living) {
		if (wait(&status) < 0)
			return -errno;
		if (status)
			return -EIO;
	}
	return 0;
}

long once_storm(struct call *call)
{
	long living = 0, rc = 0;

	for (long i = 0; i < call->arg[0] && rc == 0; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(once_send(&call->to, (int)call->arg[2], call->arg[1]) < 0);
		if (pid < 0)
			return -errno;
		living++;
		rc = once_reap(&living, ONCE_AT_A_TIME - 1);
	}
	return rc ? rc : once_reap(&living, 0);
}

long once_accept(struct call *call)
{
	char buffer[256];
	long done = 0;

	for (long i = 0; i < call->arg[1]; i++) {
		int fd = accept((int)call->arg[0], NULL, NULL);
		ssize_t got;

		if (fd < 0)
			return -errno;
		while ((got = recv(fd, buffer, sizeof(buffer), 0)) > 0)
			done += got;
		close(fd);
	}
	return done;
}

void once_arguments(const struct address *to, int type, long size, char ip[static 64],
		    char port[static 16], char type_text[static 16], char size_text[static 16])
{
	getnameinfo((const struct sockaddr *)&to->storage, to->length, ip, 64, port, 16,
		    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(type_text, 16, "%d", type);
	snprintf(size_text, 16, "%ld", size);
}

int once_main(int argc, char **argv)
{
	struct address to;

	if (argc < 6)
		return 2;
	to = address(argv[2], (int)text_number(argv[3]));
	return once_send(&to, (int)text_number(argv[4]), text_number(argv[5])) < 0;
}

void once_check_processes(struct result *result, const char *exe)
{
	const cJSON *process, *app = result_app_of(result, exe);
	const char *name = strrchr(exe, '/') + 1;
	char seen[65536] = { 0 };

	cJSON_ArrayForEach(process, json_get(app, "processes")) {
		const cJSON *words = json_get(process, "command_line");
		const char *comm = json_text(process, "comm");
		int count = cJSON_GetArraySize(words);
		long number;

		if (!comm || strcmp(comm, name) != 0 || count != 7) {
			test_wrong(result->test, "a process of %s has comm %s and %d arguments",
				   exe, comm ? comm : "null", count);
			return;
		}
		number = text_number(cJSON_GetArrayItem(words, 6)->valuestring);
		if (number < 0 || seen[number & 0xffff]++)
			test_wrong(result->test, "two processes of %s are number %ld", exe, number);
	}
}
