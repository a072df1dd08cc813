import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { plainLogin, startKafkaReceiver } from "../../../src/simulate/kafka-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { certificates } from "../../fake/certificates.ts";
import { type DaemonProcess, eventually, startProgram, type Workplace, workplace } from "./daemon.ts";
import { type EchoServer, startEchoServer } from "./echo-server.ts";

// A secret of its own in every place that takes one, the real program through every failure that can be had quickly, and
// then a search of everything it said, served and kept.

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Secrets by where they stand. Each has characters that URLs, JSON, HTML and base64 write otherwise. */
class Canaries {
  readonly all = new Map<string, string>();

  of(slot: string): string {
    let canary = this.all.get(slot);
    if (canary === undefined) {
      const marks = ["+", "/", '"', "\\", "&", "<", "%", "="];
      canary =
        marks.map((mark) => randomBytes(2).toString("hex") + mark).join("") + randomBytes(4).toString("hex");
      this.all.set(slot, canary);
    }
    return canary;
  }
}

const part = 12;

/** Every text of which none may be found: pieces of the secret, so that half of one counts too. */
function writingsOf(canary: string): string[] {
  const wholes = [
    canary,
    encodeURIComponent(canary),
    JSON.stringify(canary).slice(1, -1),
    ...[0, 1, 2].flatMap((before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(canary)]);
      const edge = Math.ceil((before * 8) / 6);
      return (["base64", "base64url"] as const).map((coding) => bytes.toString(coding).slice(edge, -4));
    }),
  ];
  const pieces = wholes.flatMap((whole) =>
    Array.from({ length: whole.length - part + 1 }, (_, at) => whole.slice(at, at + part)),
  );
  return [...new Set(pieces)];
}

/** What was found, as `slot in place`. */
function leaks(canaries: Canaries, places: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [slot, canary] of canaries.all) {
    const writings = writingsOf(canary);
    for (const [place, text] of places) {
      const piece = writings.find((writing) => text.includes(writing));
      if (piece === undefined) continue;
      const at = text.indexOf(piece);
      found.push(`${slot} in ${place}: …${JSON.stringify(text.slice(Math.max(0, at - 120), at + 60))}`);
    }
  }
  return found;
}

function filesIn(folder: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isFile()) texts.set(`state file ${name}`, readFileSync(path, "latin1"));
  }
  return texts;
}

interface Told {
  readonly headers?: Record<string, string>;
  readonly socketPath?: string;
  readonly port?: number;
}

function told(path: string, where: Told): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", path, agent: false, ...where }, (response) => {
      let text = JSON.stringify(response.headers);
      response.on("data", (piece: Buffer) => {
        text += piece.toString();
      });
      response.on("end", () => resolve(text));
    });
    asking.on("error", reject);
    asking.end();
  });
}

async function outcome(
  place: string,
  started: DaemonProcess,
  places: Map<string, string>,
): Promise<number | null> {
  const { code } = await started.exited;
  places.set(`${place}: output`, started.stdout());
  places.set(`${place}: errors`, started.stderr());
  return code;
}

const failures = [
  "401",
  "403",
  "404",
  "500",
  "503",
  "html",
  "error",
  "redirect",
  "redirect-path",
  "header",
  "hang",
  "reset",
];

const kafkaFailures = ["refused", "forbidden", "stranger", "nobody", "issuer"] as const;

