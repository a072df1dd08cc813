import manifest from "../package.json" with { type: "json" };
import { builtin } from "./builtin.ts";
import { carriedBy } from "./carried.ts";
import { exitCodes, type Terminal } from "./command/command.ts";
import { program } from "./command/program.ts";
import type { DeliveryStart } from "./daemon/remote/orders.ts";
import { remedyOf } from "./last-words.ts";
import { systemRandom } from "./random.ts";
import type { Scrub } from "./secret/scrub.ts";
import { excerpt } from "./text/excerpt.ts";
import { growLittle } from "./thread/heap-growth.ts";
import { invalidateProtectors } from "./thread/protectors.ts";
import { type ThreadStart, tellLoaded, threadsOf } from "./thread/start-thread.ts";
import { systemClock } from "./time/clock.ts";
import { loopTurn } from "./time/turn.ts";

/**
 * The only file that touches the process: arguments, streams and signals in, exit code out. A thread of the
 * program starts here too, see `threadsOf`.
 */
const { isMainThread, workerData } = builtin("node:worker_threads");
const { fstatSync, writeSync } = builtin("node:fs");
/** With `manifest` all that this program has besides its code. */
const carried = carriedBy(import.meta.url);
let scrub: Scrub = (text) => text;
let needsReader = true;

/** How long a service waits at its end for who reads its log, milliseconds. */
const logGraceMs = 1_000;

process.removeAllListeners("warning");
process.on("warning", (warning) => {
  // node:sqlite is used on purpose, in the version it is tested with.
  if (warning.name === "ExperimentalWarning" && warning.message.includes("SQLite")) return;
  process.stderr.write(`${scrub(`wandb-audit-forwarder: ${warning.name}: ${warning.message}`)}\n`);
});
void (isMainThread ? inProcess() : inThread());

/** What it throws is told to the main thread by Node, and ends this one. */
async function inThread(): Promise<void> {
  const { data, port } = workerData as ThreadStart<DeliveryStart>;
  invalidateProtectors();
  const { loadDelivery } = await import("./daemon/remote/serve-delivery.ts");
  const serve = await loadDelivery(data);
  // The last to be loaded, beside the main thread, which had begun before.
  growLittle();
  serve(port, useScrub);
  tellLoaded();
}

async function inProcess(): Promise<void> {
  // What is written belongs to the user of this program alone: it is audit data.
  process.umask(0o077);
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  let over = false;
  for (const stream of [process.stdout, process.stderr]) {
    writeWhole(stream);
    // Whoever read our output is gone (`map | head`), or the disk that took it is full.
    stream.on("error", (error) => {
      if (!needsReader || (over && hasReader(stream.fd))) return;
      if (!hasReader(stream.fd) && !stream.isTTY) sayUnwritten(error);
      process.exit(exitCodes.io);
    });
  }
  const code = await program(process.argv.slice(2), terminalOf());
  await Promise.all([written(process.stdout), written(process.stderr)]);
  // What a file did not take is told with the next turn. A reader may have had enough (`| grep -q`).
  over = true;
  await loopTurn();
  // Not waiting for idle connections and timers to end by themselves.
  process.exit(code);
}

function useScrub(scrubber: Scrub): void {
  scrub = scrubber;
}

function terminalOf(): Terminal {
  const isTTY = process.stdout.isTTY === true;
  const stderrIsTTY = process.stderr.isTTY === true;
  const noColor = process.env.NO_COLOR;
  const mayColor = (noColor === undefined || noColor === "") && process.env.TERM !== "dumb";
  return {
    // Made for who reads it alone.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    isTTY,
    colors: isTTY && mayColor,
    stderrIsTTY,
    stderrColors: stderrIsTTY && mayColor,
    // Somebody may change the size of the window.
    get columns() {
      return process.stdout.columns ?? 80;
    },
    get rows() {
      return process.stdout.rows;
    },
    agent: { name: "wandb-audit-forwarder", version: manifest.version },
    clock: systemClock,
    random: systemRandom,
    content: carried.content,
    pid: process.pid,
    uid: process.getuid?.(),
    onSignal(signal, then) {
      process.on(signal, then);
      return () => process.off(signal, then);
    },
    useScrub,
    startThread: threadsOf(carried),
    outliveReader() {
      needsReader = false;
    },
  };
}

/**
 * A file takes only the beginning of a text where its disk is full from there on, which Node's own stream for
 * it takes for all. What comes after a piece of a line begins on a line of its own.
 */
function writeWhole(stream: NodeJS.WriteStream & { readonly fd: number }): void {
  const { fd } = stream;
  if (!isFile(fd)) return;
  let torn = false;
  stream._write = (chunk: Buffer, _encoding, done) => {
    const bytes = torn ? Buffer.concat([lineEnd, chunk]) : chunk;
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(fd, bytes, at);
      torn = false;
      done();
    } catch (error) {
      torn ||= at > 0;
      done(error as Error);
    }
  };
}

const lineEnd = Buffer.from("\n");

function isFile(fd: number): boolean {
  return statOf(fd)?.isFile() === true;
}

/** At once, as the end is near; where standard error is what takes no more, nobody can be told. */
function sayUnwritten({ message }: Error): void {
  const fix =
    "make room on its disk, or raise its quota or the limit on the size of files (ulimit -f): what it has is not all";
  try {
    writeSync(2, `wandb-audit-forwarder: the output did not fit: ${message}\n  fix: ${fix}\n`);
  } catch {
    // The exit code tells.
  }
}

/** A pipe or a socket: whoever is at its other end may go. */
function hasReader(fd: number): boolean {
  const stat = statOf(fd);
  return stat?.isFIFO() === true || stat?.isSocket() === true;
}

function statOf(fd: number) {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}

/**
 * A pipe takes 64 KiB, and the rest waits for its reader: an exit would lose it. A service does not wait for
 * who reads its log.
 */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  const done = new Promise<void>((resolve) => stream.write("", () => resolve()));
  await (needsReader
    ? done
    : Promise.race([done, systemClock.sleep(logGraceMs, new AbortController().signal)]));
}

/** One line, then the end: what is on disk is safe, and going on after what nobody expected is not. */
function crash(error: unknown): never {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const where =
    /\((?:file:\/\/)?[^()]*?((?:src|dist)\/[^()]+)\)|at (?:file:\/\/)?\S*?((?:src|dist)\/\S+)/.exec(
      stack ?? "",
    );
  const place = where === null ? "" : ` at ${where[1] ?? where[2]}`;
  const remedy = remedyOf(error);
  const what =
    remedy === undefined
      ? `unexpected ${name}${place}: ${message}; this is a bug`
      : `it cannot go on${place}: ${message}; ${remedy}`;
  const text = `wandb-audit-forwarder: ${what}, what is kept in state_dir is safe`;
  process.stderr.write(`${excerpt(scrub(text), 4096)}\n`);
  process.exit(remedy === undefined ? exitCodes.crash : exitCodes.io);
}
