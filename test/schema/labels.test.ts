import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type formatNames, formats } from "../../src/format/all.ts";
import { hecEncoder } from "../../src/output/splunk-hec/encoder.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { labels } from "../../src/schema/labels.ts";
import { encoded } from "../fake/payloads.ts";
import { agent } from "../format/arbitrary-event.ts";
import { readCef } from "../format/cef-reader.ts";
import { eventOf, vectors } from "../format/vectors.ts";

const refused = (written: unknown) =>
  labels.safeParse(written).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
const isName = (name: string) => /^[a-z][a-z0-9_]{0,31}$/.test(name);

describe("labels", () => {
  it("are names and values, sorted by name", () => {
    expect(labels.parse({ tenant: "acme", environment: "Größe 1" })).toEqual([
      ["environment", "Größe 1"],
      ["tenant", "acme"],
    ]);
  });

  it.each(["Tenant", "a-b", "a.b", "1a", "_a", "", "a".repeat(33), "a b"])(
    "say which name they do not take: %j",
    (name) => {
      expect(refused(Object.fromEntries([[name, "x"]]))).toEqual([
        `${name}: use 1 to 32 of a-z, 0-9 and _ as the name, a letter first: no format takes other ones`,
      ]);
    },
  );

  it.each([
    ["", "must not be empty"],
    [" a", "must not begin or end with a space"],
    ["a\nb", "must be one line, of visible characters"],
    ["a\u202eb", "must be one line, of visible characters"],
    ["a\ud800", "must be one line, of visible characters"],
    ["a".repeat(201), "must be at most 200 characters"],
    [42, "must be a text: put numbers, true and false in quotes"],
  ])("say which value they do not take, and why: %j", (value, message) => {
    expect(refused({ tenant: value })).toEqual([`tenant: ${message}`]);
  });

  it("are twenty at most", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${at}`, "x"]));
    expect(refused(many(20))).toEqual([]);
    expect(refused(many(21))).toEqual([": must be at most 20"]);
  });

  it("name what to call one whose name something else has", () => {
    expect(refused({ src: "x" })).toEqual([
      "src: is a name that events have already in some format: call it label_src",
    ]);
  });
});

const hec = hecEncoder({
  ...{ index: undefined, sourcetype: "t", source: undefined, host: undefined },
  ...{ format: "cim" as const, agent },
});

describe("names that are taken", () => {
  const free = (names: Iterable<string>) =>
    [...new Set(names)].filter((name) => isName(name) && refused({ [name]: "x" }).length === 0);

  it("are those of W&B's keys", () => {
    expect(free(knownKeys)).toEqual([]);
  });

  it("are those of the CEF dictionary", () => {
    const file = join(import.meta.dirname, "..", "data", "cef_keys.yaml");
    const { extensions } = parse(readFileSync(file, "utf8")) as { extensions: readonly { key: string }[] };
    expect(free(extensions.map(({ key }) => key))).toEqual([]);
  });

  it("are those that stand beside a label in any format", () => {
    const events = vectors.map(({ input, uid }) => eventOf(input, uid));
    for (const event of events) {
      const written = (name: (typeof formatNames)[number]) =>
        encoded({ encode: formats[name](agent) }, event).toString();
      expect(free(readCef(written("cef")).extension.keys())).toEqual([]);
      for (const name of ["cim", "json"] as const)
        expect(free(Object.keys(JSON.parse(written(name))))).toEqual([]);
      const { fields } = JSON.parse(encoded({ encode: hec }, event).toString());
      expect(free(Object.keys(fields))).toEqual([]);
    }
  });
});
