/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* AppImages: programs in an image that is mounted anew at each start (identity.md 5.3). */
#include "mounts.h"
#include "resolver.h"

#include <string.h>

#define RANDOM_SIZE 6 /* of "/tmp/.mount_Krita-a1B2c3" */

/* The size of the mount point that an executable is in; 0: in none. */
static size_t mount_size(const char *exe)
{
	static const char mark[] = "/.mount_";
	const char *at = exe ? strstr(exe, mark) : NULL;
	size_t size;

	if (!at)
		return 0;
	at += strlen(mark);
	size = strcspn(at, "/");
	return size >= RANDOM_SIZE && size <= 2 * RANDOM_SIZE && at[size]
		       ? (size_t)(at + size - exe)
		       : 0;
}

/* Unpacked at each start where nothing can be mounted. */
static size_t extracted_size(const char *exe)
{
	static const char mark[] = "/appimage_extracted_";
	const char *at = exe ? strstr(exe, mark) : NULL;

	return at ? (size_t)(at - exe) + strlen(mark) + strcspn(at + strlen(mark), "/") : 0;
}

static const char *environment(struct resolver *resolver, const char *name)
{
	size_t size = 0, length = strlen(name);
	const char *text = ask_file(resolver, EG_TREE_PROC, "environ", &size, NULL);

	for (const char *at = text; at && at < text + size; at += strlen(at) + 1) {
		if (strncmp(at, name, length) == 0 && at[length] == '=' && at[length + 1])
			return at + length + 1;
	}
	return NULL;
}

/* The source of what is mounted at the first `size` bytes of a path. */
static const char *find_source(struct resolver *resolver, const char *path, size_t size,
			       bool *ret_known)
{
	const char *mountinfo = ask_file(resolver, EG_TREE_PROC, "mountinfo", NULL, NULL);
	const char *point;
	struct mount mount;

	*ret_known = mountinfo;
	if (!mountinfo || !mount_of(mountinfo, path, &mount) || !mount.source.size)
		return NULL;
	point = mount_text(&resolver->scratch, mount.point);
	if (strlen(point) != size || strncmp(point, path, size) != 0)
		return NULL;
	return mount_text(&resolver->scratch, mount.source);
}

/* --- names --- */

/* What stands behind the name in a file name: architecture, version. */
static size_t size_without(const char *text, size_t size, const char *const *endings)
{
	for (; *endings; endings++) {
		size_t length = strlen(*endings);

		if (size > length && strncasecmp(text + size - length, *endings, length) == 0)
			return size - length;
	}
	return size;
}

/* "Mozilla_Firefox-x86_64.AppImage" -> "Mozilla Firefox" */
static const char *title_of(struct resolver *resolver, const char *path)
{
	static const char *const extensions[] = { ".AppImage", NULL };
	static const char *const machines[] = { "-x86_64",  "_x86_64", ".x86_64", "-amd64",
						"-aarch64", "-arm64",  "-armhf",  "-i686",
						"-i386",    "-x64",    NULL };
	const char *name = base_name(path);
	size_t size = size_without(name, strlen(name), extensions);
	char *title;

	size = size_without(name, size, machines);
	for (size_t i = 1; i + 1 < size; i++) {
		if (strchr("-_", name[i]) && is_digits(name + i + 1, 1)) {
			size = i;
			break;
		}
	}
	title = scratch_alloc(&resolver->scratch, size + 1);
	if (!title)
		return "";
	for (size_t i = 0; i < size; i++)
		title[i] = name[i] == '_' ? ' ' : name[i];
	title[size] = '\0';
	return title;
}

static bool answer_image(struct resolver *resolver, const char *image, const char *trust)
{
	resolver->component = component_of(resolver);
	note_executable(resolver);
	return answer(resolver, "appimage",
		      scratch_format(&resolver->scratch, "appimage:%s", image),
		      title_of(resolver, image), trust);
}

/* --- the rule --- */

/* The environment speaks for a program that lies where it says. */
static const char *own_image(struct resolver *resolver, size_t size)
{
	const char *directory = environment(resolver, "APPDIR");
	const char *image = environment(resolver, "APPIMAGE");

	if (!image || (directory && (strncmp(directory, resolver->exe, size) != 0 ||
				     (directory[size] && directory[size] != '/'))))
		return NULL;
	note(resolver, "APPIMAGE", image, "environ", TRUST_HEURISTIC);
	return image;
}

static bool ident_own(struct resolver *resolver, size_t size)
{
	const char *image, *source;
	bool known;

	source = find_source(resolver, resolver->exe, size, &known);
	/* Nothing is mounted there: anybody's directory with such a name. */
	if (known && !source) {
		if (own_image(resolver, size))
			resolver->flag = FLAG_MOUNT;
		return false;
	}
	note(resolver, "mountinfo_source", source, "mountinfo", TRUST_USER);
	image = own_image(resolver, size);
	/* What is mounted is called like its file: the environment is only what it says itself. */
	if (image && source && has_suffix(source, ".AppImage") &&
	    strcmp(base_name(source), base_name(image)) != 0) {
		resolver->flag = FLAG_MOUNT;
		image = NULL;
	}
	if (image || source)
		return answer_image(resolver, image ? image : source, TRUST_USER);
	/* Its name begins the mount point's, cut and followed by chance. */
	source = strstr(resolver->exe, "/.mount_") + strlen("/.mount_");
	return answer_image(resolver,
			    scratch_copy(&resolver->scratch, source,
					 strcspn(source, "/") - RANDOM_SIZE),
			    TRUST_HEURISTIC);
}

/* A program from elsewhere inherits the variables; it counts if it was started from the image. */
static bool ident_child(struct resolver *resolver)
{
	const char *image = environment(resolver, "APPIMAGE");
	const char *directory = image ? environment(resolver, "APPDIR") : NULL;
	const struct eg_ancestor *ancestor;
	size_t size = directory ? strlen(directory) : 0;

	for (unsigned i = 0; size && (ancestor = ask_ancestor(resolver, i)); i++) {
		const char *exe = ancestor->executable;

		if (!exe || strncmp(exe, directory, size) != 0 || exe[size] != '/')
			continue;
		note(resolver, "APPIMAGE", image, "environ", TRUST_HEURISTIC);
		note(resolver, "ancestor", exe, "stat", TRUST_HEURISTIC);
		return answer_image(resolver, image, TRUST_HEURISTIC);
	}
	return false;
}

bool ident_appimage(struct resolver *resolver)
{
	size_t size = mount_size(resolver->exe);
	const char *image;

	if (size && ident_own(resolver, size))
		return true;
	size = extracted_size(resolver->exe);
	image = size ? own_image(resolver, size) : NULL;
	/* Nothing is mounted that would say the same. */
	if (image)
		return answer_image(resolver, image, TRUST_HEURISTIC);
	/* What root has started is no AppImage of a user's. */
	if (!resolver->exe || (resolver->unit.name && !resolver->unit.user &&
			       has_suffix(resolver->unit.name, ".service")))
		return false;
	return ident_child(resolver);
}
