import type { Clock } from "../../src/time/clock.ts";

/** A clock that moves only when told to, and never keeps anybody waiting: `sleep` jumps to its end after giving others a turn. */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 0;

  constructor(wallMs: number) {
    this.#wall = wallMs;
  }

  now() {
    return this.#wall;
  }

  monotonic() {
    return this.#monotonic;
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
  }

  /** Somebody sets the wall clock; the monotonic one does not notice. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  async sleep(ms: number, stop?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (stop?.aborted !== true) this.advance(ms);
  }
}
