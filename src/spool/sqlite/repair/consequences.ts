import type { Tables } from "../tables.ts";

/** What losing rows of a table means, for the note that is left. */
export const consequences: readonly (readonly [
  table: Exclude<keyof Tables, "meta" | "chunk">,
  key: string,
  meaning: string,
])[] = [
  ["damage", "id", "earlier damage may be reported again"],
  ["output", "name", "an output may get everything that is kept again"],
  ["source", "name", "a source may be read from its start again"],
  ["gap", "source, day", "some gaps are not shown any more"],
  ["book", "source, day", "the books of some days start over"],
  [
    "outputBook",
    "output, source, day",
    "the books call what was counted there lost, and those days come again",
  ],
  ["ledger", "source, day, first_seq", "known records may come again, under the same uid"],
  ["known", "instance, day, first_seq", "known records may come again, under the same uid"],
  ["knownName", "instance, day, part", "of records that differ only in a name one may come again"],
  ["shownDay", "instance, day", "some days are forgotten as if they had not been shown again"],
  ["backfill", "source", "a backfill has to be asked for again"],
  ["sweep", "source", "days that were read once more may be read once more again"],
  ["lateness", "source, day", "how late records came is not known of some days"],
  [
    "witnessDay",
    "source, day",
    "some days are compared once more; of a witness that becomes primary now they are not read once more",
  ],
  ["deadLetter", "output, seq", "they are only in the database that was set aside"],
  ["side", "output, id", "the days of what waited beside an output are read again"],
  ["stretch", "output, id", "some events are not sent once more"],
  ["mark", "output, at", "some events may not be sent once more after a disturbance"],
  ["replay", "output", "a replay has to be asked for again"],
  ["milestone", "output, at", "when some records were delivered is not told any more"],
  ["activeDay", "instance, day", "who was active on some days is not known any more"],
  ["person", "instance, user", "some users are shown without their names"],
  ["destination", "output", "a change of an output's address is not noticed"],
  ["origin", "source", "a change of a source's instance is not noticed"],
  [
    "sideBook",
    "output, source, day",
    "the books call what was dropped there lost, and those days come again",
  ],
  ["hold", "output, source", "the end of a hold may not be told, or a hold may be told again"],
  ["told", "action, output, source", "some own events may be told more often than they should"],
  ["configured", "part", "a change of the configuration may be told that was none"],
];
/** With which schema tables came: they are not in a database that was damaged before it was brought there. */
export const since: Readonly<Record<string, number>> = {
  ...{ side: 2, stretch: 2, mark: 2, sideBook: 2 },
  ...{ destination: 3, origin: 3 },
  ...{ known: 4, knownName: 4 },
  ...{ shownDay: 5, backfill: 5 },
  ...{ hold: 6, told: 6, configured: 6 },
  ...{ milestone: 7, activeDay: 7, person: 7 },
  ...{ replay: 8 },
  ...{ sweep: 9, lateness: 9 },
  ...{ witnessDay: 10 },
};
