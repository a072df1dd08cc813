/**
 * A number (32 bits) for each of many things that are numbered from 0; 0 where none was set. Grows by itself.
 */
export class NumberColumn {
  #values = new Uint32Array(0);

  get(at: number): number {
    return at < this.#values.length ? (this.#values[at] as number) : 0;
  }

  set(at: number, value: number): void {
    if (at >= this.#values.length) this.#grow(at + 1);
    this.#values[at] = value;
  }

  /** As far as anything was set. */
  get length(): number {
    return this.#values.length;
  }

  #grow(size: number): void {
    const values = new Uint32Array(Math.max(64, 2 ** Math.ceil(Math.log2(size))));
    values.set(this.#values);
    this.#values = values;
  }
}
