import { gzipSync } from "node:zlib";
import type { HttpAnswer } from "../../../src/net/http/http.ts";
import type { RawRecord } from "../../../src/record/record.ts";
import { readWindow } from "../../../src/source/wandb-api/read-window.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { recordsOf } from "../../fake/records-of.ts";
import { inventEntry, recordSeeds } from "./entries.ts";
import { expectMeant, expectUnpolluted, type Target } from "./fuzz.ts";
import { below, pick, type Random, someJson } from "./mutate.ts";

const maxLine = 16 * 1024;

/** Answers of the W&B server, as it came off the wire: all forms, all codings, cut into pieces anywhere. */
export const body: Target = {
  name: "body",
  inputs: 20_000,
  slowMs: 2_000,
  seeds: () => {
    const lines = recordSeeds().map((bytes) => bytes.toString("latin1").replaceAll("\n", " "));
    const several = Array.from({ length: 12 }, (_, at) => lines.slice(at * 7, at * 7 + 5));
    const plain = several.flatMap((some) => [
      `${some.join("\n")}\n`,
      `[${some.join(",")}]`,
      `{"audit_logs":[${some.join(",\n ")}],"count":${some.length},"next_cursor":"abc","range_start_time":"2026-08-01T00:00:00Z"}`,
    ]);
    const others = ["", "null", "<html>", '{"error":"no"}', "\ufeff{}", '{"audit_logs":null}'];
    const all = [...plain, ...others].map((text) => Buffer.from(text, "latin1"));
    return [...all.map((bytes) => Buffer.concat([Buffer.of(0), bytes])), ...all.map(packed)];
  },
  invent: (random) => {
    const entries = Array.from({ length: below(random, 6) }, () => inventEntry(random).toString("utf8"));
    const text = form(random, entries);
    const bytes = Buffer.from(text);
    return random() < 0.3 ? packed(bytes) : Buffer.concat([Buffer.of(below(random, 4)), bytes]);
  },
  open: () => ({
    async run(input, random) {
      const whole = await read(input, () => input.length);
      const cut = await read(input, () => 1 + below(random, input.length < 2_000 ? 16 : 4_096));
      // Of several faults the one that is met first is told, and that depends on the pieces.
      if (whole.failed ? !cut.failed : whole.text !== cut.text)
        throw new Error(`cut into pieces it reads otherwise: ${whole.text} / ${cut.text}`);
      expectUnpolluted();
    },
  }),
};

/** The first byte tells the coding: 1 is gzip. */
function packed(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(1), gzipSync(bytes, { level: 1 })]);
}

function form(random: Random, entries: readonly string[]): string {
  const oneLine = entries.map((entry) => entry.replaceAll("\n", " "));
  switch (below(random, 4)) {
    case 0:
      return `${oneLine.join(pick(random, ["\n", "\r\n", "\n\n"]))}${pick(random, ["", "\n"])}`;
    case 1:
      return `[${entries.join(",")}]`;
    default: {
      const members = [
        `"audit_logs":${pick(random, ["", " "])}[${entries.join(",")}]`,
        `"next_cursor":${pick(random, ["null", '"c"', '""', "1"])}`,
        `"count":${pick(random, [String(entries.length), "null", "-1"])}`,
        `"x":${someJson(random)}`,
      ];
      return `{${random() < 0.5 ? members.join(",") : members.reverse().join(",")}}`;
    }
  }
}

/** Reads it as a window of which every page is this answer; gives back what was seen, in one text. */
async function read(input: Buffer, pieceSize: () => number): Promise<{ failed: boolean; text: string }> {
  const gzip = input[0] === 1;
  const bytes = input.subarray(1);
  const answer = (): HttpAnswer => ({
    status: 200,
    headers: { "content-length": String(bytes.length), ...(gzip && { "content-encoding": "gzip" }) },
    body: pieces(bytes, pieceSize),
    bytes: async () => Buffer.alloc(0),
    text: async () => "",
    discard() {},
  });
  const reading = readWindow({
    query: "numDays=1",
    limit: "refused",
    request: async () => answer(),
    start: 0,
    maxLine,
    acceptMalformed: false,
    body: { minRate: 0, allowUnframed: false },
    clock: systemClock,
    scrub: (text) => text,
  });
  const seen: string[] = [];
  try {
    let step = await reading.next();
    while (step.done !== true) {
      seen.push(...recordsOf(step.value).map(recordText));
      step = await reading.next();
    }
    const { value } = step;
    return { failed: false, text: `${seen.join(" ")} ${"total" in value ? value.total : "refused"}` };
  } catch (error) {
    expectMeant(error, "SourceError");
    return { failed: true, text: (error as { reason: string }).reason };
  }
}

function recordText({ bytes, fault }: RawRecord): string {
  return `${fault ?? ""}${bytes.toString("base64")}`;
}

async function* pieces(bytes: Buffer, size: () => number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const to = at + Math.max(1, size());
    // A copy, as a socket gives: nothing may rely on what lies behind it.
    yield Buffer.from(bytes.subarray(at, to));
    at = to;
  }
}
