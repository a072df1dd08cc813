// `npm run bench:check`: fails where a path costs more yardsticks than bench/bounds.json allows. Never looks at times, so it
// says the same on a fast machine and a slow one; on one that does other things it says that it is skipped.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tidily } from "./children.ts";
import { type Cost, firstRead, measurePath, readAgain } from "./measure.ts";
import { measureYardstick, mostSpread, yardstickLine, yardstickOf } from "./multiples.ts";
import { paths } from "./paths.ts";
import { preparePlace } from "./place.ts";
import { table } from "./table.ts";

/** Few, because this runs before every change lands: start-up is a part of what is bounded. */
const events = 150_000;
const yardstickLines = 100_000;
const bounds = JSON.parse(readFileSync(join(import.meta.dirname, "bounds.json"), "utf8")) as Record<
  string,
  number
>;

async function main(): Promise<void> {
  const place = await preparePlace();
  const log = place.log(yardstickLines);
  const before = await measureYardstick(log);
  const costs: Cost[] = [];
  for (const path of paths.filter(({ key }) => key in bounds)) {
    // The day's log once more, on the way.
    if (path.key === "syslog") {
      const { row, daemon, work } = await firstRead(place, path, events);
      costs.push(row, await readAgain(place, daemon, events, "second"));
      await daemon.end();
      work.remove();
    } else costs.push(await measurePath(place, path, events));
  }
  const yardstick = yardstickOf(before, await measureYardstick(log));
  const rows = costs.map(({ key, name, cpuMicros }) => ({
    name,
    multiple: cpuMicros / yardstick.typical,
    bound: bounds[key] ?? Number.POSITIVE_INFINITY,
  }));
  const cells = rows.map(({ name, multiple, bound }) => [name, multiple.toFixed(2), String(bound)]);
  process.stdout.write(
    `${yardstickLine(yardstick)}\n\n${table(["path", "yardsticks", "at most"], cells)}\n\n`,
  );
  const over = rows.filter(({ multiple, bound }) => multiple > bound);
  if (yardstick.spread > mostSpread)
    process.stdout.write(
      "skipped: the machine is too busy to say, the yardsticks before and after are too far apart\n",
    );
  else if (over.length > 0) {
    process.stdout.write(`too dear: ${over.map(({ name }) => name).join(", ")}\n`);
    process.exitCode = 1;
  }
}

await tidily(main);
