import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { program } from "../../src/command/program.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const token = "5f7c0c3e-9d1b-4a57-8c1e-3b8b6f0e9a11";
let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "simulate-attack-"));
  configure(`  - { name: out, type: file, path: "${join(place, "out")}", format: ecs }`);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function configure(outputs: string) {
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
sources:
  - { name: prod, type: file, path: "${place}/in", instance: acme.wandb.io }
outputs:
${outputs}
admin: { listen: "off" }
`,
  );
}

async function attack(name: string, ...args: string[]) {
  const terminal = fakeTerminal({ environment: { HEC_TOKEN: token } });
  const code = await program(
    ["simulate", "--attack", name, "-c", join(place, "config.yaml"), ...args],
    terminal,
  );
  return { code, out: terminal.out(), err: terminal.err() };
}

interface Document {
  readonly "@timestamp": string;
  readonly event: { readonly action: string; readonly id: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: { readonly id?: string; readonly target?: { readonly id?: string } };
  readonly observer: { readonly hostname?: string; readonly name?: string };
}
const documents = () =>
  readFileSync(join(place, "out"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Document);

it("sends what a detection fires on as if it were now, each event marked as a test", async () => {
  const { code, out } = await attack("run-mass-deletion");
  expect([code, out]).toEqual([0, expect.stringContaining("events sent to out, ")]);
  expect(out).toContain('wait for the alert "W&B ');
  const sent = documents();
  expect(sent.length).toBeGreaterThan(20);
  for (const { event, labels, observer } of sent) {
    expect(event.id).toMatch(/^test-[0-9a-f-]{36}$/);
    expect(labels).toEqual({ wandb_rehearsal: "run-mass-deletion" });
    expect(observer).toMatchObject({ hostname: "acme.wandb.io", name: "prod" });
  }
  expect(new Set(sent.map(({ event }) => event.id)).size).toBe(sent.length);
  const newest = Math.max(...sent.map((each) => Date.parse(each["@timestamp"])));
  expect(Math.abs(Date.now() - newest)).toBeLessThan(60_000);
});

it("is about users that no W&B has, so that an alert on them mutes nobody", async () => {
  const { out } = await attack("list");
  const names = [...out.matchAll(/^ *([a-z-]+) /gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(30);
  let seen = 0;
  for (const name of names) {
    if ((await attack(name)).code !== 0) continue;
    for (const { user } of documents()) {
      if (user?.id === undefined) continue;
      expect(Number(user.id), name).toBeGreaterThan(9_000_000_000);
      expect(Number.isSafeInteger(Number(user.target?.id ?? user.id))).toBe(true);
      seen++;
    }
  }
  expect(seen).toBeGreaterThan(100);
});

it("sends events of this program as its own, and keeps the hours where they matter", async () => {
  await attack("forwarder-gap");
  expect(documents().map(({ observer, event }) => [event.action, observer.name])).toContainEqual([
    "wandb-audit-forwarder:gap_found",
    "forwarder",
  ]);
  rmSync(join(place, "out"));
  const { out } = await attack("off-hours-admin");
  expect(out).toContain("the hours stayed as they were");
  expect(documents()[0]?.["@timestamp"]).toMatch(/T02:00:00/);
});

it("says what the output's filter leaves out, which the rule will never see", async () => {
  configure(`  - { name: out, type: file, path: "${join(place, "out")}", filter: { actions: ["user:*"] } }`);
  const { code, out } = await attack("team-deletion");
  expect([code, out]).toEqual([1, expect.stringContaining("the output's filter leaves them out")]);
});

it("says what the rule asks for and redaction hides", async () => {
  configure(
    `  - { name: out, type: file, path: "${join(place, "out")}", redact: { drop: [user_email, actor_email] } }`,
  );
  const { out } = await attack("outside-user-invited");
  expect(out).toContain("the rule asks for user_email, which redact or anonymize hides: it may stay silent");
  expect((await attack("team-deletion")).out).not.toContain("the rule asks for");
  const file = join(place, "config.yaml");
  configure(`  - { name: out, type: file, path: "${join(place, "out")}" }`);
  expect((await attack("outside-user-invited")).out).not.toContain("the rule asks for");
  writeFileSync(file, readFileSync(file, "utf8").replace("acme.wandb.io", "acme.wandb.io, anonymize: true"));
  expect((await attack("outside-user-invited")).out).toContain("the rule asks for user_email,");
});

it("tells Ctrl-C from a receiver that is slow", async () => {
  const silent = createServer();
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  try {
    const { port } = silent.address() as AddressInfo;
    configure(`  - { name: out, type: syslog, address: "relp://127.0.0.1:${port}", format: cef }`);
    const terminal = fakeTerminal({});
    silent.once("connection", () => terminal.send("SIGINT"));
    const args = ["simulate", "--attack", "team-deletion", "-c", join(place, "config.yaml")];
    expect(await program(args, terminal)).toBe(1);
    expect(terminal.err()).toContain("interrupted: what was on its way may have arrived");
  } finally {
    silent.close();
  }
});

it("reaches a receiver as the daemon's events do", async () => {
  const receiver = await startHecReceiver({ token });
  try {
    configure(
      `  - { name: soc, type: splunk_hec, url: "${receiver.url}", token: "\${HEC_TOKEN}", labels: { tenant: acme } }
  - { name: out, type: file, path: "${join(place, "out")}" }`,
    );
    expect((await attack("team-deletion")).code).toBe(2);
    expect(await attack("team-deletion", "--output", "soc")).toMatchObject({ code: 0 });
    expect(receiver.tests()).toBeGreaterThan(0);
    await receiver.close();
    const { code, err } = await attack("team-deletion", "--output", "soc", "--timeout", "2s");
    expect([code, err]).toEqual([1, expect.stringContaining("Fix: ")]);
  } finally {
    await receiver.close();
  }
});

it.each([
  ["team-deletoin", [], "did you mean team-deletion?"],
  ["nothing like it", [], "--attack list names all"],
  ["forwarder-heartbeat-missing", [], "Stop the forwarder"],
  ["team-deletion", ["--output", "x"], "there is no output x; there are: out"],
])("refuses %j with %j, and says why", async (name, args, said) => {
  const { code, err } = await attack(name, ...args);
  expect([code, err]).toEqual([2, expect.stringContaining(said)]);
});

it("never stores anything in an archive", async () => {
  configure(`  - { name: vault, type: archive, url: "file://${place}/store" }`);
  expect(await attack("team-deletion")).toMatchObject({
    ...{ code: 2, err: expect.stringContaining("part of the evidence") },
  });
});

it("lists all there are, with what each is about", async () => {
  const { code, out } = await attack("list");
  expect(code).toBe(0);
  expect(out.trim().split("\n").length).toBeGreaterThan(30);
  expect(out).toMatch(/^team-deletion +W&B /m);
  expect(out).toMatch(/^forwarder-heartbeat-missing .* \(nothing can be sent for it\)$/m);
});
