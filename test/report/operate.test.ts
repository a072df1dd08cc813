import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deliveryReasons } from "../../src/output/output.ts";
import { sourceReasons } from "../../src/source/source.ts";
import { metricTable } from "../../src/status/metric-table.ts";

const runbook = readFileSync(join(import.meta.dirname, "../../docs/operate.md"), "utf8");
const [, rules = ""] = /```yaml\n(groups:.*?)```/s.exec(runbook) ?? [];
const promtool = spawnSync("promtool", ["--version"]).status === 0;

/** Text between a heading and the next one of its level. */
function section(title: string): string {
  return runbook.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
}

describe("runbook", () => {
  it("has a row for every reason a read can fail for", () => {
    const rows = section("Not ready: a source");
    for (const reason of [...sourceReasons, "stale", "not_read_yet"])
      expect(rows).toContain(`\n| \`${reason}\` |`);
  });

  it("has a row for every reason a delivery can fail for", () => {
    const rows = section("Not ready: an output") + section("Dead letters");
    for (const reason of deliveryReasons) expect(rows).toContain(`\n| \`${reason}\` |`);
    expect(section("Not ready: the spool")).toContain("| `spool_full` |");
  });

  it("names only metrics that exist", () => {
    const names = metricTable.flatMap(({ name, type }) =>
      type === "histogram" ? [`${name}_bucket`] : [name],
    );
    const used = [...runbook.matchAll(/wandb_audit_forwarder_\w+/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("lists every alert it defines", () => {
    const { groups } = parse(rules);
    const defined = groups[0].rules.map(({ alert }: { alert: string }) => alert);
    const listed = [...section("Alerts").matchAll(/^\| `(\w+)` \|/gm)].map(([, alert]) => alert);
    expect(listed).toEqual(defined);
  });

  it.skipIf(!promtool)("has alerts that promtool accepts (skipped where it is not installed)", () => {
    const folder = mkdtempSync(join(tmpdir(), "rules-"));
    try {
      const file = join(folder, "rules.yml");
      writeFileSync(file, rules);
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", file], {
        encoding: "utf8",
      });
      expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: "" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
