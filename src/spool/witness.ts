import { createHash } from "node:crypto";
import { join } from "node:path";
import { builtin } from "../builtin.ts";

const { lstatSync, readFileSync, renameSync, writeFileSync } = builtin("node:fs");

/** What a run leaves outside the state directory: which state was here, and which run had it. */
export interface Witness {
  readonly id: string;
  readonly runs: readonly number[];
  /** When it was written, epoch milliseconds. */
  readonly at: number;
}

/** The directory that systemd gives a service for what is not copied or restored with its state. */
export function witnessFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return environment.CACHE_DIRECTORY?.split(":")[0] || undefined;
}

/**
 * A file in a directory that is not copied or restored together with the state, such as the cache directory
 * that systemd gives a service. It may be lost at any time: then it says nothing. Never throws.
 */
export class WitnessFile {
  readonly #path: string;

  constructor(folder: string, stateDir: string) {
    this.#path = join(folder, `state-${createHash("sha256").update(stateDir).digest("hex").slice(0, 16)}`);
  }

  read(): Witness | undefined {
    try {
      const text = readFileSync(this.#path, "latin1");
      const found = /^state ([0-9a-f]{32}) runs ([0-9a-f]{8}(?: [0-9a-f]{8})?)\n$/.exec(text);
      if (found === null) return undefined;
      const runs = (found[2] as string).split(" ").map((run) => Number.parseInt(run, 16));
      return { id: found[1] as string, runs, at: lstatSync(this.#path).mtimeMs };
    } catch {
      return undefined;
    }
  }

  /** Best effort: what cannot be written must not stay as it was either. */
  write(id: string, runs: readonly number[]): void {
    const text = `state ${id} runs ${runs.map((run) => run.toString(16).padStart(8, "0")).join(" ")}\n`;
    try {
      writeFileSync(`${this.#path}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      this.#forget();
    }
  }

  #forget(): void {
    try {
      writeFileSync(this.#path, "");
    } catch {
      // Whoever cannot even do that reads it as what it was: it is told as older state, which is no loss.
    }
  }
}
