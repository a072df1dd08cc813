import { systemRandom } from "../../../src/random.ts";
import { openStore } from "../../../src/spool/sqlite/open-store.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { keep, record } from "../../fake/records.ts";

/** Appends so many records to the spool in argv, one by one, and says what came of each: a process of its own for tests that interfere with system calls. */
const [, , directory = "", count = "1"] = process.argv;
const said: string[] = [];
try {
  const spool = openStore({
    stateDir: directory,
    maxBytes: 1e9,
    keepDelivered: 0,
    outputs: ["siem"],
    clock: systemClock,
    random: systemRandom,
  });
  for (let n = 0; n < Number(count); n++) {
    try {
      keep(spool, "prod", [record(`r${spool.head()}`)]);
      said.push("kept");
    } catch (error) {
      said.push((error as { failure: string }).failure);
    }
  }
} catch (error) {
  said.push(`open: ${(error as { failure: string }).failure}`);
}
process.stdout.write(JSON.stringify(said));
