import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../../src/command/command.ts";
import { program } from "../../src/command/program.ts";
import {
  type ElasticsearchReceiver,
  type ElasticsearchReceiverOptions,
  startElasticsearchReceiver,
} from "../../src/simulate/elasticsearch-receiver.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let folder: string;
const opened: ElasticsearchReceiver[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "setup-"));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

async function receiverOf(options: ElasticsearchReceiverOptions = {}): Promise<ElasticsearchReceiver> {
  const receiver = await startElasticsearchReceiver(options);
  opened.push(receiver);
  return receiver;
}

async function setup(outputs: readonly object[], options: readonly string[] = []) {
  const file = join(folder, "config.yaml");
  const source = { name: "wandb", type: "wandb_api", url: "https://acme.wandb.io", api_key: "a-key-0123" };
  writeFileSync(file, JSON.stringify({ sources: [source], outputs }), { mode: 0o600 });
  const terminal = fakeTerminal();
  const code = await program(["setup", "-c", file, ...options], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const elastic = ({ url }: ElasticsearchReceiver, name = "elastic") => ({
  ...{ name, type: "elasticsearch", urls: [url], api_key: "an-id:a-canary-key" },
});
const stdout = { name: "console", type: "stdout" };

test("installs what outputs need, and says what it did", async () => {
  const receiver = await receiverOf();
  const { code, out } = await setup([stdout, elastic(receiver)]);
  expect(out).toMatch(/✓ ok {7}output elastic {2}index template logs-wandb\.audit is installed/);
  expect(out).not.toContain("console");
  expect(code).toBe(exitCodes.done);
  expect(receiver.cluster.installed.has("/_index_template/logs-wandb.audit")).toBe(true);
});

test("installs for the named outputs alone, and refuses a name that is none", async () => {
  const [one, other] = [await receiverOf(), await receiverOf()];
  const outputs = [elastic(one, "one"), elastic(other, "other")];
  expect((await setup(outputs, ["--output", "other"])).code).toBe(exitCodes.done);
  expect([one.requests(), other.requests() > 0]).toEqual([0, true]);
  const wrong = await setup(outputs, ["--output", "nobody"]);
  expect(wrong.code).toBe(exitCodes.usage);
  expect(wrong.err).toContain("there are: one, other");
});

test("shows the requests to whoever may make them, and asks nobody", async () => {
  const receiver = await receiverOf();
  const { code, out } = await setup([elastic(receiver)], ["--print"]);
  expect(code).toBe(exitCodes.done);
  expect(out).toContain("PUT _index_template/logs-wandb.audit\n{");
  expect(out).not.toContain("canary");
  expect(receiver.requests()).toBe(0);
});

test("fails with what to do, and without the credential", async () => {
  const receiver = await receiverOf({ lacks: ["manage_index_templates"] });
  const { code, out } = await setup([elastic(receiver)], ["--json"]);
  expect(code).toBe(exitCodes.failed);
  const { ok, findings } = JSON.parse(out);
  expect([ok, findings[0].level]).toEqual([false, "problem"]);
  expect(findings[0].fix).toContain("manage_index_templates");
  expect(out).not.toContain("canary");
});

test("says so where no output needs anything", async () => {
  const { code, out } = await setup([stdout]);
  expect([code, out]).toEqual([exitCodes.done, "None of these outputs needs anything installed.\n"]);
});
