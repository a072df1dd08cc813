import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "../../../src/random.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { openStore } from "../../../src/spool/sqlite/open-store.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { all, dayMs, drain, keep, move, record, settled } from "../../fake/records.ts";

/** Fills the small file system in argv, then makes room: says what worked when. A process of its own for tests of a full disk. */
const directory = process.argv[2] as string;
const ballast = join(directory, "ballast");
writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));
const open = () =>
  openStore({
    stateDir: join(directory, "state"),
    maxBytes: 1e9,
    keepDelivered: 30 * dayMs,
    outputs: ["siem"],
    clock: systemClock,
    random: systemRandom,
  });
let spool = open();
let kept = 0;
const outcome = (work: () => void): string => {
  try {
    work();
    return "kept";
  } catch (error) {
    return error instanceof SpoolError ? error.failure : String(error);
  }
};
const append = () =>
  outcome(() => {
    keep(spool, "prod", [record(`r${kept}`, { bytes: Buffer.alloc(100_000, kept) })]);
    kept++;
  });
let full = append();
while (full === "kept") full = append();
const again = append();
const whileFull = spool.usage().full;
const head = spool.head() - kept;
const delivered = drain(spool, "siem").filter(({ seq, bytes }) => bytes[0] === (seq - 1) % 256).length - kept;
const balanced = spool.books()[0]?.pending;
spool.close();
spool = open();
const reopened = spool.head() - kept;
rmSync(ballast);
const withRoom = spool.usage().full;
const after = append();
const last = drain(spool, "siem").length;
while (append() === "kept");
const allButLast = spool.read(spool.standing("siem").position, all).slice(0, -1);
spool.settle("siem", move(allButLast.at(-1)?.seq ?? 0, settled(allButLast).counts));
const held = spool.read(0, all).length;
// Somebody else takes the rest of the disk: the one file of records has one that waits, and makes no room.
const { bavail, bsize } = statfsSync(directory);
writeFileSync(ballast, Buffer.alloc(bavail * bsize - 512 * 1024));
const onNothing = append();
const outside = spool.scratch(4096);
const scratch = outcome(() => outside.write(0, Buffer.alloc(1024 * 1024)));
const scratchFull = spool.usage().full;
outside.close();
const untouched = spool.read(0, all).length === held;
// Nothing but replays would want what is in it now.
drain(spool, "siem");
const forReplay = append();
process.stdout.write(
  JSON.stringify({
    full,
    again,
    whileFull,
    head,
    delivered,
    balanced,
    reopened,
    withRoom,
    after,
    last,
    onNothing,
    scratch,
    scratchFull,
    untouched,
    forReplay,
    fewer: spool.read(0, all).length < held,
    enough: kept > 10,
  }),
);
spool.close();
