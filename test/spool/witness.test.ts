import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WitnessFile } from "../../src/spool/witness.ts";

const id = "0123456789abcdef0123456789abcdef";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "witness-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a witness outside the state", () => {
  it("says what was written last, each state directory for itself, to its owner alone", () => {
    const [one, other] = ["/var/lib/one", "/var/lib/other"].map((path) => new WitnessFile(folder, path));
    one?.write(id, [1, 2]);
    expect(one?.read()).toEqual({ id, runs: [1, 2], at: expect.any(Number) });
    one?.write(id, [0x7fffffff]);
    expect(one?.read()?.runs).toEqual([0x7fffffff]);
    expect(other?.read()).toBeUndefined();
    const [name = ""] = readdirSync(folder);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it("says nothing rather than something old, wrong or unreadable, and never throws", () => {
    const witness = new WitnessFile(folder, "/var/lib/one");
    witness.write(id, [1]);
    const [name = ""] = readdirSync(folder);
    // What cannot be replaced is emptied.
    mkdirSync(join(folder, `${name}.new`));
    witness.write(id, [2]);
    expect(witness.read()).toBeUndefined();
    writeFileSync(join(folder, name), "state of something else\n");
    expect(witness.read()).toBeUndefined();
    rmSync(folder, { recursive: true });
    witness.write(id, [3]);
    expect(witness.read()).toBeUndefined();
  });
});
