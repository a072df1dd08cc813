import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectionCards } from "../../bin/detection-card.ts";
import { examples } from "../../bin/example-events.ts";
import { fieldsOf } from "../../bin/payload-fields.ts";
import { eventTypes, searchOf } from "../../bin/splunk/app.ts";
import { panels } from "../../bin/splunk/dashboard.ts";
import { knownKeys } from "../../src/record/known-keys.ts";

const folder = new URL("../../content/splunk/TA_wandb_audit/", import.meta.url);
const file = (name: string) => readFileSync(new URL(name, folder), "utf8");
const cards = detectionCards();

/** What stands before an event type's events: terms, of which `NOT` takes one back. Enough for our own. */
function matches(search: string, fields: ReadonlyMap<string, readonly string[]>): boolean {
  return [...search.matchAll(/(NOT )?(\w+)="([^"]*)"/g)].every(([, not, name = "", text = ""]) => {
    const pattern = new RegExp(
      `^${text
        .split("*")
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*")}$`,
    );
    const found = (name === "sourcetype" ? ["wandb:audit"] : (fields.get(name) ?? [])).some((each) =>
      pattern.test(each),
    );
    return found === (not === undefined);
  });
}

/** What each data model of CIM asks for in any case. */
const needed: Readonly<Record<string, readonly string[]>> = {
  wandb_audit_authentication: ["action", "app", "dest", "src", "user"],
  wandb_audit_account_management: [
    "action",
    "change_type",
    "dest",
    "object_category",
    "status",
    "user",
    "vendor_product",
  ],
  wandb_audit_change: [
    "action",
    "change_type",
    "dest",
    "object_category",
    "status",
    "user",
    "vendor_product",
  ],
  wandb_audit_data_access: ["action", "app", "dest", "object", "object_category", "user", "vendor_product"],
};

describe("event types", () => {
  const models = eventTypes.filter(({ tags }) => tags.length > 0);

  it.each(examples().map(({ action, event }) => [action, fieldsOf("cim", event)] as const))(
    "%s is in the data model that it is said to be in, with what that asks for",
    (action, fields) => {
      const types = models.filter(({ search }) => matches(search, fields)).map(({ name }) => name);
      const [dataset = ""] = fields.get("cim_dataset") ?? [];
      const wanted = action === "user:initiate_login" ? [] : [nameOf(dataset)];
      expect(types).toEqual(wanted);
      for (const type of types)
        for (const name of needed[type] ?? [])
          expect([action, name, fields.has(name)]).toEqual([action, name, true]);
    },
  );

  it("has events for each", () => {
    for (const { search, name } of models)
      expect([name, examples().some(({ event }) => matches(search, fieldsOf("cim", event)))]).toEqual([
        name,
        true,
      ]);
  });

  function nameOf(dataset: string): string {
    return `wandb_audit_${dataset === "All_Changes" ? "change" : dataset.toLowerCase()}`;
  }
});

/** Names that a search has of its own, and those that events have. */
const eventFields = new Set(examples().flatMap(({ event }) => [...fieldsOf("cim", event).keys()]));
for (const each of ["_time", "_indextime", "src", "replay_id"]) eventFields.add(each);
for (const key of knownKeys) eventFields.add(`wandb.${key}`);

