/** A list that does not lead on to what it says is there: all that is behind would be missed. */
export class BrokenList extends Error {
  override readonly name = "BrokenList";
  readonly fix =
    "look at endpoint, and at what stands between: what answers must take the token of the next page that it gave (of S3: know ListObjectsV2)";
}

/**
 * Where the next page of a store's list begins. Notices lists whose pages run in a circle, of whatever
 * length, by one token: what came last as often as it was replaced by twice as late a one.
 */
export class ListPlace {
  #kept: string | undefined;
  #since = 0;
  #most = 1;

  /**
   * A page ended with this token; `more` where it says itself whether another one follows. Undefined: it was
   * the last. Throws BrokenList.
   */
  after(token: string | undefined, more = token !== undefined && token !== ""): string | undefined {
    if (!more) return undefined;
    if (token === undefined || token === "")
      throw new BrokenList("its list says that there is more, and not where");
    if (token === this.#kept) throw new BrokenList("the pages of its list run in a circle");
    this.#since += 1;
    if (this.#since === this.#most) {
      this.#kept = token;
      this.#since = 0;
      this.#most *= 2;
    }
    return token;
  }
}
