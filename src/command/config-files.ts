import { createHash } from "node:crypto";
import type { LoadOptions } from "../config/load.ts";
import { readText } from "../config/read-text.ts";

type ReadFile = NonNullable<LoadOptions["readFile"]>;

/**
 * What a configuration was made from: its own file, and every file that it names for a value. Remembers what
 * was read through it, as digests: there are secrets among it.
 */
export class ConfigFiles {
  readonly #read: ReadFile;
  readonly #seen = new Map<string, string>();
  /** How they differed at the last look. */
  #difference: string | undefined;

  constructor(read: ReadFile = readText) {
    this.#read = read;
  }

  /** To be called before everything is read anew. */
  begin(): void {
    this.#seen.clear();
    this.#difference = undefined;
  }

  readonly readFile: ReadFile = (path) => {
    try {
      const file = this.#read(path);
      this.#seen.set(path, digest(file.text));
      return file;
    } catch (error) {
      this.#seen.set(path, missing);
      throw error;
    }
  };

  /**
   * Whether they differ from what was read, and were the same at the last look: whoever writes one of them is
   * done.
   */
  changed(): boolean {
    const now = [...this.#seen].map(([path, before]) => [before, this.#now(path)] as const);
    const before = this.#difference;
    const differs = now.some(([was, is]) => was !== is);
    this.#difference = differs ? now.map(([, is]) => is).join() : undefined;
    return differs && this.#difference === before;
  }

  #now(path: string): string {
    try {
      return digest(this.#read(path).text);
    } catch {
      return missing;
    }
  }
}

const missing = "-";

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
