/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Interpreters: the program is what they were told to run (identity.md 5.6). */
#include "resolver.h"

#include <string.h>

#include <egret/base.h>
#include <egret/json.h>

/* Options are lists of words between blanks. */
struct interpreter {
	const char *name; /* a version may follow: "python3.12" */
	const char *valued; /* options whose value is the next argument */
	const char *none; /* with one of these there is no script */
	const char *named; /* the value of this option is the script */
	const char *commands; /* words before the script that are none */
	const char *suffix; /* the script ends so */
	bool packaged; /* package.json has a name for people */
};

static const struct interpreter interpreters[] = {
	{ .name = "python", .valued = "-W -X -Q --check-hash-based-pycs", .none = "-c" },
	{ .name = "pypy", .valued = "-W -X -Q", .none = "-c" },
	{ .name = "node",
	  .valued = "-r --require --import --loader --experimental-loader -C --conditions "
		    "--env-file",
	  .none = "-e --eval -p --print",
	  .packaged = true },
	{ .name = "nodejs",
	  .valued = "-r --require --import --loader --experimental-loader -C --conditions "
		    "--env-file",
	  .none = "-e --eval -p --print",
	  .packaged = true },
	{ .name = "bun",
	  .valued = "-r --preload --require -C --cwd",
	  .none = "-e --eval",
	  .commands = "run x",
	  .packaged = true },
	{ .name = "deno",
	  .valued = "-c --config --import-map --lock --cert",
	  .none = "eval repl",
	  .commands = "run serve",
	  .packaged = true },
	{ .name = "java",
	  .valued = "-cp -classpath --class-path -p --module-path --add-modules "
		    "--upgrade-module-path --add-exports --add-opens --add-reads",
	  .named = "-jar -m --module" },
	{ .name = "ruby", .valued = "-I -r -C -E", .none = "-e" },
	{ .name = "perl", .valued = "-I", .none = "-e -E" },
	{ .name = "bash", .valued = "-o -O +o +O --rcfile --init-file", .none = "-c -s" },
	{ .name = "sh", .valued = "-o +o", .none = "-c -s" },
	{ .name = "dash", .valued = "-o +o", .none = "-c -s" },
	{ .name = "zsh", .valued = "-o +o", .none = "-c -s" },
	{ .name = "ksh", .valued = "-o +o", .none = "-c -s" },
	{ .name = "mksh", .valued = "-o +o", .none = "-c -s" },
	{ .name = "fish", .valued = "-C -d -o -f", .none = "-c" },
	{ .name = "php", .valued = "-d -c -z", .none = "-r -S", .named = "-f --file" },
	{ .name = "dotnet", .suffix = ".dll" },
	{ .name = "mono", .valued = "--config" },
	{ .name = "wish" },
	{ .name = "tclsh" },
	{ .name = "lua", .valued = "-l", .none = "-e" },
	{ .name = "luajit", .valued = "-l", .none = "-e" },
	{ .name = "Rscript", .none = "-e" },
	{ .name = "guile", .valued = "-L -C", .none = "-c" },
	{ .name = "gjs", .valued = "-I", .none = "-c", .named = "-m" },
	{ .name = "gjs-console", .valued = "-I", .none = "-c", .named = "-m" },
	{ .name = "qml", .valued = "-I" },
};

/* "python", "python3", "python3.12", "lua5.4", "php8.2", "gjs-1.0"; not "pythonista". */
static bool is_version(const char *text)
{
	text += *text == '-';
	return strspn(text, "0123456789.") == strlen(text);
}

static const struct interpreter *find_interpreter(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(interpreters); i++) {
		const char *known = interpreters[i].name;

		if (has_prefix(name, known) && is_version(name + strlen(known)))
			return &interpreters[i];
	}
	return NULL;
}

bool is_interpreter(const char *name)
{
	return find_interpreter(name) != NULL;
}

/* Is the word, up to a '=', in the list? */
static bool is_listed(const char *word, const char *list)
{
	size_t size = strlen(word);

	for (const char *at = list; at && *at;) {
		size_t length = strcspn(at, " ");

		if (size == length && memcmp(at, word, size) == 0)
			return true;
		at += length;
		at += strspn(at, " ");
	}
	return false;
}

/* Short options of one letter in one word: "-lc" has a "-c" (shells, perl, python). */
static bool is_bundled(const char *word, const char *list)
{
	if (word[0] != '-' || word[1] == '-' || strlen(word) > 4)
		return false;
	for (const char *letter = word + 1; *letter; letter++) {
		const char option[] = { '-', *letter, '\0' };

		if (is_listed(option, list))
			return true;
	}
	return false;
}

/* '+' in shells; '@' is Java's file of arguments. */
static bool is_option(const char *arg)
{
	return strchr("-+@", *arg) && arg[0] && arg[1];
}

