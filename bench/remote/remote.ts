import { spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Child, startChild } from "../children.ts";
import { type GrpcReceiver, startGrpcReceiver } from "./grpc-receiver.ts";

/** What the other side has counted since `serve`. Moments are nanoseconds of the monotonic clock, 0 before. */
export interface Counts {
  /** Those in gzip are not among them: see `zippedEvents`. */
  readonly events: number;
  readonly requests: number;
  readonly bytes: number;
  /** How often the log was asked for, and how often it has been sent to its end. */
  readonly reads: number;
  readonly readsEnded: number;
  /** When the log was asked for first, and when the first and the last events came. */
  readonly askedNs: number;
  readonly firstNs: number;
  readonly lastNs: number;
}

/** The W&B server and the receivers, in a process of their own. */
export interface Remote {
  /** What it is made of, for people. */
  readonly made: "C" | "Node";
  /** Where it keeps what it has to keep. */
  readonly folder: string;
  readonly httpPort: number;
  readonly syslogPort: number;
  readonly grpc: GrpcReceiver;
  readonly child: Child;
  /** Shows this file as the log from now on, and counts anew. */
  serve(file: string): Promise<void>;
  counts(): Promise<Counts>;
  /** Whether every send is answered with 503. */
  busy(on: boolean): Promise<void>;
  /** Unpacks the bodies that came in gzip and counts their events. */
  zippedEvents(): Promise<number>;
}

/** Compiles it where there is a C compiler, which makes it several times as cheap. */
export async function startRemote(folder: string, compiler = "cc"): Promise<Remote> {
  const binary = join(folder, "remote");
  const source = join(import.meta.dirname, "remote.c");
  const compiled = spawnSync(compiler, ["-O2", "-pthread", "-o", binary, source], { encoding: "utf8" });
  const made = compiled.status === 0 ? "C" : "Node";
  const child =
    made === "C"
      ? startChild(binary, [folder], { stdio: ["pipe", "pipe", "inherit"] })
      : startChild(process.execPath, [join(import.meta.dirname, "standby.ts"), folder], {
          stdio: ["pipe", "pipe", "inherit"],
        });
  const [httpPort, syslogPort] = await ports(child);
  const grpc = await startGrpcReceiver();
  const ask = async (path: string): Promise<Counts> => {
    child.mustLive();
    const answer = await fetch(`http://127.0.0.1:${httpPort}/bench/${path}`);
    return (await answer.json()) as Counts;
  };
  return {
    made,
    folder,
    httpPort,
    syslogPort,
    grpc,
    child,
    counts: () => ask("counts"),
    async serve(file) {
      await ask(`serve?${file}`);
    },
    async busy(on) {
      await ask(`busy?${on ? 1 : 0}`);
    },
    zippedEvents: () => zippedEvents(join(folder, "bodies.gz")),
  };
}

async function ports(child: Child): Promise<readonly [number, number]> {
  if (child.process.stdout === null) throw new Error("no output");
  for await (const line of createInterface(child.process.stdout)) {
    const [http, syslog] = line.split(" ").map(Number);
    if (http !== undefined && syslog !== undefined) return [http, syslog];
  }
  throw new Error("the receivers did not start");
}

async function zippedEvents(file: string): Promise<number> {
  let count = 0;
  let rest = "";
  await pipeline(createReadStream(file), createGunzip(), async (pieces) => {
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      const parts = (rest + piece.toString("latin1")).split('{"time":');
      count += parts.length - 1;
      rest = (parts.at(-1) as string).slice(-7);
    }
  });
  return count;
}
