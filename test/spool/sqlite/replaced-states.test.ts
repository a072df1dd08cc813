import { chmodSync, cpSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoreOptions } from "../../../src/spool/sqlite/store-options.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { dayMs, keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const host = { id: "00000000000000aa", name: "first" };
let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

/** A run that reads something and ends, and what a later look at the state finds. */
function run(name: string, more: Partial<StoreOptions> = {}) {
  const store = state.open({ host, ...more });
  keep(store, "prod", [record(name)]);
  state.close();
  return state.open().events.replaced({}).replaced;
}

it("knows nothing where nothing happened, and remembers that an older database was put here", () => {
  expect(run("a")).toEqual([]);
  const copied = state.clock.now();
  const backup = readFileSync(state.file("spool.db"));
  state.clock.advance(dayMs);
  expect(run("b")).toEqual([]);
  state.close();
  writeFileSync(state.file("spool.db"), backup);
  state.clock.advance(dayMs);
  const older = { found: "older", at: state.clock.now(), from: copied, seenAt: expect.any(Number) };
  expect(run("c")).toEqual([older]);
  expect(run("d")).toEqual([older]);
  const own = state
    .open()
    .read(0, { events: 99, bytes: 1e6 })
    .map(({ bytes }) => Buffer.from(bytes).toString());
  expect(own.filter((text) => text.includes("forwarder:state_replaced"))).toEqual([
    expect.stringContaining(`"found":"older","from":"${new Date(copied).toISOString()}","seen_until":"`),
  ]);
});

it("tells who only looks before any start, and leaves it to the start to write that down", () => {
  run("a");
  const copied = state.clock.now();
  const backup = readFileSync(state.file("spool.db"));
  state.clock.advance(dayMs);
  run("b");
  state.close();
  writeFileSync(state.file("spool.db"), backup);
  state.clock.advance(dayMs);
  for (let look = 0; look < 2; look++) {
    const store = state.open();
    expect(store.replaced()).toMatchObject([{ found: "older", at: state.clock.now(), from: copied }]);
    expect(store.events.replaced({}).replaced).toEqual(store.replaced());
    expect(store.backlog("siem").events).toBe(1);
  }
  const at = state.clock.now();
  state.clock.advance(dayMs);
  expect(run("c")).toMatchObject([{ found: "older", at: state.clock.now() }]);
  expect(at).toBeLessThan(state.clock.now());
});

it("remembers that the directory is a copy, which may be a backup, and what its marker says", () => {
  run("a");
  state.close();
  cpSync(state.path, `${state.path}-copy`, { recursive: true, preserveTimestamps: true });
  rmSync(state.path, { recursive: true });
  cpSync(`${state.path}-copy`, state.path, { recursive: true, preserveTimestamps: true });
  rmSync(`${state.path}-copy`, { recursive: true });
  chmodSync(state.path, 0o700);
  const { mtimeMs } = statSync(state.file("STATE"));
  const [copy, ...more] = run("b", { clock: systemClock });
  expect(more).toEqual([]);
  const seen = Math.floor(mtimeMs);
  expect(copy).toEqual({ found: "copied", at: expect.any(Number), from: seen, seenAt: seen });
});

it("tells once what a start has found that could not take the state over", () => {
  run("a");
  const backup = readFileSync(state.file("spool.db"));
  run("b");
  state.close();
  const marker = readFileSync(state.file("STATE"));
  const seen = new Date(Math.floor(Date.now() / 1000) * 1000);
  const putBack = () => {
    writeFileSync(state.file("STATE"), marker);
    utimesSync(state.file("STATE"), seen, seen);
  };
  writeFileSync(state.file("spool.db"), backup);
  putBack();
  expect(run("c")).toHaveLength(1);
  state.close();
  putBack();
  expect(run("d")).toHaveLength(1);
});

it("claims no time of use that is still to come", () => {
  run("a");
  const ahead = readFileSync(state.file("spool.db"));
  run("b");
  state.close();
  writeFileSync(state.file("spool.db"), ahead);
  state.clock.jump(-dayMs);
  expect(run("c")).toMatchObject([{ found: "older", from: null }]);
});

it("says nothing of a state that was lost, which a person accepted", () => {
  run("a");
  state.close();
  writeFileSync(state.file("spool.db"), "");
  expect(run("b", { acceptStateLoss: true })).toEqual([]);
});

it("is not stopped by one that was changed on disk", () => {
  run("a");
  state.inDatabase((db) => {
    const put = db.prepare("INSERT INTO replaced_state VALUES (?, 'older', 1, NULL, NULL, x'00')");
    for (let id = 1; id <= 3; id++) put.run(id);
  });
  expect(run("b")).toEqual([]);
});
