// The other side of every benchmark, as cheap as it can be: a W&B server that sends a file, an HTTP receiver (HEC, OTLP, _bulk)
// and a syslog receiver (TCP, RELP; at the same port a broker of Kafka) that count what they get. `remote FOLDER` prints its two ports and ends when its input ends.
// GET /bench/serve?FILE  the log to send from now on; all counts begin again   GET /bench/counts  what was counted, as JSON
// GET /bench/busy?1      every POST is answered 503 until busy?0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "connection.h"
#include "count.h"
#include "kafka.h"

static atomic_llong events, requests, bytes, reads, reads_ended, asked, first, last;
static atomic_int busy;
static int zipped = -1;
static char file[4096];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void came(long long count, long long length) {
  long long none = 0, at = now();
  atomic_compare_exchange_strong(&first, &none, at);
  last = at;
  events += count;
  bytes += length;
}

static int answer(int fd, const char *status, const char *type, const char *body) {
  char text[2048];
  int size = snprintf(text, sizeof text, "HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %zu\r\n\r\n%s", status,
                      type, strlen(body), body);
  return send_all(fd, text, size);
}

static int send_log(int fd) {
  char name[sizeof file], head[256];
  pthread_mutex_lock(&lock);
  strcpy(name, file);
  pthread_mutex_unlock(&lock);
  long long none = 0;
  atomic_compare_exchange_strong(&asked, &none, now());
  reads++;
  struct stat about = {0};
  int log = open(name, O_RDONLY);
  if (log >= 0) fstat(log, &about);
  int size = snprintf(head, sizeof head,
                      "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ncontent-length: %lld\r\n\r\n",
                      (long long)about.st_size);
  int whole = send_all(fd, head, size);
  for (off_t at = 0; whole && at < about.st_size;) whole = sendfile(fd, log, &at, 4 << 20) > 0;
  if (log >= 0) close(log);
  reads_ended++;
  return whole;
}

// Every document of a _bulk is stored.
static int answer_bulk(int fd, long long documents) {
  static const char stored[] = "{\"create\":{\"status\":201}},";
  char head[128], *body = malloc(documents * sizeof stored + 16);
  size_t size = sprintf(body, "{\"items\":[");
  for (long long at = 0; at < documents; at++, size += sizeof stored - 1) memcpy(body + size, stored, sizeof stored);
  size += sprintf(body + size - (documents > 0), "]}") - (documents > 0);
  int length = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", size);
  int good = send_all(fd, head, length) && send_all(fd, body, size);
  free(body);
  return good;
}

static int take(struct connection *c, const char *head, const char *body, size_t size) {
  int otlp = strstr(head, "/v1/logs ") != NULL;
  if (busy) return answer(c->fd, "503 Service Unavailable", "application/json", "{\"text\":\"Server is busy\",\"code\":9}");
  if (strstr(head, "/_bulk?") != NULL) {
    long long documents = bulk_documents(body, size);
    came(documents, size);
    requests++;
    return answer_bulk(c->fd, documents);
  }
  if (strcasestr(head, "\r\ncontent-encoding: gzip") == NULL)
    came(otlp ? otlp_records((const uint8_t *)body, (const uint8_t *)body + size, 0) : hec_events(body, size), size);
  else {
    pthread_mutex_lock(&lock);
    if (write(zipped, body, size) != (ssize_t)size) abort();
    pthread_mutex_unlock(&lock);
    came(0, size);
  }
  requests++;
  return otlp ? answer(c->fd, "200 OK", "application/x-protobuf", "")
              : answer(c->fd, "200 OK", "application/json", "{\"text\":\"Success\",\"code\":0}");
}

static int control(int fd, char *path) {
  char text[512], *value = strchr(path, '?');
  if (strncmp(path, "/bench/busy", 11) == 0) busy = value != NULL && value[1] == '1';
  if (strncmp(path, "/bench/serve", 12) == 0 && value != NULL) {
    pthread_mutex_lock(&lock);
    snprintf(file, sizeof file, "%s", value + 1);
    pthread_mutex_unlock(&lock);
    if (ftruncate(zipped, 0) != 0) abort();
    events = requests = bytes = reads = reads_ended = asked = first = last = 0;
  }
  snprintf(text, sizeof text,
           "{\"events\":%lld,\"requests\":%lld,\"bytes\":%lld,\"reads\":%lld,\"readsEnded\":%lld,\"askedNs\":%lld,"
           "\"firstNs\":%lld,\"lastNs\":%lld}",
           events, requests, bytes, reads, reads_ended, asked, first, last);
  return answer(fd, "200 OK", "application/json", text);
}

static int get(struct connection *c, char *head) {
  char *path = head + 4, *end = strchr(path, ' ');
  if (end == NULL) return 0;
  *end = 0;
  if (strncmp(path, "/bench/", 7) == 0) return control(c->fd, path);
  if (strstr(path, "/audit_logs") != NULL) return send_log(c->fd);
  char *stream = strstr(path, "/_resolve/index/"), text[512];
  if (stream == NULL)
    return answer(c->fd, "200 OK", "application/json", "{\"text\":\"HEC is healthy\",\"code\":17}");
  snprintf(text, sizeof text, "{\"data_streams\":[{\"name\":\"%s\"}]}", stream + 16);
  return answer(c->fd, "200 OK", "application/json", text);
}

