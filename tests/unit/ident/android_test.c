/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Apps in Android containers: the owner of the socket decides. */
#include "question.h"

/* A list as the system writes it, and some of fewer fields. */
#define PACKAGES                                                                                   \
	"'packages_list': ["                                                                       \
	"'com.android.chrome 10123 0 /data/user/0/com.android.chrome "                             \
	"default:targetSdkVersion=33 3003 0 567 1 x', "                                            \
	"'com.android.settings 1000 0 /data/user_de/0/x platform:privapp none', "                  \
	"'com.google.android.gms 10110 0 /d s none', "                                             \
	"'com.google.android.gsf 10110 0 /d s none', "                                             \
	"'com.android.providers.downloads 10012 0 /d s none', "                                    \
	"'com.android.providers.media 10012 0 /d s none', "                                        \
	"'com.android.networkstack 1073 0 /d s none', "                                            \
	"'com.example.noicon 10130 0 /d s none']"

/* A container of a pod, below another cgroup. */
#define POD "/kubepods/pod3fa85f64-5717-4562-b3fc-2c963f66afa6/" ID_A "', 'uid': 0, "

static void uid_decides_and_name_refines(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10123, 'sk_uid': 10123, "
			   "'cmdline': ['com.android.chrome']",
		  .id = "android:waydroid/com.android.chrome",
		  .name = "com.android.chrome",
		  .component = "main",
		  .trust = "root",
		  .via = "",
		  .flag = "" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10123, 'sk_uid': 10123, 'cmdline': ['com.evil.other']",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "com.evil.other",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10130, 'sk_uid': 10130, "
			   "'cmdline': ['com.example.noicon:remote']",
		  .id = "android:waydroid/com.example.noicon",
		  .component = "remote" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10012, 'sk_uid': 10012, "
			   "'cmdline': ['android.process.media']",
		  .id = "android:waydroid/com.android.providers.downloads",
		  .component = "android.process.media",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10110, 'sk_uid': 10110, "
			   "'cmdline': ['com.google.android.gsf.x']",
		  .id = "android:waydroid/com.google.android.gsf" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1000, 'sk_uid': 1000, "
			   "'cmdline': ['com.android.settings']",
		  .id = "android:waydroid/com.android.settings",
		  .component = "main",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1000, 'sk_uid': 1000, 'cmdline': ['system_server']",
		  .id = "android:waydroid/system:system_server",
		  .name = "Android system server",
		  .component = "system_server",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1000, 'sk_uid': 1000, 'cmdline': ['com.other.name']",
		  .id = "android:waydroid/system:system_server" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1073, 'sk_uid': 1073, "
			   "'cmdline': ['com.android.networkstack.process']",
		  .id = "android:waydroid/com.android.networkstack" },
	};

	(void)state;
	question_ask_all(questions);
}

static void uids_have_ranges(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1010123, 'sk_uid': 1010123, "
			   "'cmdline': ['com.android.chrome']",
		  .id = "android:waydroid/com.android.chrome@u10",
		  .name = "com.android.chrome (user 10)",
		  .component = "main" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 20123, 'sk_uid': 20123, "
			   "'cmdline': ['com.android.chrome_sdk_sandbox']",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "sdk_sandbox",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 30123, 'sk_uid': 30123, "
			   "'cmdline': ['com.android.chrome']",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "pcc" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 50123, 'sk_uid': 50123, "
			   "'cmdline': ['com.android.chrome']",
		  .id = "android:waydroid/com.android.chrome" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 99001, 'sk_uid': 99001, "
			   "'cmdline': ['com.android.chrome:sandboxed_process0:org.x:0']",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "isolated:sandboxed_process0",
		  .trust = "heuristic" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1099001, 'sk_uid': 1099001, "
			   "'cmdline': ['com.android.chrome:sandboxed_process0']",
		  .id = "android:waydroid/com.android.chrome@u10" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 90001, 'sk_uid': 90001, 'cmdline': ['#!']",
		  .id = "android:waydroid/system:isolated" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10123, 'sk_uid': 10123, "
			   "'cmdline': ['com.android.chrome_zygote']",
		  .component = "app_zygote" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/oemd', " PACKAGES ", 'uid': 2950, 'sk_uid': 2950",
		  .id = "android:waydroid/system:oem-2950" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', 'exe': '/system/bin/x', " PACKAGES
			   ", 'uid': 9999, 'sk_uid': 9999",
		  .id = "android:waydroid/system:nobody" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/sh', " PACKAGES
			   ", 'uid': 2000, 'sk_uid': 2000, 'cmdline': ['sh']",
		  .id = "android:waydroid/system:shell",
		  .name = "Android shell",
		  .component = "sh" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1002, 'sk_uid': 1002, "
			   "'cmdline': ['com.android.bluetooth']",
		  .id = "android:waydroid/system:bluetooth",
		  .name = "Android Bluetooth",
		  .component = "com.android.bluetooth" },
	};

	(void)state;
	question_ask_all(questions);
}

