import type { Payloads } from "../payloads.ts";
import { eventsHole, type JsonTemplate, piecesOf, timeBytes } from "./template.ts";

/** How events stand together in a request. */
export const bodyKinds = ["ndjson", "json_array", "json"] as const;
/** One of them. */
export type BodyKind = (typeof bodyKinds)[number];

/** What stands in front of, between and behind the events. */
export interface BodyShape {
  readonly before: Buffer;
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

/** The events at `indexes` as one body. */
export function requestBody(batch: Payloads, indexes: readonly number[], shape: BodyShape): Buffer {
  const { before, between, behind } = shape;
  let size = before.length + behind.length + Math.max(0, indexes.length - 1) * between.length;
  for (const index of indexes) size += batch.size(index) - timeBytes;
  const body = Buffer.allocUnsafe(size);
  let at = before.copy(body);
  for (const [nth, index] of indexes.entries()) {
    if (nth > 0) at += between.copy(body, at);
    at += batch.at(index).copy(body, at, timeBytes);
  }
  behind.copy(body, at);
  return body;
}
