import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
/** What each build leaves. */
const built = {
  s3: "s3/v1.8.0/versitygw",
  gcs: "gcs/v1.56.1/fake-gcs-server",
  azure: "azure/3.37.0/node_modules/azurite/dist/src/blob/main.js",
} as const;
export type RealStore = keyof typeof built;
export const storeBinary = (store: RealStore) => join(cache, built[store]);
export const storeIsHere = (store: RealStore) => existsSync(storeBinary(store));
/** Why tests with it skip, for their names. */
export const whyNoStore = (store: RealStore) => `skipped where \`test/real/${store}/build\` has not been run`;

export interface RunningStore {
  readonly port: number;
  readonly folder: string;
  close(): Promise<void>;
}

/** Runs a store on a free port of loopback, with a folder of its own. */
export async function startStoreServer(store: RealStore): Promise<RunningStore> {
  const folder = mkdtempSync(join(tmpdir(), `store-${store}-`));
  const port = await freePort();
  const name = { s3: "S3_PORT", gcs: "GCS_PORT", azure: "AZURE_PORT" }[store];
  const child = spawn(join(import.meta.dirname, store, "start"), [folder], {
    env: { ...process.env, [name]: String(port) },
    stdio: "ignore",
  });
  const over = once(child, "exit");
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`the ${store} server does not start`);
    await sleep(100);
  }
  return {
    port,
    folder,
    async close() {
      child.kill("SIGKILL");
      await over;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
