/** How activity is counted. */
export interface ActivityRule {
  /** `off`: not at all, and what was counted is removed. `ids`: without names, and those that are kept go. */
  readonly scope: "off" | "ids" | "names";
  /** Sources whose names are withheld: none of theirs is kept. */
  readonly nameless: ReadonlySet<string>;
  /** How long a day is kept, milliseconds. */
  readonly keep: number;
}

/** A user on a UTC day. */
export interface SeenUser {
  readonly user: string;
  /** Of the day, when the user was last active: 0 to 86,399. */
  readonly second: number;
}

/** What is known of a user beside that. */
export interface Person {
  readonly user: string;
  /** The newest name, an e-mail address; absent where none is kept. */
  readonly name?: string;
  /** The log has shown that it was created as a service account. */
  readonly service: boolean;
}

/** What can be asked about the activity of an instance's users. Every call is short. Throws SpoolError. */
export interface ActivityLookup {
  instances(): readonly string[];
  /** UTC days on which somebody was active, ascending. */
  days(instance: string): readonly number[];
  /** Who was; `more`: and others, for whom there was no room. */
  users(instance: string, day: number): { readonly users: readonly SeenUser[]; readonly more: boolean };
  /** Some of those of whom more than the id is known, by id, behind `after`; empty at the end. */
  persons(instance: string, after: string): readonly Person[];
}
