import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./otel-collector.ts";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
/** Both take the same documents, and call the same errors by other names. */
export const searchServers = ["elasticsearch", "opensearch"] as const;
export type SearchServer = (typeof searchServers)[number];
export const searchServerIsHere = (server: SearchServer) => existsSync(join(cache, server, "stamp"));
/** Why tests with it skip, for their names. */
export const whyNoSearchServer = (server: SearchServer) =>
  `skipped where \`test/real/${server}/build\` has not been run`;

/** A node of its own cluster. */
export interface RunningSearchServer {
  readonly url: string;
  /** Asks for something in JSON; the status is beside what is answered. */
  ask(method: string, path: string, body?: object): Promise<{ status: number; json: Answered }>;
  /** Every document that the data stream has, by `_id`, as often as it has it. */
  documents(stream: string): Promise<readonly StoredDocument[]>;
  /** Ends it without a word. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

// What a server answers has whatever shape the question gives it.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Answered = any;

export interface StoredDocument {
  readonly id: string;
  readonly index: string;
  // biome-ignore lint/suspicious/noExplicitAny: a document as it was sent
  readonly source: any;
}

/** With these settings of the server, written `name=value`. */
export async function startSearchServer(
  server: SearchServer,
  settings: readonly string[] = [],
): Promise<RunningSearchServer> {
  const folder = mkdtempSync(join(tmpdir(), `${server}-`));
  const [port = 0, transport = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const prefix = server.toUpperCase();
  let child: ChildProcess | undefined;

  async function ask(method: string, path: string, body?: object) {
    const answer = await fetch(url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as Answered };
  }

  async function start(): Promise<void> {
    const started = spawn(join(import.meta.dirname, server, "start"), [folder, ...settings], {
      env: {
        ...process.env,
        [`${prefix}_PORT`]: String(port),
        [`${prefix}_TRANSPORT_PORT`]: String(transport),
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    child = started;
    await new Promise<void>((resolve, reject) => {
      started.once("exit", () => reject(new Error(`${server} does not start: see ${folder}`)));
      started.stdout.on("data", (piece: Buffer) => {
        if (/^ready/m.test(piece.toString())) resolve();
      });
    });
    await ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=60s");
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  await start();
  return {
    url,
    ask,
    async documents(stream) {
      await ask("POST", `/${stream}/_refresh`);
      const found: StoredDocument[] = [];
      let { json } = await ask("POST", `/${stream}/_search?scroll=1m`, { size: 5_000, sort: ["_doc"] });
      while ((json.hits?.hits ?? []).length > 0) {
        for (const { _id, _index, _source } of json.hits.hits)
          found.push({ id: _id, index: _index, source: _source });
        ({ json } = await ask("POST", "/_search/scroll", { scroll: "1m", scroll_id: json._scroll_id }));
      }
      return found;
    },
    kill,
    start,
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