describe.each([
  ...cards.map((card) => [card.name, searchOf(card)] as const),
  ...panels.map(({ title, query }) => [title, query] as const),
])("the search %s", (_, search) => {
  it("asks for fields that events have, or that it makes itself", () => {
    const plain = search.replace(/```.*?```/gs, "").replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const made = new Set([
      ...[...plain.matchAll(/\bAS ([\w.]+)/gi)].map(([, name]) => name as string),
      ...[...plain.matchAll(/(?:\beval |, )(\w+)=/g)].map(([, name]) => name as string),
      ..."Country first last".split(" "),
    ]);
    const [base = ""] = plain.split("\n|")[0]?.split(" | ") ?? [];
    const asked = [
      ...[...plain.matchAll(/\bwandb\.[\w.]+/g)].map(([name]) => name),
      ...[...base.matchAll(/\b([\w.]+)(?:=| IN )/g)].map(([, name]) => name as string),
      ...[...plain.matchAll(/\b(?:dc|values|latest|max|min|median|perc95)\(([\w.]+)\)/g)].map(
        ([, name]) => name as string,
      ),
    ].filter((name) => !name.startsWith("_index_") && !made.has(name));
    for (const name of asked) expect([...eventFields]).toContain(name);
  });

  it("takes an action in whatever letters, as Sigma does", () => {
    // `search` and `searchmatch` do by themselves; `eval`, `where` and `stats` compare letters as they are.
    const plain = search.replace(/```.*?```|searchmatch\("(?:[^"\\]|\\.)*"\)/gs, "");
    const [, ...commands] = plain.split("\n|");
    for (const command of commands) expect(command).not.toMatch(/\bsignature_id\s*(=|!=|IN\b)/);
  });

  it("has lookups that there are, with the columns that it takes", () => {
    const transforms = file("default/transforms.conf");
    for (const [, name = "", rest = ""] of search.matchAll(/\| lookup (\w+) (.*)/g)) {
      const [, csv = ""] = new RegExp(`^\\[${name}\\]\nfilename = (.*)$`, "m").exec(transforms) ?? [];
      const titles = file(`lookups/${csv}`).split(/\r?\n/)[0]?.replaceAll('"', "").split(",") ?? [];
      for (const [, column = ""] of rest.matchAll(/(\S+) AS \S+/g)) expect(titles).toContain(column);
    }
  });

  it("has macros that there are, and closes what it opens", () => {
    const macros = file("default/macros.conf");
    for (const [, name = "", args] of search.replace(/```.*?```/gs, "").matchAll(/`(\w+)(\([^`]*\))?`/g))
      expect(macros).toContain(`[${name}${args === undefined ? "" : "(1)"}]`);
    const plain = search.replace(/"(?:[^"\\]|\\.)*"/g, "");
    expect(plain.split("(").length).toBe(plain.split(")").length);
  });
});

describe.each(cards.filter(({ sigma }) => sigma !== undefined).map((card) => [card.name, card] as const))(
  "%s beside what Sigma's own backend makes of it",
  (name, card) => {
    const theirs = readFileSync(
      new URL(`../../content/sigma/converted/splunk/${name}.spl`, import.meta.url),
      "utf8",
    );
    const ours = searchOf(card);

    it("asks for the same values", () => {
      const values = (text: string) =>
        new Set(
          [...text.matchAll(/"([^"]*)"/g)].flatMap(
            ([, value = ""]) => value.replaceAll("\\", "").match(/[\w:@.*-]*:[\w:@.*-]+|^failure$/g) ?? [],
          ),
        );
      const own = values(ours);
      for (const value of values(theirs))
        if (!value.startsWith("wandb:audit")) expect([...own]).toContain(value);
    });

    it("asks for the same fields, and counts to the same number", () => {
      const names = (text: string) =>
        new Set(
          [...text.matchAll(/\b(wandb\.\w+|signature_id|result_id|status|src)\b/g)].map(([each]) => each),
        );
      const own = names(ours);
      for (const each of names(theirs)) expect([...own]).toContain(each);
      const [, least] = /(?:value_count|event_type_count) >= (\d+)/.exec(theirs) ?? [];
      if (least !== undefined) expect(ours).toContain(`found>=${least} `);
      const [, span] = /bin _time span=(\w+)/.exec(theirs) ?? [];
      if (span !== undefined) expect(ours).toContain(`floor(_time/${seconds(span)})`);
    });
  },
);

function seconds(span: string): number {
  return Number.parseInt(span, 10) * ({ m: 60, h: 3600, d: 86_400 }[span.at(-1) as "m" | "h" | "d"] ?? 1);
}

/** The fields of what a search finds: those of its last `table` or `stats`, as they are called after it. */
function fieldsGivenBy(search: string): ReadonlySet<string> {
  const given = new Set<string>();
  for (const command of search.replace(/```.*?```/gs, "").split(/\n\| /)) {
    const [, name = "", rest = ""] = /^(\w+) (.*)/s.exec(command) ?? [];
    const renamed = [...rest.matchAll(/(\S+) AS ([\w.]+)/g)];
    if (name === "table" || name === "stats") given.clear();
    if (name === "table") for (const field of rest.split(" ")) given.add(field);
    if (name === "eval") for (const [, field = ""] of rest.matchAll(/(?:^|, )(\w+)=/g)) given.add(field);
    if (name === "rename") for (const [, field = ""] of renamed) given.delete(field);
    if (name === "stats" || name === "rename") for (const [, , field = ""] of renamed) given.add(field);
    if (name === "stats")
      for (const field of rest
        .replace(/.* BY /s, "")
        .trim()
        .split(" "))
        given.add(field);
  }
  return given;
}

describe("saved searches", () => {
  const conf = file("default/savedsearches.conf");
  const stanzas = conf.split(/^\[/m).slice(1);

  it("are one for each card, none of them enabled, each with its risk and what it is suppressed by", () => {
    expect(stanzas.map((each) => each.slice(0, each.indexOf("]"))).toSorted()).toEqual(
      cards.map(({ title }) => title).toSorted(),
    );
    for (const stanza of stanzas) {
      expect(stanza).toContain("\ndisabled = 1\n");
      expect(stanza).toMatch(/\nalert\.suppress\.fields = \S/);
      const [, risk = ""] = /\naction\.risk\.param\._risk = (.*)/.exec(stanza) ?? [];
      expect(JSON.parse(risk)).toBeInstanceOf(Array);
    }
  });

  it("give what they are suppressed by, and whose risk they raise", () => {
    for (const card of cards) {
      const given = fieldsGivenBy(searchOf(card));
      const stanza = stanzas.find((each) => each.startsWith(`${card.title}]`)) ?? "";
      const [, suppressed = ""] = /\nalert\.suppress\.fields = (.*)/.exec(stanza) ?? [];
      const [, risk = "[]"] = /\naction\.risk\.param\._risk = (.*)/.exec(stanza) ?? [];
      const raised = (JSON.parse(risk) as { risk_object_field: string }[]).map(
        (each) => each.risk_object_field,
      );
      for (const field of [...suppressed.split(","), ...raised])
        expect([card.name, ...given]).toEqual([card.name, ...new Set([...given, field])]);
    }
  });
});

it("the lookup has every documented action once, as our format has it", () => {
  const [head = "", ...rows] = file("lookups/wandb_actions.csv").trim().split("\n");
  const names = head.split(",");
  expect(rows).toHaveLength(examples().length);
  for (const { action, event } of examples()) {
    const row = rows.find((each) => each.startsWith(`${action},`))?.split(",") ?? [];
    const cell = (name: string) => row[names.indexOf(name)];
    const fields = fieldsOf("cim", event);
    for (const name of ["signature", "severity", "severity_id", "cim_dataset"])
      expect([action, name, cell(name)]).toEqual([action, name, fields.get(name)?.[0]]);
  }
});

it("the lookup knows an action in whatever letters, as searches do: lookups tell them apart unless told not to", () => {
  const [, rest = ""] = file("default/transforms.conf").split("[wandb_actions]\n");
  expect(rest.split("\n\n")[0]).toContain("case_sensitive_match = false");
});

it("counts of the dashboard leave out nobody who was refused, and take no restore for a deletion", () => {
  const queryOf = (of: string) => panels.find(({ title }) => title === of)?.query ?? "";
  expect(queryOf("Refused")).toMatch(/\| fillnull value=- wandb\.actor_user_id src \| stats/);
  expect(queryOf("Deleted")).toContain('NOT signature_id="*undelete*"');
});

it("the dashboard is JSON, and every panel has its search", () => {
  const [, json = ""] = /<!\[CDATA\[(.*)\]\]>/s.exec(file("default/data/ui/views/wandb_audit.xml")) ?? [];
  const { visualizations, dataSources, layout } = JSON.parse(json);
  for (const { dataSources: own } of Object.values(visualizations) as { dataSources: { primary: string } }[])
    expect(dataSources).toHaveProperty(own.primary);
  for (const { item } of layout.structure) expect(visualizations).toHaveProperty(item);
  expect(existsSync(new URL("app.manifest", folder))).toBe(true);
});
