// How many events a body holds, whatever it is that they are wrapped in.
#include <stdint.h>
#include <string.h>

static long long pieces(const char *body, size_t size, const char *piece, size_t length) {
  long long count = 0;
  const char *end = body + size;
  for (const char *at = body; (at = memmem(at, end - at, piece, length)) != NULL; at += length) count++;
  return count;
}

static long long hec_events(const char *body, size_t size) { return pieces(body, size, "{\"time\":", 8); }

static long long bulk_documents(const char *body, size_t size) { return pieces(body, size, "{\"create\":", 10); }

static const uint8_t *varint(const uint8_t *at, const uint8_t *end, uint64_t *value) {
  *value = 0;
  for (int shift = 0; at < end && shift < 64; shift += 7) {
    *value |= (uint64_t)(*at & 127) << shift;
    if (*at++ < 128) return at;
  }
  return NULL;
}

// Log records are field 2 of scopes, which are field 2 of resources, which are field 1 of the request.
static long long otlp_records(const uint8_t *at, const uint8_t *end, int depth) {
  long long count = 0;
  uint64_t key, value;
  while (at != NULL && at < end) {
    if ((at = varint(at, end, &key)) == NULL) break;
    if ((key & 7) == 1) at += 8;
    else if ((key & 7) == 5) at += 4;
    else if ((at = varint(at, end, &value)) == NULL) break;
    else if ((key & 7) == 2) {
      if (value > (uint64_t)(end - at)) break;
      if (key >> 3 == (depth == 0 ? 1 : 2)) count += depth == 2 ? 1 : otlp_records(at, at + value, depth + 1);
      at += value;
    }
  }
  return count;
}