static void *http(void *given) {
  struct connection c = {.fd = (int)(intptr_t)given};
  for (;;) {
    char *end = NULL;
    while (c.have == 0 || (end = memmem(c.in, c.have, "\r\n\r\n", 4)) == NULL)
      if (!fill(&c, c.have)) goto over;
    size_t head_size = end - c.in + 4, size = 0, used = head_size;
    char *head = strndup(c.in, head_size), *length = strcasestr(head, "\r\ncontent-length:");
    int good = 1, in_chunks = strcasestr(head, "\r\ntransfer-encoding: chunked") != NULL;
    if (strcasestr(head, "\r\nexpect: 100") != NULL) good = send_all(c.fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    if (in_chunks) good = good && chunked(&c, head_size, &size, &used);
    else if (length != NULL) good = good && fill_to(&c, used = head_size + (size = strtoul(length + 17, NULL, 10)));
    if (good)
      good = strncmp(head, "GET ", 4) == 0 ? get(&c, head) : take(&c, head, in_chunks ? c.plain : c.in + head_size, size);
    free(head);
    if (!good) break;
    memmove(c.in, c.in + used, c.have -= used);
  }
over:
  close(c.fd);
  free(c.in);
  free(c.plain);
  return NULL;
}

// RELP: answers each message; what is answered at once goes out in one piece.
static void relp_stream(struct connection *c) {
  static const char welcome[] = "200 OK\nrelp_version=0\ncommands=syslog\n";
  char *answers = malloc(1 << 20);
  for (int good = 1; good;) {
    size_t at = 0, size = 0;
    long long count = 0;
    while (at < c->have && size < (1 << 20) - 256) {
      char *rest, *command, *begin = c->in + at;
      long transaction = strtol(begin, &rest, 10);
      if (*rest != ' ' || (command = rest + 1) + 8 > c->in + c->have || (rest = strchr(command, ' ')) == NULL) break;
      size_t length = strtoul(rest + 1, &rest, 10), whole = rest - begin + (length > 0) + length + 1;
      if (*rest == 0 || at + whole > c->have) break;
      if (*command == 'o')
        size += sprintf(answers + size, "%ld rsp %zu %s\n", transaction, sizeof welcome - 1, welcome);
      else size += sprintf(answers + size, "%ld rsp 6 200 OK\n", transaction), count += *command == 's';
      at += whole;
    }
    if (count > 0) came(count, at);
    memmove(c->in, c->in + at, c->have -= at);
    c->in[c->have] = 0;
    good = send_all(c->fd, answers, size) && fill(c, c->have);
  }
  free(answers);
}

// Kafka: a size of four bytes before each request, so the first of them is 0.
static void kafka_stream(struct connection *c) {
  struct sockaddr_in own;
  socklen_t room = sizeof own;
  struct reply *reply = malloc(sizeof *reply);
  getsockname(c->fd, (struct sockaddr *)&own, &room);
  for (int good = 1; good;) {
    good = fill_to(c, 4);
    size_t size = good ? number(c->in, 4) : 0;
    good = good && fill_to(c, 4 + size);
    long long records = good ? kafka_answer(reply, c->in + 4, ntohs(own.sin_port)) : -1;
    if (records < 0) break;
    if (records > 0) came(records, 4 + size), requests++;
    good = send_all(c->fd, reply->bytes, reply->size);
    memmove(c->in, c->in + 4 + size, c->have -= 4 + size);
  }
  free(reply);
}

// RFC 6587: octet counting, or a line each where the first byte is no digit; or RELP, which begins with its first command, or Kafka.
static void *syslog_stream(void *given) {
  int fd = (int)(intptr_t)given;
  struct connection c = {.fd = fd};
  if (fill(&c, 1 << 18) && c.have > 7 && strncmp(c.in, "1 open ", 7) == 0) {
    relp_stream(&c);
    goto over;
  }
  if (c.have > 0 && c.in[0] == 0) {
    kafka_stream(&c);
    goto over;
  }
  size_t left = 0, length = 0, room = c.room - 1;
  char *in = c.in;
  for (ssize_t got = c.have; got > 0; got = recv(fd, in, room, 0)) {
    long long count = 0;
    for (char *at = in, *end = in + got; at < end;) {
      if (left > 0) {
        size_t skipped = left < (size_t)(end - at) ? left : (size_t)(end - at);
        at += skipped, left -= skipped;
      } else if (*at >= '0' && *at <= '9') length = length * 10 + (*at++ - '0');
      else if (*at == ' ' && length > 0) left = length, length = 0, count++, at++;
      else if ((at = memchr(at, '\n', end - at)) == NULL) break;
      else count++, at++;
    }
    came(count, got);
  }
over:
  close(fd);
  free(c.in);
  return NULL;
}

static int listener(int *port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 128) != 0) exit(1);
  getsockname(fd, (struct sockaddr *)&at, &size);
  *port = ntohs(at.sin_port);
  return fd;
}

struct service {
  int fd;
  void *(*serve)(void *);
};

static void *accept_all(void *given) {
  struct service *service = given;
  for (int fd, yes = 1; (fd = accept(service->fd, NULL, NULL)) >= 0;) {
    pthread_t thread;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (pthread_create(&thread, NULL, service->serve, (void *)(intptr_t)fd) != 0) break;
    pthread_detach(thread);
  }
  exit(1);
}

int main(int count, char **arguments) {
  char name[4096];
  int http_port, syslog_port;
  if (count != 2) return 2;
  signal(SIGPIPE, SIG_IGN);
  snprintf(name, sizeof name, "%s/bodies.gz", arguments[1]);
  zipped = open(name, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
  if (zipped < 0) return 1;
  static struct service services[2];
  services[0] = (struct service){listener(&http_port), http};
  services[1] = (struct service){listener(&syslog_port), syslog_stream};
  for (int at = 0; at < 2; at++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, accept_all, &services[at]) != 0) return 1;
  }
  printf("%d %d\n", http_port, syslog_port);
  fflush(stdout);
  while (read(0, name, sizeof name) > 0)
    ;
  return 0;
}
