import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const program = "/usr/sbin/rsyslogd";
const libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"];
const tlsDriver = libraries.some((folder) => existsSync(join(folder, "rsyslog/lmnsd_ossl.so")));
export const rsyslogIsHere = existsSync(program);
export const rsyslogHasTls = rsyslogIsHere && tlsDriver;
export const rsyslogHasRelp =
  rsyslogIsHere && libraries.some((folder) => existsSync(join(folder, "rsyslog/imrelp.so")));

/** A message as rsyslog understood it. */
export interface RsyslogMessage {
  readonly pri: string;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly procid: string;
  readonly msgid: string;
  readonly sd: string;
  readonly msg: string;
  readonly raw: string;
}

export interface Rsyslog {
  readonly tcp: number;
  readonly udp: number;
  /** 0 without TLS. */
  readonly tls: number;
  /** 0 without imrelp. */
  readonly relp: number;
  /** With mutual TLS; 0 without TLS or imrelp. */
  readonly relpTls: number;
  taken(): readonly RsyslogMessage[];
  /** Ends it with a signal and starts it again on the same ports. */
  restart(signal: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

/** A real rsyslogd with its usual settings, as a child process on loopback ports, writing what it takes to a file. */
export async function startRsyslog(
  tls?: { ca: string; cert: string; key: string },
  /** `8k` is rsyslog's own. */
  maxMessageSize = "64k",
): Promise<Rsyslog> {
  const folder = mkdtempSync(join(tmpdir(), "rsyslog-"));
  const file = (name: string) => join(folder, name);
  const udp = await freeUdpPort();
  // imrelp tells nobody which port it took.
  const relp = rsyslogHasRelp ? await freeTcpPort() : 0;
  const relpTls = rsyslogHasRelp && tls !== undefined ? await freeTcpPort() : 0;
  let child = await start(0, 0);
  const tcpPort = await portOf(file("tcp.port"), child);
  const tlsPort = tls === undefined ? 0 : await portOf(file("tls.port"), child);

  async function start(tcp: number, secure: number): Promise<ChildProcess> {
    const fields = {
      pri: "pri",
      host: "hostname",
      app: "app-name",
      procid: "procid",
      msgid: "msgid",
      sd: "structured-data",
      msg: "msg",
      raw: "rawmsg",
    };
    writeFileSync(
      file("rsyslog.conf"),
      [
        `global(workDirectory="${folder}" processInternalMessages="off" maxMessageSize="${maxMessageSize}"`,
        tls === undefined
          ? ")"
          : `defaultNetstreamDriverCAFile="${tls.ca}" defaultNetstreamDriverCertFile="${tls.cert}" defaultNetstreamDriverKeyFile="${tls.key}")`,
        'template(name="line" type="list" option.jsonf="on") {',
        '  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")',
        ...Object.entries(fields).map(
          ([name, property]) => `  property(outname="${name}" name="${property}" format="jsonf")`,
        ),
        "}",
        'module(load="imtcp")',
        'module(load="imudp")',
        `input(type="imtcp" address="127.0.0.1" port="${tcp}" listenPortFileName="${file("tcp.port")}" ruleset="all")`,
        ...(tls === undefined
          ? []
          : [
              `input(type="imtcp" address="127.0.0.1" port="${secure}" listenPortFileName="${file("tls.port")}" ruleset="all" streamDriver.Name="ossl" streamDriver.Mode="1" streamDriver.AuthMode="anon")`,
            ]),
        `input(type="imudp" address="127.0.0.1" port="${udp}" ruleset="all")`,
        ...(relp === 0
          ? []
          : [
              'module(load="imrelp" ruleset="written")',
              `input(type="imrelp" address="127.0.0.1" port="${relp}" maxDataSize="1m")`,
            ]),
        ...(relpTls === 0 || tls === undefined
          ? []
          : [
              `input(type="imrelp" address="127.0.0.1" port="${relpTls}" tls="on" tls.authMode="name" tls.permittedPeer=["forwarder"] tls.caCert="${tls.ca}" tls.myCert="${tls.cert}" tls.myPrivKey="${tls.key}")`,
            ]),
        `ruleset(name="written" queue.type="Direct") { action(type="omfile" file="${file("taken")}" template="line" sync="off" asyncWriting="off" flushOnTXEnd="on") }`,
        `ruleset(name="all") { action(type="omfile" file="${file("taken")}" template="line") }`,
        "",
      ].join("\n"),
    );
    const started = spawn(program, ["-n", "-f", file("rsyslog.conf"), "-i", file("pid")], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    await once(started, "spawn");
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  return {
    tcp: tcpPort,
    udp,
    tls: tlsPort,
    relp,
    relpTls,
    taken: () =>
      (existsSync(file("taken")) ? readFileSync(file("taken"), "utf8") : "")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    async restart(signal) {
      await end(signal);
      rmSync(file("pid"), { force: true });
      child = await start(tcpPort, tlsPort);
    },
    async close() {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** rsyslog writes the port when it listens. */
async function portOf(file: string, child: ChildProcess): Promise<number> {
  for (let tries = 0; tries < 500; tries++) {
    const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    if (port > 0) return port;
    if (child.exitCode !== null) throw new Error(`rsyslogd ended with ${child.exitCode}`);
    await sleep(20);
  }
  throw new Error("rsyslogd does not listen");
}

async function freeTcpPort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
