import type { ArchiveStore } from "../../src/archive/archive-store.ts";

/** What the next `put` does. */
type Trouble = "fail" | "late" | "cut";

/** An archive in memory that misbehaves on demand. */
export class MemoryArchive implements ArchiveStore {
  readonly where = "memory";
  readonly files = new Map<string, Buffer>();
  /** What the next puts do: `fail` stores nothing, `cut` stores and says that it failed, `late` stores when `land` is called. */
  readonly troubles: Trouble[] = [];
  readonly reads: string[] = [];
  /** 0 where nothing is said. */
  readonly changedAt = new Map<string, number>();
  readonly #late: (() => void)[] = [];

  async *list(prefix: string) {
    for (const [name, bytes] of [...this.files].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (name.startsWith(prefix))
        yield { name, size: bytes.length, changedAt: this.changedAt.get(name) ?? 0 };
  }

  async read(name: string) {
    this.reads.push(name);
    return this.files.get(name);
  }

  async put(name: string, bytes: Buffer): Promise<"stored" | "exists"> {
    const trouble = this.troubles.shift();
    const copy = Buffer.from(bytes);
    if (trouble === "late") this.#late.push(() => void this.#store(name, copy));
    if (trouble === "fail" || trouble === "late") throw new Error("the archive is not reached");
    const result = this.#store(name, copy);
    if (trouble === "cut") throw new Error("the answer was lost");
    return result;
  }

  async findings() {
    return [];
  }

  async close(): Promise<void> {}

  /** What was asked for before arrives. */
  land(): void {
    for (const arrive of this.#late.splice(0)) arrive();
  }

  #store(name: string, bytes: Buffer): "stored" | "exists" {
    const there = this.files.get(name);
    if (there === undefined) this.files.set(name, bytes);
    return there === undefined || there.equals(bytes) ? "stored" : "exists";
  }
}
