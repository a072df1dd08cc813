import { describe, expect, test } from "vitest";
import type { HttpAnswer } from "../../../src/net/http/http.ts";
import type { RawRecord } from "../../../src/record/record.ts";
import { readWindow } from "../../../src/source/wandb-api/read-window.ts";
import { ManualClock } from "../../fake/manual-clock.ts";
import { recordsOf } from "../../fake/records-of.ts";
import { failure, line, noon, today } from "./reading.ts";

const good = line(today, 1);
const malformed = '{"timestamp":"2026-08-20T';
const long = line(today, 2, { a: "x".repeat(2000) });

/** Reads one body, in pieces of this many bytes. */
async function read(
  body: string,
  { acceptMalformed = false, piece = 700 } = {},
): Promise<(string | undefined)[]> {
  const bytes = Buffer.from(body);
  const window = readWindow({
    query: "numDays=1",
    limit: "refused",
    request: async () => answerOf(bytes, piece),
    start: 0,
    maxLine: 1024,
    acceptMalformed,
    body: { minRate: 0, allowUnframed: false },
    clock: new ManualClock(noon),
    scrub: (text) => text,
  });
  const records: RawRecord[] = [];
  let step = await window.next();
  for (; step.done !== true; step = await window.next()) records.push(...recordsOf(step.value));
  return records.map(({ fault }) => fault);
}

function answerOf(bytes: Buffer, piece: number): HttpAnswer {
  return {
    status: 200,
    headers: { "content-length": String(bytes.length) },
    body: (async function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    })(),
    bytes: async () => bytes,
    text: async () => bytes.toString(),
    discard: () => {},
  };
}

describe.each([false, true])("a window's last line, with accept_malformed %s", (acceptMalformed) => {
  const outcome = (...lines: string[]) =>
    read(lines.join("\n"), { acceptMalformed }).then((faults) => faults.sort());

  test.each([1, 7, 1023, 1_000_000])("is itself what counts, in pieces of %i bytes", async (piece) => {
    const faults = (text: string) => read(text, { acceptMalformed, piece }).then((each) => each.sort());
    expect(await faults(`${good}\n${malformed}\n${long}`)).toEqual(["line_too_long", "not_json", undefined]);
    expect(await faults(`${good}\n${malformed}\n  \r`)).toEqual(["not_json", undefined]);
    expect(await failure(faults(`${good}\n${malformed}`))).toMatchObject({ reason: "cut_body" });
  });

  test("may come without an end when it is an entry", async () => {
    expect(await outcome(good, malformed, good)).toEqual(["not_json", undefined, undefined]);
  });

  test("shows a cut within it when it is no entry, however long it is", async () => {
    for (const last of [malformed, '{"a":1}}', "7", long.slice(0, 1500), `${long}x`])
      expect(await failure(outcome(good, last))).toMatchObject({
        reason: "cut_body",
        message: "the answer ends in the middle of a record",
      });
  });

  test("is quarantined when only a limit keeps it from being read", async () => {
    const deep = `{"a":${"[".repeat(70)}${"]".repeat(70)}}`;
    expect(await outcome(good, deep)).toEqual(["too_deep", undefined]);
    expect(await outcome(good, long)).toEqual(["line_too_long", undefined]);
  });

  test("may be blank after anything, with an end or without", async () => {
    for (const blanks of ["", " ", "\r", "\t \r", " \n", "\n\n  "])
      expect(await outcome(good, malformed, blanks)).toEqual(["not_json", undefined]);
  });
});
