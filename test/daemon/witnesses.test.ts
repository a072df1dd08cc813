import { expect, it } from "vitest";
import { roleOf, witnessesAmong } from "../../src/daemon/witnesses.ts";
import type { ConfiguredSource } from "../../src/source/configured.ts";

const started = () => undefined;
const sweepReach = () => undefined;

function source(name: string, role: "primary" | "verify", fields: object = {}): ConfiguredSource {
  const instance = "acme.example";
  return {
    ...{ config: { name, role }, origin: { instance }, wholeLog: false, lookbackMs: undefined },
    ...{ started, sweepReach, ...fields },
  } as unknown as ConfiguredSource;
}
const archive = source("archive", "verify");
const files = source("files", "primary");
const prod = source("prod", "primary", { wholeLog: true, lookbackMs: 9 });
const other = source("other", "primary", { origin: { instance: "other.example" } });

it("gives a witness the primaries of its instance, and to read again the one that shows the whole log", () => {
  const all = [archive, files, prod, other];
  expect([...witnessesAmong(all)]).toEqual([["archive", "prod"]]);
  expect(roleOf(archive, all)).toEqual({
    started,
    witnessOf: [
      { source: "prod", started },
      { source: "files", started },
    ],
  });
  expect([...witnessesAmong([files, other])]).toEqual([]);
});

it("lets what polls sweep, and a witness never", () => {
  const all = [prod, source("watch", "verify", { lookbackMs: 7 }), files];
  expect(all.map((each) => roleOf(each, all))).toEqual([
    { started, lookbackMs: 9, sweepReach },
    expect.not.objectContaining({ sweepReach: expect.anything() }),
    { started },
  ]);
});
