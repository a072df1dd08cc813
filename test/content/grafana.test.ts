import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentProperties, type Properties } from "../../src/output/elasticsearch/ecs-fields.ts";
import { dashboards, filledIn, targetsOf } from "./dashboards.ts";
import { exported } from "./exported.ts";
import { logqlLabels } from "./logql.ts";
import { promqlUse } from "./promql.ts";

const root = join(import.meta.dirname, "../..");
const goldens = (name: string): string[] =>
  ["test/cases", "test/own/golden"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((each) => readFileSync(join(root, folder, each, name), "utf8")),
  );

describe("dashboards of Grafana", () => {
  it("are three, each with a name of its own", () => {
    expect(dashboards.map(({ file }) => file)).toEqual([
      "events-elasticsearch.json",
      "events-loki.json",
      "forwarder.json",
    ]);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(3);
  });

  it.each(dashboards.map((dashboard) => [dashboard.file, dashboard] as const))(
    "%s asks a data source that the reader chooses, and lies on the grid",
    (_file, { panels, templating, schemaVersion }) => {
      expect(schemaVersion).toBe(42);
      const [datasource, ...variables] = templating.list;
      expect(datasource).toMatchObject({ type: "datasource" });
      const uid = `\${${datasource?.name}}`;
      const taken = new Set<string>();
      for (const { id, type, title, description, datasource, targets = [], gridPos } of panels) {
        expect(panels.filter((panel) => panel.id === id).length).toBe(1);
        const { x, y, w, h } = gridPos;
        expect(x + w, title).toBeLessThanOrEqual(24);
        for (let at = 0; at < w * h; at++) {
          const cell = `${x + (at % w)} ${y + Math.floor(at / w)}`;
          expect(taken.has(cell), `${title} at ${cell}`).toBe(false);
          taken.add(cell);
        }
        if (type === "row") continue;
        expect(description, title).toMatch(/\.$/);
        expect(datasource.uid).toBe(uid);
        expect(targets.length, title).toBeGreaterThan(0);
        for (const target of targets) expect(target.datasource).toEqual(datasource);
      }
      for (const { type, datasource } of variables) if (type === "query") expect(datasource?.uid).toBe(uid);
      const names = variables.map(({ name }) => name);
      const used = [...JSON.stringify(panels).matchAll(/\$(?!__)(\w+)/g)].map(([, name]) => name);
      expect([...new Set(used)].sort()).toEqual([...names].sort());
    },
  );

  it("asks Prometheus for what the daemon exports, and shows only labels that are left", async () => {
    const known = await exported();
    const rules = readFileSync(join(root, "content/prometheus/wandb-audit-forwarder.rules.yml"), "utf8");
    const recorded = [...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name);
    const queries = targetsOf("prometheus");
    expect(queries.length).toBeGreaterThan(40);
    const asked = new Set<string>();
    for (const { expr = "", title, legendFormat = "" } of queries) {
      const { selectors, grouping } = promqlUse(filledIn(expr));
      const labels = new Set<string>();
      for (const { metric, matchers } of selectors) {
        asked.add(metric.replace(/_(bucket|sum|count)$/, ""));
        if (recorded.includes(metric) || metric === "ALERTS") continue;
        expect([...known.keys()], title).toContain(metric);
        for (const label of known.get(metric) ?? []) labels.add(label);
        for (const { label } of matchers) expect([...labels], title).toContain(label);
      }
      for (const label of grouping) expect([...labels], title).toContain(label);
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect([...labels], title).toContain(label);
        const by = /by \(([^)]*)\) \((?:rate|increase)/.exec(expr)?.[1];
        if (by !== undefined) expect(by.split(", "), title).toContain(label);
      }
    }
    const shown = [...asked].filter((name) => name.startsWith("wandb_audit_forwarder_"));
    const all = [...known.keys()]
      .filter((name) => name.startsWith("wandb_audit_forwarder_"))
      .map((name) => name.replace(/_(bucket|sum|count)$/, ""));
    // Records fetched say how often a day is read again, which nobody watches; what `start` leaves out is a fact.
    const unshown = [
      "wandb_audit_forwarder_records_fetched_total",
      "wandb_audit_forwarder_source_left_out_records",
    ];
    expect([...new Set(all)].filter((name) => !shown.includes(name)).sort()).toEqual(unshown);
  });

  it("takes the values of the variables of Prometheus from series that are there", async () => {
    const known = await exported();
    const forwarder = dashboards.find(({ file }) => file === "forwarder.json");
    for (const { type, query } of forwarder?.templating.list.slice(1) ?? []) {
      expect(type).toBe("query");
      const [, series = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
      const { selectors } = promqlUse(filledIn(series));
      expect(selectors).toHaveLength(1);
      expect(known.get(selectors[0]?.metric ?? "")).toContain(label);
    }
  });

  it("asks Loki for labels and structured metadata that it makes of our records", () => {
    const dotted = new Set<string>(["wandb.replay_id", "wandb.source.id"]);
    for (const golden of goldens("otlp.json"))
      for (const { key } of JSON.parse(golden).attributes) dotted.add(key);
    const made = [...dotted].map((key) => key.replaceAll(/[^\w]/g, "_"));
    const known = [...made, "service_name", "service_instance_id", "severity_text"];
    const queries = targetsOf("loki");
    expect(queries.length).toBeGreaterThan(15);
    for (const { expr = "", title } of queries)
      for (const label of logqlLabels(filledIn(expr))) expect(known, title).toContain(label);
    const loki = dashboards.find(({ file }) => file === "events-loki.json");
    for (const { type, query } of loki?.templating.list.slice(1) ?? [])
      if (type === "query") {
        // Only labels of streams can be listed.
        expect(["service_name", "service_instance_id"]).toContain(query.label);
        for (const label of logqlLabels(query.stream)) expect(known).toContain(label);
      }
  });

  it("asks for actions in whatever letters W&B writes them, and so does the page for Loki", () => {
    const page = readFileSync(join(root, "docs/loki.md"), "utf8");
    const ofLoki = [...targetsOf("loki").map(({ expr = "" }) => expr), ...page.split("\n")];
    const compared = ofLoki.flatMap((query) => [
      ...query.matchAll(/wandb_audit_action(=~?|!~|!=)"([^"]*)"/g),
    ]);
    expect(compared.length).toBeGreaterThan(10);
    for (const [whole, , value = ""] of compared)
      if (!value.startsWith("wandb-audit-forwarder:")) expect(whole).toMatch(/~"\(\?i\)/);
    for (const { query = "" } of targetsOf("elasticsearch"))
      for (const [, value = ""] of query.matchAll(/event\.action:(\S+)/g))
        expect(value).toMatch(/^(\(?\/.*\]|\$action|\*|"wandb-audit-forwarder:)/);
  });

  it("asks Elasticsearch for fields that the mapping has, of kinds that can be counted", () => {
    const kinds = new Map<string, string>();
    const walk = (properties: Properties, path: string) => {
      for (const [name, { properties: inner, type }] of Object.entries(properties))
        if (inner === undefined) kinds.set(path + name, String(type));
        else walk(inner, `${path}${name}.`);
    };
    walk(documentProperties("elasticsearch"), "");
    const queries = targetsOf("elasticsearch");
    expect(queries.length).toBeGreaterThan(15);
    const fields = (query: string) =>
      [...query.replaceAll(/"[^"]*"|\/[^/]*\//g, '""').matchAll(/([\w.@]+):/g)].map(
        ([, field = ""]) => field,
      );
    for (const { query = "", timeField = "", bucketAggs = [], title } of queries) {
      expect(fields(query).length, title).toBeGreaterThan(0);
      for (const field of fields(query)) expect([...kinds.keys()], title).toContain(field);
      expect(kinds.get(timeField)).toBe("date");
      for (const { type, field } of bucketAggs)
        expect(type === "terms" ? ["keyword", "ip", "long"] : ["date"], `${title} ${field}`).toContain(
          kinds.get(field),
        );
    }
    const search = dashboards.find(({ file }) => file === "events-elasticsearch.json");
    for (const { query } of search?.templating.list.slice(1) ?? []) {
      const { field, query: within } = JSON.parse(query);
      expect(kinds.get(field)).toBe("keyword");
      for (const each of fields(within)) expect([...kinds.keys()]).toContain(each);
    }
  });
});
