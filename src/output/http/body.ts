import type { Payloads } from "../payloads.ts";
import { eventsHole, type JsonTemplate, piecesOf } from "./template.ts";

/** How events stand together in a request. */
export const bodyKinds = ["ndjson", "json_array", "json"] as const;
/** One of them. */
export type BodyKind = (typeof bodyKinds)[number];

/** What stands in front of, between and behind the events. */
export interface BodyShape {
  readonly before: Buffer;
  /** Each payload ends with it, so that all of them together are a body but for its ends. */
  readonly between: Buffer;
  readonly behind: Buffer;
}

/** The shape of a body; an envelope has one place for the events. */
export function bodyShape(kind: BodyKind, envelope: JsonTemplate | undefined): BodyShape {
  const shape = (before: string, between: string, behind: string) => ({
    before: Buffer.from(before),
    between: Buffer.from(between),
    behind: Buffer.from(behind),
  });
  if (kind === "ndjson") return shape("", "\n", "\n");
  if (kind === "json") return shape("", "", "");
  const [before = "", , behind = ""] = envelope === undefined ? [] : piecesOf(envelope, [eventsHole]);
  return shape(`${before}[`, ",", `]${behind}`);
}

/**
 * The events at `indexes`, one at least, as one body in pieces; `head` bytes of each payload do not go on the
 * wire.
 */
export function requestBody(
  batch: Payloads,
  indexes: readonly number[],
  head: number,
  { before, between, behind }: BodyShape,
): readonly Buffer[] {
  const all = head === 0 && indexes.length === batch.count ? batch.whole() : joined(batch, indexes, head);
  return [before, all.subarray(0, all.length - between.length), behind];
}

function joined(batch: Payloads, indexes: readonly number[], head: number): Buffer {
  return Buffer.concat(indexes.map((index) => batch.at(index).subarray(head)));
}