static void owner_is_not_the_sender(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/netd', " PACKAGES ", 'uid': 0, 'sk_uid': 10123, "
			   "'cmdline': ['/system/bin/netd'], 'dport': 53",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "dns via netd",
		  .trust = "root",
		  .via = "netd" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/netd', " PACKAGES
			   ", 'uid': 0, 'sk_uid': 1051, 'cmdline': ['/system/bin/netd'], "
			   "'dport': 853",
		  .id = "android:waydroid/system:dns",
		  .name = "Android DNS resolver",
		  .component = "netd",
		  .trust = "root",
		  .via = "" },
		/* netd tags its queries, in the name of the app or of itself. */
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/netd', " PACKAGES ", 'uid': 0, 'sk_uid': 10123, "
			   "'cmdline': ['/system/bin/netd'], "
			   "'cookie_tag': {'uid': 10123, 'tag': '0xFFFFFF82'}",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "dns via netd",
		  .via = "netd" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/netd', " PACKAGES ", 'uid': 0, 'sk_uid': 10123, "
			   "'cmdline': ['/system/bin/netd'], "
			   "'cookie_tag': {'uid': 1051, 'tag': '0xFFFFFF82'}",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "dns via netd",
		  .via = "netd" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/data/data/com.android.chrome/netd', " PACKAGES
			   ", 'uid': 10123, 'sk_uid': 10123, 'cmdline': ['com.android.chrome']",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "main",
		  .via = "" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/mediaserver', " PACKAGES ", 'uid': 1013, "
			   "'sk_uid': 1013, 'cmdline': ['/system/bin/mediaserver'], "
			   "'cookie_tag': {'uid': 10123, 'tag': '0xFFFFFF02'}",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "media via mediaserver" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/netd', " PACKAGES
			   ", 'uid': 0, 'sk_uid': 0, 'cmdline': ['/system/bin/netd']",
		  .id = "android:waydroid/system:netd",
		  .name = "Android netd",
		  .component = "netd" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10012, 'sk_uid': 10012, "
			   "'cmdline': ['android.process.media'], "
			   "'cookie_tag': {'uid': 10123, 'tag': 4294967041}",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "download via android.process.media",
		  .trust = "root",
		  .via = "android:waydroid/com.android.providers.downloads" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/mediaserver', " PACKAGES
			   ", 'uid': 1013, 'sk_uid': 1013",
		  .id = "android:waydroid/system:mediaserver",
		  .name = "Android media server",
		  .component = "mediaserver" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 0, 'sk_uid': 0, 'cmdline': ['zygote64']",
		  .id = "android:waydroid/system:zygote",
		  .name = "Android zygote",
		  .component = "zygote64" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 1053, 'sk_uid': 1053, 'cmdline': ['webview_zygote']",
		  .id = "android:waydroid/system:webview_zygote" },
	};

	(void)state;
	question_ask_all(questions);
}

static void what_is_not_listed_is_a_guess(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10177, 'sk_uid': 10177, "
			   "'cmdline': ['org.example.fresh']",
		  .id = "android:waydroid/org.example.fresh",
		  .component = "main",
		  .trust = "heuristic",
		  .guessed = true },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10177, 'sk_uid': 10177, "
			   "'cmdline': ['org.example.fresh:push']",
		  .id = "android:waydroid/org.example.fresh",
		  .component = "push",
		  .trust = "heuristic",
		  .guessed = true },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10177, 'sk_uid': 10177, "
			   "'cmdline': ['<pre-initialized>']",
		  .id = "android:waydroid/system:uid-10177",
		  .component = "<pre-initialized>",
		  .trust = "heuristic",
		  .guessed = true },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 65534, 'sk_uid': 65534, "
			   "'cmdline': ['com.android.chrome']",
		  .id = "android:waydroid/com.android.chrome",
		  .component = "main",
		  .trust = "heuristic",
		  .guessed = true },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', 'uid': 10123, "
			   "'exe': '/system/bin/app_process64', 'exited': true",
		  .id = "android:waydroid/system:uid-10123",
		  .guessed = true },
	};

	(void)state;
	question_ask_all(questions);
}

static void container_comes_first(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/lxc.payload.anbox', 'uid': 110123, "
			   "'sk_uid': 110123, 'userns': 'container', "
			   "'uid_map': ['0 100000 999', '1000 1000 1', "
			   "'1001 101001 64534'], 'exe': '/system/bin/app_process64', "
			   "'cmdline': ['com.android.chrome'], " PACKAGES,
		  .id = "android:anbox/com.android.chrome" },
		{ .facts = "'cgroup': '0::/lxc.payload.anbox', 'uid': 1000, "
			   "'userns': 'container', 'uid_map': ['0 100000 999', "
			   "'1000 1000 1'], 'exe': '/system/bin/app_process64', "
			   "'cmdline': ['system_server'], " PACKAGES,
		  .id = "android:anbox/system:system_server" },
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'uid': 10123, 'exe': '/system/bin/app_process64', "
			   "'cmdline': ['com.android.chrome'], " PACKAGES,
		  .id = "android:0123456789ab/com.android.chrome" },
		{ .facts = "'cgroup': '0::/lxc.payload.android', 'uid': 0, "
			   "'exe': '/usr/sbin/sshd', 'cmdline': ['sshd']",
		  .id = "container:lxc/android" },
		{ .facts = "'cgroup': '0::/user.slice/user-1000.slice/session-2.scope', "
			   "'uid': 0, 'pidns': 'container', "
			   "'init_cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/toybox', 'cmdline': ['ping']",
		  .id = "android:waydroid/system:root",
		  .name = "Android root",
		  .component = "ping",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::/user.slice/user-1000.slice/session-2.scope', "
			   "'uid': 1000, 'exe': '/system/bin/app_process64', "
			   "'cmdline': ['com.android.chrome']",
		  .id = "exe:/system/bin/app_process64" },
	};

	(void)state;
	question_ask_all(questions);
}

