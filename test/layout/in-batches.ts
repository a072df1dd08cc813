import { type Cause, GrowingBatch, type Shape } from "../../src/deliver/batch.ts";
import type { EncodedChunk } from "../../src/spool/chunk/chunk-codec.ts";
import { NewRecords } from "../../src/spool/chunk/new-records.ts";
import { chunkReader } from "../../src/spool/remote/chunk-reader.ts";
import { origin } from "../format/arbitrary-event.ts";

const day = 20_666;

/** A chunk of these lines; `oddities` say in turn what is unusual of them. */
export function chunkOf(
  lines: readonly Buffer[],
  oddities: readonly string[],
  firstSeq: number,
): EncodedChunk {
  const records = new NewRecords();
  lines.forEach((bytes, at) => {
    const how = oddities[at % oddities.length];
    records.add({
      uid: String(firstSeq + at).padStart(16, "\u00ff"),
      day: how === "day" ? day + 1 : day,
      late: how === "late",
      ...(how === "fault" && { fault: "not_json" }),
      bytes,
    });
  });
  const [{ count, bytes }] = records.chunks as [(typeof records.chunks)[0]];
  const observed = { seconds: 1_785_592_800 + firstSeq, nanos: 7 };
  return { firstSeq, count, source: origin.source, observed, bytes: Uint8Array.from(bytes) };
}

interface Delivered {
  readonly payloads: string[];
  readonly sent: string[];
  readonly times: number[];
  /** `seq` of each that is filtered, and of each that is given up. */
  readonly filtered: number[];
  readonly givenUp: number[];
  readonly through: number;
}

/** What one batch after the other has of these records; `known` as a batch has it. */
export async function delivered(
  all: readonly EncodedChunk[],
  shape: Shape,
  bytes: number,
  events = 90,
  known: ReadonlyMap<number, Cause> = new Map(),
): Promise<Delivered[]> {
  const fetch = (after: number) =>
    Promise.resolve(all.find(({ firstSeq, count }) => after + 1 >= firstSeq && after + 1 < firstSeq + count));
  const own = await Promise.all(
    all.map(async (chunk) => ({ ...chunk, bytes: Uint8Array.from(chunk.bytes) })),
  );
  const { read } = chunkReader((after) =>
    fetch(after).then((found) => own.find(({ firstSeq }) => firstSeq === found?.firstSeq)),
  );
  const batches: Delivered[] = [];
  for (let position = 0; ; ) {
    const batch = new GrowingBatch(position, shape, { events, bytes }, known);
    while (!batch.full) {
      const records = await read(batch.through, batch.room);
      if (records.length === 0) break;
      batch.add(records);
    }
    if (batch.empty) return batches;
    batches.push({
      payloads: Array.from({ length: batch.payloads.count }, (_, at) => batch.payloads.at(at).toString()),
      sent: [...batch.sent].map(({ uid, seq }, at) => `${uid} ${seq} ${batch.sent.day(at)}`),
      times: [...batch.times],
      filtered: [...batch.filtered].map(({ seq }) => seq),
      givenUp: batch.givenUp.map(({ record }) => record.seq),
      through: batch.through,
    });
    position = batch.through;
  }
}

/** A shape without runs, and the same with them, which counts the events that go so. */
export function inRunsAndOneByOne({ follow, ...oneByOne }: Shape): {
  readonly oneByOne: Shape;
  readonly inRuns: Shape;
  followed(): number;
} {
  let followed = 0;
  const counting: Shape["follow"] = (record, reach, into) => {
    const count = follow?.(record, reach, into) ?? 0;
    followed += count;
    return count;
  };
  return { oneByOne, inRuns: { ...oneByOne, follow: counting }, followed: () => followed };
}
