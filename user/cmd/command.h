/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command behind `--`: started in a cgroup of its own, followed to its end. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct command;

/*
 * Forks argv[0], as the user who called sudo, and holds it back before its
 * execve() until command_go(). The caller becomes the reaper of its
 * descendants. 0 or -errno.
 */
int command_new(char *const argv[], struct command **ret_command);
/* Kills what is left of it, and removes the cgroup. */
void command_free(struct command *command);

void command_go(struct command *command);
uint64_t command_cgroup_id(const struct command *command);

/*
 * Reaps whoever has ended; true once the command and all its descendants have. After
 * command_kill() those that have left the cgroup are left alone.
 */
bool command_ended(struct command *command);
/* Sends a signal to the command, if it still runs. */
void command_signal(const struct command *command, int number);
/* Kills the command and every process in the cgroup. */
void command_kill(struct command *command);
/* Once it has ended: was it executed, or was there no such program? To be asked once. */
bool command_was_executed(const struct command *command);
/* The status that a shell would show. Who has not ended by now is killed. */
int command_status(struct command *command);
