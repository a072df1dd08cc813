import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlServer } from "../../src/admin/control.ts";
import { placeActions } from "../../src/admin/places.ts";
import { jsonAnswer } from "../../src/admin/routes.ts";
import { program } from "../../src/command/program.ts";
import { drain, keep, record } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let state: SpoolDirectory;
let config: string;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  state = new SpoolDirectory();
  config = join(state.path, "..", "config.yaml");
  writeFileSync(
    config,
    `state_dir: ${state.path}
sources: [{ name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}" }]
outputs: [{ name: siem, type: stdout }]
admin: { listen: "off" }
`,
  );
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  state.remove();
});

/** An output and a source that a person is asked about. */
function asked() {
  const open = (place: string, instance: string) =>
    state.open({
      places: new Map([["siem", [place]]]),
      sources: ["prod"],
      origins: new Map([["prod", { instance, baseUrl: "https://wandb.example" }]]),
    });
  const before = open("one", "wandb.example");
  keep(before, "prod", [record("a")]);
  drain(before, "siem");
  return open("two", "other.example");
}

async function run(...args: string[]) {
  const terminal = fakeTerminal({ environment: { KEY: "key" }, clock: state.clock });
  const code = await program([...args, "-c", config], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const whoHasIt = {
  nobody: async () => {
    asked();
    state.close();
    return () => state.open({ outputs: undefined });
  },
  "a daemon": async () => {
    const store = asked();
    const actions = placeActions({
      answerPlace: async (output, answer) => store.answerPlace(output, answer),
      startOver: async (source) => store.startOver(source),
    });
    const routes = { "/livez": () => jsonAnswer(200, {}) };
    const control = await controlServer(state.path, { routes, actions }, (text) => text);
    closing.push(() => control.close());
    return () => store;
  },
};

describe.each(Object.entries(whoHasIt))("outputs and sources, when %s has the state open", (_, given) => {
  it("answer what was asked, once", async () => {
    const look = await given();
    expect(await run("outputs", "siem", "start_over")).toMatchObject({
      code: 0,
      out: expect.stringContaining("output siem: starts over"),
    });
    expect(await run("sources", "prod", "start_over")).toMatchObject({ code: 0 });
    expect(await run("outputs", "siem", "adopt")).toMatchObject({
      code: 1,
      err: expect.stringContaining("nothing was asked about output siem"),
    });
    expect(await run("sources", "prod", "start_over")).toMatchObject({ code: 1 });
    expect(look().standing("siem")).not.toHaveProperty("moved");
    expect(look().backlog("siem").events).toBe(1);
    expect(look().instanceChange("prod")).toBeUndefined();
  });

  it("take only what they know", async () => {
    await given();
    expect((await run("outputs", "siem", "perhaps")).code).toBe(2);
    expect((await run("sources", "prod", "adopt")).code).toBe(2);
    expect(await run("outputs", "nobody", "adopt")).toMatchObject({ code: 1 });
  });
});
