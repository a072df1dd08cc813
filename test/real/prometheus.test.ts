import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { exported } from "../content/exported.ts";
import { program } from "../system/whole/daemon.ts";
import { freePorts } from "./otel-collector.ts";

const folder = join(import.meta.dirname, "../../content/prometheus");
const promtool = spawnSync("promtool", ["--version"]).status === 0;
const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
  return { status, said: stdout + stderr };
};

describe.skipIf(!promtool)("promtool (skipped where it is not installed)", () => {
  it("takes the rules without a complaint", () => {
    const { status, said } = run("check", "rules", "--lint-fatal", "wandb-audit-forwarder.rules.yml");
    expect({ status, said }).toEqual({ status: 0, said: expect.stringMatching(/SUCCESS: 3\d rules found/) });
  });

  it.each(["minutes", "days"])(
    "sees each alert fire on its fault and stay silent on the near miss: %s",
    {
      timeout: 200_000,
    },
    (name) => {
      expect(run("test", "rules", `${name}.test.yml`)).toEqual({
        status: 0,
        said: expect.stringContaining("SUCCESS"),
      });
    },
  );
});

describe("a running program", () => {
  let running: ReturnType<typeof spawn> | undefined;
  afterEach(() => running?.kill("SIGTERM"));

  it("exports the metrics and labels that rules and dashboards are held against", async () => {
    const [port = 0] = await freePorts(1);
    running = spawn(process.execPath, [program, "demo", "--port", String(port)], { stdio: "ignore" });
    let text = "";
    for (let tries = 0; tries < 300 && text === ""; tries++) {
      await sleep(100);
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
      if (answer?.ok === true) text = await answer.text();
    }
    const known = await exported();
    const series = [...text.matchAll(/^(wandb_\w+)(?:\{(.*)\})? \S+$/gm)];
    expect(series.length).toBeGreaterThan(100);
    const seen = new Set<string>();
    for (const [, metric = "", written = ""] of series) {
      seen.add(metric);
      const labels = [...written.matchAll(/(\w+)="/g)].map(([, label]) => label);
      expect(
        [...(known.get(metric) ?? [])].filter((label) => !["job", "instance"].includes(label)).sort(),
        metric,
      ).toEqual(labels.sort());
    }
    // Only what has an archive, a witness or something to look at has these.
    const conditional = /_(archive_manifest|witness|attention)/;
    expect(
      [...known.keys()].filter(
        (name) => name.startsWith("wandb_") && !seen.has(name) && !conditional.test(name),
      ),
    ).toEqual([]);
  });
});
