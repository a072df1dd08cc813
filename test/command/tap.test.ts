import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jsonAnswer } from "../../src/admin/routes.ts";
import { program } from "../../src/command/program.ts";
import { keepLines } from "../fake/kept-lines.ts";
import { all, move, settled } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
  writeFileSync(
    place.config,
    `state_dir: ${place.state.path}
sources: [{ name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}" }]
outputs:
  - { name: siem, type: stdout, format: json, redact: { pseudonymize: [actor_email], key: "\${SEED}" } }
admin: { listen: "off" }
`,
  );
});
afterEach(() => place.remove());

const lines = [1, 2, 3].map(
  (user) =>
    `{"timestamp":"2026-07-31T13:12:1${user}Z","action":"project:read","actor_user_id":${user},"actor_email":"a${user}@example.com"}`,
);

function filled(): void {
  const store = place.state.open({ outputs: ["siem"], sources: ["prod"] });
  keepLines(store, place.state.clock, lines);
  store.settle("siem", move(3, settled(store.read(0, all)).counts));
  place.state.close();
}

async function run(environment: Record<string, string>, ...args: string[]) {
  const terminal = fakeTerminal({ environment, clock: place.state.clock });
  const code = await program(["tap", ...args, "-c", place.config], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const secrets = { KEY: "key", SEED: "s".repeat(32) };

describe("tap without a daemon", () => {
  it("shows what was delivered last, redacted as configured, and ends", async () => {
    filled();
    const { code, out, err } = await run(secrets, "siem", "--last", "2");
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toHaveLength(2);
    expect(out).toContain("project:read");
    expect(out).not.toContain("@example.com");
    expect(err).toContain("no daemon runs");
    const documents = (await run(secrets, "siem", "--json")).out.trimEnd().split("\n");
    expect(documents.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3]);
    expect((await run(secrets, "siem", "--last", "0")).out).toBe("");
  });

  it("shows nothing under a key that it does not know", async () => {
    filled();
    const { code, out } = await run({ KEY: "key" }, "siem");
    expect([code, out]).toEqual([2, ""]);
  });

  it("knows the outputs of the configuration alone", async () => {
    const { code, err } = await run(secrets, "sime");
    expect(code).toBe(2);
    expect(err).toContain('there is no output "sime" (did you mean siem?)');
  });
});

describe("tap beside a daemon", () => {
  const event = (seq: number) => ({
    seq,
    uid: "0a",
    source: "prod",
    seen: "",
    text: `event ${seq}\u001b[2J`,
    cut: 0,
  });

  async function serving(answers: readonly (readonly number[])[], atTheLast = () => {}) {
    place.state.open();
    const asked: string[] = [];
    await place.serve({
      routes: {
        "/tap.json": (query) => {
          asked.push(query.toString());
          const seqs = answers[asked.length - 1] ?? [];
          if (asked.length >= answers.length) atTheLast();
          return jsonAnswer(200, { output: "siem", position: seqs.at(-1) ?? 9, events: seqs.map(event) });
        },
      },
    });
    return asked;
  }

  it("goes on from where it is until it is interrupted, and shows no control characters", async () => {
    const asked = await serving([[4, 5], [6, 7], []], () => terminal.send("SIGINT"));
    const terminal = fakeTerminal({ environment: secrets, clock: place.state.clock });
    expect(await program(["tap", "siem", "--last", "1", "-c", place.config], terminal)).toBe(0);
    expect(asked).toEqual(["output=siem&after=0", "output=siem&after=5", "output=siem&after=7"]);
    expect(terminal.out()).toBe("event 5\\u001b[2J\nevent 6\\u001b[2J\nevent 7\\u001b[2J\n");
  });

  it("looks once where it is told so", async () => {
    const asked = await serving([[4, 5]]);
    expect((await run(secrets, "siem", "--once")).out).toContain("event 4");
    expect(asked).toHaveLength(1);
  });
});
