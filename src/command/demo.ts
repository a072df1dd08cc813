import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadNamed } from "../config/load-named.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/running-daemon.ts";
import type { Report } from "../report/report.ts";
import { type Rehearsal, startRehearsal } from "../simulate/rehearsal.ts";
import { rehearsalConfig, rehearsalEnvironment } from "../simulate/rehearsal-config.ts";
import { counted } from "../text/amounts.ts";
import type { Clock } from "../time/clock.ts";
import { ambientOf } from "./ambient.ts";
import { type Command, type DemoOptions, exitCodes, type Terminal } from "./command.ts";
import { interrupted } from "./simulate.ts";

const showEveryMs = 3000;

/** The whole thing on one machine: stand-ins for W&B and the receivers, and the real daemon between them. */
export const demo: Command<DemoOptions> = async (options, terminal) => {
  const folder = mkdtempSync(join(tmpdir(), "wandb-audit-demo-"));
  const unread = readerGone(terminal);
  const stop = AbortSignal.any([interrupted(terminal), unread]);
  let rehearsal: Rehearsal | undefined;
  let daemon: Daemon | undefined;
  try {
    rehearsal = await startRehearsal({
      clock: terminal.clock,
      seed: terminal.clock.now() >>> 0,
      dialect: "v5",
      days: 2,
      rate: options.rate,
      faults: [],
      folder: join(folder, "lines"),
    });
    const say = (text: string) => terminal.stdout.write(`${clockTime(terminal)}  ${text}\n`);
    const { lastBooks, ...scene } = await startBetween(rehearsal, folder, options.port, say, terminal);
    daemon = scene.daemon;
    terminal.stdout.write(welcome(scene, folder));
    await show(scene, AbortSignal.any([stop, endOf(scene, options.durationMs)]));
    if (unread.aborted) return exitCodes.io;
    say("stopping: no more reading, what is held is delivered");
    daemon.stop("the demo ends");
    await daemon.ended;
    say(await lastBooks());
    say("done");
    return exitCodes.done;
  } finally {
    daemon?.stopNow();
    await daemon?.ended.catch(() => {});
    await rehearsal?.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * Aborts when nobody reads the output any more, as in `demo | head`.
 * The process itself then goes on, so that the folder can be removed.
 */
function readerGone(terminal: Terminal): AbortSignal {
  const gone = new AbortController();
  terminal.stdout.on("error", () => gone.abort());
  terminal.outliveReader?.();
  return gone.signal;
}

/** What is shown, and how. */
interface Scene {
  readonly rehearsal: Rehearsal;
  readonly daemon: Daemon;
  readonly say: (text: string) => void;
  readonly clock: Clock;
}

/** The real daemon between the stand-ins, with its configuration and state in the folder. */
async function startBetween(
  rehearsal: Rehearsal,
  folder: string,
  port: number,
  say: (text: string) => void,
  terminal: Terminal,
): Promise<Scene & { lastBooks(): Promise<string> }> {
  const file = join(folder, "config.yaml");
  writeFileSync(file, rehearsalConfig(rehearsal, join(folder, "state"), port), { mode: 0o600 });
  const environment = { ...terminal.environment, ...rehearsalEnvironment };
  const config = await loadNamed(file, { environment });
  const narrate = narrator(say);
  // Asked for when the loops have ended: after that the spool is closed.
  let books = Promise.resolve("");
  let daemon: Daemon | undefined;
  const watch = (report: Report) => {
    narrate(report);
    if (report.type === "stopped" && daemon !== undefined) books = booksLine(daemon);
  };
  const ambient = { ...ambientOf(terminal, config), environment, writeLog: () => {}, watch };
  daemon = await startDaemon(config, ambient);
  return { rehearsal, daemon, say, clock: terminal.clock, lastBooks: () => books };
}

/** Aborts when the daemon has ended, or when the time is up. */
function endOf({ daemon, clock }: Scene, durationMs: number | undefined): AbortSignal {
  const ended = new AbortController();
  daemon.ended.finally(() => ended.abort()).catch(() => {});
  if (durationMs !== undefined) void clock.sleep(durationMs, ended.signal).then(() => ended.abort());
  return ended.signal;
}

function welcome({ rehearsal, daemon: { adminUrl } }: Scene, folder: string): string {
  const { wandb, hec, syslog, relp, otlp, http, elasticsearch, file, archive } = rehearsal;
  return `
wandb-audit-forwarder demo: a stand-in W&B, the real daemon, stand-in receivers. Everything is on this machine and invented.

  source wandb      W&B audit API     ${wandb.url}
  output splunk     Splunk HEC        ${hec.url}
  output soc        syslog over TCP   ${syslog.url}
  output relay      syslog over RELP  ${relp.url}
  output collector  OTLP over HTTP    ${otlp.url}
  output web        JSON over HTTP    ${http.url}/logs
  output search     Elasticsearch     ${elasticsearch.url}
  output lines      a file            ${file.path}
  output vault      an archive        ${archive.url}

  status page  ${adminUrl}/
  metrics      ${adminUrl}/metrics
  status       ${adminUrl}/status
  its configuration and state, while it runs: ${folder}

  Ctrl-C stops it.

`;
}

/**
 * Tells what happens in words, until `stop`; shows one example
 * per output once there is one, and the books every few seconds.
 */
async function show({ rehearsal, daemon, say, clock }: Scene, stop: AbortSignal): Promise<void> {
  const examples: [string, () => unknown][] = [
    [
      "Splunk HEC got, for example (CIM fields, the original record inside)",
      () => rehearsal.hec.taken()[0]?.text,
    ],
    ["syslog got, for example (RFC 5424, CEF)", () => rehearsal.syslog.taken()[0]],
    ["OTLP got, for example (as JSON)", () => rehearsal.otlp.taken()[0]],
  ];
  let shown = clock.monotonic();
  while (!stop.aborted) {
    await clock.sleep(250, stop);
    for (const example of [...examples]) {
      const [title, first] = example;
      const payload = first();
      if (payload === undefined) continue;
      examples.splice(examples.indexOf(example), 1);
      say(`${title}:\n\n${typeof payload === "string" ? payload : JSON.stringify(payload)}\n`);
    }
    if (clock.monotonic() - shown < showEveryMs || stop.aborted) continue;
    shown = clock.monotonic();
    say(await booksLine(daemon));
  }
}

function narrator(say: (text: string) => void): (report: Report) => void {
  return (report) => {
    if (report.type === "poll_done" && report.new > 0)
      say(
        `source ${report.source}: read ${counted(report.fetched, "record")}, ${report.new} of them new${report.late > 0 ? `, ${report.late} late` : ""}`,
      );
    else if (report.type === "delivered") say(`output ${report.output}: delivered ${report.events}`);
    else if (report.type === "poll_failed") say(`source ${report.source}: ${report.message}; ${report.fix}`);
    else if (report.type === "delivery_failed")
      say(`output ${report.output}: ${report.reason}: ${report.detail}`);
  };
}

/** The books, all days together: what must be true of every output. */
async function booksLine({ spool }: Daemon): Promise<string> {
  const outputs = new Map<
    string,
    { fetched: number; known: number; delivered: number; filtered: number; dead: number; pending: number }
  >();
  for (const row of await spool.books()) {
    const sum = outputs.get(row.output) ?? {
      fetched: 0,
      known: 0,
      delivered: 0,
      filtered: 0,
      dead: 0,
      pending: 0,
    };
    for (const key of ["fetched", "known", "delivered", "filtered", "dead", "pending"] as const)
      sum[key] += row[key];
    outputs.set(row.output, sum);
  }
  const width = Math.max(...[...outputs.keys()].map((name) => name.length));
  const lines = [...outputs].map(([name, { fetched, known, delivered, filtered, dead, pending }]) => {
    const rest = `${filtered > 0 ? ` + filtered ${filtered}` : ""}${dead > 0 ? ` + dead ${dead}` : ""}`;
    return `${name.padEnd(width)}  fetched ${fetched} (${known} of them known already): ${fetched - known} = delivered ${delivered}${rest} + pending ${pending}`;
  });
  return `books\n${lines.map((line) => `            ${line}`).join("\n")}`;
}

function clockTime({ clock }: Terminal): string {
  return new Date(clock.now()).toISOString().slice(11, 19);
}
