import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandom } from "../../../src/random.ts";
import { NewRecords } from "../../../src/spool/chunk/new-records.ts";
import { LatenessTally } from "../../../src/spool/lateness.ts";
import { latenessAtRest } from "../../../src/spool/sqlite/lateness-at-rest.ts";
import { openStore } from "../../../src/spool/sqlite/open-store.ts";
import { stateFiles } from "../../../src/spool/state-directory.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { acme, dayMs, knownRecord, record, today, uidOfText } from "../../fake/records.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "at-rest-"));
  const records = new NewRecords(
    new LatenessTally({ from: 0, to: Number.POSITIVE_INFINITY, shownAt: today * dayMs + 7_200_000 }),
  );
  records.add(record("a"));
  const store = openStore({
    stateDir: folder,
    maxBytes: 1 << 26,
    keepDelivered: 0,
    clock: systemClock,
    random: systemRandom,
    sources: ["prod"],
  });
  const known = new Map([[today, knownRecord(uidOfText("a"))]]);
  const counts = [{ day: today, fetched: 1, known: 0 }];
  store.append(
    "prod",
    records,
    { instance: acme, known, counts },
    { seconds: (today * dayMs) / 1000, nanos: 0 },
  );
  store.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const all = () =>
  readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return [name, statSync(path).mode, readFileSync(path).toString("latin1")];
    });

it("tells what the state knows, and leaves it as it is, also where others could read it", () => {
  chmodSync(folder, 0o770);
  const before = all();
  expect(latenessAtRest(folder, "prod")).toMatchObject([{ latest: 7_200 }]);
  expect(latenessAtRest(folder, "other")).toEqual([]);
  expect(all()).toEqual(before);
  expect(statSync(folder).mode & 0o777).toBe(0o770);
});

it("knows nothing of a state that was not closed, or is of another version", () => {
  const { database, wal } = stateFiles(folder);
  writeFileSync(wal, "what a killed process left");
  const before = all();
  expect(latenessAtRest(folder, "prod")).toBeUndefined();
  expect(all()).toEqual(before);
  rmSync(wal);
  const db = new DatabaseSync(database);
  db.exec("PRAGMA user_version = 3");
  db.close();
  expect(latenessAtRest(folder, "prod")).toBeUndefined();
});

it("throws where there is no state or a damaged one", () => {
  const { database } = stateFiles(folder);
  writeFileSync(database, Buffer.alloc(20_000, 1));
  expect(() => latenessAtRest(folder, "prod")).toThrow();
  rmSync(database);
  expect(() => latenessAtRest(folder, "prod")).toThrow();
});
