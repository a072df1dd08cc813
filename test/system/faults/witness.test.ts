import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayMs, dayText, utcDayOfMs } from "../../../src/time/clock.ts";
import { eventually } from "../whole/daemon.ts";
import { environment, type Rig, rig } from "./rig.ts";

const script = join(import.meta.dirname, "fast-daemon.ts");
const hourMs = 3_600_000;
const day = utcDayOfMs(Date.now());
/** Noon of tomorrow: today is yesterday then, and over. */
const noonMs = (day + 1.5) * dayMs - Date.now();

/** What W&B fills in when the API is asked. */
const names =
  /^(actor_email|user_email|(entity|project|report)_name|artifact_(digest|qualified_name|sequence_name|version_index))$/;
const stored = (line: string) =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line)).filter(([key]) => !names.test(key))));
const text = (lines: readonly string[]) => lines.map((line) => `${stored(line)}\n`).join("");

let here: Rig;
const children: ReturnType<typeof spawn>[] = [];
beforeEach(async () => {
  here = await rig();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await here.close();
});

const entriesOf = (of: number, count: number) =>
  Array.from({ length: count }, () =>
    wandbEntry(here.random, of * dayMs + Math.floor(here.random() * 80_000) * 1000),
  );

/** The rig's configuration with a second source of the same instance. */
function configure(archive: string, interval = "1s"): void {
  const yaml = here.yaml(here.place.stateDir, interval);
  here.place.write(
    yaml
      .replace("outputs:", `  - { name: archive, instance: acme.example, start: 3d, ${archive} }\noutputs:`)
      .replace("level: info", "level: debug"),
  );
}

/** The daemon whose wall clock is at noon of tomorrow. */
function startFast() {
  const child = spawn(process.execPath, [script, here.place.config, String(noonMs)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH ?? "", ...environment, SECRET: "a-secret-for-tests" },
  });
  children.push(child);
  let said = "";
  child.stdout.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  let skewMs = noonMs;
  return {
    child,
    exited,
    text: () => said,
    /** Two hours pass, here and at the server. */
    pass() {
      skewMs += 2 * hourMs;
      here.wandb.behave({ skewMs });
      child.kill("SIGUSR2");
    },
  };
}

/** What the program told of itself with this action, as it arrived. */
const told = (action: string) =>
  here.hec
    .taken()
    .map(({ event }) => event as { action?: string; day?: string; count?: number; examples?: unknown[] })
    .filter((event) => event.action === `wandb-audit-forwarder:${action}`);
/** By uid, how often what W&B said arrived. */
function arrivals(): Map<string, number> {
  const found = new Map<string, number>();
  for (const { event, fields } of here.hec.taken()) {
    if (String((event as { action?: unknown }).action).startsWith("wandb-audit-forwarder:")) continue;
    const uid = String(fields?.event_uid);
    found.set(uid, (found.get(uid) ?? 0) + 1);
  }
  return found;
}

it("WI-HIDDEN names what the API hides and the bucket has, and says when the API shows it", {
  timeout: 120_000,
}, async () => {
  const store = new ObjectStore();
  const server = await startS3Server(store);
  try {
    const shown = entriesOf(day, 300);
    const hidden = entriesOf(day, 3);
    // A twin of one that is shown, too.
    hidden.push(shown[0] as string);
    here.wandb.behave({ skewMs: noonMs });
    here.wandb.log.append(...shown);
    store.put(`wandb-audit-logs/${dayText(day)}.json`, text([...shown, ...hidden]), (day + 1) * dayMs);
    configure(
      `type: bucket, role: verify, url: "s3://logs/wandb-audit-logs", endpoint: "${server.url}", access_key_id: id, secret_access_key: "\${SECRET}", poll_interval: 1m`,
      "1m",
    );
    const daemon = startFast();
    await eventually("all that is shown has arrived", () => here.arrived() >= shown.length);
    const compared = () => daemon.text().split('"type":"witness_day"').length - 1;
    await eventually("the day was compared once", () => compared() > 0, 30_000);
    expect(told("witness_differs")).toEqual([]);
    daemon.pass();
    await eventually("it tells what differs", () => told("witness_differs").length > 0, 30_000);
    expect(told("witness_differs")).toMatchObject([{ day: dayText(day), missing: hidden.length, extra: 0 }]);
    expect(told("witness_differs")[0]?.examples).toHaveLength(hidden.length);
    expect(daemon.text()).toMatch(/"level":"warn".*"type":"witness_differs".*"missing":4/);
    expect(arrivals().size).toBe(shown.length);

    here.wandb.log.append(...hidden);
    await eventually("the API's have arrived", () => arrivals().size >= shown.length + hidden.length, 30_000);
    daemon.pass();
    await eventually("it agrees again", () => told("witness_agrees").length > 0, 30_000);
    daemon.child.kill("SIGTERM");
    expect(await daemon.exited).toBe(0);
    expect([told("witness_differs"), told("witness_agrees")]).toMatchObject([{ length: 1 }, { length: 1 }]);
    here.expectWhole();
    expect([...arrivals().values()].every((times) => times === 1)).toBe(true);
  } finally {
    await server.close();
  }
});

