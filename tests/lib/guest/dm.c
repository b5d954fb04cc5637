// SPDX-License-Identifier: GPL-2.0-or-later
/* dm create NAME MAJOR:MINOR START SECTORS, dm remove NAME: a device of the device mapper's that is a piece of another. */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static union {
	struct dm_ioctl head;
	char room[4096];
} request;

static int ask(int fd, unsigned long cmd, const char *name)
{
	struct dm_ioctl *head = &request.head;

	head->version[0] = DM_VERSION_MAJOR;
	head->data_size = sizeof(request);
	head->data_start = sizeof(*head);
	snprintf(head->name, sizeof(head->name), "%s", name);
	if (!ioctl(fd, cmd, head))
		return 0;
	perror(name);
	return -1;
}

static int load(int fd, char **argv)
{
	struct dm_target_spec *spec = (void *)(request.room + sizeof(request.head));
	char *text = (char *)(spec + 1);

	memset(&request, 0, sizeof(request));
	request.head.target_count = 1;
	spec->length = strtoull(argv[5], NULL, 0);
	strcpy(spec->target_type, "linear");
	spec->next = sizeof(*spec) + 256;
	snprintf(text, 256, "%s %s", argv[3], argv[4]);
	return ask(fd, DM_TABLE_LOAD, argv[2]);
}

static int create(int fd, char **argv)
{
	if (ask(fd, DM_DEV_CREATE, argv[2]) || load(fd, argv))
		return -1;
	memset(&request, 0, sizeof(request));
	return ask(fd, DM_DEV_SUSPEND, argv[2]);	/* without DM_SUSPEND_FLAG, it is the contrary */
}

int main(int argc, char **argv)
{
	int fd = open("/dev/mapper/control", O_RDWR);

	if (fd < 0) {
		perror("/dev/mapper/control");
		return 1;
	}
	if (argc == 6 && !strcmp(argv[1], "create"))
		return create(fd, argv) ? 1 : 0;
	if (argc == 3 && !strcmp(argv[1], "remove"))
		return ask(fd, DM_DEV_REMOVE, argv[2]) ? 1 : 0;
	return 2;
}
