import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { type DaemonProcess, eventually, startProgram, type Workplace, workplace } from "./daemon.ts";

let place: Workplace;
let daemon: DaemonProcess;

afterEach(async () => {
  daemon.kill("SIGKILL");
  await daemon.exited;
  place.remove();
});

function argumentsOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
}

test("the daemon runs with a small young generation, in the process that was started, unless told otherwise", async () => {
  place = workplace(
    (stateDir) => `state_dir: ${stateDir}
sources: [{ name: wandb, type: wandb_api, url: "http://127.0.0.1:9", api_key: k, allow_plaintext: true }]
outputs: [{ name: out, type: splunk_hec, url: "http://127.0.0.1:9", token: t }]
admin: { listen: off }
`,
  );
  daemon = startProgram(["run", "-c", place.config]);
  const started = () => daemon.stdout().includes("\n");
  await eventually("the daemon says that it started", started);
  expect(argumentsOf(daemon.pid)).toContain("--max-semi-space-size=8");
  expect(daemon.stderr()).toBe("");
  daemon.kill("SIGKILL");
  await daemon.exited;

  daemon = startProgram(["run", "-c", place.config], { NODE_OPTIONS: "--max-semi-space-size=4" });
  await eventually("the daemon says that it started", started);
  expect(argumentsOf(daemon.pid)).not.toContain("--max-semi-space-size=8");
});
