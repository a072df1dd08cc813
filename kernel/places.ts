// Where in the memory everything stands, in bytes. What is exported is told to the program that uses it.

/** Numbers that a call leaves behind, four bytes each. */
export const stateAt: i32 = 0x000;
/** By key: the bytes of its name, with quotation marks and colon. */
export const keyLengthsAt: i32 = 0x140;
/** By key: 1 where its text may be escaped. */
export const escapableAt: i32 = 0x160;
/** By key: 1 where 0 stands for nothing. */
export const idsAt: i32 = 0x180;
/** Which keys are which: see `src/event/regular-event.ts`. */
export const rolesAt: i32 = 0x1a0;
/** By what stands behind a backslash: 1 where that is one of the usual escapes. */
export const escapesAt: i32 = 0x200;
/** By key, and last for the first of all: the four that followed it lately, a byte each, the last one first. */
export const followersAt: i32 = 0x300;
/** By key, `keyBytes` each: its name, as above. */
export const keysAt: i32 = 0x400;
export const keyBytes: i32 = 32;
/** By byte: its two hexadecimal digits. */
export const hexAt: i32 = 0x800;
/** By key, four bytes each: where in the memory the event's value begins, and ends. */
export const startsAt: i32 = 0xa00;
export const endsAt: i32 = 0xa80;
/** The members of the event's record: slots, and behind them four numbers each. */
export const membersAt: i32 = 0xb00;
/** What a row of an identity's table is, see `identity.ts`. */
export const identityPartsAt: i32 = 0xe00;
export const identityTextsAt: i32 = 0x1100;
/** Texts that neighbours share, `sharedBytes` each: the bytes of it, four bytes long, and then the text. */
export const sharedAt: i32 = 0x1800;
export const sharedBytes: i32 = 64;
export const sharedMost: i32 = 64;
/** The members of an entry by itself. */
export const entryMembersAt: i32 = 0x2900;
/** What is hashed. */
export const hashedAt: i32 = 0x3000;
export const hashedMost: i32 = 0x8000;
/** Records from here on, with room to look behind the last. */
export const windowAt: i32 = 0x10000;
export const windowMost: i32 = 0x10000;
/** The uid of a record in the window, where that is not beside it. */
export const uidAt: i32 = 0x20800;
/** A record of the window with other values: of each a short text at most. */
export const redactedAt: i32 = 0x30000;
export const redactedMost: i32 = 0x11000;
/** How the events of a kind are written. */
export const programsAt: i32 = 0x70000;
export const programsMost: i32 = 0x80000;
/** Lines that come one behind the other, their members, and where each of them stands. */
export const linesAt: i32 = 0x100000;
export const linesMost: i32 = 0x40000;
export const spansAt: i32 = 0x150000;
export const spansMost: i32 = 0xa0000;
export const rowsAt: i32 = 0x1f0000;
export const rowsMost: i32 = 4096;
/** An entry by itself, with room to look behind it. */
export const entryAt: i32 = 0x200000;
export const entryMost: i32 = 0x10000;
/** What an event is written as: some values stand in it more than once. */
export const writtenAt: i32 = 0x220000;
export const writtenMost: i32 = 0x100000;
/** The time of the last record of a run: how long its text is, four bytes, and the text. */
export const lastTimeAt: i32 = 0x330000;
export const lastTimeMost: i32 = 60;
/** Where the sections of an event that are not closed begin, four bytes each. */
export const begunAt: i32 = 0x330100;
export const begunMost: i32 = 16;
/** Where in what is written the events of a run end, four bytes each. */
export const runEndsAt: i32 = 0x330200;
export const runMost: i32 = 4096;
/** Kinds of events, `kindBytes` each. */
export const kindsAt: i32 = 0x338000;
export const kindsMost: i32 = 1024;
export const kindBytes: i32 = 96;
/** What is found out of new records. By pair of a name and its id: their keys, a byte each. */
export const namePairsAt: i32 = 0x350000;
/** Of each row of those lines its identity, and where it starts and ends. */
export const rowUidsAt: i32 = 0x351000;
export const rowUidsMost: i32 = 8192;
export const rowStartsAt: i32 = 0x371000;
export const rowEndsAt: i32 = 0x379000;
/** Some of them as a chunk has them. Chunks are written to files from there, too. */
export const keptAt: i32 = 0x390000;
export const keptMost: i32 = 0x80000;
