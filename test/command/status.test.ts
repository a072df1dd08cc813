import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PassThrough, Writable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { controlServer } from "../../src/admin/control.ts";
import { routes } from "../../src/admin/routes.ts";
import { adminServer } from "../../src/admin/server.ts";
import { carriedBy } from "../../src/carried.ts";
import { ambientOf } from "../../src/command/ambient.ts";
import type { Signal, Terminal } from "../../src/command/command.ts";
import { healthcheck } from "../../src/command/healthcheck.ts";
import { status } from "../../src/command/status.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { systemRandom } from "../../src/random.ts";
import { Secret } from "../../src/secret/secret.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { metrics } from "../../src/status/metrics.ts";
import { statusReport } from "../../src/status/status.ts";
import type { StatusReport } from "../../src/status/status-report.ts";
import { withoutSegments } from "../fake/earlier-schema.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { bookRow, fakeRuntimeView, historyOfReads } from "../status/fake-runtime-view.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A folder with a configuration, and a terminal that remembers what was written. */
function desk(admin = "off") {
  const folder = mkdtempSync(join(tmpdir(), "status-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const stateDir = join(folder, "state");
  const config = join(folder, "config.yaml");
  const listen = admin === "off" ? '"off"' : admin;
  writeFileSync(
    config,
    `state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}" }
outputs:
  - { name: console, type: stdout }
admin: { listen: ${listen} }
`,
  );
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    new Writable({
      write(piece, _encoding, done) {
        written[name] += piece;
        done();
      },
    });
  const handlers = new Map<Signal, () => void>();
  const terminal: Terminal = {
    stdin: new PassThrough(),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: { KEY: "key-of-the-source" },
    isTTY: true,
    stderrIsTTY: true,
    stderrColors: false,
    colors: false,
    columns: 120,
    agent: { name: "wandb-audit-forwarder", version: "1.2.3" },
    clock: new ManualClock(Date.UTC(2026, 7, 1)),
    content: carriedBy(new URL("../../src/main.ts", import.meta.url).href).content,
    random: systemRandom,
    useScrub() {},
    onSignal(signal, then) {
      handlers.set(signal, then);
      return () => handlers.delete(signal);
    },
  };
  return { config, stateDir, terminal, written, handlers };
}

async function daemon(stateDir: string) {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const fake = fakeRuntimeView();
  fake.state.books = [bookRow()];
  const seen = routes(
    fake.runtime,
    historyOfReads(fake.runtime),
    metrics(fake.runtime, historyOfReads(fake.runtime)),
    () => "n0nce",
    {
      letters: async () => [],
      activity: async () => ({ counted: false, period: "30d", instances: [] }),
    },
  );
  const control = await controlServer(stateDir, { routes: seen, actions: {} }, (text) => text);
  closing.push(() => control.close());
  return { ...fake, seen, control };
}

describe("status command", () => {
  it("asks the running daemon", async () => {
    const { config, stateDir, terminal, written } = desk();
    await daemon(stateDir);
    expect(await status({ config, json: false, watch: false }, terminal)).toBe(0);
    expect(written.stdout).toContain("wandb-audit-forwarder 1.2.3, running for 60 min: ready");
    expect(written.stdout).toContain("archive");
    expect(written.stdout).toContain("All books balance");
  });

  it("gives programs the same as JSON", async () => {
    const { config, stateDir, terminal, written } = desk();
    await daemon(stateDir);
    expect(await status({ config, json: true, watch: false }, terminal)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ ready: true, balanced: true });
  });

  it("reads the state itself when no daemon runs", async () => {
    const { config, stateDir, terminal, written } = desk();
    const { clock } = terminal;
    openStore({
      stateDir,
      maxBytes: 1e9,
      keepDelivered: 1,
      sources: ["prod"],
      outputs: ["console"],
      clock,
      random: systemRandom,
    }).close();
    expect(await status({ config, json: false, watch: false }, terminal)).toBe(0);
    expect(written.stdout).toContain("no daemon runs");
    expect(written.stdout).toContain("offline");
  });

  it("says where it takes over a state of an earlier version, once", async () => {
    const { config, stateDir, terminal, written } = desk();
    const stored = { maxBytes: 64 * 1024 * 1024, keepDelivered: 0, outputs: ["console"] };
    openStore({ stateDir, ...stored, clock: terminal.clock, random: systemRandom }).close();
    const db = new DatabaseSync(join(stateDir, "spool.db"));
    db.exec(`${withoutSegments}PRAGMA user_version = 14`);
    db.close();
    const looked = () => status({ config, json: true, watch: false }, terminal);
    expect([await looked(), await looked()]).toEqual([0, 0]);
    expect(written.stderr).toBe(
      `wandb-audit-forwarder: the state in ${stateDir} was of an earlier version, and is of this one now: the earlier one refuses it from now on\n`,
    );
  });

  it("tells the same of a source and an output whether a daemon runs or not", async () => {
    const { config: path, stateDir, terminal, written } = desk();
    writeFileSync(
      path,
      `state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}", poll_interval: 1h, anonymize: true, instance: acme, tls: { insecure_skip_verify: true } }
outputs:
  - { name: soc, type: syslog, address: "tls://127.0.0.1:9", tls: { insecure_skip_verify: true } }
admin: { listen: "off" }
`,
    );
    const facts = ({ sources, outputs }: StatusReport) => ({
      sources: sources.map(({ name, type, instance, anonymize, insecure_tls }) => [
        name,
        type,
        instance,
        anonymize,
        insecure_tls,
      ]),
      outputs: outputs.map(({ name, type, guarantee, insecure_tls }) => [
        name,
        type,
        guarantee,
        insecure_tls,
      ]),
    });
    const config = loadConfig(path, terminal);
    const daemon = await startDaemon(
      config,
      { ...ambientOf(terminal, config), writeLog: () => {} },
      { once: true },
    );
    const online = facts(
      statusReport(
        daemon.runtime,
        { state: await daemon.spool.state(), books: [] },
        historyOfReads(daemon.runtime),
      ),
    );
    daemon.stopNow();
    await daemon.ended;
    expect(await status({ config: path, json: true, watch: false }, terminal)).toBe(0);
    const offline = facts(JSON.parse(written.stdout));
    expect(offline).toEqual(online);
    expect(offline).toEqual({
      sources: [["prod", "wandb_api", "acme", true, true]],
      outputs: [["soc", "syslog", "received", true]],
    });
  });

  it("needs neither the service's secrets nor a faultless file to ask the daemon, and no secrets to read the state", async () => {
    const { config, stateDir, terminal, written } = desk();
    const stranger: Terminal = { ...terminal, environment: {} };
    const running = await daemon(stateDir);
    expect(await status({ config, json: false, watch: false }, stranger)).toBe(0);
    appendFileSync(config, "spol: {}\n");
    expect(await status({ config, json: false, watch: false }, stranger)).toBe(0);
    expect(written.stdout.match(/: ready/g)).toHaveLength(2);
    await running.control.close();
    await expect(status({ config, json: false, watch: false }, stranger)).rejects.toThrow(
      "did you mean spool",
    );
    writeFileSync(config, readFileSync(config, "utf8").replace("spol: {}", ""));
    openStore({
      stateDir,
      maxBytes: 1e9,
      keepDelivered: 1,
      sources: ["prod"],
      outputs: ["console"],
      clock: terminal.clock,
      random: systemRandom,
    }).close();
    expect(await status({ config, json: false, watch: false }, stranger)).toBe(0);
    expect(written.stdout).toContain("no daemon runs");
  });

  it("says which configuration is missing when not even the folder of the state can be told", async () => {
    const { config, terminal } = desk();
    writeFileSync(config, readFileSync(config, "utf8").replace(/state_dir: .*/, `state_dir: "\${STATE}"`));
    await expect(status({ config, json: false, watch: false }, terminal)).rejects.toThrow(
      "the environment variable STATE is not set",
    );
  });

  it.skipIf(process.getuid?.() === 0)("tells another user what to do", async () => {
    const { config, stateDir, terminal, written } = desk();
    mkdirSync(stateDir, { mode: 0o000 });
    expect(await status({ config, json: false, watch: false }, terminal)).toBe(1);
    expect(written.stderr).toContain("belongs to another user\n  fix: run this as root");
  });

  it("makes no state where there is none", async () => {
    const { config, stateDir, terminal, written } = desk();
    mkdirSync(stateDir, { mode: 0o700 });
    expect(await status({ config, json: false, watch: false }, terminal)).toBe(1);
    expect(written.stderr).toContain("the daemon has not run yet");
    expect(readdirSync(stateDir)).toEqual([]);
  });

  it("redraws every two seconds until Ctrl-C", async () => {
    const { config, stateDir, terminal, written, handlers } = desk();
    const { clock } = terminal;
    await daemon(stateDir);
    let waits = 0;
    const watching: Terminal = {
      ...terminal,
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        sleep: async (ms) => {
          expect(ms).toBe(2_000);
          waits++;
          if (waits === 3) handlers.get("SIGINT")?.();
        },
      },
    };
    expect(await status({ config, json: false, watch: true }, watching)).toBe(0);
    expect(written.stdout.split("\u001b[H\u001b[2J")).toHaveLength(4);
    expect(handlers.size).toBe(0);
  });

  it("keeps the headline on a small terminal, and leaves out what would scroll it away", async () => {
    const { config, stateDir, terminal, written, handlers } = desk();
    await daemon(stateDir);
    const sleep = async () => handlers.get("SIGINT")?.();
    const small: Terminal = { ...terminal, columns: 80, rows: 12, clock: { ...timesOf(terminal), sleep } };
    expect(await status({ config, json: false, watch: true }, small)).toBe(0);
    const [, shown] = written.stdout.split("\u001b[H\u001b[2J");
    expect(shown?.split("\n")[0]).toContain("wandb-audit-forwarder");
    expect(shown?.split("\n")).toHaveLength(12);
    expect(shown).toMatch(/… \d+ more lines: .*\n$/);
  });

  it("goes on over a restart of the daemon", async () => {
    const { config, stateDir, terminal, written, handlers } = desk();
    const first = await daemon(stateDir);
    const between = [
      () => first.control.close(),
      () => daemon(stateDir),
      () => Promise.resolve(handlers.get("SIGINT")?.()),
    ];
    const sleep = async () => {
      await between.shift()?.();
    };
    const watching: Terminal = { ...terminal, clock: { ...timesOf(terminal), sleep } };
    expect(await status({ config, json: false, watch: true }, watching)).toBe(0);
    const drawn = written.stdout.split("\u001b[H\u001b[2J").slice(1);
    expect(drawn.map((text) => text.includes("running for"))).toEqual([true, false, true]);
    expect(written.stderr).toBe(
      `wandb-audit-forwarder: no state in ${stateDir}: the daemon has not run yet\n`,
    );
  });
});

