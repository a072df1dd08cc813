import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemRandom } from "../../src/random.ts";
import type { Damage } from "../../src/spool/spool-state.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import type { StoreOptions } from "../../src/spool/sqlite/store-options.ts";
import type { OpenStore } from "../../src/spool/store.ts";
import { ManualClock } from "./manual-clock.ts";
import { dayMs, today } from "./records.ts";

/** A state directory for one test: opens the spool in it as often as wanted, and leaves nothing behind. */
export class SpoolDirectory {
  readonly path = join(mkdtempSync(join(tmpdir(), "spool-")), "state");
  readonly clock = new ManualClock(today * dayMs);
  /** What was reported since the directory was made. */
  readonly damage: Damage[] = [];
  #spool: OpenStore | undefined;

  /** Closes the spool that is open, and opens it again. */
  open(options: Partial<StoreOptions> = {}): OpenStore {
    this.close();
    this.#spool = openStore({
      stateDir: this.path,
      maxBytes: 1024 ** 3,
      keepDelivered: 3_600_000,
      outputs: ["siem"],
      sources: [],
      clock: this.clock,
      random: systemRandom,
      onDamage: (damage) => this.damage.push(damage),
      ...options,
    });
    return this.#spool;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Looks into the database, or changes it behind the spool's back: that is closed. */
  inDatabase<Result>(work: (db: DatabaseSync) => Result): Result {
    this.close();
    const db = new DatabaseSync(this.file("spool.db"));
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  close(): void {
    this.#spool?.close();
    this.#spool = undefined;
  }

  remove(): void {
    this.close();
    rmSync(join(this.path, ".."), { recursive: true, force: true });
  }
}
