import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
const binary = join(cache, "otel-collector/otel-collector");
/** Why tests with it skip, for their names. */
export const whyNoCollector = "skipped where `test/real/otel-collector/build` has not been run";
export const collectorIsHere = existsSync(binary);

/** An OTLP/JSON LogRecord as the collector wrote it, values as JavaScript has them, integers as texts. */
export interface StoredRecord {
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Attributes of what it is about. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** The whole of it. */
  readonly text: string;
}

export interface Collector {
  /** By the receiver's name. */
  taken(receiver: string): readonly StoredRecord[];
  /** Kills it without a word and starts it again, on the same ports. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A receiver, as the collector's configuration has it, by its name: `syslog/octet`. */
export type Receivers = Readonly<Record<string, object>>;

/** A pipeline and a file for each receiver. `memoryMib: 1` refuses everything. `ports` are waited for. */
export async function startCollector(
  receivers: Receivers,
  ports: readonly number[],
  { memoryMib = 4096, extensions = {} }: { memoryMib?: number; extensions?: Receivers } = {},
): Promise<Collector> {
  const folder = mkdtempSync(join(tmpdir(), "otel-collector-"));
  const file = (receiver: string) => join(folder, `${receiver.replaceAll("/", "-")}.json`);
  const names = Object.keys(receivers);
  const entries = <Value>(value: (name: string) => Value, prefix: string) =>
    Object.fromEntries(names.map((name) => [`${prefix}/${name.replaceAll("/", "-")}`, value(name)]));
  const config = {
    extensions: { ack: {}, ...extensions },
    receivers,
    processors: { memory_limiter: { check_interval: "100ms", limit_mib: memoryMib } },
    // With `rotation` it writes at once.
    exporters: entries((name) => ({ path: file(name), rotation: { max_megabytes: 4096 } }), "file"),
    service: {
      extensions: ["ack", ...Object.keys(extensions)],
      telemetry: { metrics: { level: "none" }, logs: { level: "error" } },
      pipelines: entries(
        (name) => ({
          receivers: [name],
          processors: ["memory_limiter"],
          exporters: [`file/${name.replaceAll("/", "-")}`],
        }),
        "logs",
      ),
    },
  };
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  let child = await start();

  async function start() {
    const started = spawn(binary, ["--config", join(folder, "config.yaml")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [started.stdout, started.stderr])
      stream.on("data", (piece: Buffer) => {
        said = (said + piece.toString()).slice(-4_000);
      });
    for (const port of ports)
      for (let tries = 0; !(await listens(port)); tries++) {
        if (tries > 400 || started.exitCode !== null)
          throw new Error(`the collector does not listen: ${said}`);
        await sleep(25);
      }
    return started;
  }

  return {
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
      child = await start();
    },
    taken: (receiver) => (existsSync(file(receiver)) ? recordsIn(readFileSync(file(receiver), "utf8")) : []),
    async close() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Wire {
  resourceLogs: {
    resource?: { attributes?: Member[] };
    scopeLogs: { logRecords: { body?: AnyValue; attributes?: Member[] }[] }[];
  }[];
}
type AnyValue = Readonly<Record<string, unknown>>;
interface Member {
  readonly key?: string;
  readonly value?: AnyValue;
}

/** A line is a request. The last one may still be written. */
function recordsIn(text: string): StoredRecord[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map(whole).flatMap((line) =>
    (JSON.parse(line) as Wire).resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ body, attributes = [] }) => ({
          body: plainValue(body),
          attributes: membersOf(attributes),
          resource: membersOf(resource?.attributes ?? []),
          text: JSON.stringify({ body, attributes }),
        })),
      ),
    ),
  );
}

/** A killed collector may leave half a line, and the next one writes behind it. */
function whole(line: string): string {
  return line.slice(line.lastIndexOf('{"resourceLogs"'));
}

function plainValue(value: AnyValue = {}): unknown {
  const [[kind, held] = []] = Object.entries(value);
  if (kind === undefined) return null;
  if (kind === "kvlistValue") return membersOf((held as { values?: Member[] }).values ?? []);
  if (kind === "arrayValue") return ((held as { values?: AnyValue[] }).values ?? []).map(plainValue);
  return held;
}

/** An empty name is left out of the JSON. */
function membersOf(members: readonly Member[]): Record<string, unknown> {
  return Object.fromEntries(members.map(({ key = "", value }) => [key, plainValue(value)]));
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    ports.push((server.address() as { port: number }).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket
      .once("error", () => resolve(false))
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      });
  });
}
