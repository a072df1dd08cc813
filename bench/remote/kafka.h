// A broker of Kafka that leads the one partition of any topic, keeps nothing and counts records by the heads of their batches.
// It speaks one version of each request: Produce 8, Metadata 8, ApiVersions up to 3, InitProducerId 1.
#include <stdint.h>

struct reply {
  char bytes[4096];
  size_t size;
};

static int64_t number(const char *at, int bytes) {
  int64_t value = 0;
  for (int each = 0; each < bytes; each++) value = value << 8 | (uint8_t)at[each];
  return value;
}

static void put(struct reply *r, int64_t value, int bytes) {
  for (int each = bytes - 1; each >= 0; each--) r->bytes[r->size++] = value >> (8 * each);
}

static void put_text(struct reply *r, const char *text, size_t size) {
  put(r, size, 2);
  memcpy(r->bytes + r->size, text, size), r->size += size;
}

static void kafka_versions(struct reply *r, int version) {
  static const int spoken[][3] = {{0, 8, 8}, {3, 8, 8}, {18, 0, 3}, {22, 1, 1}};
  put(r, 0, 2), version < 3 ? put(r, 4, 4) : put(r, 5, 1);
  for (int each = 0; each < 4; each++) {
    for (int part = 0; part < 3; part++) put(r, spoken[each][part], 2);
    if (version >= 3) put(r, 0, 1);
  }
  if (version >= 1) put(r, 0, 4);
  if (version >= 3) put(r, 0, 1);
}

static void kafka_metadata(struct reply *r, const char *body, int port) {
  int64_t topics = number(body, 4);
  put(r, 0, 4), put(r, 1, 4), put(r, 1, 4), put_text(r, "127.0.0.1", 9), put(r, port, 4), put(r, -1, 2);
  put_text(r, "bench", 5), put(r, 1, 4), put(r, topics > 0, 4);
  if (topics > 0) {
    put(r, 0, 2), put_text(r, body + 6, number(body + 4, 2)), put(r, 0, 1), put(r, 1, 4);
    put(r, 0, 2), put(r, 0, 4), put(r, 1, 4), put(r, 0, 4);
    put(r, 1, 4), put(r, 1, 4), put(r, 1, 4), put(r, 1, 4), put(r, 0, 4), put(r, -1, 4);
  }
  put(r, -1, 4);
}

// One topic with one partition: no id of a transaction, acks, timeout, and how many of each stand before their names.
static long long kafka_produce(struct reply *r, const char *body) {
  const char *topic = body + 2 + 2 + 4 + 4;
  size_t length = number(topic, 2);
  const char *batch = topic + 2 + length + 4 + 4 + 4;
  put(r, 1, 4), put_text(r, topic + 2, length), put(r, 1, 4), put(r, 0, 4), put(r, 0, 2);
  put(r, 0, 8), put(r, -1, 8), put(r, 0, 8), put(r, 0, 4), put(r, -1, 2), put(r, 0, 4);
  return number(batch + 57, 4);
}

// Answers a request of that size; gives back how many records came, or -1 for what nobody asks here.
static long long kafka_answer(struct reply *r, const char *request, int port) {
  int key = number(request, 2), version = number(request + 2, 2);
  int64_t client = number(request + 8, 2);
  const char *body = request + 10 + (client == 0xffff ? 0 : client);
  long long records = 0;
  r->size = 4;
  put(r, number(request + 4, 4), 4);
  if (key == 18) kafka_versions(r, version);
  else if (key == 3) kafka_metadata(r, body, port);
  else if (key == 22) put(r, 0, 4), put(r, 0, 2), put(r, 1, 8), put(r, 0, 2);
  else if (key == 0) records = kafka_produce(r, body);
  else return -1;
  size_t size = r->size;
  r->size = 0, put(r, size - 4, 4), r->size = size;
  return records;
}
