import type { ReadFor } from "../spool/replays.ts";
import type { Store } from "../spool/store.ts";

/** What they wait for while there is none in the spool. */
export const noRoomInSpool = "waits until the outputs have made room in the spool";

/** Half of the spool stays for what is new. */
const partForNew = 2;
/** Who has waited waits until there is room for more than a little: a day is read from its start again. */
const partLeft = 4;

/** There is no room for what else a day shows: it is read again when there is. */
export class NoRoomForPast extends Error {
  override readonly name = "NoRoomForPast";
}

/** Whether there is room for what days of the past bring. */
export class PastRoom {
  readonly #store: Pick<Store, "usage" | "outputs">;
  #waits = false;

  constructor(store: Pick<Store, "usage" | "outputs">) {
    this.#store = store;
  }

  /** What they wait for; undefined where there is room. `readFor`: the replay that they are read for. */
  lack(readFor: ReadFor | undefined): string | undefined {
    const lack = this.#lack(readFor);
    this.#waits = lack !== undefined;
    return lack;
  }

  #lack(readFor: ReadFor | undefined): string | undefined {
    if (readFor !== undefined && readFor.bytes > readFor.mostBytes / (this.#waits ? partLeft : 1))
      return `waits until ${readFor.output} has taken what it gets again`;
    const { bytes, maxBytes, full } = this.#store.usage();
    if (full) return noRoomInSpool;
    if (bytes <= maxBytes / (this.#waits ? partLeft : partForNew)) return undefined;
    const waiting = this.#store.outputs().some((each) => !each.abandoned && each.backlog.events > 0);
    return waiting ? noRoomInSpool : undefined;
  }
}
