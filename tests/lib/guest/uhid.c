// SPDX-License-Identifier: GPL-2.0-or-later
/* uhid NAME: a mouse of that name, which is there until this program ends; each line of standard input is a movement of it. */
#include <fcntl.h>
#include <linux/uhid.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Three buttons, two axes: HID 1.11, E.10. */
static const unsigned char mouse[] = {
	0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x01, 0xa1, 0x00, 0x05, 0x09, 0x19, 0x01, 0x29, 0x03, 0x15, 0x00, 0x25, 0x01, 0x95,
	0x03, 0x75, 0x01, 0x81, 0x02, 0x95, 0x01, 0x75, 0x05, 0x81, 0x01, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15, 0x81, 0x25, 0x7f,
	0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xc0, 0xc0,
};

static struct uhid_event event;

static int tell(int fd)
{
	return write(fd, &event, sizeof(event)) == sizeof(event) ? 0 : -1;
}

static int create(int fd, const char *name)
{
	event.type = UHID_CREATE2;
	snprintf((char *)event.u.create2.name, sizeof(event.u.create2.name), "%s", name);
	memcpy(event.u.create2.rd_data, mouse, sizeof(mouse));
	event.u.create2.rd_size = sizeof(mouse);
	event.u.create2.bus = 3;	/* BUS_USB */
	event.u.create2.vendor = 0x1234;
	event.u.create2.product = 0x5678;
	return tell(fd);
}

static int move(int fd)
{
	memset(&event, 0, sizeof(event));
	event.type = UHID_INPUT2;
	event.u.input2.size = 3;
	event.u.input2.data[1] = 5;
	return tell(fd);
}

int main(int argc, char **argv)
{
	int fd = open("/dev/uhid", O_RDWR);
	struct pollfd polled[2] = { { .fd = fd, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
	char line[64];

	if (argc != 2 || fd < 0 || create(fd, argv[1])) {
		perror("uhid");
		return 1;
	}
	for (;;) {
		if (poll(polled, 2, -1) < 0)
			return 1;
		if (polled[0].revents && read(fd, &event, sizeof(event)) < 0)
			return 1;
		/* At its end, nothing more comes from there, but the mouse stays. */
		if (polled[1].revents && read(0, line, sizeof(line)) <= 0)
			polled[1].fd = -1;
		else if (polled[1].revents && move(fd))
			return 1;
	}
}
