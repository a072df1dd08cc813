// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

/** 0 to 1. */
export type Random = () => number;

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)] as T;
}

const longest = 48 * 1024;
/** What parsers trip over. */
const morsels = [
  '"',
  "\\",
  '\\"',
  "\\u0000",
  "\\ud800",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  "\u001b[2J",
  "\u009b",
  "\u202e",
  "\u2028",
  "\ufeff",
  "__proto__",
  "constructor",
  '"__proto__":{"polluted":1},',
  "null",
  "true",
  "-0",
  "1e400",
  "-1",
  "9007199254740993",
  "18446744073709551616",
  "0x7f",
  "NaN",
  "2026-08-01T13:12:60Z",
  "0000-00-00T00:00:00Z",
  "9999-12-31T23:59:59.999999999+23:59",
  "<134>1 - - - - - - forged",
  "| cs1=forged",
  '"] [x@1 a="',
  "${HOME}",
  "${file:/etc/hostname}",
  "${${",
  "&a [*a]",
  "!!js/function ",
  "<<: ",
  "\t",
  "%00%0a",
  "../../etc/passwd",
].map((text) => Buffer.from(text));
const badUtf8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map(
  (bytes) => Buffer.from(bytes),
);

/** One of `seeds` with one to eight changes. */
export function mutated(seeds: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(pick(random, seeds));
  for (let changes = 1 + below(random, 8); changes > 0; changes--)
    bytes = change(bytes, seeds, random).subarray(0, longest);
  return bytes;
}

function change(bytes: Buffer, seeds: readonly Buffer[], random: Random): Buffer {
  const at = below(random, bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + below(random, random() < 0.8 ? 16 : 4096));
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at);
  switch (below(random, 9)) {
    case 0: {
      if (bytes.length === 0) return bytes;
      const flipped = Buffer.from(bytes);
      const place = Math.min(at, bytes.length - 1);
      flipped[place] = (flipped[place] as number) ^ (1 << below(random, 8));
      return flipped;
    }
    case 1:
      return Buffer.concat([before, pick(random, morsels), after]);
    case 2:
      return Buffer.concat([before, pick(random, badUtf8), after]);
    case 3:
      return Buffer.concat([before, bytes.subarray(to)]);
    case 4:
      return Buffer.concat([before, bytes.subarray(at, to), after]);
    case 5: {
      const other = pick(random, seeds);
      const from = below(random, other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + below(random, 512)), after]);
    }
    case 6:
      return bytes.subarray(0, at);
    case 7: {
      const piece = random() < 0.5 ? pick(random, morsels) : bytes.subarray(at, Math.min(to, at + 64));
      const times = random() < 0.95 ? below(random, 64) : below(random, 20_000);
      return Buffer.concat([before, ...Array.from({ length: times }, () => piece), after]);
    }
    default:
      return Buffer.concat([before, pick(random, morsels), bytes.subarray(to)]);
  }
}

const texts = [
  "",
  "x",
  "acme/vision",
  "\r\n<134>1 2026-08-01T00:00:00Z h a - - - forged",
  '"] [x@1 a="',
  "a|b=c\\d",
  "\u001b[2J\u009b\u007f\u0000",
  "\u202e\u2066\u2028\u2029\u0085",
  "trailing\\",
  "=HYPERLINK(1)",
  "é😀\ud800",
  "../../x",
  "<script>",
  "y".repeat(5_000),
];

/** Some JSON text, well-formed but for a few. */
export function someJson(random: Random, depth = 3): string {
  const kind = below(random, depth > 0 ? 9 : 7);
  if (kind < 3) return JSON.stringify(pick(random, texts));
  if (kind === 3)
    return pick(random, ["0", "-0", "1e400", "9007199254740993", "0.1000000000000000000001", "-1"]);
  if (kind === 4) return pick(random, ["null", "true", "false"]);
  if (kind === 5) return String(below(random, 1_000));
  if (kind === 6) return random() < 0.02 ? "[".repeat(5_000) + "]".repeat(5_000) : "{}";
  const inner = Array.from({ length: below(random, 4) }, () => someJson(random, depth - 1));
  if (kind === 7) return `[${inner.join(", ")}]`;
  return `{${inner.map((json) => `${JSON.stringify(pick(random, ["a", "__proto__", "constructor", "length", "1"]))}: ${json}`).join(",\n")}}`;
}
