import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Attention } from "../../src/status/attention.ts";
import { exported } from "./exported.ts";
import { promqlUse } from "./promql.ts";

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<"summary" | "description" | "runbook", string>>;
}

interface Expectation {
  readonly expr: string;
  readonly exp_samples: readonly { readonly labels: string }[];
}

const root = join(import.meta.dirname, "../..");
const folder = join(root, "content/prometheus");
const written = readFileSync(join(folder, "wandb-audit-forwarder.rules.yml"), "utf8");
const runbook = readFileSync(join(root, "docs/operate.md"), "utf8");
const rules: readonly Rule[] = parse(written).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
/** The compiler refuses one that is missing, or one too many. */
const attentionReasons: Readonly<Record<Attention["reason"], true>> = {
  held_before: true,
  dead_letters: true,
  suspects: true,
  owed_days: true,
  gap_days: true,
  unread: true,
  other_organization: true,
  clock: true,
  lookback: true,
  witness_differs: true,
};

describe("rules of Prometheus", () => {
  let known: Map<string, readonly string[]>;
  beforeAll(async () => {
    known = new Map(await exported());
    for (const { record, expr } of rules)
      if (record !== undefined) {
        const [, by] = /by \(([^)]*)\)/.exec(expr) ?? [];
        known.set(record, by?.split(/, */).filter((label) => label !== "le") ?? ["job", "instance"]);
      }
  });

  it("ask for metrics and labels that the daemon exports", () => {
    expect(rules.length).toBeGreaterThan(25);
    for (const { expr, alert, record } of rules) {
      const { selectors, grouping } = promqlUse(expr);
      expect(selectors.length, alert ?? record).toBeGreaterThan(0);
      const labels = new Set<string>();
      for (const { metric, matchers } of selectors) {
        expect([...known.keys()], alert ?? record).toContain(metric);
        for (const label of known.get(metric) ?? []) labels.add(label);
        for (const { label, value } of matchers) {
          expect(known.get(metric), `${metric} in ${alert}`).toContain(label);
          if (metric.endsWith("_attention") && label === "reason")
            for (const reason of value.split("|")) expect(attentionReasons).toHaveProperty(reason);
        }
      }
      for (const label of grouping) expect([...labels], alert ?? record).toContain(label);
    }
  });

  it("record under names that say what is left of the labels, each used by an alert or a panel", () => {
    const panels = readdirSync(join(root, "content/grafana"))
      .filter((file) => file.endsWith(".json"))
      .map((file) => readFileSync(join(root, "content/grafana", file), "utf8"))
      .join("");
    for (const { record, alert } of rules) {
      if (record === undefined) continue;
      expect(alert).toBeUndefined();
      expect(record).toMatch(/^(source|output|instance):wandb_audit_forwarder_\w+:\w+$/);
      expect(alerts.some(({ expr }) => expr.includes(record)) || panels.includes(record), record).toBe(true);
    }
  });

  it.each(alerts.map((alert) => [alert.alert as string, alert] as const))(
    "%s says what, how much and where, and names its section of the runbook",
    (name, { expr, labels, annotations }) => {
      expect(Object.keys(labels)).toEqual(["severity"]);
      expect(["page", "ticket"]).toContain(labels.severity);
      expect(Object.keys(annotations)).toEqual(["summary", "description", "runbook"]);
      const said = annotations.summary + annotations.description;
      const grouped = promqlUse(expr).grouping;
      const left = grouped.length > 0 ? grouped : [...new Set(labelsLeft(expr))];
      for (const label of ["source", "output", "hop"])
        expect(said.includes(`$labels.${label} `), label).toBe(left.includes(label));
      if (name !== "WandbAuditForwarderDown") expect(annotations.description).toContain("$value");
      expect(annotations.runbook).toBe(`docs/operate.md#${name.toLowerCase()}`);
      const section = runbook.split(/^### /m).find((part) => part.startsWith(`${name}\n`)) ?? "";
      for (const part of ["Means", "Look at", "Do"])
        expect(section).toMatch(new RegExp(`^- \\*\\*${part}\\*\\*: \\S`, "m"));
    },
  );

  /** Labels that a comparison without `by` leaves. */
  function labelsLeft(expr: string): readonly string[] {
    return promqlUse(expr).selectors.flatMap(({ metric }) => known.get(metric) ?? []);
  }

  it("are the same for the Prometheus Operator", () => {
    const resource = parse(readFileSync(join(folder, "prometheusrule.yaml"), "utf8"));
    expect(resource).toMatchObject({ apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule" });
    expect(resource.spec).toEqual(parse(written));
    const page = readFileSync(join(folder, "README.md"), "utf8");
    expect(page).toContain(`has ${alerts.length} alerts and five recordings`);
    expect(rules.length - alerts.length).toBe(5);
  });

  it("are listed in the runbook with their severities, and nothing else is", () => {
    const listed = [...runbook.matchAll(/^\| \[`(\w+)`\]\(#\w+\) \| (\w+) \|/gm)].map(
      ([, alert, severity]) => `${alert} ${severity}`,
    );
    expect(listed.sort()).toEqual(alerts.map(({ alert, labels }) => `${alert} ${labels.severity}`).sort());
    const sections = [...runbook.matchAll(/^### (WandbAuditForwarder\w+)$/gm)].map(([, name]) => name);
    expect(sections.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  it("each have a fault on which they fire and a near miss on which they do not", () => {
    const said = ["minutes", "days"].flatMap((name) =>
      parse(readFileSync(join(folder, `${name}.test.yml`), "utf8")).tests.flatMap(
        (test: { promql_expr_test?: Expectation[] }, at: number) =>
          (test.promql_expr_test ?? []).map((expectation) => ({ test: `${name} ${at}`, ...expectation })),
      ),
    ) as (Expectation & { test: string })[];
    for (const { alert, labels } of alerts) {
      const about = said.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
      const firing = about.filter(({ exp_samples }) => exp_samples.length > 0);
      const fires = new Set(firing.map(({ test }) => test));
      expect(firing.length, `${alert} fires`).toBeGreaterThan(0);
      for (const { exp_samples } of firing)
        expect(exp_samples[0]?.labels).toContain(`severity="${labels.severity}"`);
      const silent = about.filter(({ test }) => !fires.has(test));
      expect(silent.length, `${alert} stays silent`).toBeGreaterThan(0);
    }
  });
});
