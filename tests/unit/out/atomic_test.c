/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing a file that appears when it is whole, and leaves nothing when it fails. */
#include "sample.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char folder[] = "/tmp/egret-atomic-XXXXXX";
static char path[64];

static int print_word(FILE *stream, void *data)
{
	return fputs(*(const char **)data, stream) == EOF ? -errno : 0;
}

static int print_and_fail(FILE *stream, void *data)
{
	fputs(*(const char **)data, stream);
	return -ECANCELED;
}

static int print_much(FILE *stream, void *data)
{
	for (int i = 0; i < 100000; i++)
		fputs(*(const char **)data, stream);
	return 0;
}

static int write_to(const char *where, int (*print)(FILE *stream, void *data), const char *text)
{
	return eg_write_atomically(where, print, &text);
}

static void in_folder(char buffer[static 64], const char *name)
{
	snprintf(buffer, 64, "%s/%s", folder, name);
}

static void assert_holds(const char *file, const char *expected)
{
	char text[64] = "";
	FILE *stream = fopen(file, "r");

	assert_non_null(stream);
	assert_true(fread(text, 1, sizeof(text) - 1, stream) > 0);
	fclose(stream);
	assert_string_equal(text, expected);
}

static void assert_files(int expected)
{
	DIR *directory = opendir(folder);
	int count = -2; /* . and .. */

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	assert_int_equal(count, expected);
}

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	in_folder(path, "result");
	return 0;
}

static int remove_folder(void **state)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	(void)state;
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	closedir(directory);
	return rmdir(folder);
}

static void writes_a_file(void **state)
{
	struct stat status;
	mode_t mask = umask(027);

	(void)state;
	assert_int_equal(write_to(path, print_word, "one"), 0);
	umask(mask);
	assert_holds(path, "one");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_files(1);
}

static void replaces_a_file(void **state)
{
	FILE *before;

	(void)state;
	assert_int_equal(write_to(path, print_word, "one"), 0);
	before = fopen(path, "r");
	assert_int_equal(write_to(path, print_word, "two"), 0);
	assert_holds(path, "two");
	/* Whoever has the old one open goes on reading the old one. */
	assert_int_equal(fgetc(before), 'o');
	fclose(before);
	assert_files(1);
}

/* Results can hold secrets: who could not read the old file can't read the new one. */
static void keeps_the_mode(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(write_to(path, print_word, "one"), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(write_to(path, print_word, "two"), 0);
	assert_holds(path, "two");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(path, 1, 2), 0);
	assert_int_equal(write_to(path, print_word, "three"), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_uid, 1);
	assert_int_equal(status.st_gid, 2);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(chown(path, 0, 0), 0);
}

/* Where the directory is open, a link is replaced, and the mode is the one that was asked for. */
static void writes_in_an_open_directory(void **state)
{
	const char *text = "two";
	char other[64];
	int directory = open(folder, O_RDONLY | O_DIRECTORY);
	mode_t mask = umask(077);
	struct stat status;

	(void)state;
	in_folder(other, "other");
	assert_int_equal(write_to(other, print_word, "one"), 0);
	assert_int_equal(symlink("other", path), 0);
	assert_int_equal(eg_write_atomically_at(directory, "result", 0644, print_word, &text), 0);
	umask(mask);
	assert_holds(path, "two");
	assert_holds(other, "one");
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISREG(status.st_mode));
	assert_int_equal(status.st_mode & 0777, 0644);
	assert_int_equal(eg_write_atomically_at(directory, "result", 0644, print_and_fail, &text),
			 -ECANCELED);
	close(directory);
	assert_int_equal(eg_write_atomically_at(directory, "result", 0644, print_word, &text),
			 -EBADF);
	assert_files(2);
}

static void writes_in_the_working_directory(void **state)
{
	char *before = getcwd(NULL, 0);

	(void)state;
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(write_to("result", print_word, "one"), 0);
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_holds(path, "one");
}

static void leaves_nothing_on_failure(void **state)
{
	(void)state;
	assert_int_equal(write_to(path, print_and_fail, "one"), -ECANCELED);
	assert_files(0);
	assert_int_equal(write_to(path, print_word, "one"), 0);
	assert_int_equal(write_to(path, print_and_fail, "two"), -ECANCELED);
	assert_holds(path, "one");
	assert_files(1);
}

/* A file size limit fails like a full disk, on any file system. */
static void leaves_nothing_on_a_full_disk(void **state)
{
	struct rlimit before, limit;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = 8192;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(write_to(path, print_much, "0123456789"), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_files(0);
}

static void keeps_symbolic_links(void **state)
{
	char link[64];
	struct stat status;

	(void)state;
	in_folder(link, "link");
	assert_int_equal(write_to(path, print_word, "one"), 0);
	assert_int_equal(symlink("result", link), 0);
	assert_int_equal(write_to(link, print_word, "two"), 0);
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_holds(path, "two");
}

static int print_into_the_way(FILE *stream, void *data)
{
	fputs(*(const char **)data, stream);
	return mkdir(path, 0700) < 0 ? -errno : 0;
}

/* What has its name already when it turns out that the last step fails. */
static void leaves_nothing_when_it_cannot_be_renamed(void **state)
{
	(void)state;
	assert_int_equal(write_to(path, print_into_the_way, "one"), -EISDIR);
	assert_files(1);
	assert_int_equal(rmdir(path), 0);
}

/* Renaming over /dev/null would be a bad joke on the whole system. */
static void writes_to_pipes_as_they_are(void **state)
{
	char text[8] = "";
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(write_to(path, print_word, "one"), 0);
	assert_int_equal(read(reader, text, sizeof(text) - 1), 3);
	assert_string_equal(text, "one");
	close(reader);
}

/* A terminal: were it replaced by mistake, nothing would be harmed. */
static void writes_to_devices_as_they_are(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char text[8] = "";
	struct stat status;

	(void)state;
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(write_to(ptsname(master), print_word, "one"), 0);
	assert_int_equal(stat(ptsname(master), &status), 0);
	assert_true(S_ISCHR(status.st_mode));
	assert_int_equal(read(master, text, sizeof(text) - 1), 3);
	assert_string_equal(text, "one");
	close(master);
}

static void tells_what_is_no_place(void **state)
{
	char missing[64], longest[5000];

	(void)state;
	in_folder(missing, "no/such");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(write_to(missing, print_word, "one"), -ENOENT);
	assert_int_equal(write_to(folder, print_word, "one"), -EISDIR);
	assert_int_equal(write_to("", print_word, "one"), -EISDIR);
	assert_int_equal(write_to(longest, print_word, "one"), -ENAMETOOLONG);
	assert_files(0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_a_file),
		TEST(replaces_a_file),
		TEST(keeps_the_mode),
		TEST(writes_in_an_open_directory),
		TEST(writes_in_the_working_directory),
		TEST(leaves_nothing_on_failure),
		TEST(leaves_nothing_on_a_full_disk),
		TEST(keeps_symbolic_links),
		TEST(leaves_nothing_when_it_cannot_be_renamed),
		TEST(writes_to_pipes_as_they_are),
		TEST(writes_to_devices_as_they_are),
		TEST(tells_what_is_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