/* redroid in Kubernetes: each app, not the pod as one; another pod stays a pod. */
static void pods_hold_androids_too(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::" POD
			   "'exe': '/system/bin/app_process64', 'sk_uid': 10123, "
			   "'cmdline': ['com.android.chrome:push'], " PACKAGES
			   ", 'var_log_containers': ['phone-0_lab_redroid-" ID_A ".log']",
		  .id = "android:lab/phone-0/redroid/com.android.chrome",
		  .name = "com.android.chrome",
		  .component = "push",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::" POD
			   "'exe': '/system/bin/netd', 'cmdline': ['netd'], " PACKAGES,
		  .id = "android:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab/"
			"system:netd",
		  .trust = "root" },
		{ .facts = "'cgroup': '0::" POD "'exe': '/usr/sbin/nginx', 'cmdline': ['nginx']",
		  .id = "k8s:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab",
		  .name = "0123456789ab" },
		/* What is written of root's pods is not true of what a user calls so. */
		{ .facts = "'cgroup': '" MANAGER POD "'exe': '/system/bin/app_process64', "
			   "'sk_uid': 10123, 'mntns': 'container', "
			   "'cmdline': ['com.android.chrome'], " PACKAGES
			   ", 'var_log_containers': ['phone-0_lab_redroid-" ID_A ".log']",
		  .id = "android:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab/"
			"com.android.chrome",
		  .trust = "user" },
	};

	(void)state;
	question_ask_all(questions);
}

static void claims_of_users_stay_claims(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/lxc.payload.waydroid",
		  .facts = "'exe': '/tmp/evil', 'cmdline': ['com.android.chrome'], "
			   "'mntns': 'init', " PACKAGES,
		  .id = "exe:/tmp/evil",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/lxc.payload.waydroid",
		  .facts = "'sk_uid': 10123, 'exe': '/system/bin/app_process64', "
			   "'cmdline': ['com.android.chrome'], 'mntns': 'container', " PACKAGES,
		  .id = "android:waydroid/com.android.chrome",
		  .trust = "user" },
		/* One id, mapped to another app's, and a list that says so. */
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', 'uid': 10130, "
			   "'sk_uid': 10130, 'userns': 'container', "
			   "'uid_map': ['     10123      10130          1'], "
			   "'exe': '/system/bin/app_process64', "
			   "'cmdline': ['com.android.chrome'], " PACKAGES,
		  .id = "android:waydroid/system:uid-10130",
		  .component = "com.android.chrome",
		  .trust = "user",
		  .flag = "uid-mismatch" },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', 'uid': 10130, "
			   "'userns': 'container', 'uid_map': ['1051 10130 1'], "
			   "'exe': '/system/bin/app_process64', 'cmdline': ['evil'], " PACKAGES,
		  .id = "android:waydroid/system:uid-10130",
		  .trust = "user",
		  .flag = "uid-mismatch" },
		/* Of no listed uid, and called like a package that has another one. */
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', "
			   "'exe': '/system/bin/app_process64', " PACKAGES
			   ", 'uid': 10188, 'sk_uid': 10188, "
			   "'cmdline': ['com.android.chrome:push']",
		  .id = "android:waydroid/system:uid-10188",
		  .component = "com.android.chrome:push",
		  .trust = "heuristic",
		  .flag = "uid-mismatch",
		  .guessed = true },
		{ .facts = "'cgroup': '0::/lxc.payload.waydroid', 'uid': 10130, "
			   "'userns': 'container', 'uid_map': ['10123 10130 1'], "
			   "'exe': '/data/evil', 'cmdline': ['com.android.chrome'], " PACKAGES,
		  .id = "container:lxc/waydroid",
		  .trust = "root" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uid_decides_and_name_refines),
		cmocka_unit_test(uids_have_ranges),
		cmocka_unit_test(owner_is_not_the_sender),
		cmocka_unit_test(what_is_not_listed_is_a_guess),
		cmocka_unit_test(container_comes_first),
		cmocka_unit_test(pods_hold_androids_too),
		cmocka_unit_test(claims_of_users_stay_claims),
	};

	return cmocka_run_group_tests_name("ident/android", tests, NULL, NULL);
}
