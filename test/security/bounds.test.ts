import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { actionSpec } from "../../src/event/actions.ts";
import { parseAddresses } from "../../src/event/address.ts";
import { eventFilter } from "../../src/event/filter.ts";
import { formatNames, formats } from "../../src/format/all.ts";
import { parseTimestamp } from "../../src/record/timestamp.ts";
import { metrics } from "../../src/status/metrics.ts";
import { eventWith } from "../format/arbitrary-event.ts";
import { fakeRuntimeView } from "../status/fake-runtime-view.ts";
import { agent } from "./receivers.ts";

const src = join(import.meta.dirname, "../../src");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function kept(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe("what content cannot make grow", () => {
  it("SEC-LABEL: a million names make no metric and no memory", async () => {
    const { runtime } = fakeRuntimeView();
    const counts = metrics(runtime);
    const series = async () =>
      (await counts.text()).split("\n").filter((line) => /^wandb_audit_forwarder/.test(line)).length;
    const before = await series();
    const render = formatNames.map((name) => formats[name](agent));
    const wanted = eventFilter({ actions: ["*:read*"] });
    const heap = kept();
    for (let number = 0; number < 1_000_000; number++) {
      const action = `name${number}:read`;
      actionSpec(action);
      if (number % 200 !== 0) continue;
      const event = eventWith({
        action,
        keys: { action, project_name: `p${number}`, actor_ip: `10.0.${number % 256}.1` },
      });
      wanted(event);
      for (const format of render) format(event);
      counts.note({ type: "unknown_actions", output: "soc", source: "prod", events: 1 });
      counts.note({ type: "dead", output: "soc", uid: `${number}`, reason: "bad_event", detail: action });
    }
    expect((await series()) - before).toBeLessThan(10);
    expect(kept() - heap).toBeLessThan(16 * 2 ** 20);
  });

  it("SEC-REDOS: a megabyte against every pattern that meets content takes no time", () => {
    const long = [
      "a".repeat(1_000_000),
      "*".repeat(1_000),
      " ,".repeat(500_000),
      "0".repeat(1_000_000),
      "\\=|".repeat(300_000),
    ];
    const nasty = eventFilter({ actions: ["a*a*a*a*a*a*a*a*b", "*".repeat(50), "*a*".repeat(50)] });
    for (const text of long) {
      const began = process.cpuUsage();
      nasty(eventWith({ action: text }));
      actionSpec(text);
      parseAddresses(text);
      parseTimestamp(text);
      const { user } = process.cpuUsage(began);
      expect({ text: text.slice(0, 4), quick: user < 1_000_000 }).toEqual({
        text: text.slice(0, 4),
        quick: true,
      });
    }
  });
});

describe("what the source cannot say", () => {
  const code = (readdirSync(src, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".ts") && statSync(join(src, name)).isFile())
    .map((name) => [name, readFileSync(join(src, name), "utf8")] as const);
  const filesWith = (pattern: RegExp) => code.filter(([, text]) => pattern.test(text)).map(([name]) => name);

  it("makes no code of data and loads no module that data names", () => {
    expect(filesWith(/\beval\(|new Function\(|node:vm|createRequire|import\((?!"\.)/)).toEqual([]);
  });

  it("runs no other program", () => {
    expect(filesWith(/node:child_process|node:cluster/)).toEqual([]);
  });

  it("switches verification off in one place, by one setting", () => {
    expect(filesWith(/rejectUnauthorized/)).toEqual(["net/tls.ts"]);
    expect(filesWith(/checkServerIdentity/)).toEqual([]);
  });

  it("makes patterns only of what the configuration or the program holds", () => {
    expect(filesWith(/new RegExp\(/).sort()).toEqual(["secret/scrub.ts", "text/hostile.ts"]);
  });

  it("has no export as comma-separated values, whose formulas would have to be guarded (SEC-CSV)", () => {
    expect(filesWith(/text\/csv|\.csv\b/)).toEqual([]);
  });
});
