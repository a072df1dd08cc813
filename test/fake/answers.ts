import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

/** The body of a protocol's success, and its media type. */
export interface Success {
  readonly type: string;
  readonly body: Buffer;
}

/** An answer as bytes, and what it means: a success, or words and a cure. */
export interface RawAnswer {
  readonly name: string;
  /** Several pieces come one after the other, some milliseconds apart. */
  readonly bytes: (success: Success) => Buffer | readonly Buffer[];
  /** The connection ends after it. */
  readonly ends?: boolean;
  /** Absent: it is understood. */
  readonly fault?: { readonly words: RegExp; readonly fix?: RegExp; readonly hold?: boolean };
}

const join = (...parts: readonly (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
const length = ({ length: bytes }: Buffer) => `content-length: ${bytes}\r\n`;
const type = (value: string) => `content-type: ${value}\r\n`;

/** A success with these lines in its head. */
const withLines =
  (lines: string, status = "HTTP/1.1 200 OK") =>
  (success: Success) =>
    join(`${status}\r\n${type(success.type)}${length(success.body)}${lines}\r\n`, success.body);
/** A success whose body is coded like this. */
const coded = (coding: string, code: (body: Buffer) => Buffer) => (success: Success) => {
  const body = code(success.body);
  return join(
    `HTTP/1.1 200 OK\r\n${type(success.type)}content-encoding: ${coding}\r\n${length(body)}\r\n`,
    body,
  );
};
/** A success in chunks, written by `write`. */
const chunked =
  (write: (body: Buffer) => Buffer, lines = "transfer-encoding: chunked\r\n") =>
  (success: Success) =>
    join(`HTTP/1.1 200 OK\r\n${type(success.type)}${lines}\r\n`, write(success.body));
const after =
  (before: string) =>
  (success: Success): readonly Buffer[] => [join(before), withLines("")(success)];
const as =
  (value: string | undefined) =>
  ({ body }: Success) =>
    join(`HTTP/1.1 200 OK\r\n${value === undefined ? "" : type(value)}${length(body)}\r\n`, body);
const hex = (size: number) => size.toString(16);
const oneChunk = (body: Buffer, extension = "", trailer = "") =>
  join(`${hex(body.length)}${extension}\r\n`, body, `\r\n0${extension}\r\n${trailer}\r\n`);
const byteByByte = (body: Buffer) =>
  join(...[...body].map((byte) => join("1\r\n", Buffer.of(byte), "\r\n")), "0\r\n\r\n");

/** What RFC 9110 and 9112 allow, or what is harmless to take: every client has to understand it. */
export const allowed: readonly RawAnswer[] = [
  { name: "a plain answer", bytes: withLines("") },
  { name: "one chunk", bytes: chunked(oneChunk) },
  { name: "chunks of one byte", bytes: chunked(byteByByte) },
  { name: "chunk extensions", bytes: chunked((body) => oneChunk(body, ';name=value;other="a;b"')) },
  { name: "trailers", bytes: chunked((body) => oneChunk(body, "", "x-checksum: 1\r\nx-more: 2\r\n")) },
  {
    name: "chunk sizes with zeros and capitals",
    bytes: chunked((body) => join(`000${hex(body.length).toUpperCase()}\r\n`, body, "\r\n000\r\n\r\n")),
  },
  { name: "Chunked with a capital", bytes: chunked(oneChunk, "Transfer-Encoding: Chunked\r\n") },
  { name: "HTTP/1.0 that closes", bytes: withLines("", "HTTP/1.0 200 OK"), ends: true },
  {
    name: "HTTP/1.0 that keeps the connection",
    bytes: withLines("connection: keep-alive\r\n", "HTTP/1.0 200 OK"),
  },
  { name: "connection: close", bytes: withLines("connection: close\r\n"), ends: true },
  { name: "connection: close that does not", bytes: withLines("connection: close\r\n") },
  { name: "a hint for how long it keeps", bytes: withLines("keep-alive: timeout=5, max=100\r\n") },
  { name: "100 before it, unasked", bytes: after("HTTP/1.1 100 Continue\r\n\r\n") },
  { name: "100 with header fields", bytes: after("HTTP/1.1 100 Continue\r\nserver: old\r\nx: y\r\n\r\n") },
  { name: "102 before it", bytes: after("HTTP/1.1 102 Processing\r\n\r\n") },
  { name: "103 before it", bytes: after("HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n") },
  { name: "a status 1xx that nobody knows", bytes: after("HTTP/1.1 199 Soon\r\n\r\n") },
  {
    name: "100, 102 and 103 in a row",
    bytes: after(
      ["100 Continue", "102 Processing", "103 Early Hints"].map((s) => `HTTP/1.1 ${s}\r\n\r\n`).join(""),
    ),
  },
  { name: "a hundred times 102", bytes: after("HTTP/1.1 102 Processing\r\n\r\n".repeat(100)) },
  {
    name: "100 and the answer in one packet",
    bytes: (success) => join("HTTP/1.1 100 Continue\r\n\r\n", withLines("")(success)),
  },
  { name: "no reason phrase", bytes: withLines("", "HTTP/1.1 200 ") },
  { name: "neither reason phrase nor space", bytes: withLines("", "HTTP/1.1 200") },
  { name: "a reason phrase in Latin-1", bytes: withLines("", "HTTP/1.1 200 Gewährt") },
  { name: "names in odd case", bytes: withLines("X-ODD: 1\r\nx-Odd: 2\r\n") },
  { name: "no space after the colon", bytes: withLines("x-a:b\r\n") },
  { name: "white space around a value", bytes: withLines("x-a: \t b \t\r\n") },
  { name: "an empty value", bytes: withLines("x-empty:\r\n") },
  { name: "a value in Latin-1", bytes: withLines("x-latin: \xe4\xf6\xfc\r\n") },
  { name: "a head of 40 KiB", bytes: withLines(`x-large: ${"y".repeat(40_000)}\r\n`) },
  { name: "a thousand header fields", bytes: withLines("x-a: b\r\n".repeat(1_000)) },
  {
    name: "header fields twice",
    bytes: withLines("set-cookie: a=b\r\nset-cookie: c=d\r\nvia: 1.1 a\r\nvia: 1.1 b\r\n"),
  },
  {
    name: "a length with zeros before it",
    bytes: ({ type: t, body }) =>
      join(`HTTP/1.1 200 OK\r\n${type(t)}content-length: 000${body.length}\r\n\r\n`, body),
  },
  {
    name: "a head that comes byte by byte",
    bytes: (success) =>
      [...withLines("")(success)]
        .slice(0, 40)
        .map((byte) => Buffer.of(byte))
        .concat(withLines("")(success).subarray(40)),
  },
  { name: "an offer of another protocol", bytes: withLines("upgrade: h2c\r\nconnection: upgrade\r\n") },
  {
    name: "header fields named like parts of objects",
    bytes: withLines("__proto__: x\r\nconstructor: y\r\n"),
  },
  { name: "no media type", bytes: as(undefined) },
  {
    name: "a media type with a parameter",
    bytes: (success) => as(`${success.type}; charset=utf-8`)(success),
  },
  { name: "a media type in capitals", bytes: (success) => as(success.type.toUpperCase())(success) },
  { name: "media type application/octet-stream", bytes: as("application/octet-stream") },
  { name: "coding identity", bytes: coded("identity", (body) => body) },
  { name: "an empty coding", bytes: coded("", (body) => body) },
  { name: "coding gzip", bytes: coded("gzip", gzipSync) },
  { name: "coding GZIP", bytes: coded("GZIP", gzipSync) },
  { name: "coding x-gzip", bytes: coded("x-gzip", gzipSync) },
  {
    name: "coding gzip in chunks",
    bytes: (success) =>
      chunked(
        (body) => byteByByte(gzipSync(body)),
        "content-encoding: gzip\r\ntransfer-encoding: chunked\r\n",
      )(success),
  },
];

/** Codings that are registered and that nobody asked for: harmless for a short answer. */
export const unaskedCodings: readonly RawAnswer[] = [
  { name: "coding deflate", bytes: coded("deflate", deflateSync) },
  { name: "coding deflate without its zlib format", bytes: coded("deflate", deflateRawSync) },
  { name: "coding br", bytes: coded("br", brotliCompressSync) },
  { name: "coding zstd", bytes: coded("zstd", zstdCompressSync) },
  { name: "coding gzip twice", bytes: coded("gzip, gzip", (body) => gzipSync(gzipSync(body))) },
];

/** Its end is the end of the connection: allowed, and no proof that it is whole. */
export const unframed: RawAnswer = {
  name: "no framing but the end of the connection",
  bytes: ({ type: t, body }) => join(`HTTP/1.1 200 OK\r\n${type(t)}\r\n`, body),
  ends: true,
};

const bad = (words: RegExp, more: { fix?: RegExp; hold?: boolean } = {}) => ({
  words: new RegExp(`bad HTTP answer: .*${words.source}`),
  ...more,
});
const lengths =
  (lines: string) =>
  ({ type: t, body }: Success) =>
    join(`HTTP/1.1 200 OK\r\n${type(t)}${lines.replaceAll("N", String(body.length))}\r\n`, body);

/** What is not allowed, or is refused here ([decision 23](../../docs/adr/0023-own-http-client.md)). */
export const refused: readonly RawAnswer[] = [
  {
    name: "a folded value",
    bytes: withLines("x-folded: a\r\n  b\r\n"),
    fault: bad(/folded over several lines.*does not take/),
  },
  {
    name: "two lengths that differ",
    bytes: lengths("content-length: N\r\ncontent-length: 1\r\n"),
    fault: bad(/Content-Length/),
  },
  {
    name: "the same length twice",
    bytes: lengths("content-length: N\r\ncontent-length: N\r\n"),
    fault: bad(/Content-Length/),
  },
  { name: "a list of lengths", bytes: lengths("content-length: N, N\r\n"), fault: bad(/Content-Length/) },
  { name: "a negative length", bytes: lengths("content-length: -1\r\n"), fault: bad(/Content-Length/) },
  {
    name: "a length that is no number",
    bytes: lengths("content-length: many\r\n"),
    fault: bad(/Content-Length/),
  },
  {
    name: "a length beyond all numbers",
    bytes: lengths("content-length: 99999999999999999999\r\n"),
    fault: bad(/Content-Length/),
  },
  {
    name: "a length beside chunks",
    bytes: lengths("content-length: N\r\ntransfer-encoding: chunked\r\n"),
    fault: bad(/Content-Length|Transfer-Encoding/),
  },
  {
    name: "a transfer coding before chunks",
    bytes: chunked((body) => oneChunk(gzipSync(body)), "transfer-encoding: gzip, chunked\r\n"),
    fault: bad(/transfer coding that nobody asked for: gzip/),
  },
  {
    name: "a transfer coding after chunks",
    bytes: chunked(oneChunk, "transfer-encoding: chunked, gzip\r\n"),
    fault: bad(/transfer coding|Transfer-Encoding/),
    ends: true,
  },
  {
    name: "a chunk size that is none",
    bytes: chunked((body) => join("xyz\r\n", body, "\r\n0\r\n\r\n")),
    fault: bad(/chunk size/),
  },
  {
    name: "a chunk longer than its size",
    bytes: chunked((body) => join("1\r\n", body, "\r\n0\r\n\r\n")),
    fault: bad(/chunk/),
  },
  {
    name: "line ends without CR",
    bytes: ({ type: t, body }) =>
      join(`HTTP/1.1 200 OK\ncontent-type: ${t}\ncontent-length: ${body.length}\n\n`, body),
    fault: bad(/CR/),
  },
  { name: "a space before the colon", bytes: withLines("x-a : b\r\n"), fault: bad(/header/) },
  { name: "a header line without a colon", bytes: withLines("nonsense\r\n"), fault: bad(/header/) },
  { name: "a NUL in a value", bytes: withLines("x-a: b\0c\r\n"), fault: bad(/header/) },
  { name: "a bare CR in a value", bytes: withLines("x-a: b\rc\r\n"), fault: bad(/CR|LF/) },
  { name: "a status of two digits", bytes: withLines("", "HTTP/1.1 20 OK"), fault: bad(/status/) },
  { name: "a status of four digits", bytes: withLines("", "HTTP/1.1 2000 OK"), fault: bad(/status/) },
  { name: "HTTP of another version", bytes: withLines("", "HTTP/1.7 200 OK"), fault: bad(/version/) },
  {
    name: "a head of 70 KiB",
    bytes: withLines(`x-large: ${"y".repeat(70_000)}\r\n`),
    fault: bad(/head is larger than 64 KiB/, { fix: /proxies/ }),
  },
  {
    name: "status 101",
    bytes: () => join("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"),
    fault: bad(/another protocol/),
  },
  {
    name: "the banner of another protocol",
    bytes: () => join("SSH-2.0-OpenSSH_9.9\r\n"),
    ends: true,
    fault: bad(/does not begin with HTTP\/1\.1; is it https\?/, { fix: /scheme and port/ }),
  },
  {
    name: "a TLS alert: plain HTTP to a TLS port",
    bytes: () => Buffer.from("15030100020246", "hex"),
    ends: true,
    fault: bad(/speaks TLS/, { fix: /write https:\/\//, hold: true }),
  },
  {
    name: "HTTP/2 frames: a gRPC port",
    bytes: () => Buffer.from("00000604000000000000050000400000000408000000000000003f0001", "hex"),
    fault: bad(/HTTP\/2 only/, { fix: /4318/, hold: true }),
  },
];

/** The connection ends before the answer does. */
export const cut: readonly RawAnswer[] = [
  {
    name: "fewer bytes than the length says",
    bytes: (success) => withLines("")(success).subarray(0, -1),
    ends: true,
  },
  {
    name: "no last chunk",
    bytes: chunked((body) => join(`${hex(body.length)}\r\n`, body, "\r\n")),
    ends: true,
  },
  { name: "a head that breaks off", bytes: (success) => withLines("")(success).subarray(0, 30), ends: true },
];

/** A content coding that is not known. */
export const unknownCoding: RawAnswer = {
  name: "a coding that nobody knows",
  bytes: coded("snappy", (body) => body),
  fault: { words: /content coding that nobody asked for: snappy/, fix: /switch compression off/ },
};

/** Nothing at all. */
export const nothing: RawAnswer = {
  name: "no answer: the connection ends",
  bytes: () => Buffer.alloc(0),
  ends: true,
  fault: { words: /ended without an answer; is it https\?/, fix: /write https:\/\// },
};
