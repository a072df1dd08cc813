/** Does one thing after the other: the first at once, each further one when those before it are done. */
export class InTurn {
  #last: Promise<unknown> | undefined;

  /** Something is being done. */
  get busy(): boolean {
    return this.#last !== undefined;
  }

  /** Settles as `work` does. */
  do<Done>(work: () => Promise<Done>): Promise<Done> {
    const done = this.#last === undefined ? work() : this.#last.then(work);
    const over: Promise<void> = done.then(
      () => this.#over(over),
      () => this.#over(over),
    );
    this.#last = over;
    return done;
  }

  #over(one: Promise<unknown>): void {
    if (this.#last === one) this.#last = undefined;
  }
}
