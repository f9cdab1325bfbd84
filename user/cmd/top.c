/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret top: who sends what where, live in the terminal. */
#include <errno.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

#include "cmd.h"
#include "top_draw.h"
#include "top_source.h"

struct top {
	const struct eg_options *options;
	struct source *source;
	struct screen *screen;
	struct top_ui ui;
};

static int draw(struct top *top)
{
	struct top_origin origin = source_origin(top->source);

	return top_draw(top->screen, &top->ui, &origin, source_summary(top->source));
}

/* While the picture stands still, counting goes on. */
static int measure(struct top *top)
{
	int r = top_model_measure(&top->ui.model, source_summary(top->source),
				  source_span(top->source));

	if (r < 0 || top->ui.paused)
		return r;
	top_model_show(&top->ui.model);
	return top_ui_list(&top->ui);
}

static int read_keys(struct top *top)
{
	struct press press;
	int r = 0;

	while (r == 0 && !top->ui.quit && (press = screen_read(top->screen)).kind != PRESS_NONE)
		r = top_ui_press(&top->ui, &press);
	return r;
}

/* 0, or -errno after one line on stderr. */
static int loop(struct top *top)
{
	int r = draw(top);

	while (r == 0 && !top->ui.quit) {
		int event = source_wait(top->source, screen_fd(top->screen));

		if (event < 0)
			return event;
		if (event == SOURCE_END)
			break;
		if (event == SOURCE_INPUT)
			r = read_keys(top);
		else if (event == SOURCE_MEASURED)
			r = measure(top);
		if (r == 0 && !top->ui.quit)
			r = draw(top);
	}
	if (r < 0)
		eg_command_fail(top->options->of, r);
	return r;
}

static int refuse_screen(int error)
{
	switch (error) {
	case -EOPNOTSUPP:
		eg_error("top: this egret was built without ncurses");
		return EG_EXIT_FAILED;
	case -ENOTTY:
		eg_error("top: standard input and output must be a terminal (`egret summary "
			 "--interval 1s` prints to anywhere)");
		return EG_EXIT_USAGE;
	case -ENODEV:
		eg_error("top: a terminal of type '%s' can't be drawn on",
			 getenv("TERM") ? getenv("TERM") : "");
		return EG_EXIT_USAGE;
	default:
		eg_error("top: %s", strerror(-error));
		return EG_EXIT_FAILED;
	}
}

/* Before anything is traced: what can't be shown is not worth the work. */
static int check_screen(void)
{
	if (!screen_exists())
		return refuse_screen(-EOPNOTSUPP);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return refuse_screen(-ENOTTY);
	return EG_EXIT_OK;
}

static int show(struct top *top)
{
	struct eg_output output;
	struct eg_utf8 utf8;
	int r = top_model_init(&top->ui.model, &top->options->filter,
			       source_has_loopback(top->source));

	if (r < 0)
		return eg_command_fail(top->options->of, r);
	/* Its colours are as everywhere. */
	r = eg_output_open(top->options, &output);
	if (r < 0)
		return EG_EXIT_FAILED;
	eg_utf8_enter(&utf8);
	r = screen_open(output.print.color, &top->screen);
	if (r < 0) {
		eg_utf8_leave(&utf8);
		return refuse_screen(r);
	}
	r = loop(top);
	screen_close(top->screen);
	eg_utf8_leave(&utf8);
	if (r < 0)
		return EG_EXIT_FAILED;
	if (eg_summary_totals(source_summary(top->source)).complete)
		return EG_EXIT_OK;
	eg_warning("top: something was lost; the ledger's page (l) says what");
	return EG_EXIT_INCOMPLETE;
}

static int run(const struct eg_options *options)
{
	struct top top = { .options = options };
	int status = check_screen();

	if (!status)
		status = source_open(options, &top.source);
	if (!status)
		status = show(&top);
	top_view_free(&top.ui.view);
	top_model_free(&top.ui.model);
	source_close(top.source);
	return status;
}

const struct eg_command eg_command_top = {
	.name = "top",
	.help = "show live in the terminal who sends what where",
	.arguments = "",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_FILTER |
		   (EG_OPTIONS_TRACING & ~EG_BIT(EG_OPTION_NO_COMMAND_LINES)) |
		   EG_BIT(EG_OPTION_INTERVAL) | EG_BIT(EG_OPTION_BY) | EG_BIT(EG_OPTION_SINCE) |
		   EG_BIT(EG_OPTION_DATABASE),
	.run = run,
};
