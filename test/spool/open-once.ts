import { systemRandom } from "../../src/random.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { systemClock } from "../../src/time/clock.ts";

/** Opens the spool in argv and says what came of it: a process of its own for tests of the lock. */
try {
  openStore({
    stateDir: process.argv[2] as string,
    maxBytes: 1e9,
    keepDelivered: 0,
    clock: systemClock,
    random: systemRandom,
    pid: process.pid,
  }).close();
  process.stdout.write("opened\n");
} catch (error) {
  const { failure, message } = error as { failure: string; message: string };
  process.stdout.write(`${failure}: ${message}\n`);
}
