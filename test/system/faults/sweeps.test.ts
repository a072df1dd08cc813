import { spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayMs, dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { eventually } from "../whole/daemon.ts";
import { environment, type Rig, rig } from "./rig.ts";

const script = join(import.meta.dirname, "fast-daemon.ts");
const begun = Date.now();
/** The newest UTC day whose sweeps are due. */
const newest = utcDayOfMs(begun);
/** At noon: no midnight is near. */
const noonMs = (newest + 0.5) * dayMs - begun;
const swept = [newest - 7, newest - 3, newest - 1];

let here: Rig;
const children: ReturnType<typeof spawn>[] = [];
beforeEach(async () => {
  here = await rig();
  const yaml = here.yaml(here.place.stateDir, "1m");
  here.place.write(yaml.replace("start: 3d", "start: 10d"));
  addTo([...swept, newest - 5], 100);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await here.close();
});

function addTo(days: readonly number[], count: number): void {
  for (const day of days)
    for (let n = 0; n < count; n++)
      here.wandb.log.append(wandbEntry(here.random, day * dayMs + Math.floor(here.random() * dayMs)));
}

/** The daemon, its wall clock so far ahead of noon. */
function start(aheadMs = 0) {
  const child = spawn(process.execPath, [script, here.place.config, String(noonMs + aheadMs)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH ?? "", ...environment },
  });
  children.push(child);
  let text = "";
  child.stdout.on("data", (piece: Buffer) => {
    text += piece.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, exited, text: () => text };
}

/** Older ones are read to be closed. */
const daysIn = (text: string) =>
  [...text.matchAll(/"type":"sweep_day".*?"day":"([^"]*)","age_days":[1-7],/g)].map(([, day]) => day);

it("SW-KILL a kill -9 in the middle of a sweep loses nothing that came late, and no sweep is done twice", {
  timeout: 120_000,
}, async () => {
  here.wandb.behave({ skewMs: noonMs - dayMs });
  const yesterday = start(-dayMs);
  await eventually("it has read all", () => /"type":"poll_done".*"caught_up":true/.test(yesterday.text()));
  await eventually("all has arrived", () => here.arrived() >= here.wandb.log.all().length - 100);
  yesterday.child.kill("SIGTERM");
  expect(await yesterday.exited).toBe(0);

  here.wandb.behave({ skewMs: noonMs });
  addTo([newest - 7, newest - 3], 20);
  here.wandb.behave({ fault: "drip", faultDay: dayText(newest - 7) });
  const asked = () =>
    here.wandb.taken().filter(({ query }) => query.get("startDate") === dayText(newest - 7));
  const before = asked().length;
  const killed = start();
  await eventually("the first sweep is under way", () => asked().length > before, 30_000);
  killed.child.kill("SIGKILL");
  await killed.exited;
  expect(daysIn(killed.text())).toEqual([]);

  here.wandb.behave({ fault: undefined });
  const next = start();
  await eventually("a sweep has ended", () => daysIn(next.text()).length > 0, 30_000);
  next.child.kill("SIGKILL");
  await next.exited;

  const last = start();
  await eventually("all is there", () => arrived().size >= here.wandb.log.all().length, 30_000);
  const first = here.wandb.taken().length;
  // A poll a minute: long enough for sweeps that would be done again, five minutes after a start.
  await eventually("it polls for a while", () => here.wandb.taken().length > first + 20, 60_000);
  last.child.kill("SIGTERM");
  expect(await last.exited).toBe(0);
  const found = [...daysIn(next.text()), ...daysIn(last.text())];
  expect(found).toEqual([...new Set(found)]);
  expect(swept.map(dayText)).toEqual(expect.arrayContaining(found));
  const db = new DatabaseSync(join(here.place.stateDir, "spool.db"), { readOnly: true });
  expect(db.prepare("SELECT date, next_day FROM sweep").all()).toEqual([{ date: newest, next_day: newest }]);
  db.close();
  const lines = here.wandb.log.all().map((text) => JSON.stringify(JSON.parse(text)));
  expect([...arrived().values()].sort()).toEqual(lines.sort());
});

/** By uid, what the log shows; a day passed, so there is a summary of it besides, which is the daemon's own. */
function arrived(): Map<string, string> {
  const events = here.hec.taken().map(({ event, fields }) => {
    return [String(fields?.event_uid), JSON.stringify(event)] as const;
  });
  return new Map(events.filter(([, text]) => !text.includes('"action":"wandb-audit-forwarder:')));
}
