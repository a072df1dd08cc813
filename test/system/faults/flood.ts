import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { controlPath, queryDaemon } from "../../../src/admin/ask.ts";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import type { StatusReport } from "../../../src/status/status-report.ts";
import { eventually, startProgram, workplace } from "../whole/daemon.ts";
import { environment } from "./rig.ts";

/** Answers the daemon's requests; `turn` counts them from 0. */
export type Flood = (response: ServerResponse, turn: number, request: IncomingMessage) => unknown;

/** What a flood did to the daemon. */
export interface Flooded {
  readonly peakMiB: number;
  readonly status: StatusReport;
  /** How long the fastest of a few looks at `/status` took, milliseconds: reads go on, and the machine may be busy. */
  readonly statusMs: number;
  readonly log: string;
  /** Events that the output took. */
  readonly taken: readonly string[];
}

const reads = (log: string) => log.match(/"type":"poll_(?:done|failed)"/g)?.length ?? 0;

export interface FloodOptions {
  readonly start?: string;
  /** More of the source's settings. */
  readonly settings?: string;
  /** How many reads end before the look at what is left. */
  readonly ends?: number;
}

/** The real program reads a W&B server that floods it, until so many reads ended and all that came is delivered. */
export async function flooded(
  flood: Flood,
  { start = "1d", settings = "", ends = 2 }: FloodOptions = {},
): Promise<Flooded> {
  let turn = 0;
  const server = createServer((request, response) => flood(response, turn++, request));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hec = await startHecReceiver({ keep: 1_000_000 });
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "http://127.0.0.1:${(server.address() as AddressInfo).port}", instance: acme.example, api_key: "\${KEY}", start: ${start}, poll_interval: 1s${settings} }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, compression: none, batch: { max_events: 2000 } }
log: { level: debug }
admin: { listen: off }
`,
  );
  const daemon = startProgram(["run", "-c", place.config], environment);
  const status = async () => {
    const answer = await queryDaemon({ socketPath: controlPath(place.stateDir) }, "/status", 30_000);
    return JSON.parse(answer?.body ?? "null") as StatusReport | null;
  };
  try {
    await eventually("the flood is over", () => reads(daemon.stdout()) >= ends, 240_000);
    await eventually(
      "all of it is delivered",
      async () => (await status())?.outputs[0]?.backlog_events === 0,
      120_000,
    );
    let statusMs = Number.POSITIVE_INFINITY;
    let last = await status();
    for (let look = 0; look < 10 && !(statusMs < 100); look++) {
      // What is shown is made once a second.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const began = performance.now();
      last = await status();
      statusMs = Math.min(statusMs, performance.now() - began);
    }
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${daemon.pid}/status`, "utf8"))?.[1];
    return {
      peakMiB: Number(peak) / 1024,
      status: last as StatusReport,
      statusMs,
      log: daemon.stdout(),
      taken: hec.taken().map(({ event }) => JSON.stringify(event)),
    };
  } finally {
    daemon.kill("SIGKILL");
    await daemon.exited;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await hec.close();
    place.remove();
  }
}

/** A whole body of known length, made of the same text again and again behind a beginning. */
export function body(response: ServerResponse, head: string, repeated = "", times = 0): void {
  const piece = Buffer.from(repeated.repeat(Math.max(1, Math.floor(65_536 / Math.max(1, repeated.length)))));
  const total = repeated.length * times;
  response.writeHead(200, { "content-type": "application/x-ndjson", "content-length": head.length + total });
  response.write(head);
  let left = total;
  const more = () => {
    while (left > 0) {
      const next = piece.subarray(0, Math.min(left, piece.length));
      left -= next.length;
      if (!response.write(next)) {
        response.once("drain", more);
        return;
      }
    }
    response.end();
  };
  more();
}

/** Entries a second apart from a moment, one per line; `more` goes into each. */
export function entry(at: number, more: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify({ timestamp: new Date(at).toISOString(), action: "project:read", ...more })}\n`;
}