describe("secrets", () => {
  it("SEC-CANARY: are nowhere but where they belong, whatever fails", { timeout: 240_000 }, async () => {
    const canaries = new Canaries();
    const environment: Record<string, string> = {};
    const echo = await startEchoServer();
    const wandb = await startWandbServer({ clock: systemClock, random: seededRandom(1) });
    for (let count = 0; count < 40; count++) wandb.log.append(entry(count));
    const made = certificates();
    const place = workplace(() => "");
    closing.push(
      () => echo.close(),
      () => wandb.close(),
      () => made.remove(),
      () => place.remove(),
    );
    const issued = made.issue("client");
    const secrets = join(place.folder, "secrets");
    mkdirSync(secrets, { mode: 0o700 });
    const refusing = await startKafkaReceiver({ login: plainLogin("me", "another") });
    const forbidding = await startKafkaReceiver({ login: { mechanism: "PLAIN", accepts: () => true } });
    forbidding.behave("forbidden");
    closing.push(refusing.close, forbidding.close);
    const brokers = {
      ...{ refused: refusing.address, forbidden: forbidding.address },
      ...{ stranger: new URL(echo.url).host, nobody: "127.0.0.1:1", issuer: refusing.address },
    };
    const setup: Setup = {
      canaries,
      environment,
      echo,
      wandbUrl: wandb.url,
      secrets,
      place,
      issued,
      brokers,
    };
    place.write(configuration(setup));
    const places = new Map<string, string>();

    const daemon = startProgram(["run", "-c", place.config], environment);
    closing.push(() => daemon.kill("SIGKILL"));
    await eventually("the page is up", () => /"admin":"http:[^"]+"/.test(daemon.stdout()));
    const port = Number(/"admin":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(daemon.stdout())?.[1]);
    const credential = { authorization: `Bearer ${canaries.of("admin.token")}`, host: "localhost" };
    const look = async (when: string) => {
      for (const path of ["/", "/status", "/metrics", "/readyz", "/livez"]) {
        places.set(`${path} ${when}`, await told(path, { port, headers: credential }));
        places.set(
          `socket ${path} ${when}`,
          await told(path, {
            socketPath: join(place.stateDir, "control.sock"),
            headers: { host: "localhost" },
          }),
        );
      }
      const { outputs } = JSON.parse(
        (await told("/status", { port, headers: credential })).replace(/^\{.*?\}(?=\{)/s, ""),
      ) as { readonly outputs: readonly { readonly name: string; readonly type: string }[] };
      for (const { name } of new Map(outputs.map((output) => [output.type, output])).values()) {
        const path = `/tap.json?output=${name}`;
        const tapped = await told(path, { port, headers: credential });
        expect(tapped).toContain('"events":[');
        places.set(`${path} ${when}`, tapped);
      }
      places.set(`/ without the token ${when}`, await told("/", { port, headers: { host: "localhost" } }));
      places.set(`cmdline ${when}`, readFileSync(`/proc/${daemon.pid}/cmdline`, "latin1"));
    };
    const kinds = ["401", "403", "500", "html", "redirect", "redirect-path", "header", "code6"];
    await eventually(
      "every failure was met in every writing",
      () => kinds.every((kind) => echo.asked(kind) > echo.writings),
      60_000,
    );
    await look("while everything fails");

    // A rotation: neither the old nor the new value may be seen.
    writeFileSync(join(secrets, "rotated"), `${canaries.of("rotated, new")}\n`, { mode: 0o600 });
    daemon.kill("SIGHUP");
    await eventually("it is read again", () => daemon.stdout().includes("secret_reloaded"));
    // A configuration that cannot be used, with a secret in the wrong place.
    const good = readFileSync(place.config, "utf8");
    place.write(good.replace("level: debug", `level: "\${MISPLACED}"`));
    daemon.kill("SIGHUP");
    await eventually("it is refused", () => daemon.stdout().includes("config_rejected"));
    place.write(good);
    const commands = [
      ["status"],
      ["status", "--json"],
      ["check", "--timeout", "2s"],
      ["check", "--json", "--timeout", "2s"],
    ];
    await Promise.all(
      commands.map((command) =>
        outcome(command.join(" "), startProgram([...command, "-c", place.config], environment), places),
      ),
    );
    await look("at the end");
    daemon.kill("SIGTERM");
    expect(await outcome("run", daemon, places)).toBe(0);
    for (const [name, text] of filesIn(place.stateDir)) places.set(name, text);
    // Without a daemon the status comes from the state.
    await outcome(
      "status offline",
      startProgram(["status", "--json", "-c", place.config], environment),
      places,
    );

    await commandsThatFail(setup, good, places);
    expect(leaks(canaries, places)).toEqual([]);
    // A search that finds nothing anywhere proves nothing.
    expect(places.get("run: output")).toContain("***");
    expect(places.get("state file spool.db") ?? "").toContain("acme");
    const planted = new Map([["here", `x${Buffer.from(`ab${canaries.of("hec 401")}`).toString("base64")}`]]);
    expect(leaks(canaries, planted)).toHaveLength(1);
    expect(canaries.all.size).toBeGreaterThan(40);
  });
});

interface Setup {
  readonly canaries: Canaries;
  readonly environment: Record<string, string>;
  readonly echo: EchoServer;
  readonly wandbUrl: string;
  readonly secrets: string;
  readonly place: Workplace;
  readonly issued: { cert: string; key: string };
  readonly brokers: Readonly<Record<(typeof kafkaFailures)[number], string>>;
}

function entry(number: number): string {
  const timestamp = new Date(Date.now() - number * 1000).toISOString();
  return JSON.stringify({ timestamp, action: "user:login", entity_name: "acme", actor_user_id: number });
}

/** A configuration in which everything but one source fails, each in its own way and with its own secret. */
function configuration(setup: Setup): string {
  const { canaries, environment, echo, wandbUrl, secrets, place, issued, brokers } = setup;
  const variable = (slot: string) => {
    const name = `V${Object.keys(environment).length}`;
    environment[name] = canaries.of(slot);
    return `"\${${name}}"`;
  };
  const file = (slot: string, name: string) => {
    writeFileSync(join(secrets, name), `${canaries.of(slot)}\n`, { mode: 0o600 });
    return `"\${file:${join(secrets, name)}}"`;
  };
  environment.MISPLACED = canaries.of("misplaced");
  environment.OTEL_EXPORTER_OTLP_HEADERS = `x-scope=${encodeURIComponent(canaries.of("OTEL_EXPORTER_OTLP_HEADERS"))}`;
  const proxied = `http://someone:${encodeURIComponent(canaries.of("proxy"))}@127.0.0.1:${echo.port}`;
  environment.PROXY = proxied;
  const fast = "retry: { min_backoff: 60ms, max_backoff: 120ms, hold_interval: 120ms }, timeout: 300ms";
  const source = (name: string, url: string, slot: string, more = "") =>
    `  - { name: ${name}, type: wandb_api, url: "${url}", instance: ${name}, api_key: ${variable(slot)}, poll_interval: 1s, start: 2d${more} }`;
  const hec = (name: string, url: string, token: string, more = "") =>
    `  - { name: ${name}, type: splunk_hec, url: "${url}", token: ${token}, ${fast}${more} }`;
  const otlp = (name: string, url: string, value: string, more = "") =>
    `  - { name: ${name}, type: otlp, endpoint: "${url}", headers: { Authorization: ${value} }, ${fast}${more} }`;
  const http = (name: string, url: string, slot: string, auth: string) =>
    `  - { name: ${name}, type: http, url: "${url}", secret_path: ${variable(`${slot} path`)}, headers: { X-Key: ${variable(`${slot} header`)} }, auth: ${auth}, ${fast} }`;
  const elastic = (name: string, kind: string, more: string) =>
    `  - { name: ${name}, type: elasticsearch, urls: ["${echo.url}/${kind}"], ${more}, ${fast} }`;
  const kafka = (name: string, address: string, sasl: string) =>
    `  - { name: ${name}, type: kafka, brokers: ["${address}"], topic: wandb-audit, transport: plaintext, sasl: ${sasl}, ${fast} }`;
  const bearer = (slot: string) => {
    const name = `V${Object.keys(environment).length}`;
    environment[name] = `Bearer ${canaries.of(slot)}`;
    return `"\${${name}}"`;
  };
  const { host } = new URL(echo.url);
  return `
state_dir: ${place.stateDir}
shutdown_timeout: 2s
log: { level: debug }
admin: { listen: "127.0.0.1:0", token: ${variable("admin.token")} }
sources:
${[
  source("good", wandbUrl, "api_key", `, username: someone`),
  ...failures.map((kind) =>
    source(`source-${kind}`, `${echo.url}/${kind}`, `api_key ${kind}`, `, username: "u${kind}"`),
  ),
  source("source-tls", `https://${host}`, "api_key tls"),
  source("source-dns", "https://nowhere.invalid", "api_key dns"),
  source("source-refused", "http://127.0.0.1:1", "api_key refused"),
  source(
    "source-proxy",
    "http://wandb.invalid",
    "api_key proxy",
    `, allow_plaintext: true, proxy: "\${PROXY}"`,
  ),
].join("\n")}
outputs:
${[
  ...[...failures, "code6"].map((kind) => hec(`hec-${kind}`, `${echo.url}/${kind}`, variable(`hec ${kind}`))),
  hec("hec-ack", `${echo.url}/500`, variable("hec ack"), ", ack: true"),
  hec("hec-rotated", `${echo.url}/403`, file("rotated", "rotated")),
  hec(
    "hec-tls",
    `https://${host}`,
    variable("hec tls"),
    `, tls: { cert: ${issued.cert}, key: ${issued.key} }`,
  ),
  hec("hec-dns", "https://nowhere.invalid", variable("hec dns")),
  hec("hec-refused", "http://127.0.0.1:1", variable("hec refused")),
  hec("hec-proxy", "https://splunk.invalid", variable("hec proxy"), `, proxy: "\${PROXY}"`),
  ...[...failures, "partial"].map((kind) =>
    otlp(`otlp-${kind}`, `${echo.url}/${kind}`, bearer(`otlp ${kind}`), ", protocol: http/json"),
  ),
  otlp("otlp-tls", `https://${host}`, bearer("otlp tls")),
  ...failures.map((kind) =>
    http(
      `http-${kind}`,
      `${echo.url}/${kind}/`,
      `http ${kind}`,
      `{ type: basic, username: me, password: ${variable(`http ${kind}`)} }`,
    ),
  ),
  ...failures.map((kind) =>
    http(
      `oauth-${kind}`,
      `${echo.url}/401/`,
      `oauth ${kind}`,
      `{ type: oauth2, token_url: "${echo.url}/${kind}", client_id: me, client_secret: ${variable(`oauth ${kind}`)} }`,
    ),
  ),
  ...failures.map((kind, index) =>
    elastic(
      `elastic-${kind}`,
      kind,
      index % 2 === 0
        ? `api_key: ${variable(`elastic ${kind}`)}, manage_template: true`
        : `username: me, password: ${variable(`elastic ${kind}`)}`,
    ),
  ),
  ...kafkaFailures.map((kind) =>
    kafka(
      `kafka-${kind}`,
      brokers[kind],
      kind === "issuer"
        ? `{ mechanism: OAUTHBEARER, oauth2: { token_url: "${echo.url}/401", client_id: me, client_secret: ${variable("kafka issuer")} } }`
        : `{ mechanism: PLAIN, username: me, password: ${variable(`kafka ${kind}`)} }`,
    ),
  ),
  `  - { name: soc, type: syslog, address: "tcp://127.0.0.1:1", redact: { pseudonymize: [actor_email], key: ${file("redact.key", "redact")} }, ${fast} }`,
].join("\n")}
`;
}

/** Everything that ends before there is a daemon, or ends it. */
async function commandsThatFail(setup: Setup, good: string, places: Map<string, string>): Promise<void> {
  const { place, environment, canaries, secrets } = setup;
  const misplaced = `"\${MISPLACED}"`;
  const wrong: Record<string, string> = {
    "a secret as a name": good.replace("name: good", `name: ${misplaced}`),
    "a secret as an address": good.replace(/url: "[^"]+"/, `url: ${misplaced}`),
    "a secret as a choice": good.replace("level: debug", `level: ${misplaced}`),
    "a secret as an interval": good.replace("poll_interval: 1s", `poll_interval: ${misplaced}`),
    "a secret as a place to listen": good.replace('"127.0.0.1:0"', misplaced),
    "a secret as a list": good.replace(/token: "\$\{V\d+\}"/, `token: [${misplaced}]`),
    "a key in place of its file": good.replace(
      /key: [^ ]+client[^ ]*/,
      `key: "\${file:${join(secrets, "pem")}}"`,
    ),
    "a secret as a proxy": good.replace(/proxy: "\$\{PROXY\}"/, `proxy: ${misplaced}`),
    "a secret as a syslog address": good.replace('"tcp://127.0.0.1:1"', misplaced),
    "an unknown key": good.replace("username: someone", `usernam: ${misplaced}`),
    "broken YAML after a secret in the file": good.replace(
      /token: "\$\{V\d+\}"/,
      `token: ${JSON.stringify(canaries.of("in the file"))}: ]`,
    ),
    "a proxy that is no address": good.replace(
      /"\$\{PROXY\}"/g,
      JSON.stringify(`http://someone:${canaries.of("bad proxy")}@no host`),
    ),
  };
  writeFileSync(join(secrets, "two-lines"), `${canaries.of("two lines")}\nmore\n`, { mode: 0o600 });
  wrong["a secret of two lines"] = good.replace(
    /token: "\$\{V\d+\}"/,
    `token: "\${file:${join(secrets, "two-lines")}}"`,
  );
  writeFileSync(join(secrets, "open"), `${canaries.of("open file")}\n`, { mode: 0o644 });
  wrong["a secret others can read"] = good.replace(
    /token: "\$\{V\d+\}"/,
    `token: "\${file:${join(secrets, "open")}}"`,
  );

  writeFileSync(
    join(secrets, "pem"),
    `-----BEGIN PRIVATE KEY-----\n${canaries.of("private key")}\n-----END PRIVATE KEY-----\n`,
    {
      mode: 0o600,
    },
  );

  // What the schema finds is printed as the error's message; the others need the program.
  const needProgram = ["a key in place of its file", "a secret as a choice"];
  for (const [what, text] of Object.entries(wrong)) {
    expect(text, what).not.toBe(good);
    place.write(text);
    if (needProgram.includes(what)) {
      const started = startProgram(["run", "--once", "--timeout", "100ms", "-c", place.config], environment);
      expect({ what, code: await outcome(what, started, places) }).toEqual({ what, code: 2 });
    } else {
      const load = () => loadConfig(place.config, { environment });
      expect(load, what).toThrow(ConfigError);
      try {
        load();
      } catch (error) {
        places.set(what, inspect(error, { depth: 10 }));
      }
    }
  }
  place.write(good);

  // A bug: an exception nobody expected, that quotes secrets.
  const preload = join(place.folder, "crash.mjs");
  const quoted = ["api_key", "hec 401", "OTEL_EXPORTER_OTLP_HEADERS", "proxy"]
    .map((slot) => canaries.of(slot))
    .join(" ");
  writeFileSync(
    preload,
    `if (process.argv.includes("run")) setTimeout(() => { throw new Error(process.env.QUOTED, { cause: process.env.QUOTED }); }, 1500).unref();\n`,
  );
  const crashing = startProgram(["run", "-c", place.config], {
    ...environment,
    QUOTED: quoted,
    NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`,
  });
  expect(await outcome("a crash", crashing, places)).toBe(70);
  const mapped = startProgram(
    ["map", "-c", place.config, "--output", "soc", "--frame", "/nowhere"],
    environment,
  );
  expect(await outcome("map", mapped, places)).toBe(1);
}
