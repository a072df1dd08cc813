import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatNames } from "../../src/format/all.ts";
import { outputKinds } from "../../src/output/all.ts";
import { anyOutputKind } from "../../src/output/configured.ts";
import { batch, outputBase } from "../../src/schema/output-base.ts";
import { nothing } from "../config/stand-in-kinds.ts";

const sizes = batch({ maxEvents: 10, maxBytes: "1MB", maxWait: "1s" });
const schema = z.strictObject({ ...outputBase, batch: sizes, format: z.enum(["ecs", "raw"]).default("ecs") });
const rest = {
  type: "drain",
  formats: ["ecs", "raw"],
  destination: () => ["here"],
  guarantee: () => "sent" as const,
  proves: () => "it was sent",
  textFormat: () => "ecs" as const,
  preview: () => nothing,
  create: nothing,
};

describe("a kind of output", () => {
  it("makes a configured output of what was written, with what its kind says about it", () => {
    const kind = anyOutputKind({ ...rest, schema, textFormat: ({ format }) => format });
    const written = kind.schema.parse({ name: "a", timeout: "5s" });
    expect(written).toMatchObject({
      type: "drain",
      config: { name: "a", timeout: 5_000 },
      guarantee: "sent",
      losesUnnoticed: false,
      writes: [],
      writesToStdout: false,
      sendTimeoutMs: 5_000,
      textFormat: "ecs",
    });
    expect(written.inFormat("raw")?.textFormat).toBe("raw");
    expect(written.inFormat("cef")).toBeUndefined();
  });

  it("does not compile without the keys that the program reads of every output", () => {
    const { timeout: _, ...withoutTimeout } = outputBase;
    // @ts-expect-error no `timeout`
    anyOutputKind({ ...rest, schema: z.strictObject({ ...withoutTimeout, batch: sizes }) });
    // @ts-expect-error no `batch`
    anyOutputKind({ ...rest, schema: z.strictObject(outputBase) });
    // @ts-expect-error `tls` is something else
    anyOutputKind({ ...rest, schema: schema.extend({ tls: z.boolean() }) });
  });
});

it("shows each format as exactly one kind sends it, where `map --frame` names no output", () => {
  const shown = outputKinds.flatMap(({ example }) => example?.formats ?? []);
  expect([...shown].sort()).toEqual([...formatNames].sort());
  for (const { type, formats, schema, example } of outputKinds) {
    if (example === undefined) continue;
    expect(formats).toEqual(expect.arrayContaining([...example.formats]));
    expect(schema.safeParse({ name: "a", type, ...example.config }).error?.message).toBeUndefined();
  }
});
