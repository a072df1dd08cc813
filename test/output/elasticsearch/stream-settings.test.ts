import { expect, it } from "vitest";
import { settingFindings } from "../../../src/output/elasticsearch/stream-settings.ts";

const stream = "logs-wandb.audit-default";
const found = (answers: object, isThere = true) => said(JSON.stringify(answers), isThere);
const said = (text: string, isThere = true) =>
  settingFindings(
    {
      ask: async () => ({ status: 200, headers: {}, text }),
      each: [],
      reload: () => false,
      close: async () => {},
    },
    stream,
    isThere,
    new AbortController().signal,
  );
const index = (number: number, settings: object) => ({
  [`.ds-${stream}-2026.08.01-00000${number}`]: { settings },
});

it("finds a time series, which takes no uid as _id, before it is made as well", async () => {
  const settings = { "index.mode": "time_series" };
  const nested = { index: { mode: "time_series" } };
  for (const findings of [
    await found(index(1, settings)),
    await found({ template: { settings: nested } }, false),
  ])
    expect(findings).toMatchObject([{ level: "problem", fix: expect.stringContaining("setup") }]);
});

it("finds a block on the index that is written to, and on no other", async () => {
  for (const name of ["write", "read_only", "read_only_allow_delete"])
    expect(await found({ ...index(1, {}), ...index(2, { [`index.blocks.${name}`]: "true" }) })).toMatchObject(
      [{ level: "problem", text: expect.stringContaining(`index.blocks.${name}`) }],
    );
  expect(await found({ ...index(1, { "index.blocks.write": "true" }), ...index(2, {}) })).toEqual([]);
});

it("warns where an answer does not mean that it is on disk", async () => {
  const findings = await found(index(1, { "index.translog.durability": "async" }));
  expect(findings).toMatchObject([
    { level: "warning", text: expect.stringContaining("before it has written") },
  ]);
});

it("says nothing where it may not look, or nothing is wrong", async () => {
  expect(await found(index(1, { "index.mode": "logsdb" }))).toEqual([]);
  expect(await found({ error: "no" })).toEqual([]);
});

it("goes no deeper than settings do", async () => {
  const levels = 200_000;
  const settings = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  expect(await said(`{"template":{"settings":${settings}}}`, false)).toEqual([]);
  expect(await said(`{"${stream}":{"settings":${settings}}}`)).toEqual([]);
});
