import { describe, expect, it } from "vitest";
import { z } from "zod";
import { sourceBase } from "../../src/schema/source-base.ts";
import { anySourceKind } from "../../src/source/configured.ts";
import { nothing } from "../config/stand-in-kinds.ts";

const rest = {
  type: "spring",
  origin: ({ name }: { readonly name: string }) => ({
    source: name,
    instance: "acme",
    baseUrl: "",
    anonymize: false,
  }),
  wholeLog: true,
  maxRecordBytes: () => 2048,
  owes: () => [],
  lookback: () => 7,
  sweepReach: () => ({ since: 5, owed: [] }),
  noDays: () => undefined,
  closing: () => undefined,
  learned: () => [],
  otherLog: () => undefined,
  started: () => undefined,
  create: nothing,
};

describe("a kind of source", () => {
  it("makes a configured source of what was written, with where its records are from", () => {
    const kind = anySourceKind({ ...rest, schema: z.strictObject(sourceBase) });
    expect(kind.schema.parse({ name: "a" })).toMatchObject({
      type: "spring",
      config: { name: "a", poll_interval: 300_000 },
      origin: { source: "a", instance: "acme" },
      maxRecordBytes: 2048,
    });
  });

  it("does not compile without the keys that the program reads of every source", () => {
    const { poll_interval: _, ...withoutInterval } = sourceBase;
    // @ts-expect-error no `poll_interval`
    anySourceKind({ ...rest, schema: z.strictObject(withoutInterval) });
    // @ts-expect-error `poll_interval` is not a number of milliseconds
    anySourceKind({ ...rest, schema: z.strictObject({ ...sourceBase, poll_interval: z.string() }) });
  });
});
