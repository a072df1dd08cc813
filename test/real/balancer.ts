import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../system/whole/daemon.ts";

const streamModule = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules"]
  .map((folder) => join(folder, "ngx_stream_module.so"))
  .find((path) => existsSync(path));
/** nginx with its stream module. */
export const nginxIsHere = spawnSync("nginx", ["-v"]).status === 0 && streamModule !== undefined;
export const haproxyIsHere = spawnSync("haproxy", ["-v"]).status === 0;

/** What a balancer is like. */
export interface Balancer {
  /** `host:port` of the receiver behind it. */
  readonly to: string;
  /** Ends TLS with this certificate; without one TCP passes through. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** How long it tries to connect. */
  readonly connectTimeout: string;
  readonly abortOnClose?: boolean;
  /** HAProxy looks by itself whether the receiver is there. */
  readonly healthCheck?: boolean;
}

/** One that runs, at this port of loopback. */
export interface RunningBalancer {
  readonly port: number;
  close(): Promise<void>;
}

/** A real HAProxy in `mode tcp`. */
export async function startHaproxy({
  to,
  tls,
  connectTimeout,
  abortOnClose,
  healthCheck,
}: Balancer): Promise<RunningBalancer> {
  const port = await freePort();
  return started("haproxy", port, (file) => {
    if (tls !== undefined)
      writeFileSync(file("both.pem"), readFileSync(tls.cert, "utf8") + readFileSync(tls.key, "utf8"), {
        mode: 0o600,
      });
    const config = `
defaults
  mode tcp
  timeout connect ${connectTimeout}
  timeout client 1m
  timeout server 1m
  ${abortOnClose === true ? "option abortonclose" : "# without abortonclose, as by default"}
listen syslog
  bind 127.0.0.1:${port}${tls === undefined ? "" : ` ssl crt ${file("both.pem")}`}
  server receiver ${to}${healthCheck === true ? " check inter 100ms fall 1" : ""}
`;
    writeFileSync(file("haproxy.cfg"), config);
    return ["-db", "-f", file("haproxy.cfg")];
  });
}

/** A real nginx with its stream module. */
export async function startNginx({ to, tls, connectTimeout }: Balancer): Promise<RunningBalancer> {
  const port = await freePort();
  return started("nginx", port, (file) => {
    const secured = tls === undefined ? "" : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`;
    const config = `
daemon off;
load_module ${streamModule};
pid ${file("pid")};
error_log ${file("log")};
events {}
stream {
  ${secured}
  server { listen 127.0.0.1:${port}${tls === undefined ? "" : " ssl"}; proxy_connect_timeout ${connectTimeout}; proxy_pass ${to}; }
}
`;
    writeFileSync(file("nginx.conf"), config);
    return ["-p", file("."), "-e", file("log"), "-c", file("nginx.conf")];
  });
}

async function started(
  program: string,
  port: number,
  configure: (file: (name: string) => string) => string[],
): Promise<RunningBalancer> {
  const folder = mkdtempSync(join(tmpdir(), `${program}-`));
  const args = configure((name) => join(folder, name));
  // nginx's workers are of another user where it is started by root.
  if (process.getuid?.() === 0) execFileSync("chmod", ["755", folder]);
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
  const exited = once(child, "exit");
  await eventually(`${program} listens: ${said}`, () => answers(port));
  return {
    port,
    async close() {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const taken = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return taken;
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
