import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { controlPath } from "../../src/admin/ask.ts";
import { latenessFindings } from "../../src/command/lateness-findings.ts";
import { loadConfig } from "../../src/config/load.ts";
import { systemRandom } from "../../src/random.ts";
import { NewRecords } from "../../src/spool/chunk/new-records.ts";
import { LatenessTally } from "../../src/spool/lateness.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { latenessStatus } from "../../src/status/lateness-status.ts";
import { systemClock } from "../../src/time/clock.ts";
import { acme, dayMs, knownRecord, record, today, uidOfText } from "../fake/records.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lateness-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A configuration with a `lookback`, whose state has a record that came so many seconds late. */
function scene(lookback: string, lateSeconds: number | undefined, running = false) {
  const stateDir = join(folder, "state");
  const file = join(folder, "config.yaml");
  writeFileSync(
    file,
    `state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: https://acme.example, api_key: x, lookback: ${lookback} }
outputs:
  - { name: console, type: stdout }
`,
  );
  const terminal = fakeTerminal({});
  const config = loadConfig(file, terminal);
  if (lateSeconds !== undefined) {
    const { random, clock } = { random: systemRandom, clock: systemClock };
    const store = openStore({ stateDir, ...config.spool, clock, random, sources: ["prod"] });
    const shownAt = today * dayMs + lateSeconds * 1_000;
    const records = new NewRecords(new LatenessTally({ from: 0, to: Number.POSITIVE_INFINITY, shownAt }));
    records.add(record("a"));
    const known = new Map([[today, knownRecord(uidOfText("a"))]]);
    const counts = [{ day: today, fetched: 1, known: 0 }];
    store.append("prod", records, { instance: acme, known, counts }, { seconds: shownAt / 1_000, nanos: 0 });
    store.close();
  }
  return latenessFindings(config, { running, timeoutMs: 1_000 });
}

it("warns where records came later than lookback reaches, by the state where no daemon runs", async () => {
  expect(await scene("26h", 32 * 3_600)).toMatchObject([
    { name: "source prod", findings: [{ level: "warning", fix: expect.stringContaining("lookback: 40h") }] },
  ]);
});

it("says that lookback is enough, and nothing where nothing is known", async () => {
  expect(await scene("26h", undefined)).toEqual([]);
  expect(await scene("26h", 3_600)).toMatchObject([
    { findings: [{ level: "ok", text: expect.stringContaining("lookback 26h is enough") }] },
  ]);
});

it("asks the daemon where one runs, and goes by the lookback of this configuration", async () => {
  const stateDir = join(folder, "state");
  mkdirSync(stateDir);
  const lateness = latenessStatus(
    { lookbackMs: 3_600_000 },
    { lateness: [{ day: 1, counts: [1], latest: 7_200 }] },
  );
  let body = JSON.stringify({
    sources: [
      { name: "prod", lateness },
      { name: "other", lateness: null },
    ],
  });
  const daemon = createServer((_, response) => response.end(body));
  await new Promise<void>((resolve) => daemon.listen(controlPath(stateDir), resolve));
  try {
    expect(await scene("26h", undefined, true)).toMatchObject([
      { findings: [{ level: "ok", text: expect.stringContaining("up to 2 h late") }] },
    ]);
    expect(await scene("1h", undefined, true)).toMatchObject([
      { findings: [{ level: "warning", fix: expect.stringContaining("lookback: 3h") }] },
    ]);
    body = "not what it was asked for";
    expect(await scene("26h", undefined, true)).toEqual([]);
  } finally {
    daemon.close();
  }
});
