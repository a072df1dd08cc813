/**
 * So many sends are taken before one may again be as large as what was too large: a limit of the remote, or
 * of what stands before it, stays for long, and each try beyond it is sent in vain.
 */
const sendsBeforeLarger = 200;

/** How many events go in one send: fewer after a refusal, as many as before once sends are taken again. */
export class SendSize {
  readonly #mostEver: number;
  /** What it grows back to: less than `mostEver` once that was too large. */
  #most: number;
  #now: number;
  #takenAtMost = 0;

  constructor(most: number) {
    this.#mostEver = most;
    this.#most = most;
    this.#now = most;
  }

  get now(): number {
    return this.#now;
  }

  /** A send of so many was refused. `tooLarge`: because of its size, which stays so for the next ones. */
  halve(sent: number, tooLarge: boolean): void {
    // Fewer than might have gone were large ones: their number says nothing of how many others may go.
    const asMany = sent >= this.#now;
    this.#now = Math.max(1, Math.floor(sent / 2));
    if (!tooLarge || !asMany) return;
    this.#most = this.#now;
    this.#takenAtMost = 0;
  }

  /** A single event was too large: that says nothing of how many others may go at once. */
  foundTooLarge(): void {
    this.#most = this.#mostEver;
  }

  /** A send was taken. */
  grow(): void {
    if (this.#now === this.#most && ++this.#takenAtMost >= sendsBeforeLarger) {
      this.#most = Math.min(this.#mostEver, this.#most * 2);
      this.#takenAtMost = 0;
    }
    this.#now = Math.min(this.#most, this.#now * 2);
  }

  one(): void {
    this.#now = 1;
  }
}
