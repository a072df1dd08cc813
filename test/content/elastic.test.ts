import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { detectionCards } from "../../bin/detection-card.ts";
import { elasticPanels } from "../../bin/elastic/dashboard.ts";
import { elasticRule } from "../../bin/elastic/rules.ts";
import { actionTable } from "../../src/event/action-table.ts";
import { forms } from "./documents.ts";
import { columnsGiven } from "./esql.ts";
import { mappedFields } from "./mapped-fields.ts";
import { pipeline } from "./pipeline.ts";
import { eventOf, type Happening, scenarios } from "./scenarios.ts";
import { matches } from "./sigma.ts";

const known = new Set(mappedFields());
const rules = detectionCards().map((card) => [card.name, elasticRule(card), card] as const);

it("what is imported is a rule for each card, a line each, none of them switched on", () => {
  const text = readFileSync(new URL("../../content/elastic/rules.ndjson", import.meta.url), "utf8");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(new Set(lines.map(({ rule_id: id }) => id)).size).toBe(rules.length);
  expect(lines.every(({ enabled }) => enabled === false)).toBe(true);
});

it.each(rules)("the rule %s names fields that our template maps, and no others", (_, rule) => {
  const asked = rule.query.replace(/\/\/.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, "");
  const named = [...asked.matchAll(/(?<![\w-])(?:[a-z_]+\.)+[a-z_]+/g)].map(([field]) => field);
  expect(named.length).toBeGreaterThan(0);
  for (const field of named.filter((each) => !each.startsWith("logs-"))) expect([...known]).toContain(field);
  for (const field of rule.alert_suppression.group_by) expect([...known]).toContain(field);
  if (rule.type === "new_terms")
    for (const field of rule.new_terms_fields) expect([...known]).toContain(field);
});

it.each(rules)("the rule %s looks at what has arrived, and leaves out replays", (_, rule, card) => {
  expect(rule.timestamp_override).toBe("event.ingested");
  if (card.service === "audit")
    expect(rule.query).toMatch(/labels\.replay_id IS NULL|not labels\.replay_id: \*/);
  if (rule.type === "esql" && rule.query.includes("STATS") && card.kind !== "absence")
    expect(rule.query).toContain("NOW() - 10 minutes");
  expect(rule.threat.length).toBeGreaterThan(0);
});

it.each(rules)("the rule %s takes an action in whatever letters, as Sigma does", (_, { query }) => {
  // Keywords are told apart by their letters, in ES|QL and in KQL.
  expect(query.replaceAll(/TO_LOWER\(event\.action\)|\/\/.*$/gm, "")).not.toContain("event.action");
});

const capitals = [(action: string) => action.toUpperCase(), (action: string) => action.replace(/\w/, upper)];
const ecs = pipeline(forms.ecs.pipeline);

describe.each(
  rules.flatMap(([name, rule, card]) => (rule.type === "esql" ? [[name, rule.query, card] as const] : [])),
)("the query %s", (name, query, card) => {
  const happenings = (["hits", "near-misses"] as const).flatMap((file) =>
    [...scenarios(name, file).values()].flat(),
  );
  const given = (happening: Happening, record = happening.record) =>
    columnsGiven(query, forms.ecs.fields(eventOf({ ...happening, record }, "0".repeat(32), happening.at)));

  it("looks at an event whatever letters its action has", () => {
    // What the forwarder tells of itself it writes in small letters alone.
    for (const happening of happenings.filter(({ record }) => !isOwn(record)))
      for (const written of capitals) {
        const action = written(String(happening.record.action));
        expect([action, given(happening, { ...happening.record, action })]).toEqual([
          action,
          given(happening),
        ]);
      }
  });

  if (card.sigma !== undefined)
    it("looks at what Sigma's rule does", () => {
      const parts = parseAllDocuments(readFileSync(sigmaOf(name), "utf8")).map((each) => each.toJS());
      for (const happening of happenings) {
        const event = forms.ecs.fields(eventOf(happening, "0".repeat(32), happening.at));
        const found = parts.find(
          ({ detection }) => detection && matches(detection, card.service, event, ecs),
        );
        const columns = given(happening);
        const wanted = found === undefined ? undefined : parts.length === 1 ? new Map() : found.name;
        const groups = parts.at(-1)?.correlation?.["group-by"] ?? [];
        const isGrouped = groups.every((field: string) => event.has(ecs.columns(field)[0] ?? ""));
        expect(parts.length === 1 ? columns : columns?.get("part")).toEqual(isGrouped ? wanted : undefined);
      }
    });
});

