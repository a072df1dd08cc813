import type { About, OwnFact } from "../../own/own-fact.ts";
import type { Database } from "./database.ts";
import type { OwnEvents } from "./own-events.ts";
import type { HoldRow } from "./own-rows.ts";
import type { Tables } from "./tables.ts";

/** The reasons of a source whose key is not taken. */
const keyReasons: ReadonlySet<string> = new Set(["unauthorized", "forbidden"]);

/**
 * Which outputs and sources wait for a person. Each is told when it begins and when it ends, once, whatever
 * the program goes through meanwhile. Writes join the caller's transaction.
 */
export class OpenHolds {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #own: OwnEvents;
  readonly #rows = new Map<string, HoldRow>();

  constructor(db: Database, tables: Tables, own: OwnEvents) {
    this.#db = db;
    this.#tables = tables;
    this.#own = own;
  }

  load(): void {
    this.#rows.clear();
    for (const row of this.#tables.hold.rows()) this.#rows.set(keyOf(row), row);
  }

  has(about: About): boolean {
    return this.#rows.has(keyOf(about));
  }

  /** For who asks how it is. */
  shown(about: About): { readonly held?: string } {
    const row = this.#rows.get(keyOf(about));
    return row === undefined ? {} : { held: row.reason };
  }

  /** It waits since `at`, epoch milliseconds. Nothing where that is known, whatever the reason was. */
  begin(about: About, reason: string, at: number): void {
    if (this.has(about)) return;
    const told = this.#own.tell(heldFact(about, reason), at);
    const row = { ...about, reason, since: at, told: told ? 1 : 0 };
    this.#tables.hold.put(row);
    this.#rows.set(keyOf(row), row);
  }

  /** It does not any more. Of what was not told when it began the end is not told either. */
  end(about: About, at: number): void {
    const row = this.#rows.get(keyOf(about));
    if (row === undefined) return;
    this.#drop(row);
    if (row.told !== 0) this.#own.tell(releasedFact(row, at), at);
  }

  /** Of what is not configured any more nobody waits for the end. */
  keepOnly(outputs: readonly string[], sources: readonly string[]): void {
    for (const row of [...this.#rows.values()])
      if (!outputs.includes(row.output) && !sources.includes(row.source)) this.#drop(row);
  }

  #drop(row: HoldRow): void {
    this.#db.run("DELETE FROM hold WHERE output = ? AND source = ?", row.output, row.source);
    this.#rows.delete(keyOf(row));
  }
}

/** An output, where it is about one. */
export function aboutOutput(output: string): About {
  return { output, source: "" };
}

/** A source, where it is about one. */
export function aboutSource(source: string): About {
  return { output: "", source };
}

function heldFact({ output, source }: About, reason: string): OwnFact {
  if (output !== "") return { action: "output_held", output, reason };
  return { action: keyReasons.has(reason) ? "key_rejected" : "source_held", source, reason };
}

function releasedFact({ output, source, reason, since }: HoldRow, at: number): OwnFact {
  const seconds = Math.max(0, Math.round((at - since) / 1000));
  if (output !== "") return { action: "output_released", output, reason, seconds };
  return { action: keyReasons.has(reason) ? "key_accepted" : "source_released", source, reason, seconds };
}

function keyOf({ output, source }: About): string {
  return JSON.stringify([output, source]);
}
