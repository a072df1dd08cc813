// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes, type Terminal } from "../../src/command/command.ts";
import { program } from "../../src/command/program.ts";
import type { Finding } from "../../src/finding.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { type Rehearsal, startRehearsal } from "../../src/simulate/rehearsal.ts";
import { rehearsalConfig, rehearsalEnvironment } from "../../src/simulate/rehearsal-config.ts";
import { migrations } from "../../src/spool/migrations/all.ts";
import { WitnessFile } from "../../src/spool/witness.ts";
import { systemClock } from "../../src/time/clock.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let folder: string;
let rehearsal: Rehearsal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "check-"));
  rehearsal = await startRehearsal({
    clock: systemClock,
    seed: 1,
    dialect: "v5",
    days: 1,
    rate: 0,
    faults: [],
  });
});
afterEach(async () => {
  await rehearsal.close();
  rmSync(folder, { recursive: true });
});

async function check(
  options: readonly string[] = [],
  change: (config: string) => string = (config) => config,
  given: Partial<Terminal> = {},
) {
  const file = join(folder, "config.yaml");
  const config = change(rehearsalConfig(rehearsal, join(folder, "state"), 0, { kafka: true }));
  // How long a connection is looked at depends on it.
  writeFileSync(file, config.replace("type: syslog", "type: syslog\n    close_timeout: 100ms"));
  const terminal = fakeTerminal({ environment: rehearsalEnvironment, ...given });
  const code = await program(["check", "-c", file, "--timeout", "3s", ...options], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

async function findings(
  options: readonly string[] = [],
  change?: (config: string) => string,
  given?: Partial<Terminal>,
) {
  const { code, out } = await check(["--json", ...options], change, given);
  const answer = JSON.parse(out) as { ok: boolean; findings: (Finding & { subject: string })[] };
  expect(answer.ok).toBe(code === exitCodes.done);
  const of = (subject: string) => answer.findings.filter((finding) => finding.subject === subject);
  return { code, of, problems: answer.findings.filter(({ level }) => level === "problem") };
}

test("the room that the spool takes is that of its files of records too", async () => {
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  writeFileSync(join(folder, "state", "spool.db"), Buffer.alloc(2 * 1024 * 1024), { mode: 0o600 });
  writeFileSync(join(folder, "state", "records-000001"), Buffer.alloc(8 * 1024 * 1024), { mode: 0o600 });
  const { of } = await findings();
  expect(of("state")[1]?.text).toContain("the spool takes 10 MiB and may grow");
});

test("where everything works, every source and output has its line and the exit code is 0", async () => {
  const { code, out, err } = await check();
  expect(out).toMatch(/^✓ ok {7}configuration {2}.*config\.yaml: 1 source, 9 outputs$/m);
  for (const subject of [
    "state",
    "admin",
    "source wandb",
    "output splunk",
    "output soc",
    "output relay",
    "output collector",
    "output search",
    "output stream",
    "output lines",
  ])
    expect(out).toMatch(new RegExp(`^✓ ok {7}${subject} +\\S`, "m"));
  expect(out).toMatch(/^No problems/m);
  expect({ code, err }).toEqual({ code: exitCodes.done, err: "" });
});

test("a witness is read as any other source, and said to be one", async () => {
  const file = join(folder, "audit.ndjson");
  writeFileSync(file, "");
  const { of, code } = await findings([], (config) =>
    config.replace(
      "sources:",
      `sources:\n  - { name: archive, type: file, path: ${file}, instance: rehearsal.wandb.example, role: verify }`,
    ),
  );
  expect(of("source archive")[0]).toEqual({
    ...{ subject: "source archive", level: "ok" },
    text: "a witness of wandb: what it shows of a day is compared, and nothing of it is delivered",
  });
  expect(of("source archive").length).toBeGreaterThan(1);
  expect([of("source wandb").some(({ text }) => text.includes("witness")), code]).toEqual([
    false,
    exitCodes.done,
  ]);
});

test("nothing is left behind: no state, and no event at a receiver that can tell", async () => {
  await check();
  expect(readdirSync(folder)).toEqual(["config.yaml"]);
  expect(rehearsal.syslog.count()).toBe(0);
  expect(rehearsal.otlp.count()).toBe(0);
  expect(rehearsal.elasticsearch.asked().filter((asked) => !asked.startsWith("GET"))).toEqual([
    "POST /_security/user/_has_privileges",
    "POST /_index_template/_simulate_index/logs-wandb.audit-default",
  ]);
  expect(readdirSync(rehearsal.file.folder)).toEqual([]);
});

test("--send-test-event sends one marked event through every output, and makes no state", async () => {
  const { code, of } = await findings(["--send-test-event"], (config) =>
    config.replace("format: cef", "format: cef\n    filter: { actions: ['user:*'] }"),
  );
  expect(code).toBe(exitCodes.done);
  const { hec, syslog, otlp, elasticsearch } = rehearsal;
  for (const receiver of [hec, syslog, otlp, elasticsearch]) {
    expect(receiver.count()).toBe(1);
    expect(receiver.tests()).toBe(1);
  }
  const said = (output: string) =>
    of(`output ${output}`).find(({ text }) => text.startsWith("test event test-"));
  expect(said("splunk")).toMatchObject({ level: "ok", text: expect.stringContaining("index security") });
  expect(said("soc")?.text).toContain("read it to its end");
  expect(said("collector")?.text).toContain("accepted");
  const uid = /test-[0-9a-f-]{36}/.exec(said("splunk")?.text ?? "")?.[0];
  expect(hec.taken()[0]?.fields).toMatchObject({ event_uid: uid });
  expect(of("output soc").at(-1)?.text).toContain("filter would leave");
  expect(readdirSync(folder)).toEqual(["config.yaml"]);
});

test("a test event has the whole time, however long the look before it took", async () => {
  const { code, of } = await findings(["--send-test-event", "--timeout", "2s"], (config) =>
    config.replace("type: syslog", "type:  syslog\n    close_timeout: 30s"),
  );
  expect(of("output soc").at(-1)).toMatchObject({ level: "ok", text: expect.stringMatching(/^test event/) });
  expect(code).toBe(exitCodes.done);
});

test("what only an event proves is an open question, until one has proven it", async () => {
  const questions = async (options: readonly string[]) => {
    const { of } = await findings(options);
    return ["splunk", "soc"].map((name) => of(`output ${name}`).filter(({ open }) => open === true).length);
  };
  expect(await questions([])).toEqual([1, 1]);
  expect(await questions(["--send-test-event"])).toEqual([0, 0]);
});

test("--send-test-event finds the index that the token may not write to, which nothing else does", async () => {
  const token = rehearsalEnvironment.REHEARSAL_HEC_TOKEN;
  const strict = await startHecReceiver({ token, indexes: ["main"] });
  try {
    const there = (config: string) => config.replace(rehearsal.hec.url, strict.url);
    expect((await findings([], there)).problems).toEqual([]);
    expect((await findings(["--send-test-event"], there)).problems).toEqual([
      expect.objectContaining({
        subject: "output splunk",
        text: expect.stringContaining("Incorrect index"),
        fix: expect.stringContaining("`index`"),
      }),
    ]);
    expect(strict.count()).toBe(0);
  } finally {
    await strict.close();
  }
});

test("where something is wrong already, no test event is sent, and that is said", async () => {
  rehearsal.otlp.behave("unauthorized");
  const { of } = await findings(["--send-test-event"]);
  expect(of("output collector").at(-1)).toMatchObject({
    level: "warning",
    text: expect.stringContaining("no test event was sent"),
  });
  expect(rehearsal.otlp.count()).toBe(0);
});

test("a test event does not break the JSON document that standard output carries", async () => {
  const console = "  - name: console\n    type: stdout\nadmin:";
  const withConsole = (config: string) => config.replace("admin:", console);
  const { of } = await findings(["--send-test-event"], withConsole);
  expect(of("output console").at(-1)).toMatchObject({
    level: "warning",
    fix: expect.stringContaining("--json"),
  });
  const { out } = await check(["--send-test-event"], withConsole);
  expect(out).toMatch(/^\{.*wandb-audit-forwarder:test_event/);
});

test("a problem comes with its fix and exit code 1; the others are tried all the same", async () => {
  const { code, out } = await check([], (config) =>
    config.replace(rehearsal.syslog.url, "tcp://127.0.0.1:1"),
  );
  expect(code).toBe(exitCodes.failed);
  expect(out).toMatch(/^✗ problem {2}output soc +\S.*\n +fix: \S/m);
  expect(out).toMatch(/^✓ ok {7}output splunk /m);
  expect(out).toMatch(/^1 problem/m);
});

test("a wrong key and a wrong token are found, and not printed", async () => {
  const wrong = (config: string) =>
    config
      .replace("${REHEARSAL_API_KEY}", "wrong-api-key-5309")
      .replace("${REHEARSAL_HEC_TOKEN}", "wrong-token-8675309");
  const { of } = await findings([], wrong);
  expect(of("source wandb").some(({ level }) => level === "problem")).toBe(true);
  expect(of("output splunk").some(({ level }) => level === "problem")).toBe(true);
  expect(of("configuration").filter(({ level }) => level === "warning")).toHaveLength(2);
  expect((await check([], wrong)).out).not.toMatch(/wrong-api-key|wrong-token/);
});

test("a remote that says nothing is given up at the deadline", async () => {
  rehearsal.hec.behave("hang");
  const { of, code } = await findings(["--timeout", "300ms"]);
  expect(code).toBe(exitCodes.failed);
  expect(of("output splunk").some(({ level }) => level === "problem")).toBe(true);
});

test("a certificate file that is missing is a problem of its output alone", async () => {
  const { of } = await findings([], (config) =>
    config.replace(/address: tcp:(.*)/, "address: tls:$1\n    tls: { ca: /nowhere/ca.pem }"),
  );
  expect(of("output soc")).toEqual([
    expect.objectContaining({ level: "problem", text: expect.stringContaining("/nowhere/ca.pem") }),
  ]);
  expect(of("output splunk").some(({ level }) => level === "problem")).toBe(false);
});

test("--offline asks nobody", async () => {
  const { code, of } = await findings(["--offline"]);
  expect(code).toBe(exitCodes.done);
  expect(of("source wandb")).toEqual([]);
  expect(rehearsal.wandb.taken()).toEqual([]);
  expect((await check(["--offline"])).out).toContain("not tried");
});

test("--offline finds a file that keeps the daemon from starting", async () => {
  const { problems } = await findings(["--offline"], (config) =>
    config.replace(
      "type: syslog\n    address: tcp:",
      "type: syslog\n    tls: { ca: /nowhere/ca.pem }\n    address: tls:",
    ),
  );
  expect(problems).toEqual([
    expect.objectContaining({ subject: "output soc", text: expect.stringContaining("/nowhere/ca.pem") }),
  ]);
});

test("a state folder whose name is too long for a socket is a problem", async () => {
  const { problems } = await findings(["--offline"], (config) =>
    config.replace(/state_dir: .*/, `state_dir: /tmp/${"x".repeat(100)}`),
  );
  expect(problems).toEqual([
    expect.objectContaining({ subject: "state", fix: "choose a shorter state_dir" }),
  ]);
});

test("a wrong configuration is told as JSON too, with exit code 2", async () => {
  const { code, out } = await check(["--json"], (config) => config.replace("format: cef", "format: cfe"));
  expect(code).toBe(exitCodes.usage);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    findings: [{ subject: "configuration", level: "problem", fix: "did you mean cef?" }],
  });
});

test("a state that was there when it was last seen is missed, as a start misses it", async () => {
  const cache = join(folder, "cache");
  mkdirSync(cache);
  new WitnessFile(cache, join(folder, "state")).write("ab".repeat(16), [1]);
  const given = { environment: { ...rehearsalEnvironment, CACHE_DIRECTORY: cache } };
  const first = await findings(["--offline"]);
  expect(first.of("state")[0]).toMatchObject({
    level: "ok",
    text: expect.stringContaining("mount or restore"),
  });
  const missed = [
    expect.objectContaining({
      subject: "state",
      text: expect.stringMatching(/ held state at .*Z, and there is none now$/),
      fix: expect.stringContaining("see whether its disk is mounted"),
    }),
  ];
  expect((await findings(["--offline"], undefined, given)).problems).toEqual(missed);
  // The place of a disk that is not mounted.
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  expect((await findings(["--offline"], undefined, given)).problems).toEqual(missed);
});

test.each([
  [
    migrations.length - 1,
    "warning",
    "of an earlier version; the next start makes it one of this",
    "keep a copy",
  ],
  [
    migrations.length + 1,
    "problem",
    "was written by a newer version of this program",
    "run that version again",
  ],
])("a state of schema %i is a %s", async (version, level, text, fix) => {
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  const db = new DatabaseSync(join(folder, "state", "spool.db"));
  db.exec(`PRAGMA user_version = ${version}`);
  db.close();
  chmodSync(join(folder, "state", "spool.db"), 0o600);
  expect((await findings(["--offline"])).of("state")).toContainEqual(
    expect.objectContaining({
      level,
      text: expect.stringContaining(text),
      fix: expect.stringContaining(fix),
    }),
  );
});

test("a state folder that a group may read is a warning: the next start makes it private, and this changes nothing", async () => {
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  expect((await findings(["--offline"])).of("state").map(({ level }) => level)).toEqual(["ok", "ok"]);
  chmodSync(join(folder, "state"), 0o2770);
  const { of, code } = await findings(["--offline"]);
  expect(code).toBe(exitCodes.done);
  expect(of("state")[0]).toMatchObject({
    level: "warning",
    text: expect.stringContaining("open to other users: the directory (mode 2770)"),
    fix: expect.stringContaining("fsGroupChangePolicy: OnRootMismatch"),
  });
  expect(statSync(join(folder, "state")).mode & 0o7777).toBe(0o2770);
  chmodSync(join(folder, "state"), 0o755);
  expect((await findings(["--offline"])).problems).toEqual([
    expect.objectContaining({ subject: "state", fix: expect.stringContaining("chmod 700") }),
  ]);
});

test("a state folder of another user is a problem, with a fix that helps where it is a volume", async () => {
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  const { problems } = await findings(["--offline"], undefined, { uid: 4_000_000 });
  expect(problems).toEqual([
    expect.objectContaining({
      subject: "state",
      fix: expect.stringContaining("set state_dir to a folder in it"),
    }),
  ]);
});

test("a spool that may outgrow the disk is a warning", async () => {
  const { of, code } = await findings(["--offline"], (config) => `${config}spool: { max_bytes: 8000TiB }\n`);
  expect(code).toBe(exitCodes.done);
  expect(of("state").map(({ level }) => level)).toEqual(["ok", "warning"]);
});

test("a port that another program has is a problem", async () => {
  const server: Server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  try {
    const { problems } = await findings(["--offline"], (config) =>
      config.replace(/admin: .*/, `admin: { listen: "127.0.0.1:${port}" }`),
    );
    expect(problems).toEqual([
      expect.objectContaining({ subject: "admin", text: `127.0.0.1:${port}: another program listens there` }),
    ]);
  } finally {
    server.close();
  }
});

test("colours are for terminals only", async () => {
  expect((await check(["--offline"])).out).not.toContain("\u001b");
});

test("a state whose database is gone is said to be lost, as at a start", async () => {
  const state = join(folder, "state");
  mkdirSync(state, { mode: 0o700 });
  writeFileSync(join(state, "STATE"), "", { mode: 0o600 });
  const { code, of } = await findings(["--offline"]);
  expect(code).toBe(exitCodes.failed);
  expect(of("state")).toEqual([
    expect.objectContaining({
      level: "problem",
      text: `${state} held state, but the database is missing or empty`,
      fix: expect.stringContaining("--accept-state-loss"),
    }),
  ]);
  expect(readdirSync(state)).toEqual(["STATE"]);
});
