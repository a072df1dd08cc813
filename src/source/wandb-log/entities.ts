import { hash } from "node:crypto";
import type { Entry } from "../../record/entry.ts";

/** More teams than an organization has. */
const most = 512;
/** A longer id or name is not kept: it may be nearly all of a record. */
const longest = 256;

/**
 * Which teams and people a log is about, as short digests: by these one organization's log is told from
 * another's.
 */
export class Entities {
  readonly #digests = new Set<string>();
  /** Whose digest is there. */
  readonly #ids = new Set<string>();

  see(entry: Entry): void {
    if (this.#digests.size >= most) return;
    const id = idIn(entry, "entity_asset") ?? idIn(entry, "entity_name");
    if (id === undefined || this.#ids.has(id)) return;
    this.#digests.add(hash("sha256", id, "hex").slice(0, 10));
    if (id.length <= longest) this.#ids.add(id);
  }

  digests(): string[] {
    return [...this.#digests];
  }
}

function idIn(entry: Entry, key: string): string | undefined {
  const value = entry.get(key);
  const says = value !== undefined && value.kind !== "literal" && value.text !== "" && value.text !== "0";
  return says ? value.text : undefined;
}
