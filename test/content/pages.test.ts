import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { detectionCards } from "../../bin/detection-card.ts";
import { elasticRule } from "../../bin/elastic/rules.ts";
import { examples } from "../../bin/example-events.ts";
import { exampleFormats, fieldsOf } from "../../bin/payload-fields.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { redactor } from "../../src/event/redact.ts";
import { outputKinds } from "../../src/output/all.ts";
import { Secret } from "../../src/secret/secret.ts";
import { logqlLabels } from "./logql.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");

describe("the page for QRadar", () => {
  const fields: Readonly<Record<string, string>> = {
    ...{ "W&B User Id": "actor_user_id", "W&B Target Id": "user_asset", "W&B Project": "project_name" },
    ...{ "W&B Artifact": "artifact_qualified_name", "W&B Status": "response_code", "W&B Uid": "uid" },
  };
  const rows = [...page("qradar").matchAll(/^\| (W&B [\w ]+) \| `(.*)` \|/gm)].map(
    ([, name = "", text = ""]) => ({
      name,
      expression: new RegExp(text),
    }),
  );

  it.each(rows.filter(({ name }) => name in fields))(
    "finds $name in every example that has it",
    ({ name, expression }) => {
      let found = 0;
      for (const { event } of examples()) {
        const [wanted] = fieldsOf("json", event).get(fields[name] as string) ?? [];
        expect(expression.exec(exampleFormats.cef(event))?.[1]).toBe(wanted);
        if (wanted !== undefined) found++;
      }
      expect(found).toBeGreaterThan(0);
    },
  );

  it.each(["W&B User Id", "W&B Target Id"])("finds a pseudonym as %s", (wanted) => {
    const { expression } = rows.find(({ name }) => name === wanted) as (typeof rows)[number];
    const redact = redactor({
      drop: [],
      pseudonymize: ["actor_user_id", "user_asset"],
      keys: [{ id: "k2", key: new Secret("pepper"), until: undefined }],
    });
    const [example] = examples().filter(({ event }) => event.keys.user_asset && event.keys.actor_user_id);
    const event = redact((example as { event: AuditEvent }).event);
    const key = fields[wanted] as "actor_user_id" | "user_asset";
    expect(event.keys[key]).toMatch(/^k2_/);
    expect(expression.exec(exampleFormats.cef(event))?.[1]).toBe(event.keys[key]);
  });

  it("has no other properties than those that are tried here", () => {
    expect(rows.map(({ name }) => name)).toEqual([...Object.keys(fields), "W&B Rehearsal"]);
  });
});

it("the page for Loki asks for what OTLP has, in queries that its grammar takes", () => {
  const known = new Set(["service_name", "service_instance_id"]);
  for (const { event } of examples())
    for (const name of fieldsOf("otlp", event).keys()) known.add(name.replaceAll(".", "_"));
  known.add("wandb_replay_id");
  const queries = [
    ...page("loki").matchAll(/^ *expr: (.*?)(?: > 0)?$/gm),
    ...page("loki").matchAll(/```logql\n(.*)\n```/g),
  ].map(([, query = ""]) => query);
  expect(queries).toHaveLength(3);
  for (const query of queries) for (const label of logqlLabels(query)) expect([...known]).toContain(label);
});

it("the page for auditors finds the hash of a manifest where our formats have it", () => {
  const golden = (name: string) =>
    readFileSync(new URL(`../own/golden/archive_attested/${name}`, import.meta.url), "utf8");
  const { hash } = JSON.parse(golden("raw.json"));
  const at = (format: string, path: string) =>
    path.split(".").reduce((inner, name) => inner?.[name], JSON.parse(golden(`${format}.json`)));
  const rows = [
    ...page("audit").matchAll(/^\| [^|]*`(cim|ecs|json)` \| `(.*?)(?: \\\|.*)?` \| `([\w.]+)`/gm),
  ];
  expect(rows.map(([, format]) => format)).toEqual(["cim", "ecs", "json"]);
  for (const [, format = "", search = "", field = ""] of rows) {
    expect([format, at(format, field)]).toEqual([format, hash]);
    const [, asked = "action"] = /([\w.]+)(?:=|: )"wandb-audit-forwarder:/.exec(search) ?? [];
    expect(at(format, asked)).toBe("wandb-audit-forwarder:archive_attested");
  }
  expect(at("ecs", "event.hash")).not.toBe(hash);
  expect(golden("cef.txt").trimEnd().endsWith(hash)).toBe(true);
});

it.each(["splunk", "elastic", "sentinel", "qradar", "chronicle", "loki"])(
  "%s rehearses a detection that there is, with actions that there are",
  (name) => {
    const names = detectionCards().map((card) => card.name);
    for (const [, attack] of page(name).matchAll(/simulate --attack (\S+)/g)) expect(names).toContain(attack);
    const actions = new Set(examples().map(({ action }) => action));
    for (const [action] of page(name).matchAll(/\b(?:team|user|project|artifact|run):[a-z_]+/g))
      expect(actions).toContain(action);
  },
);

it.each(["splunk", "elastic", "sentinel"])("the page for %s names rules by their titles", (siem) => {
  const titles = detectionCards().map(({ title }) => title);
  const named = [...page(siem).matchAll(/`(W&B [^`]+)`/g)].map(([, title]) => title);
  expect(named.length).toBeGreaterThan(2);
  for (const title of named) expect(titles).toContain(title);
});

const words = "no one two three four five six seven eight nine ten eleven twelve".split(" ");
const word = (count: number) => words[count] ?? String(count);
const cards = detectionCards();
const byHand = cards.filter(({ sigma }) => sigma === undefined).length;

it.each([
  ["Splunk", page("splunk"), `app *W&B audit log*: ${cards.length}, all disabled`],
  ["Splunk", page("splunk"), `${word(byHand)} that need a past, or look for what does not come`],
  ["Elastic", page("elastic"), `\`content/elastic/rules.ndjson\`, ${cards.length} rules, switched off`],
  [
    "Elastic",
    page("elastic"),
    `${word(cards.filter((card) => elasticRule(card).type === "new_terms").length)} ask which values are new`,
  ],
  ["Sentinel", page("sentinel"), `${cards.length} rules (switched off)`],
  ["QRadar", page("qradar"), `All ${examples().length} with their CEF lines`],
])("the page for %s counts right", (_, text, said) => {
  expect(text).toContain(said);
});

it.each(["splunk", "elastic", "sentinel", "qradar", "loki"])(
  "the page for %s sends with outputs that there are, and with the heartbeat that a rule asks for",
  (siem) => {
    const blocks = [...page(siem).matchAll(/```yaml\n(outputs:\n.*?)```/gs)];
    const outputs = blocks.flatMap(([, text = ""]) => parse(text).outputs);
    expect(outputs.length).toBeGreaterThan(0);
    for (const output of outputs) {
      const kind = outputKinds.find(({ type }) => type === output.type);
      expect(kind?.schema.safeParse(output).error).toBeUndefined();
      expect([siem, output.heartbeat]).toEqual([siem, "15m"]);
    }
  },
);
