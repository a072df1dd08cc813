import { expect, it } from "vitest";
import { namedKinds, namedOutputs } from "../../src/config/named-kinds.ts";

const types = async (value: unknown) => {
  const kinds = await namedKinds(value);
  return kinds && [kinds.sources.map(({ type }) => type), kinds.outputs.map(({ type }) => type)];
};

it("has the kinds that are named, each once, and no others", async () => {
  const outputs = [{ type: "syslog" }, { type: "stdout", name: "kafka" }, { type: "syslog" }];
  expect(await types({ sources: [{ type: "file" }], outputs })).toEqual([["file"], ["stdout", "syslog"]]);
  expect((await namedOutputs(["otlp"]))?.map(({ type }) => type)).toEqual(["otlp"]);
});

it.each([
  ["a type that is none", { sources: [{ type: "file" }], outputs: [{ type: "splunk" }] }],
  ["a source's type that is none", { sources: [{ type: "kafka" }], outputs: [] }],
  ["what every object has", { sources: [], outputs: [{ type: "constructor" }] }],
  ["no type", { sources: [{}], outputs: [] }],
  ["no object", { sources: [7, null], outputs: [] }],
])("has none where the configuration has %s", async (_, value) => {
  expect(await types(value)).toBeUndefined();
});

it("has empty lists where there are no lists", async () => {
  expect(await types({ sources: "file", outputs: null })).toEqual([[], []]);
  expect(await types({})).toEqual([[], []]);
});
