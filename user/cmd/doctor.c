/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret doctor: what works on this machine, and what is not seen because of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <egret/base.h>
#include <egret/caps.h>
#include <egret/probe.h>

#include "check_places.h"
#include "androids.h"
#include "cmd.h"

struct report {
	struct eg_doctor doctor;
	enum eg_format format;
	const struct eg_print_options *print;
};

static enum eg_check_status status_of(enum eg_feature_state state)
{
	static const enum eg_check_status statuses[] = {
		[EG_FEATURE_OK] = EG_CHECK_OK,		 [EG_FEATURE_DEGRADED] = EG_CHECK_DEGRADED,
		[EG_FEATURE_MISSING] = EG_CHECK_MISSING, [EG_FEATURE_FAILED] = EG_CHECK_FAILED,
		[EG_FEATURE_UNTRIED] = EG_CHECK_UNTRIED,
	};

	return statuses[state];
}

static struct eg_check privilege_check(const char *missing)
{
	return (struct eg_check){
		.name = "privilege",
		.status = missing ? EG_CHECK_FAILED : EG_CHECK_OK,
		.detail = missing ? missing : "may trace",
		.affects = missing ? "nothing can be traced without it: run as root" : NULL,
	};
}

static struct eg_check check_of(const struct eg_feature *feature)
{
	bool untried = feature->state == EG_FEATURE_UNTRIED;

	return (struct eg_check){
		.name = feature->name,
		.status = status_of(feature->state),
		.detail = untried	       ? "only root can try"
			  : feature->detail[0] ? feature->detail
					       : NULL,
		.affects = feature->affects,
	};
}

static struct eg_check check_library(const struct eg_library *library)
{
	return (struct eg_check){
		.name = library->name,
		.status = library->present ? EG_CHECK_OK : EG_CHECK_MISSING,
		.detail = library->present ? "a library that this egret was built with"
					   : "this egret was built without it",
		.affects = library->present ? NULL : library->affects,
	};
}

static struct eg_check html_check(void)
{
	bool built = eg_html_exists();

	return (struct eg_check){
		.name = "HTML",
		.status = built ? EG_CHECK_OK : EG_CHECK_MISSING,
		.detail = built ? "built in" : "this egret was built without it: make report-ui",
		.affects = built ? NULL : "report has no --format html",
		.optional = true,
	};
}

static int print(FILE *stream, void *data)
{
	const struct report *report = data;

	return eg_print_doctor(stream, report->format, &report->doctor, report->print);
}

static int exit_status(const struct eg_doctor *doctor, const char *missing)
{
	if (missing)
		return EG_EXIT_PRIVILEGE;
	return eg_doctor_status(doctor) == EG_CHECK_FAILED ? EG_EXIT_KERNEL : EG_EXIT_OK;
}

/* All checks in one list, in the order in which they are printed. */
static struct eg_check *list_checks(const char *missing, const struct eg_feature *features,
				    size_t features_count, const struct android_checks *androids,
				    const struct place_checks *places, size_t *ret_count)
{
	size_t count = 2 + features_count + androids->count + places->count + EG_LIBRARIES;
	size_t next = 0;
	struct eg_check *checks = calloc(count, sizeof(*checks));

	if (!checks)
		return NULL;
	checks[next++] = privilege_check(missing);
	for (size_t i = 0; i < features_count; i++)
		checks[next++] = check_of(&features[i]);
	for (size_t i = 0; i < androids->count; i++)
		checks[next++] = androids->checks[i];
	for (size_t i = 0; i < places->count; i++)
		checks[next++] = places->checks[i];
	for (size_t i = 0; i < EG_LIBRARIES; i++)
		checks[next++] = check_library(&eg_libraries()[i]);
	checks[next++] = html_check();
	*ret_count = count;
	return checks;
}

static int run(const struct eg_options *options)
{
	_cleanup_(eg_freep) struct eg_feature *features = NULL;
	_cleanup_(eg_freep) struct eg_check *checks = NULL;
	_cleanup_(places_closep) struct places *places = NULL;
	_cleanup_(place_checks_free) struct place_checks place_checks = { 0 };
	_cleanup_(android_checks_free) struct android_checks androids = { 0 };
	const char *missing = eg_caps_missing();
	struct utsname names = {};
	struct eg_output output;
	struct report report;
	size_t count;
	int status;

	if (eg_output_open(options, &output) < 0)
		return EG_EXIT_INCOMPLETE;
	status = places_open(options, &places);
	if (status)
		return status;
	if (eg_probe_features(!missing, &features, &count) < 0 ||
	    android_checks_make(!missing, &androids) < 0 ||
	    place_checks_make(places, eg_now_ns(), &place_checks) < 0)
		return eg_command_fail(options->of, -ENOMEM);
	checks = list_checks(missing, features, count, &androids, &place_checks, &count);
	if (!checks)
		return eg_command_fail(options->of, -ENOMEM);
	uname(&names);
	report = (struct report){
		.doctor = { .kernel = names.release, .checks = checks, .checks_count = count },
		.format = output.format,
		.print = &output.print,
	};
	if (eg_output_write(&output, print, &report) < 0)
		return EG_EXIT_INCOMPLETE;
	return exit_status(&report.doctor, missing);
}

const struct eg_command eg_command_doctor = {
	.name = "doctor",
	.help = "tell what works on this machine",
	.arguments = "",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_PLACES,
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON),
	.run = run,
};
