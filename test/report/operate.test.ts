import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deliveryReasons } from "../../src/output/output.ts";
import { sourceReasons } from "../../src/source/source.ts";
import { metricTable } from "../../src/status/metric-table.ts";

const runbook = readFileSync(join(import.meta.dirname, "../../docs/operate.md"), "utf8");

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
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
  });
});
