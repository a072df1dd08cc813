import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { RunOptions } from "../../src/command/command.ts";
import { run } from "../../src/command/run.ts";
import { status } from "../../src/command/status.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer, type WandbServer } from "../../src/simulate/wandb-server.ts";
import { dayText, systemClock, utcDayOfMs } from "../../src/time/clock.ts";
import { eventually, workplace } from "../system/whole/daemon.ts";
import { type FakeTerminal, fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function wandbServer(apiKey?: string) {
  const random = seededRandom(3);
  const server = await startWandbServer({ clock: systemClock, random, ...(apiKey && { apiKey }) });
  closing.push(() => server.close());
  for (let count = 0; count < 20; count++) server.log.append(wandbEntry(random, systemClock.now()));
  return server;
}

const options = (config: string, once: boolean): RunOptions => ({
  config,
  once,
  timeoutMs: 20_000,
  acceptStateLoss: false,
});

/** What this program told of itself, without the prefix of its actions. */
function ownOf(hec: { taken(): readonly { readonly text: string }[] }) {
  return hec
    .taken()
    .map(({ text }) => (JSON.parse(text) as { event: { forwarder?: { action: string } } }).event.forwarder)
    .filter((own) => own !== undefined)
    .map((own) => ({ ...own, action: own.action.replace(/^.*:/, "") }));
}

describe("run", () => {
  it("takes over a secret that was changed in the configuration file itself", async () => {
    const wandb = await wandbServer();
    const hec = await startHecReceiver({ token: "the-right-token" });
    const yaml = (stateDir: string, token: string) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: some-key-1 }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: ${token}, batch: { max_wait: 10ms } }
admin: { listen: off }
`;
    const place = workplace((stateDir) => yaml(stateDir, "the-wrong-token"));
    closing.push(
      () => hec.close(),
      () => place.remove(),
    );
    const terminal = fakeTerminal();
    const ended = run(options(place.config, false), terminal);
    await eventually("the output is held", () => terminal.out().includes('"held"'));
    writeFileSync(place.config, yaml(place.stateDir, "the-right-token"));
    terminal.send("SIGHUP");
    // With what this program tells of itself: the configuration changed. The hold is no news to the held one.
    await eventually("everything is delivered", () => hec.count() === 21);
    expect(ownOf(hec)).toMatchObject([{ action: "configuration_changed", changed: ["outputs.splunk"] }]);
    terminal.send("SIGHUP");
    terminal.send("SIGTERM");
    terminal.send("SIGHUP");
    expect(await ended).toBe(0);
    const lines = terminal
      .out()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ofType = (type: string) => lines.filter((line) => line.type === type);
    expect(ofType("config_reloaded")).toHaveLength(1);
    // Each SIGHUP has its answer.
    expect(ofType("config_unchanged")).toHaveLength(1);
    expect(ofType("reload_ignored")).toHaveLength(1);
    expect(ofType("delivery_summary")).toMatchObject([{ output: "splunk", events: 21 }]);
    expect(ofType("ready").length).toBeGreaterThan(0);
  });

  it("takes over labels that were changed, with the event that says so", async () => {
    const wandb = await wandbServer();
    const hec = await startHecReceiver({ token: "the-right-token" });
    const yaml = (stateDir: string, tenant: string) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: some-key-1 }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: the-right-token, batch: { max_wait: 10ms }, labels: { tenant: ${tenant} } }
admin: { listen: off }
`;
    const place = workplace((stateDir) => yaml(stateDir, "acme"));
    closing.push(
      () => hec.close(),
      () => place.remove(),
    );
    const terminal = fakeTerminal();
    const ended = run(options(place.config, false), terminal);
    await eventually("everything is delivered", () => hec.count() === 20);
    writeFileSync(place.config, yaml(place.stateDir, "other"));
    terminal.send("SIGHUP");
    await eventually("the change is told", () => hec.count() === 21);
    terminal.send("SIGTERM");
    expect(await ended).toBe(0);
    const tenants = hec.taken().map(({ fields }) => fields?.tenant);
    expect(tenants).toEqual([...Array.from({ length: 20 }, () => "acme"), "other"]);
    expect(ownOf(hec)).toMatchObject([{ action: "configuration_changed", changed: ["outputs.splunk"] }]);
  });

  it("holds a source whose key is rejected at once, and goes on when the key is mended", async () => {
    const wandb = await wandbServer("the-right-key");
    const hec = await startHecReceiver({ token: "the-right-token" });
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: "\${file:${stateDir}.key}" }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: the-right-token, batch: { max_wait: 10ms } }
admin: { listen: off }
`,
    );
    const key = `${place.stateDir}.key`;
    writeFileSync(key, "the-wrong-key", { mode: 0o600 });
    closing.push(
      () => hec.close(),
      () => place.remove(),
    );
    const terminal = fakeTerminal();
    const ended = run(options(place.config, false), terminal);
    await eventually("the source is held", () => terminal.out().includes('"source_held"'));
    writeFileSync(key, "the-right-key");
    terminal.send("SIGHUP");
    await eventually("everything is delivered", () => hec.count() === 22);
    expect(ownOf(hec)).toMatchObject([
      { action: "key_rejected", source: "prod", reason: "forbidden" },
      { action: "key_accepted", source: "prod", reason: "forbidden" },
    ]);
    terminal.send("SIGTERM");
    expect(await ended).toBe(0);
    expect(terminal.out()).toContain('"source_released"');
    expect(terminal.out()).not.toContain("the-wrong-key");
  });

  it("tells an output that wants it that it is alive, and no other one", async () => {
    const wandb = await wandbServer();
    const hec = await startHecReceiver({ token: "the-right-token" });
    const other = await startHecReceiver({ token: "the-right-token" });
    const to = (name: string, url: string, more: string) =>
      `  - { name: ${name}, type: splunk_hec, url: "${url}", token: the-right-token, batch: { max_wait: 10ms }${more} }`;
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: some-key-1 }
outputs:
${to("splunk", hec.url, ", heartbeat: 1m")}
${to("lake", other.url, "")}
admin: { listen: off }
`,
    );
    closing.push(
      () => hec.close(),
      () => other.close(),
      () => place.remove(),
    );
    const terminal = fakeTerminal();
    const ended = run(options(place.config, false), terminal);
    await eventually("everything is delivered", () => hec.count() === 21 && other.count() === 20);
    terminal.send("SIGTERM");
    expect(await ended).toBe(0);
    expect(ownOf(hec)).toMatchObject([
      { action: "heartbeat", output: "splunk", sources: [{ source: "prod" }] },
    ]);
    expect(ownOf(other)).toEqual([]);
  });

  it("once reads the other sources to now although one cannot be read", async () => {
    const good = await wandbServer();
    const bad = await wandbServer("another-key-than-ours");
    const hec = await startHecReceiver({ token: "the-right-token" });
    // It comes back only after the bad source has been given up.
    good.behave({ fault: "server_error", faultTimes: 1 });
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: bad, type: wandb_api, url: "${bad.url}", instance: b.example, api_key: some-key-1 }
  - { name: good, type: wandb_api, url: "${good.url}", instance: a.example, api_key: some-key-1 }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: the-right-token, batch: { max_wait: 10ms } }
