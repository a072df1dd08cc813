import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../whole/daemon.ts";
import { type Rig, rig } from "./rig.ts";

/** A state with 300 events delivered and 200 waiting, which every test gets back. */
let here: Rig;
let restore: () => void;
const database = () => join(here.place.stateDir, "spool.db");
const asideNames = (kind: string) =>
  readdirSync(here.place.stateDir).filter((name) => name.includes(`.${kind}-`));

beforeAll(async () => {
  here = await rig();
  here.grow(300, 60);
  expect((await here.once()).code).toBe(0);
  here.hec.behave("unauthorized");
  here.grow(200, 20);
  expect((await here.once("--timeout", "1s")).code).toBe(1);
  restore = here.snapshot();
}, 60_000);
afterAll(() => here.close());
beforeEach(() => {
  restore();
  here.hec.behave("accept");
});

describe("a damaged state, met by the whole program", { timeout: 90_000 }, () => {
  it.each([0.8, 0.3])(
    "ST-TRUNC a database cut to a part of %f: what is sound goes on, the rest is fetched again; or a person is asked",
    async (part) => {
      truncateSync(database(), Math.floor(statSync(database()).size * part));
      let end = await here.once();
      if (end.code === 3) {
        expect(end.stderr).toContain("--accept-state-loss");
        end = await here.once("--accept-state-loss");
      }
      expect(end.code, end.stderr).toBe(0);
      expect(asideNames("corrupt").length + asideNames("lost").length).toBeGreaterThan(0);
      here.expectWhole();
    },
  );

  it.each([
    ["ST-ZERO a database of zero bytes", () => truncateSync(database(), 0)],
    ["ST-NUL a database of NUL bytes", () => writeFileSync(database(), Buffer.alloc(200_000))],
  ])(
    "%s: refuses to start and names the way; accepted, everything comes again under the same uids",
    async (_, damage) => {
      damage();
      const refused = await here.once();
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain("--accept-state-loss");
      const accepted = await here.once("--accept-state-loss");
      expect(accepted.code, accepted.stderr).toBe(0);
      here.expectWhole();
    },
  );

  it("ST-BITFLIP a flipped bit anywhere: noticed or harmless, and nothing is delivered changed", {
    timeout: 60_000,
  }, async () => {
    const whole = readFileSync(database());
    for (let flip = 0; flip < 2; flip++) {
      restore();
      const at = Math.floor(here.random() * whole.length);
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ (1 << Math.floor(here.random() * 8));
      writeFileSync(database(), changed);
      // Damage met while running ends the process; the next start repairs.
      let end = await here.once();
      if (end.code === 3 && !end.stderr.includes("--accept-state-loss")) end = await here.once();
      if (end.code === 3) end = await here.once("--accept-state-loss");
      expect(end.code, end.stderr).toBe(0);
      here.expectWhole();
    }
  });

  it("ST-WAL-GONE a write-ahead log that is missing after a kill: what it held is fetched again", async () => {
    here.grow(100, 1);
    here.hec.behave("unauthorized");
    const daemon = here.start();
    const wal = join(here.place.stateDir, "spool.db-wal");
    await eventually("records are kept", () => existsSync(wal) && statSync(wal).size > 20_000);
    daemon.kill("SIGKILL");
    await daemon.exited;
    rmSync(wal);
    here.hec.behave("accept");
    const { code, stderr } = await here.once();
    expect(code, stderr).toBe(0);
    here.expectWhole();
  });

  it("ST-DOWNGRADE a state of a newer program is refused and left as it is", async () => {
    const db = new DatabaseSync(database());
    db.exec("PRAGMA user_version = 99");
    db.close();
    const before = readFileSync(database());
    const { code, stderr } = await here.once("--accept-state-loss");
    expect(code).toBe(3);
    expect(stderr).toContain("newer");
    expect(readFileSync(database()).equals(before)).toBe(true);
  });

  it("ST-OLD-BACKUP a state from before: what came since is sent again under the same uids", async () => {
    here.grow(50, 1);
    expect((await here.once()).code).toBe(0);
    restore();
    expect((await here.once()).code).toBe(0);
    here.expectWhole();
  });

  it("ST-ORPHAN an output that is taken out while records wait for it: kept as abandoned, and said", async () => {
    const text = here.yaml(here.place.stateDir);
    here.place.write(text.replace("name: splunk", "name: other").replace(here.hec.url, "http://127.0.0.1:9"));
    const daemon = here.start();
    await eventually("it says so", () => daemon.stdout().includes("output_abandoned"));
    expect(daemon.stdout()).toMatch(/output_abandoned.*splunk|splunk.*output_abandoned/);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.place.write(text);
    expect((await here.once()).code).toBe(0);
    here.expectWhole();
  });

  it("an output that gets another name keeps its place, and says so", async () => {
    const text = here.yaml(here.place.stateDir);
    here.place.write(text.replace("name: splunk", "name: other"));
    const daemon = here.start();
    await eventually("it says so", () => daemon.stdout().includes("output_renamed"));
    await eventually("all arrives under the new name", () => {
      try {
        here.expectWhole();
        return true;
      } catch {
        return false;
      }
    });
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
  });
});

describe("a state directory that is not ours alone", { timeout: 90_000 }, () => {
  it("ST-TWO a second daemon is refused at once, with the first one's pid; the first is unharmed", async () => {
    const first = here.start();
    await eventually("the first runs", () => here.hec.requests() > 0 && first.stdout().includes("started"));
    const began = performance.now();
    const { code, stderr } = await here.once();
    expect(code).toBe(3);
    expect(stderr).toContain(`pid ${first.pid}`);
    // Under 1 s on a quiet machine, nearly all of it for loading the program.
    expect(performance.now() - began).toBeLessThan(5000);
    here.grow(1, 0.1);
    await eventually("the first goes on", () => {
      try {
        here.expectWhole();
        return true;
      } catch {
        return false;
      }
    });
    first.kill("SIGTERM");
    expect((await first.exited).code).toBe(0);
  });

  it("ST-STALE a killed daemon leaves no lock behind", async () => {
    const first = here.start();
    await eventually("it runs", () => first.stdout().includes("started"));
    first.kill("SIGKILL");
    await first.exited;
    expect((await here.once()).code).toBe(0);
    here.expectWhole();
  });

  it("ST-PERM open to others, a link, or somebody else's: refused with the fix", async () => {
    const { stateDir, folder } = here.place;
    chmodSync(stateDir, 0o777);
    const open = await here.once();
    expect(open.code).toBe(3);
    expect(open.stderr).toContain("chmod 700");
    chmodSync(stateDir, 0o700);
    const real = join(folder, "real");
    renameSync(stateDir, real);
    symlinkSync(real, stateDir);
    const linked = await here.once();
    expect(linked.code).toBe(3);
    expect(linked.stderr).toContain("symbolic link");
    rmSync(stateDir);
    renameSync(real, stateDir);
    if (process.getuid?.() !== 0) return;
    chownSync(stateDir, 65_534, 65_534);
    const foreign = await here.once();
    expect(foreign.code).toBe(3);
    expect(foreign.stderr).toContain("chown");
  });
});
