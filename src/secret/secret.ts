/**
 * A value that must not be shown. Printing, serialising or inspecting it gives `***`; only `reveal()` gives
 * it out, at the socket.
 */
export class Secret {
  #value: string;
  #read: (() => string) | undefined;
  #trouble: string | undefined;

  constructor(value: string, read?: () => string) {
    this.#value = value;
    this.#read = read;
  }

  reveal(): string {
    return this.#value;
  }

  /**
   * Tells where the value is read from, so that `reload` can read it again (file secrets, systemd
   * credentials). The messages of what it throws are shown: they must not hold the value.
   */
  bind(read: () => string): void {
    this.#read = read;
  }

  /**
   * Reads the value again from where it came; true when it changed. A file that cannot be read keeps the old
   * value.
   */
  reload(): boolean {
    if (this.#read === undefined) return false;
    try {
      const value = this.#read();
      this.#trouble = value === "" ? "its file is empty" : undefined;
      if (value === "" || value === this.#value) return false;
      this.#value = value;
      return true;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : "cannot be read";
      return false;
    }
  }

  /** Why the last `reload` had to keep the old value. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "***";
  }
}