/** A query of KQL that asks for several things at once, as those for new values do. */
function isAsked(query: string, event: ReadonlyMap<string, unknown>): boolean {
  return query.split(" and ").every((part) => {
    const [, not, field = "", text = ""] = /^(not )?([\w.]+): "?([\w.*]+)"?$/.exec(part) ?? [];
    if (field === "") throw new Error(`no KQL that is read here: ${part}`);
    const values = [event.get(field) ?? []].flat().map(String);
    return (text === "*" ? values.length > 0 : values.includes(text)) === (not === undefined);
  });
}

it("who asks for new values looks at reads of artifacts in whatever letters, and at no other action", () => {
  const [, rule] = rules.find(([name]) => name === "artifact-read-from-new-address") ?? [];
  const at = Date.parse("2026-08-03T10:00:00Z");
  const looked = (action: string, response_code?: number) => {
    const record = { timestamp: "2026-08-03T10:00:00Z", action, actor_user_id: 7, response_code };
    return isAsked(rule?.query ?? "", forms.ecs.fields(eventOf({ at, record }, "0".repeat(32), at)));
  };
  for (const written of [...capitals, (action: string) => action])
    expect([looked(written("artifact:read")), looked(written("artifact:read"), 200)]).toEqual([true, true]);
  expect([looked("artifact:read", 403), looked("artifact:read", 500)]).toEqual([false, false]);
  const others = actionTable.map(({ action }) => action).filter((action) => action !== "artifact:read");
  for (const action of [...others, "artifact:download", "file:read"])
    expect([action, looked(action)]).toEqual([action, false]);
});

function isOwn({ action }: Happening["record"]): boolean {
  return String(action).startsWith("wandb-audit-forwarder:");
}

function upper(letter: string): string {
  return letter.toUpperCase();
}

function sigmaOf(name: string): URL {
  return new URL(`../../content/sigma/${name}.yml`, import.meta.url);
}

it.each(rules)(
  "the rule %s loses nothing where MV_APPEND is given a value that is not there",
  (_, { query }) => {
    for (const appended of appends(query)) {
      const isTime = appended.every((one) => /^DATE_TRUNC\(\d+ seconds, @timestamp/.test(one));
      const list = appended.join(", ");
      if (!isTime) expect(query).toContain(`COALESCE(MV_APPEND(${list}), ${list})`);
    }
  },
);

/** The arguments of each call. */
function appends(query: string): readonly (readonly string[])[] {
  return query
    .split("MV_APPEND(")
    .slice(1)
    .map((rest) => /^(?:[^()]|\((?:[^()]|\([^()]*\))*\))*/.exec(rest)?.[0] ?? "")
    .map((inside) => inside.split(/, (?=[^()]*(?:\([^()]*\)[^()]*)*$)/));
}

it("what Kibana is to import refers to what is in it, and names fields that our template maps", () => {
  const text = readFileSync(new URL("../../content/elastic/dashboard.ndjson", import.meta.url), "utf8");
  const objects = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const ids = new Set(objects.map(({ type, id }) => `${type} ${id}`));
  expect(ids.size).toBe(objects.length);
  for (const { references } of objects)
    for (const { type, id } of references) expect([...ids]).toContain(`${type} ${id}`);
  const dashboard = objects.at(-1);
  const panels = JSON.parse(dashboard.attributes.panelsJSON);
  expect(panels.map(({ panelRefName }: { panelRefName: string }) => panelRefName)).toEqual(
    dashboard.references.map(({ name }: { name: string }) => name),
  );
  for (const { attributes } of objects.filter(({ type }) => type === "visualization"))
    for (const { type, params } of JSON.parse(attributes.visState).aggs)
      if (type === "terms")
        expect([params.field, params.missingBucket]).toEqual([params.field, params.field !== "source.ip"]);
  for (const { query, fields } of elasticPanels) {
    const ofWandb = query.replace(/"wandb-audit-forwarder:\w+"/g, "");
    // What W&B writes is asked for by an expression that takes capitals too.
    for (const [, compared] of ofWandb.matchAll(/event\.action:(\S+)/g))
      expect(compared).toMatch(/^\(?\/.*\]/);
    const named = [...query.replace(/"[^"]*"|\/[^/]*\//g, "").matchAll(/(?:[a-z_]+\.)+[a-z_]+/g)].map(
      ([field]) => field,
    );
    for (const field of [...named, ...fields]) expect([...known]).toContain(field);
  }
});
