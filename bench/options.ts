import { parseArgs } from "node:util";
import { paths } from "./paths.ts";

const help = `npm run bench -- [options]

What the daemon costs: CPU per event of all its threads, in microseconds and as multiples of a yardstick that is measured
before and after, events a second, and memory. Every process runs on this machine; the spool is on a real disk.

  --events N      entries in the day's log (1000000)
  --only A,B      some of: ${paths.map(({ key }) => key).join(", ")},
                  reread (the day's log a second and a third time), start (over a backlog),
                  compare (Fluent Bit, syslog-ng, rsyslog, where they are installed),
                  days (a hundredth to ten times N entries a day), outputs (1 to 8 of them)
  --growth        days and outputs too: they take most of the time, and disk for ten times N entries three times
  --json FILE     all figures, for programs
  --folder DIR    where the log and the spool are kept for the run; it must not be in memory
  --write         with --growth: writes bench/results.md, if the machine was quiet
  --help          this
`;
const always = [...paths.map(({ key }) => key), "reread", "start", "compare"];
const growth = ["days", "outputs"];

/** What a run was asked for. */
export interface Options {
  readonly events: number;
  /** Keys of what is measured. */
  readonly wanted: ReadonlySet<string>;
  readonly json: string | undefined;
  readonly folder: string | undefined;
  readonly write: boolean;
}

/** What the command line says, or the text to show instead. */
export function readOptions(args: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: "string", default: "1000000" },
      only: { type: "string" },
      growth: { type: "boolean", default: false },
      json: { type: "string" },
      folder: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return help;
  const events = Number(values.events);
  if (!Number.isSafeInteger(events) || events < 1_000) throw new Error("--events: a whole number from 1000");
  const { json, folder, write } = values;
  const only = values.only?.split(",");
  const unknown = only?.filter((key) => ![...always, ...growth].includes(key)) ?? [];
  if (unknown.length > 0)
    throw new Error(`--only: ${unknown.join(", ")} is none of ${[...always, ...growth].join(", ")}`);
  if (write && only !== undefined) throw new Error("--write wants everything, not --only some of it");
  const all = values.growth || write ? [...always, ...growth] : always;
  return { events, wanted: new Set(only ?? all), json, folder, write };
}
