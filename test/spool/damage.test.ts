import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SpooledRecord } from "../../src/record/record.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { askForRebuild, stateFiles } from "../../src/spool/state-directory.ts";
import type { Store } from "../../src/spool/store.ts";
import { withoutSegments } from "../fake/earlier-schema.ts";
import {
  all,
  counted,
  dayMs,
  done,
  drain,
  keep,
  knownIdentities,
  move,
  ofSources,
  record,
  settled,
  today,
  uidOfText,
} from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const names = (spool: Store, after = 0) =>
  ofSources(spool.read(after, all)).map(({ bytes }) => JSON.parse(bytes.toString()).name);

/** Changes rows behind the spool's back, as a disk does. */
function change(sql: string): void {
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  db.exec(sql);
  db.close();
}

/** Overwrites bytes of a closed file. */
function overwrite(at: number, bytes: Buffer, name = "spool.db"): void {
  const handle = openSync(state.file(name), "r+");
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

function balanced(spool: Store): void {
  for (const row of spool.books()) {
    expect(row.fetched - row.known).toBe(row.new);
    expect(row.delivered + row.filtered + row.dead + row.dropped + row.skipped + row.lost + row.pending).toBe(
      row.new,
    );
    expect(Math.min(row.pending, row.lost, row.skipped)).toBeGreaterThanOrEqual(0);
  }
}

describe("a chunk that was changed on disk", () => {
  /** Three chunks of two records; `lake` has delivered three of them. */
  function threeChunks(): void {
    const spool = state.open({ outputs: ["siem", "lake"] });
    keep(spool, "prod", [record("a"), record("b", { day: today - 1 })]);
    keep(spool, "prod", [record("c"), record("d", { day: today - 1 })]);
    keep(spool, "prod", [record("e"), record("f", { day: today - 1 })]);
    spool.settle("lake", move(3, settled(spool.read(0, { events: 3, bytes: 1e6 })).counts));
  }

  it("is never delivered: it is set aside, reported, and passed over", () => {
    threeChunks();
    change("UPDATE chunk SET bytes = CAST(replace(bytes, 'c', 'x') AS BLOB) WHERE first_seq = 3");
    const spool = state.open({ outputs: ["siem"] });
    expect(names(spool)).toEqual(["a", "b", "e", "f"]);
    expect(spool.damage()).toMatchObject([
      { firstSeq: 3, count: 2, at: state.clock.now(), reason: "records were changed on disk" },
    ]);
    expect(state.damage).toEqual(spool.damage());
    // And the two days of it that are gaps now, each told.
    expect(spool.backlog("siem").events).toBe(4 + 1);
    balanced(spool);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"), { readOnly: true });
    expect(db.prepare("SELECT first_seq, count FROM damaged_chunk").all()).toMatchObject([
      { first_seq: 3, count: 2 },
    ]);
    db.close();
  });

  it("stays a day to read again where it was found while that day was being read", () => {
    threeChunks();
    change("UPDATE chunk SET bytes = x'00' WHERE first_seq = 5");
    const spool = state.open();
    const whole = done("on", { covered: { from: (today - 2) * dayMs, to: (today + 2) * dayMs } });
    // A read has begun, and the deliveries find the damage.
    expect(spool.owed("prod")).toEqual([]);
    drain(spool, "siem");
    spool.finishWindow("prod", whole, counted(), 1);
    const owed = spool.owed("prod");
    expect(owed.length).toBeGreaterThan(0);
    spool.finishWindow("prod", whole, counted(), 2);
    expect(spool.owed("prod")).toEqual([]);
  });

  it("is no day to read again where it was dated as nothing can be, and comes back when it is shown", () => {
    const spool = state.open({ outputs: ["siem"] });
    keep(spool, "prod", [record("a", { day: misdatedDay }), record("b")]);
    change("UPDATE chunk SET bytes = CAST(replace(bytes, 'a', 'x') AS BLOB)");
    const again = state.open({ outputs: ["siem"] });
    drain(again, "siem");
    expect(again.owed("prod")).toEqual([today]);
    expect(again.books().find(({ day }) => day === misdatedDay)).toMatchObject({ lost: 1, pending: 0 });
    expect(knownIdentities(again, misdatedDay)).toEqual([]);
    balanced(again);
  });

  it("is counted as lost for who still needed it, and comes back with the next read of its days", () => {
    threeChunks();
    change("UPDATE chunk SET source = 'other' WHERE first_seq = 3");
    const spool = state.open({ outputs: ["siem", "lake"] });
    drain(spool, "siem");
    drain(spool, "lake");
    const row = (output: string, day: number) =>
      spool.books().find((each) => each.source === "prod" && each.output === output && each.day === day);
    expect(row("siem", today)).toMatchObject({ new: 3, delivered: 2, lost: 1, pending: 0 });
    expect(row("siem", today - 1)).toMatchObject({ new: 3, delivered: 2, lost: 1, pending: 0 });
    expect(row("lake", today)).toMatchObject({ new: 3, delivered: 3, lost: 0, pending: 0 });
    expect(row("lake", today - 1)).toMatchObject({ new: 3, delivered: 2, lost: 1, pending: 0 });
    expect(knownIdentities(spool, today)).toEqual([uidOfText("a"), uidOfText("e")]);
    expect(spool.sources()[0]?.gaps.map(({ day }) => day)).toEqual([today - 1, today]);
    expect(spool.owed("prod")).toEqual([today - 1, today]);
    keep(spool, "prod", [record("c"), record("d", { day: today - 1 })]);
    expect(drain(spool, "siem").map(({ uid }) => uid)).toEqual([uidOfText("c"), uidOfText("d")]);
    balanced(spool);
    const yesterday = { from: (today - 1) * dayMs, to: today * dayMs };
    spool.finishWindow("prod", done("on", { covered: yesterday }), counted(), 1);
    expect(spool.owed("prod")).toEqual([today]);
    const gone = { gaps: [{ day: today, reason: "the server does not reach back to this day" }] };
    spool.finishWindow("prod", done("on", { ...gone, covered: { from: 0, to: 0 } }), counted(), 1);
    expect(spool.owed("prod")).toEqual([]);
  });

  it("is not fetched again when every output is done with it", () => {
    threeChunks();
    drain(state.open({ outputs: ["siem", "lake"] }), "siem");
    change("UPDATE chunk SET bytes = x'00' WHERE first_seq = 1");
    const spool = state.open({ outputs: ["siem", "lake"] });
    expect(names(spool)).toEqual(["c", "d", "e", "f"]);
    expect(spool.damage()).toHaveLength(1);
    expect(knownIdentities(spool, today)).toHaveLength(3);
    balanced(spool);
  });

  it("does not disturb an output that had read it in time", () => {
    threeChunks();
    const before = state.open({ outputs: ["siem", "lake"] });
    const batch = before.read(0, { events: 4, bytes: 1e6 });
    change("UPDATE chunk SET bytes = x'00' WHERE first_seq = 3");
    const spool = state.open({ outputs: ["siem", "lake"] });
    spool.read(3, all);
    expect(
      spool.books().find(({ output, source, day }) => output === "siem" && source === "prod" && day === today)
        ?.lost,
    ).toBe(1);
    spool.settle("siem", move(4, settled(batch).counts, []));
    expect(
      spool
        .books()
        .find(({ output, source, day }) => output === "siem" && source === "prod" && day === today),
    ).toMatchObject({
      delivered: 2,
      lost: 0,
      pending: 1,
    });
    balanced(spool);
    drain(spool, "siem");
    balanced(spool);
  });

  it("can be the last one", () => {
    threeChunks();
    change("UPDATE chunk SET bytes = x'00' WHERE first_seq = 5");
    const spool = state.open({ outputs: ["siem", "lake"] });
    expect(drain(spool, "siem")).toHaveLength(4);
    expect(spool.backlog("siem")).toEqual({ events: 0, suspects: 0 });
    keep(spool, "prod", [record("g")]);
    expect(drain(spool, "siem").map(({ seq }) => seq)).toEqual([8]);
    state.clock.advance(1e9);
    drain(spool, "lake");
    expect(spool.prune(state.clock.now())).toBe(6);
    balanced(spool);
  });
});

describe("other state that was changed on disk", () => {
  it.each([
    ["a chunk that is gone", "DELETE FROM chunk WHERE first_seq = 2"],
    ["the newest chunk gone", "DELETE FROM chunk WHERE first_seq = 4"],
    ["a chunk's key", "UPDATE chunk SET first_seq = 12 WHERE first_seq = 4"],
    ["a chunk's days", "UPDATE chunk SET days = '{\"9\":1}' WHERE first_seq = 4"],
    ["a position", "UPDATE output SET position = 4"],
    ["an output that is gone", "DELETE FROM output"],
    ["a cursor", "UPDATE source SET cursor = 'far ahead'"],
    ["the books of a day", "UPDATE book SET new = new + 1024"],
    ["the books of a day gone", "DELETE FROM book"],
    ["the books of an output", "UPDATE output_book SET delivered = delivered + 1024"],
    ["the books of an output gone", "DELETE FROM output_book"],
    ["the heading", "UPDATE meta SET head = 2"],
    ["the heading gone", "DELETE FROM meta"],
  ])("%s: is found at the start; what is sound is kept, nothing is skipped, the books balance", (_, sql) => {
    const spool = state.open();
    for (const name of ["a", "b", "c", "d"]) keep(spool, "prod", [record(name)]);
    spool.settle("siem", move(1, settled(spool.read(0, { events: 1, bytes: 1 })).counts));
    change(sql);
    const again = state.open();
    expect(again.damage().length).toBeGreaterThan(0);
    const missing = ["a", "b", "c", "d"].filter(
      (name) => !knownIdentities(again, today).includes(uidOfText(name)),
    );
    const there = again.read(again.standing("siem").position, all).map(({ uid }) => uid);
    for (const name of ["b", "c", "d"])
      expect([...there, ...missing.map(uidOfText)]).toContain(uidOfText(name));
    expect(again.cursor("prod")).toBeUndefined();
    balanced(again);
    keep(again, "prod", [record("e")]);
    drain(again, "siem");
    balanced(again);
    expect(again.damage()).toEqual(state.open().damage());
    expect(readdirSync(state.path).filter((name) => /\.corrupt-\w+Z$/.test(name))).toHaveLength(1);
    expect(existsSync(state.file("REBUILD"))).toBe(false);
  });

  it.each([
    ["a suspect", "UPDATE side SET bytes = x'00'"],
    ["a suspect gone", "DELETE FROM side"],
    ["a suspect's key", "UPDATE side SET id = 9"],
  ])("%s: its day is read again, and it comes back under the same uid", (_, sql) => {
    const spool = state.open();
    keep(spool, "prod", [record("a"), record("b", { day: today - 1 }), record("c", { day: today - 2 })]);
    const [a, b, c] = spool.read(0, all) as [SpooledRecord, SpooledRecord, SpooledRecord];
    const { counts } = settled([a, c]);
    spool.settle("siem", move(3, counts, [], [{ record: b, reason: "bad_event", detail: "no", at: 1 }]));
    spool.prune((today + 2) * dayMs);
    change(sql);
    const again = state.open();
    expect(again.damage().length).toBeGreaterThan(0);
    expect(again.standing("siem")).toMatchObject({ position: 3, suspects: 0 });
    expect(again.owed("prod")).toEqual([today - 1]);
    expect([today, today - 1, today - 2].map((day) => knownIdentities(again, day).length)).toEqual([1, 0, 1]);
    balanced(again);
    keep(again, "prod", [record("b", { day: today - 1 })]);
    expect(drain(again, "siem").map(({ uid }) => uid)).toEqual([b.uid]);
    balanced(again);
  });

  it.each([
    ["what is sent again", "UPDATE stretch SET through = 9"],
    ["where a position was", "UPDATE mark SET position = 9"],
    ["what was dropped", "UPDATE side_book SET dropped = 9"],
  ])("%s: is found at the start and left behind", (_, sql) => {
    const spool = state.open();
    keep(spool, "prod", [record("a"), record("b")]);
    const { counts, dead } = settled(spool.read(0, all), ({ seq }) => (seq === 1 ? "dead" : "delivered"));
    spool.settle("siem", move(2, counts, dead));
    spool.dropDeadLetters({});
    spool.resend("siem", 0);
    change(sql);
    const again = state.open();
    expect(again.damage().length).toBeGreaterThan(0);
    expect(again.standing("siem").position).toBe(2);
    balanced(again);
  });

  it("a database of an earlier version that was damaged is rebuilt all the same", () => {
    keep(state.open(), "prod", [record("a"), record("b")]);
    change(
      `${withoutSegments}DROP TABLE side; DROP TABLE stretch; DROP TABLE mark; DROP TABLE side_book; DROP TABLE hold; DROP TABLE told; DROP TABLE configured; DROP TABLE milestone; DROP TABLE active_day; DROP TABLE person; DROP TABLE replay; DROP TABLE again; DROP TABLE again_key; DROP TABLE again_place; DROP TABLE again_source; DROP TABLE sweep; DROP TABLE lateness; DROP TABLE witness_day; DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 1; UPDATE book SET new = 7`,
    );
    const spool = state.open();
    expect(spool.damage()).toMatchObject([{ reason: expect.stringContaining("the table book") }]);
    expect(spool.damage()).toHaveLength(1);
    expect(names(spool)).toEqual(["a", "b"]);
    balanced(spool);
  });

  it("what waits beside a run survives in a damaged database of the version before the newest", () => {
    const before = state.open();
    keep(before, "prod", [record("a"), record("b")]);
    const [suspect] = before
      .read(0, all)
      .map((each) => ({ record: each, reason: "bad_event", detail: "no", at: 1 }));
    if (suspect === undefined) throw new Error("nothing was kept");
    before.settle("siem", move(1, [], [], [suspect]));
    change(
      `${withoutSegments}DROP TABLE destination; DROP TABLE origin; DROP TABLE hold; DROP TABLE told; DROP TABLE configured; DROP TABLE milestone; DROP TABLE active_day; DROP TABLE person; DROP TABLE replay; DROP TABLE again; DROP TABLE again_key; DROP TABLE again_place; DROP TABLE again_source; DROP TABLE sweep; DROP TABLE lateness; DROP TABLE witness_day; DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 2; UPDATE book SET new = 7`,
    );
    // As if its pages had been damaged: it is rebuilt before it is brought to this version.
    writeFileSync(join(state.path, "REBUILD"), "", { mode: 0o600 });
    const spool = state.open();
    expect(spool.damage()).toMatchObject([{ reason: expect.stringContaining("the table book") }]);
    expect(spool.side("siem", "suspect", 0, all)).toMatchObject([{ record: { uid: uidOfText("a") } }]);
    balanced(spool);
  });

  it("drops known identities that were changed, so that their records come again", () => {
    keep(state.open(), "prod", [record("a")]);
    change("UPDATE known SET records = zeroblob(24)");
    const spool = state.open();
    expect(knownIdentities(spool, today)).toEqual([]);
    expect(spool.damage()).toMatchObject([
      { count: 0, firstSeq: 1, reason: expect.stringContaining("acme.example") },
    ]);
  });

  it("shows that a dead letter was changed instead of its content", () => {
    const spool = state.open();
    keep(spool, "prod", [record("a")]);
    const { counts, dead } = settled(spool.read(0, all), () => "dead");
    spool.settle("siem", move(1, counts, dead));
    change("UPDATE dead_letter SET detail = 'delivered'");
    expect(state.open().deadLetters({ output: "siem" }, 9)).toMatchObject([
      { seq: 1, uid: "", reason: "damaged" },
    ]);
  });

  it("is rebuilt when a person asks for it, and then says that, and nothing of damage", () => {
    keep(state.open(), "prod", [record("a")]);
    state.close();
    writeFileSync(state.file("REBUILD"), "");
    const changes: string[] = [];
    const spool = state.open({ onStateChange: ({ found }) => changes.push(found) });
    expect(names(spool)).toEqual(["a"]);
    expect([spool.damage(), changes]).toEqual([[], ["rebuilt"]]);
    expect(existsSync(state.file("REBUILD"))).toBe(false);
  });

  it("is rebuilt for what was found before, which is told as damage also where nothing was lost", () => {
    keep(state.open(), "prod", [record("a")]);
    state.close();
    askForRebuild(stateFiles(state.path));
    const changes: string[] = [];
    const spool = state.open({ onStateChange: ({ found }) => changes.push(found) });
    expect(names(spool)).toEqual(["a"]);
    expect([spool.damage(), changes]).toMatchObject([
      [{ count: 0, reason: expect.stringContaining("no row of it was lost") }],
      [],
    ]);
  });
});

describe("a database that was damaged as a whole", () => {
  function filled(): void {
    const spool = state.open({ outputs: ["siem"] });
    for (let n = 0; n < 40; n++) keep(spool, "prod", [record(`r${n}`, { bytes: Buffer.alloc(30_000, n) })]);
    spool.settle("siem", move(10, settled(spool.read(0, { events: 10, bytes: 1e9 })).counts));
    state.close();
  }

  it.each([0.9, 0.5, 0.1])("cut to a part of %f: what can be read goes on, the rest is a gap", (part) => {
    filled();
    truncateSync(state.file("spool.db"), Math.floor(readFileSync(state.file("spool.db")).length * part));
    const before = readFileSync(state.file("spool.db"));
    let spool: Store;
    try {
      spool = state.open();
    } catch (error) {
      expect(error).toMatchObject({ name: "SpoolError", failure: "state_lost" });
      expect(readFileSync(state.file("spool.db")).equals(before)).toBe(true);
      return;
    }
    for (const { seq, bytes } of ofSources(spool.read(0, all)))
      expect(Buffer.compare(bytes, Buffer.alloc(30_000, seq - 1)) === 0).toBe(true);
    expect(spool.damage().length).toBeGreaterThan(0);
    balanced(spool);
    const gone = spool.damage().reduce((sum, { count }) => sum + count, 0);
    expect(spool.read(0, all).length + gone).toBe(spool.head());
  });

  it("filled with zeros, or garbage: refuses to start, and loses nothing by it", () => {
    filled();
    for (const fill of [0, 0xa5]) {
      writeFileSync(state.file("spool.db"), Buffer.alloc(200_000, fill));
      expect(() => state.open()).toThrow(expect.objectContaining({ failure: "state_lost" }));
      expect(readFileSync(state.file("spool.db")).equals(Buffer.alloc(200_000, fill))).toBe(true);
    }
  });

  it("with zeroed pages anywhere: nothing changed is delivered and nothing is skipped silently", () => {
    filled();
    const whole = readFileSync(state.file("spool.db"));
    for (let page = 1; page * 8192 < whole.length; page += 13) {
      writeFileSync(state.file("spool.db"), whole);
      overwrite(page * 8192, Buffer.alloc(8192));
      checked();
    }
  });

  it("with several unreadable places: what lies between them is saved too", () => {
    const spool = state.open();
    for (let n = 0; n < 1000; n++) keep(spool, "prod", [record(`r${n}`, { bytes: Buffer.alloc(1000, n) })]);
    state.close();
    const pages = readFileSync(state.file("spool.db")).length / 8192;
    for (const part of [0.3, 0.5, 0.7]) overwrite(Math.floor(pages * part) * 8192, Buffer.alloc(8192));
    const again = state.open();
    expect(ofSources(again.read(0, all)).length).toBeGreaterThan(900);
    expect(ofSources(again.read(0, all)).length).toBeLessThan(1000);
    balanced(again);
  });

  it("with any bit flipped: every changed record is noticed, none is delivered changed", () => {
    filled();
    const database = readFileSync(state.file("spool.db"));
    const segment = readFileSync(state.file("records-000001"));
    let seed = 42;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const verdicts = { unharmed: 0, noticed: 0, refused: 0 };
    for (let flip = 0; flip < 300; flip++) {
      // Two of three hit records, the third hits schema, books, positions, and where the records are.
      const [name, whole] =
        flip % 3 === 0 ? (["spool.db", database] as const) : (["records-000001", segment] as const);
      const at = random(whole.length);
      writeFileSync(state.file("spool.db"), database);
      writeFileSync(state.file("records-000001"), segment);
      overwrite(at, Buffer.from([(whole[at] as number) ^ (1 << random(8))]), name);
      verdicts[checked()]++;
    }
    expect(verdicts.noticed).toBeGreaterThan(100);
    expect(verdicts.refused).toBeLessThan(30);
  });

  /** Opens the state, delivers, and compares with what was written. */
  function checked(): "unharmed" | "noticed" | "refused" {
    let spool: Store;
    let delivered: ReturnType<typeof drain>;
    try {
      spool = state.open();
      delivered = drain(spool, "siem");
    } catch (error) {
      expect(error).toBeInstanceOf(SpoolError);
      if ((error as SpoolError).failure !== "corrupt") return "refused";
      spool = state.open();
      delivered = drain(spool, "siem");
    }
    for (const { seq, uid, bytes } of delivered) {
      expect(Buffer.compare(bytes, Buffer.alloc(30_000, seq - 1)) === 0).toBe(true);
      expect(uid).toBe(uidOfText(`r${seq - 1}`));
    }
    const known = knownIdentities(spool, today);
    const seqs = new Set(delivered.map(({ seq }) => seq));
    // Delivered now, or forgotten so that it is fetched again: there is no third way.
    for (let seq = 11; seq <= 40; seq++)
      if (!seqs.has(seq)) expect(known.includes(uidOfText(`r${seq - 1}`))).toBe(false);
    balanced(spool);
    const noticed = spool.damage().length > 0;
    state.close();
    return noticed ? "noticed" : "unharmed";
  }
});
