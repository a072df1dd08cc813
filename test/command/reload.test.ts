import { afterEach, describe, expect, it } from "vitest";
import { changed } from "../../src/command/reload.ts";
import { loadConfig } from "../../src/config/load.ts";
import { workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const yaml = (stateDir: string, more = "") => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "https://a.example", api_key: some-key-1 }
outputs:
  - { name: splunk, type: splunk_hec, url: "https://b.example", token: a-token-of-ours }
${more}`;

function reloaded(more: string) {
  const place = workplace(yaml);
  closing.push(() => place.remove());
  const terminal = fakeTerminal();
  const current = loadConfig(place.config, terminal);
  place.write(yaml(place.stateDir, more));
  const next = changed(place.config, current, terminal);
  return {
    next,
    lines: terminal
      .out()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

describe("a reload always answers", () => {
  it("when nothing changed", () => {
    const { next, lines } = reloaded("");
    expect(next).toBeUndefined();
    expect(lines).toMatchObject([{ type: "config_unchanged" }]);
  });

  it("when something changed", () => {
    const { next, lines } = reloaded("shutdown_timeout: 5s");
    expect(next?.shutdownTimeout).toBe(5_000);
    expect(lines).toMatchObject([{ type: "config_reloaded" }]);
  });

  it("with the first problem and how many there are", () => {
    const { next, lines } = reloaded("shutdown_timeot: 5s\nlog: { level: a-token-of-ours }");
    expect(next).toBeUndefined();
    expect(lines).toMatchObject([{ type: "config_rejected", problems: 2 }]);
    expect(lines[0].msg).toMatch(/config\.yaml:\d+:1: .*shutdown_timeot.*1 more problem\)/);
    expect(JSON.stringify(lines)).not.toContain("a-token-of-ours");
  });
});
