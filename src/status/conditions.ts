import { type Condition, idleSince } from "./condition.ts";

/** The condition that every loop told last. Loops tell theirs as values, so they may run elsewhere. */
export class Conditions {
  readonly #sources = new Map<string, Condition>();
  readonly #outputs = new Map<string, Condition>();
  readonly #beginning: Condition;

  constructor(monotonicMs: number) {
    this.#beginning = idleSince(monotonicMs);
  }

  /** Takes note of what a source's loop tells. */
  ofSource(name: string): (condition: Condition) => void {
    return (condition) => void this.#sources.set(name, condition);
  }

  /** Takes note of what an output's loop tells. */
  ofOutput(name: string): (condition: Condition) => void {
    return (condition) => void this.#outputs.set(name, condition);
  }

  source(name: string): Condition {
    return this.#sources.get(name) ?? this.#beginning;
  }

  output(name: string): Condition {
    return this.#outputs.get(name) ?? this.#beginning;
  }
}
