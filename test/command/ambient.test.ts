import { afterEach, describe, expect, it } from "vitest";
import { ambientOf } from "../../src/command/ambient.ts";
import { loadConfig } from "../../src/config/load.ts";
import { workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function styleOf(terminal: Parameters<typeof fakeTerminal>[0], log = "{}", type = "splunk_hec") {
  const output =
    type === "stdout"
      ? "{ name: out, type: stdout, format: json }"
      : '{ name: out, type: splunk_hec, url: "https://b.example", token: a-token-of-ours }';
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "https://a.example", api_key: some-key-1 }
outputs:
  - ${output}
log: ${log}
`,
  );
  closing.push(() => place.remove());
  const given = fakeTerminal(terminal);
  return ambientOf(given, loadConfig(place.config, given)).logStyle;
}

describe("log lines", () => {
  it("are for people on a terminal, in colours where it takes them, and for programs elsewhere", () => {
    expect(styleOf({ isTTY: true, colors: true })).toEqual({ level: "info", format: "text", colors: true });
    expect(styleOf({ isTTY: true, colors: false })).toEqual({ level: "info", format: "text", colors: false });
    expect(styleOf({}).format).toBe("json");
  });

  it("are what the configuration says", () => {
    expect(styleOf({ isTTY: true, colors: true }, "{ format: json, level: debug }")).toMatchObject({
      level: "debug",
      format: "json",
    });
    expect(styleOf({}, "{ format: text }")).toEqual({ level: "info", format: "text", colors: false });
  });

  it("follow standard error when the events go to standard output", () => {
    expect(styleOf({ isTTY: true, colors: true }, "{}", "stdout").format).toBe("json");
    expect(styleOf({ stderrIsTTY: true, stderrColors: true }, "{}", "stdout")).toMatchObject({
      format: "text",
      colors: true,
    });
  });
});
