import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "./otel-collector.ts";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
const recipe = join(import.meta.dirname, "kafka");
/** Why tests with it skip, for their names. */
export const whyNoKafka = "skipped where `test/real/kafka/build` has not been run";
export const kafkaIsHere = existsSync(join(cache, "kafka/stamp"));

/** A record as Kafka's own consumer shows it. */
export interface ConsumedRecord {
  readonly partition: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly value: string;
}

/** A broker that is its own controller, with an authorizer: `user` may do everything, `guest` nothing. */
export interface RealKafka {
  readonly ports: {
    readonly plain: number;
    readonly sasl: number;
    readonly tls: number;
    readonly saslTls: number;
  };
  /** Makes a topic; what the console tool takes. */
  topic(name: string, ...args: string[]): Promise<void>;
  /** Everything in a topic, so many records. */
  consume(name: string, count: number): Promise<readonly ConsumedRecord[]>;
  /** Writes lines of `header:value<tab>key<tab>value` with Java's own client. */
  produce(name: string, lines: readonly string[]): Promise<void>;
  /** Of its making: `ca.pem`, `client.crt`, `client.key`. */
  readonly certs: string;
  /** SIGKILL, and started again on what is on its disk. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** `proxied`: where the listener with SASL says that it is, when that is not its own port. */
export async function startKafka(proxied?: number): Promise<RealKafka> {
  const folder = mkdtempSync(join(tmpdir(), "kafka-"));
  const [plain = 0, controller = 0, sasl = 0, tls = 0, saslTls = 0] = await freePorts(5);
  const at = (name: string, port: number) => `${name}://127.0.0.1:${port}`;
  const properties = join(folder, "more.properties");
  const plainUsers = `org.apache.kafka.common.security.plain.PlainLoginModule required user_user="secret" user_guest="secret";`;
  writeFileSync(
    properties,
    [
      "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users=User:ANONYMOUS;User:user;User:CN=client",
      ...["sasl_plaintext", "sasl_ssl"].map(
        (name) => `listener.name.${name}.plain.sasl.jaas.config=${plainUsers}`,
      ),
      `advertised.listeners=${[
        at("PLAINTEXT", plain),
        at("SASL_PLAINTEXT", proxied ?? sasl),
        at("SSL", tls),
        at("SASL_SSL", saslTls),
      ].join(",")}`,
      "",
    ].join("\n"),
  );
  const env = {
    ...process.env,
    KAFKA_PORT: String(plain),
    KAFKA_CONTROLLER_PORT: String(controller),
    KAFKA_SASL_PORT: String(sasl),
    KAFKA_SSL_PORT: String(tls),
    KAFKA_SASL_SSL_PORT: String(saslTls),
    KAFKA_SSL_CLIENT_AUTH: "required",
    KAFKA_AUTO_CREATE: "false",
    KAFKA_PROPERTIES: properties,
  };
  let child = await start();

  async function start() {
    const started = spawn(join(recipe, "start"), [join(folder, "data")], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [started.stdout, started.stderr])
      stream.on("data", (piece: Buffer) => {
        said = (said + piece.toString()).slice(-4_000);
      });
    for (let tries = 0; !(await listens(plain)); tries++) {
      if (tries > 600 || started.exitCode !== null) throw new Error(`Kafka does not listen: ${said}`);
      await sleep(100);
    }
    return started;
  }

  function tool(name: string, args: readonly string[], input?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const running = execFile(
        join(recipe, name),
        args,
        { env, maxBuffer: 1 << 30 },
        (error, stdout, stderr) =>
          error === null ? resolve(stdout) : reject(new Error(`${name}: ${stderr}`)),
      );
      running.stdin?.end(input);
    });
  }

  return {
    ports: { plain, sasl, tls, saslTls },
    certs: join(folder, "data/certs"),
    async topic(name, ...args) {
      await tool("topic", ["--create", "--topic", name, ...args]);
    },
    async consume(name, count) {
      // What is there beyond what is expected is read too, until nothing has come for a while.
      const text = await tool("consume", [name, "--max-messages", String(count + 100_000)]);
      return text.split("\n").slice(0, -1).map(consumed);
    },
    async produce(name, lines) {
      await tool("produce", [name], `${lines.join("\n")}\n`);
    },
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
      child = await start();
    },
    async close() {
      if (child.exitCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `Partition:P<tab>Offset:O<tab>h1:v1,h2:v2<tab>key<tab>value`. */
function consumed(line: string): ConsumedRecord {
  const [partition = "", , headers = "", key = "", ...value] = line.split("\t");
  return {
    partition: Number(partition.slice("Partition:".length)),
    headers: Object.fromEntries(
      headers.split(",").map((each) => [each.slice(0, each.indexOf(":")), each.slice(each.indexOf(":") + 1)]),
    ),
    key,
    value: value.join("\t"),
  };
}

/** A proxy that swallows every so manieth answer, whatever it answers. */
export interface SwallowingProxy {
  readonly port: number;
  swallowed(): number;
  close(): Promise<void>;
}

/** `to` may be told later. */
export async function startProxy(every: number, to: () => number): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>();
  let answers = 0;
  let swallowed = 0;
  const server = createServer((client) => {
    const broker = connect(to(), "127.0.0.1");
    for (const socket of [client, broker]) {
      sockets.add(socket.on("error", () => {}));
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        broker.destroy();
      });
    }
    client.pipe(broker);
    let held = Buffer.alloc(0);
    broker.on("data", (piece: Buffer) => {
      held = Buffer.concat([held, piece]);
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE()) {
        const end = 4 + held.readInt32BE();
        const answer = held.subarray(0, end);
        held = held.subarray(end);
        answers++;
        if (answers % every === 0) swallowed++;
        else client.write(answer);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    swallowed: () => swallowed,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A JSON Web Token that nobody signed, as the broker takes it here. */
export function unsignedToken(subject: string, seconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: "none" })}.${part({ sub: subject, iat: now - 10, exp: now + seconds })}.`;
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
