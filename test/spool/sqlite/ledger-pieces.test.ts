import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Unfinished } from "../../../src/ingest/allowance.ts";
import { ledger } from "../../../src/ingest/ledger.ts";
import { misdatedDay } from "../../../src/spool/spool-state.ts";
import { damages } from "../../../src/spool/sqlite/damages.ts";
import { database } from "../../../src/spool/sqlite/database.ts";
import { ledgerPieces } from "../../../src/spool/sqlite/ledger-pieces.ts";
import { seal } from "../../../src/spool/sqlite/seal.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import type { Store } from "../../../src/spool/store.ts";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import {
  acme,
  dayMs,
  done,
  idOfText,
  keep,
  knownIdentities,
  knownRecord,
  record,
  today,
  uidOfText,
} from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const [a, b] = [idOfText("a"), idOfText("b")];
const origins = (instance: string) => new Map([["prod", { instance, baseUrl: "https://acme.example" }]]);
const open = (instance = acme) => state.open({ sources: ["prod"], origins: origins(instance) });

function change(work: (db: DatabaseSync) => void): void {
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  work(db);
  db.close();
}

/** The state as the version before has left it: its ledger is by source. */
function earlierVersion(): void {
  keep(
    open(),
    "prod",
    [record("a"), record("a"), record("b")].map((each, at) => ({ ...each, uid: idOfText(`${at}`) })),
  );
  change((db) => {
    const identities = Buffer.from(a + a + b, "latin1");
    db.exec(
      `${withoutSegments}DROP TABLE known; DROP TABLE known_name; DROP TABLE shown_day; DROP TABLE backfill; DROP TABLE again; DROP TABLE again_key; DROP TABLE again_place; DROP TABLE again_source; DROP TABLE sweep; DROP TABLE lateness; DROP TABLE witness_day; DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 3`,
    );
    db.exec("DROP TABLE hold; DROP TABLE told; DROP TABLE configured");
    db.exec("DROP TABLE milestone; DROP TABLE active_day; DROP TABLE person; DROP TABLE replay");
    db.prepare(
      "INSERT INTO ledger (source, day, first_seq, count, identities, sum) VALUES (?, ?, ?, ?, ?, ?)",
    ).run("prod", today, 1, 3, identities, seal("ledger", ["prod", today, 1, 3, identities]));
  });
}

/** What one read says to these identities. */
function see(store: Store, identities: readonly string[], instance = acme): number[] {
  const read = ledger({ load: (day) => store.known(instance, day) }).read(new Unfinished());
  return identities.map((each) => read.see(today, each, 0, 0, () => ({ bytes: Buffer.alloc(0) })));
}

describe("the ledger on disk", () => {
  it("knows what the version before had kept, for the instance that its source reads", () => {
    earlierVersion();
    const store = open();
    expect(store.damage()).toEqual([]);
    expect(see(store, [a, a, a, b])).toEqual([0, 0, 3, 0]);
    expect(see(store, [a], "other.example")).toEqual([1]);
    keep(store, "prod", [record("c")]);
    expect(see(store, [idOfText("c"), a])).toEqual([0, 0]);
  });

  it("forgets what the version before had kept when the source starts over with another instance, or it is old", () => {
    earlierVersion();
    expect(open("other.example").startOver("prod")).toBe(true);
    expect(see(open("other.example"), [a], "other.example")).toEqual([1]);
    state.remove();
    state = new SpoolDirectory();
    earlierVersion();
    const store = open();
    store.finishWindow(
      "prod",
      done("on", { watermark: (today + 500) * dayMs }),
      { instance: acme, renamed: new Map(), counts: [] },
      1,
    );
    store.prune((today + 500) * dayMs);
    expect([...store.known(acme, today)]).toEqual([]);
  });

  it("knows what any source of an instance has shown, and nothing of another", () => {
    const store = state.open({ sources: ["prod", "bucket"], origins: origins(acme) });
    keep(store, "prod", [record("a")]);
    keep(store, "bucket", [record("b")]);
    keep(store, "bucket", [record("c")], { instance: "other.example" });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a"), uidOfText("b")]);
    expect(knownIdentities(store, today, "other.example")).toEqual([uidOfText("c")]);
  });

  it("a source that starts over does not send again what another instance had shown, when that is back", () => {
    keep(open(), "prod", [record("a")]);
    expect(open("other.example").startOver("prod")).toBe(true);
    expect(knownIdentities(open(acme), today)).toEqual([uidOfText("a")]);
  });

  it("expects damaged records again under their own ordinals, and knows them once they are back", () => {
    const store = open();
    keep(store, "prod", [record("a")]);
    keep(store, "prod", [record("a", { uid: idOfText("second") })]);
    change((db) => {
      db.exec("UPDATE chunk SET bytes = x'00' WHERE first_seq = 1");
      // Both are the same identity, as the first and the second.
      const second = knownRecord(a, 0, 2);
      db.prepare("UPDATE known SET records = ?, sum = ? WHERE first_seq = 2").run(
        second,
        seal("known", [acme, today, 2, 1, 0, second]),
      );
    });
    const damaged = open();
    damaged.read(0, { events: 9, bytes: 1e6 });
    expect([...damaged.known(acme, today)].map(({ form }) => form)).toEqual(["due", "known"]);
    expect(see(damaged, [a, a])).toEqual([0, 1]);
    keep(damaged, "prod", [record("a")]);
    expect(see(open(), [a, a, a])).toEqual([0, 0, 3]);
  });

  it("expects a lost day of the books again, and with misdated records every day that is still to come", () => {
    const store = open();
    const days = [today, today + 1, today + 40, misdatedDay];
    for (const day of days) keep(store, "prod", [record(`${day}`, { day })]);
    const forms = (spool: Store) =>
      days.map((day) => [...spool.known(acme, day)].map(({ form }) => form).join());
    state.close();
    const db = database(state.file("spool.db"), { maxBytes: 1e9 });
    const tables = tablesOf(db);
    const pieces = ledgerPieces(db, tables, damages(tables), () => today * dayMs);
    pieces.forgetDay("prod", today);
    db.close();
    expect(forms(open())).toEqual(["due", "known", "known", "known"]);
    state.close();
    const again = database(state.file("spool.db"), { maxBytes: 1e9 });
    ledgerPieces(again, tablesOf(again), damages(tablesOf(again)), () => today * dayMs).forgetDay(
      "prod",
      misdatedDay,
    );
    again.close();
    expect(forms(open())).toEqual(["due", "due", "due", "due"]);
  });

  it("remembers names that were shown last, and forgets damaged ones with a note", () => {
    const store = open();
    keep(store, "prod", [record("a")]);
    const renamed = new Map([[today, knownRecord(a, 7)]]);
    const end = { instance: acme, renamed, counts: [] };
    store.finishWindow("prod", done("on"), end, 1);
    store.finishWindow("prod", done("on"), { ...end, renamed: new Map([[today, knownRecord(a, 8)]]) }, 1);
    expect([...open().known(acme, today)]).toEqual([
      { form: "known", bytes: knownRecord(a) },
      { form: "names", bytes: knownRecord(a, 8) },
    ]);
    change((db) => db.exec("UPDATE known_name SET records = x'00'"));
    const damaged = open();
    expect([...damaged.known(acme, today)].map(({ form }) => form)).toEqual(["known"]);
    expect(damaged.damage()).toMatchObject([{ count: 0, reason: expect.stringContaining("names") }]);
  });
});
