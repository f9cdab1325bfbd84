/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An Android as far as anybody looks: its files, and how its zygote makes apps. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "droid.h"

const char droid_packages[] =
	"com.android.chrome 10123 0 /data/user/0/com.android.chrome default 3003 0 567 1 @null\n"
	"com.google.android.gms 10110 0 /data/user/0/com.google.android.gms default 3003\n"
	"com.google.android.gsf 10110 0 /data/user/0/com.google.android.gsf default 3003\n";

const char *droid_make(struct test *test)
{
	static const char *const directories[] = { "", "/system", "/data", "/data/system" };
	const char *root = test_path(test, "android");

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		const char *dir = test_text(test, "%s%s", root, directories[i]);

		require(test, mkdir(dir, 0755) == 0);
	}
	require(test, file_write(test_text(test, "%s/system/build.prop", root), "ro.x=1\n") == 0);
	require(test, file_write(test_text(test, "%s/data/system/packages.list", root),
				 droid_packages) == 0);
	require(test, chmod(test_text(test, "%s/data/system/packages.list", root), 0640) == 0);
	require(test,
		chown(test_text(test, "%s/data/system/packages.list", root), 1000, 1032) == 0);
	return root;
}

/* Where the arguments lie: proc_pid_stat(5), fields 48 and 49. */
int droid_find_arguments(char **ret_start, size_t *ret_size)
{
	unsigned long start, end;
	FILE *stream = fopen("/proc/self/stat", "re");
	char text[2048], *field = NULL;

	if (stream && fgets(text, sizeof(text), stream))
		field = strrchr(text, ')');
	if (stream)
		fclose(stream);
	for (int i = 2; field && i < 48; i++)
		field = strchr(field + 1, ' ');
	if (!field || sscanf(field, " %lu %lu", &start, &end) != 2)
		return -EINVAL;
	*ret_start = (char *)start;
	*ret_size = end - start;
	return 0;
}

/*
 * What Android's zygote does with a child: writes the app's name over the
 * arguments, the end of it into comm, and takes the app's uid.
 */
long droid_specialise(struct call *call)
{
	const char *name = call->text, *root = strchr(name, '\n') + 1;
	size_t length = strcspn(name, "\n"), size;
	char comm[16] = "", *arguments;

	if (droid_find_arguments(&arguments, &size) < 0 || size <= length)
		return -EINVAL;
	memset(arguments, 0, size);
	memcpy(arguments, name, length);
	memcpy(comm, length > 15 ? name + length - 15 : name, length > 15 ? 15 : length);
	prctl(PR_SET_NAME, comm);
	if (chroot(root) < 0 || chdir("/") < 0)
		return -errno;
	if (setresuid((uid_t)call->arg[0], (uid_t)call->arg[0], (uid_t)call->arg[0]) < 0)
		return -errno;
	return 0;
}

struct actor *droid_start_app(struct actor *zygote, const char *root, uid_t uid, const char *name)
{
	struct actor *app = actor_fork(zygote);
	struct call call = { .arg = { (long)uid } };

	snprintf(call.text, sizeof(call.text), "%s\n%s", name, root);
	require(zygote->test, actor_call(app, droid_specialise, &call) == 0);
	return app;
}

/* fchown(2) of a socket, which tells the kernel whose it is. */
static long give_away(struct call *call)
{
	return fchown((int)call->arg[0], (uid_t)call->arg[1], (gid_t)-1) < 0 ? -errno : 0;
}

void droid_give(struct actor *owner, int fd, uid_t uid)
{
	require(owner->test,
		actor_call(owner, give_away, &(struct call){ .arg = { fd, (long)uid } }) == 0);
}

const char *droid_container(struct test *test)
{
	return test_text(test, "droid%d", getpid());
}

const char *droid_payload(struct test *test)
{
	return cgroup_named(test, test_text(test, "lxc.payload.%s", droid_container(test)));
}

struct actor *droid_start_zygote(struct test *test)
{
	return actor_start_as(test, &(struct actor_options){ .name = "zygote",
							     .cgroup = droid_payload(test) });
}

void droid_expect(struct result *result, const char *package, struct expected expected, long sent)
{
	if (!result)
		return;
	expected.id =
		test_text(result->test, "android:%s/%s", droid_container(result->test), package);
	expected.kind = "android";
	expected.name = expected.name ?: package;
	expected.trust = expected.trust ?: "root";
	expect_app(result, &expected, sent);
}