it.each(["file", "server"])(
  "WI-ROLE what a %s was shown as a witness is delivered when it becomes primary, by SIGHUP, and nothing twice",
  {
    timeout: 120_000,
  },
  async (kind) => {
    const folder = join(here.place.folder, "logs");
    mkdirSync(folder);
    const path = join(folder, "audit.ndjson");
    const witness = kind === "file" ? "archive" : "prod";
    const configured = (role: string) => {
      configure(`type: file, path: "${folder}/*.ndjson", poll_interval: 1s`);
      const yaml = readFileSync(here.place.config, "utf8");
      here.place.write(yaml.replace(`{ name: ${witness},`, `{ name: ${witness}, role: ${role},`));
    };
    const shown = entriesOf(day - 1, 200);
    const only = [entriesOf(day - 2, 5), entriesOf(day - 1, 5), entriesOf(day - 1, 5)] as const;
    if (kind === "file") here.wandb.log.append(...shown);
    else writeFileSync(path, text(shown));
    /** The witness is shown more of those that only it has. */
    const show = (...more: number[]) => {
      const lines = more.flatMap((at) => only[at] as string[]);
      if (kind === "file") writeFileSync(path, (existsSync(path) ? readFileSync(path) : "") + text(lines));
      else here.wandb.log.append(...lines);
    };
    show(0, 1);
    if (kind === "file") appendFileSync(path, text(shown));
    else here.wandb.log.append(...shown);
    configured("verify");
    const daemon = here.start();
    const reads = () => daemon.stdout().split(`"type":"poll_done","source":"${witness}"`).length - 1;
    const twice = async () => {
      const before = reads();
      await eventually("the witness was read twice", () => reads() > before + 1);
    };
    const reload = async (role: string) => {
      const before = daemon.stdout().split('"type":"config_reloaded"').length;
      configured(role);
      daemon.kill("SIGHUP");
      await eventually(
        "it was reloaded",
        () => daemon.stdout().split('"type":"config_reloaded"').length > before,
      );
    };
    await eventually("all that the primary shows has arrived", () => arrivals().size >= shown.length);
    await twice();
    expect(arrivals().size).toBe(shown.length);

    await reload("primary");
    await eventually("what only the witness has arrives", () => arrivals().size >= shown.length + 10);
    await reload("verify");
    show(2);
    await twice();
    expect(arrivals().size).toBe(shown.length + 10);
    await reload("primary");
    await eventually("what it was shown meanwhile arrives", () => arrivals().size >= shown.length + 15);
    await twice();
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    expect([...arrivals().values()].filter((times) => times > 1)).toEqual([]);
    expect(arrivals().size).toBe(shown.length + 15);
    // Nothing is owed any more, of the day that goes on neither.
    const found = told("gap_found").reduce((sum, { count = 0 }) => sum + count, 0);
    const ended = [...told("gap_filled"), ...told("gap_dropped")].reduce(
      (sum, { count = 0 }) => sum + count,
      0,
    );
    expect(found).toBe(ended);
  },
);

it("WI-KILL a witness that is killed again and again while it is read has forgotten nothing", {
  timeout: 180_000,
}, async () => {
  const folder = join(here.place.folder, "logs");
  mkdirSync(folder);
  const file = (role: string) =>
    configure(`type: file, path: "${folder}/*.ndjson", role: ${role}, poll_interval: 1s`);
  const shown = entriesOf(day - 1, 100);
  here.wandb.log.append(...shown);
  const truth: string[] = [...shown];
  file("verify");
  for (let kills = 0; kills < 8; kills++) {
    // Enough that a kill meets the read of it.
    const more = entriesOf(day - 1 - (kills % 2), 6_000);
    truth.push(...more);
    writeFileSync(join(folder, `${kills}.ndjson`), text(more));
    const daemon = here.start();
    const began = () =>
      daemon.stdout().includes('"source":"archive"') || daemon.stdout().includes('"type":"started"');
    await eventually("it has begun", began);
    await new Promise((resolve) => setTimeout(resolve, here.random() * 700));
    daemon.kill("SIGKILL");
    await daemon.exited;
    expect(arrivals().size).toBeLessThanOrEqual(shown.length);
  }
  file("primary");
  expect((await here.once()).code).toBe(0);
  const wanted = new Map<string, number>();
  for (const line of truth) wanted.set(stored(line), 0);
  expect(arrivals().size).toBeGreaterThanOrEqual(wanted.size);
  const got = new Set(
    here.hec
      .taken()
      .map(({ event }) => JSON.stringify(event))
      .filter((event) => !event.includes("wandb-audit-forwarder:"))
      .map(stored),
  );
  expect([...wanted.keys()].filter((line) => !got.has(line))).toEqual([]);
});
