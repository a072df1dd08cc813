import { systemRandom } from "../../src/random.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { systemClock } from "../../src/time/clock.ts";

/** Takes the state and gives it back, again and again, until somebody kills it. */
const [stateDir = "", witnessFolder] = process.argv.slice(2);
process.stdout.write("begins\n");
for (;;)
  openStore({
    stateDir,
    maxBytes: 1024 ** 3,
    keepDelivered: 0,
    outputs: ["siem"],
    clock: systemClock,
    random: systemRandom,
    host: { id: "00000000000000aa", name: "first" },
    witnessFolder,
  }).close();
