import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayMs, dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { eventually } from "../whole/daemon.ts";
import { environment, type Rig, rig } from "./rig.ts";

const script = join(import.meta.dirname, "fast-daemon.ts");
const begun = Date.now();
const newest = utcDayOfMs(begun);
/** At noon: the hour for the sweeps of the day is over, and no midnight is near. */
const noonMs = (newest + 0.5) * dayMs - begun;
/** Days that are old enough. */
const closing = [newest - 9, newest - 8, newest - 7];

let here: Rig;
const children: ReturnType<typeof spawn>[] = [];
beforeEach(async () => {
  here = await rig();
  here.wandb.behave({ skewMs: noonMs });
  const yaml = here.yaml(here.place.stateDir, "1m");
  here.place.write(yaml.replace("start: 3d", "start: 10d"));
  for (const day of closing)
    for (let n = 0; n < 100; n++)
      here.wandb.log.append(wandbEntry(here.random, day * dayMs + Math.floor(here.random() * dayMs)));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await here.close();
});

function start() {
  const child = spawn(process.execPath, [script, here.place.config, String(noonMs)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH ?? "", ...environment },
  });
  children.push(child);
  let text = "";
  child.stdout.on("data", (piece: Buffer) => {
    text += piece.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, exited, closed: () => text.split('"type":"day_closed"').length - 1 };
}

/** What sort and sha256sum make of the uids that arrived. No two entries are the same. */
function digestOf(day: number): string {
  const uids = here.hec
    .taken()
    .filter(({ event }) => JSON.stringify(event).includes(`"timestamp":"${dayText(day)}`))
    .map(({ fields }) => `${String(fields?.event_uid)} 1\n`);
  return createHash("sha256")
    .update([...new Set(uids)].sort().join(""))
    .digest("hex");
}

it("CL-KILL a kill -9 in the middle of a closing closes no day by half, and none twice", {
  timeout: 120_000,
}, async () => {
  const asked = () =>
    here.wandb.taken().filter(({ query }) => query.get("startDate") === dayText(newest - 8));
  const first = start();
  await eventually("all has arrived", () => here.arrived() >= here.wandb.log.all().length, 30_000);
  here.wandb.behave({ fault: "drip", faultDay: dayText(newest - 8) });
  const before = asked().length;
  await eventually("a closing is under way", () => asked().length > before, 60_000);
  first.child.kill("SIGKILL");
  await first.exited;
  here.wandb.behave({ fault: undefined });

  const second = start();
  await eventually("a day is closed", () => second.closed() > 0, 60_000);
  second.child.kill("SIGKILL");
  await second.exited;

  const last = start();
  const polls = here.wandb.taken().length;
  // A poll a minute: long enough for all of them, and for what would be done again, five minutes after a start.
  await eventually("it polls for a while", () => here.wandb.taken().length > polls + 25, 60_000);
  last.child.kill("SIGTERM");
  expect(await last.exited).toBe(0);
  const db = new DatabaseSync(join(here.place.stateDir, "spool.db"), { readOnly: true });
  const closed = db.prepare("SELECT day, closing, records, kept, digest FROM closed_day ORDER BY day").all();
  db.close();
  expect(closed).toEqual(
    closing.map((day) => ({ day, closing: 1, records: 100, kept: 100, digest: digestOf(day) })),
  );
});