function timesOf({ clock }: Terminal): Pick<Terminal["clock"], "now" | "monotonic"> {
  return { now: () => clock.now(), monotonic: () => clock.monotonic() };
}

describe("healthcheck command", () => {
  it("asks the socket of the daemon, in one line", async () => {
    const { config, stateDir, terminal, written } = desk();
    const { conditions, clock } = await daemon(stateDir);
    expect(await healthcheck({ config, timeoutMs: 2_000 }, terminal)).toBe(0);
    expect(written.stdout).toBe(`alive: the daemon at ${stateDir}/control.sock works\n`);
    conditions.soc = { state: "working", since: 0, failures: 0, stallsAt: clock.monotonic() - 1 };
    expect(await healthcheck({ config, timeoutMs: 2_000 }, terminal)).toBe(1);
    expect(written.stderr).toBe(
      `not alive: ${stateDir}/control.sock answered 503 {"alive":false,"stalled":["output soc"]}\n`,
    );
  });

  it("does not call a daemon ill because its file was spoiled since, or its secrets are not here", async () => {
    const { config, stateDir, terminal, written } = desk();
    await daemon(stateDir);
    appendFileSync(config, "spol: {}\n");
    expect(await healthcheck({ config, timeoutMs: 2_000 }, { ...terminal, environment: {} })).toBe(0);
    expect(written.stdout).toContain("alive");
  });

  it("asks the configured address where the socket is not reachable", async () => {
    const { seen } = await daemon(desk().stateDir);
    const admin = await adminServer({
      listen: { host: "127.0.0.1", port: 0 },
      token: new Secret("token-of-admin"),
      metrics: "token",
      allowedHosts: [],
      routes: seen,
      scrub: (text) => text,
    });
    closing.push(() => admin.close());
    const { config, stateDir, terminal, written } = desk(`"127.0.0.1:${admin.port}"`);
    expect(await healthcheck({ config, timeoutMs: 2_000 }, terminal)).toBe(0);
    expect(written.stdout).toBe(`alive: the daemon at 127.0.0.1:${admin.port} works\n`);
    await admin.close();
    expect(await healthcheck({ config, timeoutMs: 2_000 }, terminal)).toBe(1);
    expect(written.stderr).toBe(
      `not alive: ${stateDir}/control.sock has no daemon; 127.0.0.1:${admin.port} has no daemon\n`,
    );
  });

  it("takes nobody else at the address for a daemon that is down", async () => {
    const other = createHttpServer((_request, response) => response.end("welcome\n"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    closing.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    const { config, stateDir, terminal, written } = desk(`"127.0.0.1:${port}"`);
    mkdirSync(stateDir);
    expect(await healthcheck({ config, timeoutMs: 2_000 }, terminal)).toBe(1);
    expect(written.stderr).toBe(`not alive: ${stateDir}/control.sock has no daemon\n`);
  });
});