admin: { listen: off }
`,
    );
    closing.push(
      () => hec.close(),
      () => place.remove(),
    );
    const terminal = fakeTerminal();
    expect(await run(options(place.config, true), terminal)).toBe(1);
    expect(hec.count()).toBe(21);
    expect(ownOf(hec)).toMatchObject([{ action: "key_rejected", source: "bad" }]);
    expect(terminal.err()).toContain("source bad: not read to now");
  });

  describe("once", () => {
    async function ran(
      terminal: FakeTerminal,
      output: string,
      prepare: (wandb: WandbServer) => void = () => {},
      code = 0,
    ) {
      const wandb = await wandbServer();
      prepare(wandb);
      const place = workplace(
        (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: "\${KEY:-some-key-1}" }
outputs:
  - ${output}
admin: { listen: off }
`,
      );
      closing.push(() => place.remove());
      expect(await run(options(place.config, true), terminal)).toBe(code);
      return place;
    }

    it("shows a person what is wrong, then apart from it the summary", async () => {
      const hec = await startHecReceiver({ token: "the-right-token" });
      closing.push(() => hec.close());
      const terminal = fakeTerminal({ isTTY: true });
      const output = `{ name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN:-the-right-token}" }`;
      await ran(terminal, output, (wandb) => wandb.behave({ fault: "server_error", faultTimes: 1 }));
      expect(terminal.out()).toMatch(/^\S+ \S+ {2}warn {3}source prod: read failed, [^\n]+\n$/);
      expect(terminal.err()).toMatch(/^\nread \d+ records, 20 new\noutput splunk: everything delivered/);
    });

    it("tells at the start what the configuration allows and a person may not want, without a value of it", async () => {
      const hec = await startHecReceiver({ token: "the-right-token" });
      closing.push(() => hec.close());
      const terminal = fakeTerminal();
      await ran(terminal, `{ name: splunk, type: splunk_hec, url: "${hec.url}", token: the-right-token }`);
      const [first] = terminal.out().split("\n");
      expect(JSON.parse(first ?? "")).toMatchObject({
        level: "warn",
        type: "config_warning",
        path: "outputs[0].token",
        detail: "the secret stands in this file itself",
      });
      expect(terminal.out()).not.toContain("the-right-token");
    });

    it("names the days that it could not read, and so does status", async () => {
      const now = systemClock.now();
      const bad = dayText(utcDayOfMs(now) - 4);
      const stdout = "{ name: out, type: stdout, format: json }";
      const terminal = fakeTerminal();
      const failing = (wandb: WandbServer) => {
        wandb.log.append(wandbEntry(seededRandom(4), now - 4 * 86_400_000));
        wandb.behave({ dialect: "v5", fault: "server_error", faultDay: bad });
      };
      const place = await ran(terminal, stdout, failing, 1);
      expect(terminal.err()).toContain(`source prod: not read yet, 1 day: ${bad}`);
      expect(terminal.err()).not.toContain("everything is done");
      const looking = fakeTerminal();
      expect(await status({ config: place.config, json: false, watch: false }, looking)).toBe(0);
      expect(looking.out()).toContain(`source prod: owed_days\n  could not be read yet, 1 day: ${bad}`);
    });

    it("is not done when it gave events up", async () => {
      const hec = await startHecReceiver({ token: "the-right-token" });
      closing.push(() => hec.close());
      hec.behave("refuse_one", { match: "the-poisoned-one" });
      const terminal = fakeTerminal();
      const entry = { action: "user:login", timestamp: new Date(systemClock.now()).toISOString() };
      const poisoned = (wandb: WandbServer) =>
        wandb.log.append(JSON.stringify({ ...entry, entity_name: "the-poisoned-one" }));
      const output = `{ name: splunk, type: splunk_hec, url: "${hec.url}", token: the-right-token }`;
      const place = await ran(terminal, output, poisoned, 1);
      expect(hec.count()).toBe(20);
      expect(terminal.err()).toMatch(/output splunk: complete: no, 1 event given up \(bad_event 1\)/);
      const stopped = terminal
        .out()
        .split("\n")
        .find((line) => line.includes('"stopped"'));
      expect(JSON.parse(stopped ?? "{}")).toMatchObject({ drained: false, dead: 1 });
      // The next run gives nothing up.
      const again = fakeTerminal();
      expect(await run(options(place.config, true), again)).toBe(0);
      const looking = fakeTerminal();
      await status({ config: place.config, json: false, watch: false }, looking);
      expect(looking.out()).toContain("output splunk: dead_letters\n  complete: no, 1 event given up");
      expect(looking.out()).toContain("All books balance");
    });

    it("keeps JSON lines JSON lines where the summary goes among them", async () => {
      const terminal = fakeTerminal();
      await ran(terminal, "{ name: out, type: stdout, format: json }");
      const lines = terminal
        .err()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.filter(({ type }) => type === "summary")).toHaveLength(2);
      expect(terminal.out().trim().split("\n")).toHaveLength(20);
    });
  });
});