/* What the arguments say is run; NULL: nothing, or nothing that has a name. */
static const char *find_argument(const struct resolver *resolver, const struct interpreter *by,
				 bool *ret_module)
{
	bool python = has_prefix(by->name, "py"), words_only = false;
	const char *arg;

	*ret_module = false;
	for (size_t i = 1; (arg = argument(resolver, i)); i++) {
		if (!words_only && strcmp(arg, "--") == 0) {
			words_only = true;
		} else if (!words_only && (is_listed(arg, by->none) || is_bundled(arg, by->none))) {
			return NULL;
		} else if (!words_only && python && strcmp(arg, "-m") == 0) {
			*ret_module = true;
			return argument(resolver, i + 1);
		} else if (!words_only && is_listed(arg, by->named)) {
			return argument(resolver, i + 1);
		} else if (!words_only && is_listed(arg, by->valued)) {
			i++;
		} else if ((!words_only && is_option(arg)) || is_listed(arg, by->commands) ||
			   (by->suffix && !has_suffix(arg, by->suffix))) {
			continue;
		} else {
			return strcmp(arg, "-") == 0 ? NULL : arg;
		}
	}
	return NULL;
}

/* A path as the process meant it; its working directory is the start. */
static const char *resolve(struct resolver *resolver, const char *path)
{
	const char *directory;

	if (*path == '/')
		return path;
	directory = ask_file(resolver, EG_TREE_PROC, "cwd", NULL, NULL);
	if (!directory || *directory != '/')
		return path;
	path += has_prefix(path, "./") ? 2 : 0;
	return scratch_format(&resolver->scratch, "%s/%s",
			      strcmp(directory, "/") == 0 ? "" : directory, path);
}

/* The "name" of a package.json. */
static const char *package_name(struct resolver *resolver, const char *path)
{
	size_t size, offset;
	const char *text = ask_file(resolver, EG_TREE_ROOT, path, &size, NULL), *reason;
	struct eg_json document, key, value;
	struct eg_json_cursor cursor;

	if (!text || eg_json_check(text, size, &offset, &reason) < 0)
		return NULL;
	document = eg_json_document(text, size);
	if (eg_json_type(document) != EG_JSON_OBJECT)
		return NULL;
	cursor = eg_json_open(document);
	while (eg_json_next(&cursor, &key, &value)) {
		if (eg_json_is(key, "name") && eg_json_type(value) == EG_JSON_TEXT)
			return scratch_own(&resolver->scratch, eg_json_decode(value));
	}
	return NULL;
}

#define PACKAGE_LEVELS 8 /* directories above a script in which its package.json may be */

static const char *find_package_name(struct resolver *resolver, const char *script)
{
	size_t size = strlen(script);
	const char *name = NULL, *path = NULL;

	for (int i = 0; i < PACKAGE_LEVELS && !name; i++) {
		while (size && script[size - 1] != '/')
			size--;
		if (!size)
			break;
		path = scratch_format(&resolver->scratch, "root%.*spackage.json", (int)size,
				      script);
		name = package_name(resolver, path + strlen("root"));
		size--;
	}
	if (!name || !*name)
		return NULL;
	note(resolver, "name", name, path, TRUST_USER);
	return name;
}

/* A Java class has a name, not a path: "com.example.Main", "module/com.example.Main". */
static bool is_class(const struct interpreter *by, const char *text)
{
	return strcmp(by->name, "java") == 0 && *text != '/' && !has_suffix(text, ".jar") &&
	       !has_suffix(text, ".java");
}

/* execveat(2) of a descriptor leaves a path that says nothing of the file. */
static bool is_descriptor(const char *path)
{
	return has_prefix(path, "/dev/fd/") || has_prefix(path, "/proc/self/fd/");
}

static void find_by_arguments(struct resolver *resolver, const struct interpreter *by)
{
	bool module, name_only;
	const char *found = find_argument(resolver, by, &module);

	if (!found || !*found || is_descriptor(found))
		return;
	name_only = module || is_class(by, found);
	resolver->script_trust = TRUST_USER;
	resolver->script_name = name_only ? found : base_name(found);
	resolver->script = module ? scratch_format(&resolver->scratch, "python-module:%s", found)
			   : name_only ? found
				       : resolve(resolver, found);
}

void find_script(struct resolver *resolver)
{
	const char *script = resolver->facts->script;
	const struct interpreter *by;

	if (!resolver->exe || resolver->memfd)
		return;
	by = find_interpreter(resolver->exe_name);
	if (script && *script && !is_descriptor(script)) {
		resolver->script = resolve(resolver, script);
		resolver->script_name = base_name(script);
		resolver->script_trust = path_trust(resolver->facts);
		resolver->script_executed = true;
	} else if (by) {
		find_by_arguments(resolver, by);
	}
}

static const char *script_title(struct resolver *resolver)
{
	const struct interpreter *by = find_interpreter(resolver->exe_name);
	const char *name = NULL;

	if (has_prefix(resolver->script, "python-module:"))
		return scratch_format(&resolver->scratch, "%s (python)", resolver->script_name);
	if (by && by->packaged && *resolver->script == '/')
		name = find_package_name(resolver, resolver->script);
	return name ? name : resolver->script_name;
}

bool ident_script(struct resolver *resolver)
{
	const char *first = argument(resolver, 0);
	bool kernel;

	if (!resolver->script)
		return false;
	kernel = resolver->script_executed;
	/* What it was called says more than its file, where nothing better is known. */
	resolver->component = kernel || !first || !find_interpreter(base_name(first))
				      ? resolver->exe_name
				      : base_name(first);
	note_executable(resolver);
	if (kernel)
		note_field(resolver, "script", resolver->script, "cmdline", "bprm->filename",
			   resolver->script_trust);
	else
		note_arguments(resolver, resolver->script);
	return answer(resolver, "script",
		      scratch_format(&resolver->scratch, "script:%s", resolver->script),
		      script_title(resolver), resolver->script_trust);
}
