import { systemRandom } from "../../src/random.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { systemClock } from "../../src/time/clock.ts";
import { keep, record } from "../fake/records.ts";

/** Appends to the spool in argv and says each acknowledged head, until somebody kills it. */
const spool = openStore({
  stateDir: process.argv[2] as string,
  maxBytes: 1e9,
  keepDelivered: 0,
  outputs: ["siem"],
  clock: systemClock,
  random: systemRandom,
  pid: process.pid,
});
for (;;) {
  const head = spool.head();
  keep(
    spool,
    "prod",
    Array.from({ length: 1 + (head % 7) }, (_, n) =>
      record(`r${head + n}`, { bytes: Buffer.alloc(20_000, head) }),
    ),
  );
  process.stdout.write(`${spool.head()}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
