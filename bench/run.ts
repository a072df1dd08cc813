// `npm run bench`: what the daemon costs, as tables and as JSON. `--help` says how it is asked.
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { tidily } from "./children.ts";
import { measureCompared } from "./compare/compare.ts";
import { measureDays, measureOutputs } from "./growth.ts";
import { machine, syncMs, watchOthers } from "./machine.ts";
import { type Cost, measureDay, measurePath, measureStart, measureStartUp } from "./measure.ts";
import { measureYardstick, yardstickLine, yardstickOf } from "./multiples.ts";
import { type Options, readOptions } from "./options.ts";
import { paths } from "./paths.ts";
import { preparePlace } from "./place.ts";
import { type Figures, figuresText } from "./report.ts";
import { writeResults } from "./results.ts";

const yardstickLines = 200_000;
/** How long the machine is watched before anything is started. */
const watchMs = 5_000;

function tell(cost: Cost): void {
  const { name, events, cpuMicros, peakMiB } = cost;
  process.stderr.write(`${name}: ${events} events, ${cpuMicros.toFixed(2)} µs, ${Math.round(peakMiB)} MiB\n`);
}

async function measureAll({ events, wanted, folder }: Options): Promise<Figures> {
  const idle = watchOthers([]);
  await sleep(watchMs);
  const othersBefore = idle();
  const place = await preparePlace(folder);
  const yardstickLog = place.log(Math.min(events, yardstickLines));
  const others = watchOthers([place.remote.child, place.remote.grpc.child]);
  const before = await measureYardstick(yardstickLog);
  const startUp = await measureStartUp(place);
  const costs: Cost[] = [];
  const keep = (cost: Cost) => {
    tell(cost);
    costs.push(cost);
  };
  // The plain path is measured with the re-reads of its day.
  const plainToo = wanted.has("reread");
  if (plainToo) for (const cost of await measureDay(place, events)) keep(cost);
  for (const path of paths)
    if (wanted.has(path.key) && !(plainToo && path.key === "hec"))
      keep(await measurePath(place, path, events));
  const start = wanted.has("start") ? await measureStart(place, events) : undefined;
  const compared = wanted.has("compare") ? await measureCompared(place, events, tell) : undefined;
  const outputs = wanted.has("outputs") ? await measureOutputs(place, events, tell) : undefined;
  const days = wanted.has("days") ? await measureDays(place, events, tell) : undefined;
  const yardstick = yardstickOf(before, await measureYardstick(yardstickLog));
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    made: place.remote.made,
    syncMs: syncMs(place.folder),
    othersBefore,
    others: others(),
    events,
    yardstick,
    startUp,
    costs,
    start,
    compared,
    outputs,
    days,
  };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    process.stdout.write(options);
    return;
  }
  const figures = await measureAll(options);
  process.stdout.write(`${yardstickLine(figures.yardstick)}\n\n${figuresText(figures)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  if (options.write) writeResults(figures);
}

await tidily(main);
