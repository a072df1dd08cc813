// One connection of HTTP: what was received, and bodies whichever way they come.
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// Both buffers grow to the largest body and stay.
struct connection {
  int fd;
  char *in, *plain;
  size_t room, have, plain_room;
};

static int fill(struct connection *c, size_t room) {
  if (c->room < room + 65536) c->in = realloc(c->in, c->room = room + 65536);
  ssize_t got = recv(c->fd, c->in + c->have, c->room - c->have - 1, 0);
  if (got <= 0) return 0;
  c->have += got;
  c->in[c->have] = 0;
  return 1;
}

static int fill_to(struct connection *c, size_t size) {
  while (c->have < size)
    if (!fill(c, size)) return 0;
  return 1;
}

static int send_all(int fd, const char *text, size_t size) {
  while (size > 0) {
    ssize_t sent = send(fd, text, size, MSG_NOSIGNAL);
    if (sent <= 0) return 0;
    text += sent, size -= sent;
  }
  return 1;
}

// Leaves the body's place and size; takes what follows the head and the body itself out of the connection.
static int chunked(struct connection *c, size_t from, size_t *size, size_t *used) {
  size_t at = from;
  *size = 0;
  for (;;) {
    char *line;
    while (c->have <= at || (line = memmem(c->in + at, c->have - at, "\r\n", 2)) == NULL)
      if (!fill(c, c->have)) return 0;
    size_t length = strtoul(c->in + at, NULL, 16);
    at = line - c->in + 2;
    if (!fill_to(c, at + length + 2)) return 0;
    if (c->plain_room < *size + length + 1) c->plain = realloc(c->plain, c->plain_room = 2 * (*size + length + 1));
    memcpy(c->plain + *size, c->in + at, length);
    *size += length;
    at += length + 2;
    if (length == 0) break;
  }
  *used = at;
  return 1;
}
