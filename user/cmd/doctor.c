/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret doctor: what works on this machine, and what is not seen because of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <egret/base.h>
#include <egret/caps.h>
#include <egret/probe.h>

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
		[EG_FEATURE_UNTRIED] = EG_CHECK_MISSING,
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
		.detail = untried	       ? "not tried: only root can"
			  : feature->detail[0] ? feature->detail
					       : NULL,
		.affects = feature->affects,
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

static int run(const struct eg_options *options)
{
	_cleanup_(eg_freep) struct eg_feature *features = NULL;
	_cleanup_(eg_freep) struct eg_check *checks = NULL;
	const char *missing = eg_caps_missing();
	struct utsname names = {};
	struct eg_output output;
	struct report report;
	size_t count;

	if (eg_output_open(options, &output) < 0)
		return EG_EXIT_INCOMPLETE;
	if (eg_probe_features(!missing, &features, &count) < 0)
		return EG_EXIT_FAILED;
	checks = calloc(count + 1, sizeof(*checks));
	if (!checks)
		return EG_EXIT_FAILED;
	uname(&names);
	checks[0] = privilege_check(missing);
	for (size_t i = 0; i < count; i++)
		checks[i + 1] = check_of(&features[i]);
	report = (struct report){
		.doctor = { .kernel = names.release, .checks = checks, .checks_count = count + 1 },
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
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT,
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON),
	.run = run,
};
