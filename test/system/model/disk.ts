import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../../src/random.ts";
import { openStore } from "../../../src/spool/sqlite/open-store.ts";
import type { Store } from "../../../src/spool/store.ts";
import type { Clock } from "../../../src/time/clock.ts";
import { MemoryStore } from "../../fake/memory-store.ts";

/** Where the state lies between two lives of the daemon. */
export interface Disk {
  open(outputs: readonly string[]): Store;
  /** What a kill, or a cut of the power, leaves. */
  crash(power: boolean): void;
  /** A life ends in order. */
  stop(): void;
  remove(): void;
}

/** Knows what was written and what is durable. */
export function memoryDisk(durability: "every_call" | "none" = "every_call"): Disk {
  const spool = new MemoryStore([], { durability });
  return {
    open(outputs) {
      spool.configure(outputs);
      return spool;
    },
    crash: (power) => power && spool.lose(),
    stop: () => {},
    remove: () => {},
  };
}

/** The real one. A kill is played by going on from a copy of the files as they lie there, the write-ahead log included. */
export function sqliteDisk(clock: Clock): Disk {
  const root = mkdtempSync(join(tmpdir(), "model-"));
  let life = 0;
  let spool: Store | undefined;
  const directory = () => join(root, String(life));
  return {
    open(outputs) {
      spool = openStore({
        stateDir: directory(),
        maxBytes: 1024 ** 3,
        keepDelivered: 0,
        outputs,
        sources: ["prod"],
        clock,
        random: systemRandom,
      });
      return spool;
    },
    crash() {
      const before = directory();
      life++;
      mkdirSync(directory(), { mode: 0o700 });
      for (const file of readdirSync(before))
        if (/^(?:spool\.db(?:-wal)?|records-\d+|STATE)$/.test(file))
          copyFileSync(join(before, file), join(directory(), file));
      spool?.close();
      rmSync(before, { recursive: true });
    },
    stop: () => spool?.close(),
    remove() {
      spool?.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
