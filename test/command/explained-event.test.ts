import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type ExplainedFrom, explainedEvent } from "../../src/command/explained-event.ts";
import { loadWithoutSecrets } from "../../src/config/look.ts";
import type { AskedLookup } from "../../src/spool/event-lookup.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "explained-"));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, "config.yaml");
writeFileSync(
  config,
  `state_dir: state
sources: [{ name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}" }]
outputs:
  - { name: siem, type: stdout, redact: { pseudonymize: [actor_email], key: "\${PSEUDONYMS}" } }
`,
);

const trace = { position: 9, abandoned: false, beyond: true, passed: {}, again: false, moved: false };
const lookup = {
  traces: async () => ({ outputs: ["gone", "siem"].map((output) => ({ ...trace, output })) }),
  books: async () => ({ books: [] }),
  sources: async () => ({ sources: [] }),
} as unknown as AskedLookup;

const record = {
  ...{ seq: 3, source: "removed", uid: "a".repeat(32), day: 20_666, late: true },
  observed: { seconds: 1_785_592_800, nanos: 0 },
  bytes: Buffer.from('{"timestamp":"2026-08-01T13:00:00Z","action":"a:b","actor_email":"a@b.example"}'),
};

it("shows no payload of a heartbeat to an output that it is not for", async () => {
  const loaded = await loadWithoutSecrets(config, {
    environment: { KEY: "key", PSEUDONYMS: "k".repeat(40) },
  });
  const from: ExplainedFrom = { options: { config, frame: false }, loaded, lookup, troubles: new Map() };
  const beat = { ...record, seq: -1_785_592_800_000, source: "forwarder" };
  const event = await explainedEvent({ uid: beat.uid, twins: 0, record: beat }, from, fakeTerminal());
  expect(event).toMatchObject({ ledger: null, seq: null });
  const state = { state: "filtered", after: "2026-08-01T14:00:00.000Z", payload: null, payload_note: null };
  expect(event.outputs).toMatchObject([
    { output: "gone", ...state },
    { output: "siem", ...state },
  ]);
});

it("shows no name of a source that is gone, and no pseudonym without its key", async () => {
  const loaded = await loadWithoutSecrets(config, { environment: { KEY: "key" } });
  const from: ExplainedFrom = { options: { config, frame: false }, loaded, lookup, troubles: new Map() };
  const event = await explainedEvent({ uid: record.uid, twins: 0, record }, from, fakeTerminal());
  expect(event).toMatchObject({ identity: null, ledger: "not_known", late: true, day: null });
  expect(event.record).not.toContain("a@b.example");
  expect(event.outputs).toMatchObject([
    { output: "gone", payload: null, payload_note: "the output is not configured any more" },
    { output: "siem", payload: null, payload_note: expect.stringContaining("pseudonyms") },
  ]);
});
