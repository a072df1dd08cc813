import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { detectionCards } from "../../bin/detection-card.ts";
import { everyOf } from "../../bin/sentinel/card-query.ts";
import { tableColumns } from "../../bin/sentinel/columns.ts";
import { analyticRule } from "../../bin/sentinel/rules.ts";
import { savedFunctions, sentinelTemplate, transform } from "../../bin/sentinel/template.ts";
import { workbookParts } from "../../bin/sentinel/workbook.ts";
import { parseAddresses } from "../../src/event/address.ts";
import { kustoReader } from "./kusto.ts";

/** As Microsoft documents the columns that are used. */
const commonSecurityLog = `CommonSecurityLog (TimeGenerated:datetime, ReceiptTime:string, DeviceVendor:string, DeviceProduct:string, DeviceName:string, DeviceExternalID:string, DeviceAction:string, EventOutcome:string, ExtID:string, LogSeverity:string, Message:string, SourceUserID:string, SourceUserName:string, SourceIP:string, DeviceCustomIPv6Address2:string, DestinationUserID:string, DestinationUserName:string, DeviceCustomNumber1:int, FieldDeviceCustomNumber1:long, DeviceCustomNumber2Label:string, DeviceCustomString1:string, DeviceCustomString2:string, DeviceCustomString3:string, DeviceCustomString4:string, DeviceCustomString5:string, DeviceCustomString6:string, FlexString1:string, FlexString2:string, FileID:string, FileHash:string, FilePath:string, RequestClientApplication:string, AdditionalExtensions:string)`;
const columns = tableColumns.map(({ name, type }) => `${name}:${type}`).join(", ");
const source = tableColumns.map(({ field, type }) => `${field}:${type}`).join(", ");
const read = kustoReader([
  commonSecurityLog,
  `WandbAudit_CL (TimeGenerated:datetime, EventTime:datetime, ${columns})`,
  `source (['time']:datetime, ${source})`,
]);

const functions = savedFunctions();
/** Saved functions as the query's own: the language service knows no workspace. */
const declared = (names: readonly string[]) =>
  functions
    .filter(({ name }) => names.includes(name))
    .map(({ name, parameters, body }) => `let ${name} = (${parameters}) {\n${body}\n};\n`)
    .join("");
const watchlist = "let _GetWatchlist = (name:string) { print SearchKey = name };\n";
const faultsOf = (query: string) => read(`${watchlist}${declared(["WandbAudit"])}${query}`);

const cards = detectionCards();

describe("the language service", () => {
  it("knows the columns, so that a wrong one is found", () => {
    expect(faultsOf("WandbAudit()\n| where ActorMail == 'x'")).not.toEqual([]);
    expect(faultsOf("WandbAudit()\n| where and")).not.toEqual([]);
    expect(faultsOf("CommonSecurityLog\n| where SourceMail == 'x'")).not.toEqual([]);
  });
});

describe.each(cards.map((card) => [card.name, card] as const))("the rule %s", (_, card) => {
  const rule = analyticRule(card);

  it("is a query over the columns that there are", () => {
    expect(faultsOf(rule.query)).toEqual([]);
  });

  it("takes an action in whatever letters, as Sigma does", () => {
    expect(rule.query).not.toMatch(/\b(Action|Change) (==|!=|in|!in) /);
  });

  it("gives what is mapped, and what incidents are grouped by", () => {
    const wanted = [
      ...rule.groupBy,
      ...rule.entityMappings.flatMap(({ fieldMappings }) => fieldMappings.map((each) => each.columnName)),
    ];
    expect(faultsOf(`${rule.query}\n| project ${[...new Set(wanted)].join(", ")}`)).toEqual([]);
  });

  it("asks when an event first came before it asks what is new", () => {
    if (card.kind === "absence") return;
    const first = rule.query.indexOf("summarize arg_min(Arrived, *) by Uid");
    expect(first).toBeGreaterThan(0);
    expect(rule.query.indexOf(`Arrived > ago(${everyOf(card)})`)).toBeGreaterThan(first);
  });

  it("looks at what has arrived since it ran last, and leaves out replays", () => {
    if (card.name !== "forwarder-heartbeat-missing" && card.name !== "audit-log-silence")
      expect(rule.query).toContain(`Arrived > ago(${everyOf(card)})`);
    if (card.service === "audit") expect(rule.query).toContain("isempty(ReplayId)");
    expect(rule.tactics.length).toBeGreaterThan(0);
  });
});

const queryOf = (name: string) => {
  const card = cards.find((each) => each.name === name);
  if (card === undefined) throw new Error(`no card ${name}`);
  return analyticRule(card).query;
};

it("sees whom a deactivation that came late was about", () => {
  const lines = queryOf("deactivated-user-active").split("\n");
  expect(lines).toContain("| where Arrived > ago(1h) or ChangeArrived > ago(1h)");
  expect(lines.filter((line) => /^\| where Arrived > ago\(1h\)(?! or)/.test(line))).toEqual([]);
});

it.each([
  "203.0.113.24",
  "198.51.100.7:51324",
  "203.0.113.24, 10.0.0.3",
  '"203.0.113.24"',
  "::ffff:203.0.113.24",
  "2001:DB8::1",
  "[2001:db8::1]:44",
  "2001:db8::1, 10.0.0.3",
  "::1",
])("gives of the table's %j the address that the other formats have", (text) => {
  const body = functions[0]?.body ?? "";
  const [first = "", second = ""] = [...body.matchAll(/extract\(@"(.*)", 1, ActorIp\)/g)].map(
    ([, each]) => each,
  );
  const found = new RegExp(first).exec(text)?.[1] ?? new RegExp(second).exec(text)?.[1];
  expect(found?.toLowerCase()).toBe(parseAddresses(text).ips[0]);
});

it("takes nothing for a rehearsal that has not the uid of a test", () => {
  expect(functions[0]?.body).toMatch(/Rehearsal = iff\(ExtID startswith "test-", extract\(/);
});

it("normalises a sign-in that names no actor as one of whom it is about, and each event for one schema alone", () => {
  const [, audit = "", signIns = ""] = functions.map(({ body }) => body);
  expect(signIns).toContain("IsNobody = isempty(ActorUserId) and isempty(ActorEmail)");
  expect(signIns).toContain("SignedInId = iff(IsNobody, UserAsset, ActorUserId)");
  expect(signIns).toContain("TargetUserId = SignedInId,");
  expect(signIns.match(/\bActorEmail\b/g)).toHaveLength(2);
  // Whatever letters an action is written in.
  expect(`${audit}${signIns}`).not.toMatch(/Action !?in \(/);
  expect(audit).toContain("Verb = tolower(");
});

it("looks at what has arrived as often as it runs, as the page says", () => {
  const page = readFileSync(new URL("../../content/README.md", import.meta.url), "utf8");
  const spans = new Set(
    cards.flatMap((card) => analyticRule(card).query.match(/Arrived > ago\((?:5m|1h)\)/g) ?? []),
  );
  expect([...spans].sort()).toEqual(["Arrived > ago(1h)", "Arrived > ago(5m)"]);
  expect(page).toContain("| Sentinel | `ingestion_time() > ago(5m)`, of those that run hourly `ago(1h)` |");
});

describe("functions", () => {
  it.each(functions.map(({ name }) => name))("%s is a query over the tables", (name) => {
    const { parameters, body } = functions.find((each) => each.name === name) ?? { parameters: "", body: "" };
    const before = name === "WandbAudit" ? "" : declared(["WandbAudit"]);
    expect(read(`${before}let Tried = (${parameters}) {\n${body}\n};\nTried()`)).toEqual([]);
  });

  it("give every column in both halves", () => {
    const body = functions[0]?.body ?? "";
    const halves = ["Cef", "Table"].map((half) => body.replace(/union isfuzzy=true Cef, Table$/, half));
    for (const half of halves)
      expect(
        read(
          `let Tried = () {\n${half}\n};\nTried() | project Uid, EventTime, Arrived, Service, ReplayId, Rehearsal, ActorIp, ResponseCode, Severity`,
        ),
      ).toEqual([]);
  });
});

it("the table has the event's own time beside the one that Azure makes that of arrival after two days", () => {
  const { columns: made } = (
    sentinelTemplate([]).resources[0] as {
      properties: { schema: { columns: { name: string; type: string }[] } };
    }
  ).properties.schema;
  expect(made).toContainEqual({ name: "EventTime", type: "datetime" });
  expect(transform).toContain("EventTime = ['time']");
  expect(functions[0]?.body).toContain("EventTime = coalesce(EventTime, TimeGenerated)");
});

it("the transformation makes the table's columns of the stream", () => {
  expect(
    read(
      `${transform}\n| project TimeGenerated, EventTime, ${tableColumns.map(({ name }) => name).join(", ")}`,
    ),
  ).toEqual([]);
});

it.each(workbookParts.map(({ title, query }) => [title, query]))(
  "the workbook's %s is a query",
  (_, query) => {
    expect(faultsOf(query)).toEqual([]);
  },
);

describe("the template", () => {
  const template = sentinelTemplate(cards.map(analyticRule));
  const text = JSON.stringify(template);

  it("has each resource once, and refers to those that it has", () => {
    const names = template.resources.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    const asked = [...text.matchAll(/parameters\('(\w+)'\)/g)].map(([, name]) => name as string);
    expect(Object.keys(template.parameters).toSorted()).toEqual([...new Set(asked)].toSorted());
    for (const resource of template.resources)
      for (const before of ("dependsOn" in resource ? resource.dependsOn : []) as string[]) {
        const last = /'(\w+)'\)\]$/.exec(before)?.[1];
        expect(names.some((name) => name.includes(`/${last}'`))).toBe(true);
      }
  });

  it("has an expression where a text begins with a bracket, each closed", () => {
    for (const [, expression = ""] of text.matchAll(/"(\[(?:[^"\\]|\\.)*)"/g)) {
      const plain = (JSON.parse(`"${expression}"`) as string).replace(/'(?:[^']|'')*'/g, "''");
      expect(plain).toMatch(/^\[.*\]$/s);
      expect(plain.split("(").length).toBe(plain.split(")").length);
    }
  });

  it("puts the company's domains where a rule asks for them", () => {
    const rule = cards.find(({ name }) => name === "outside-user-invited");
    expect(text).toContain(`/Microsoft.SecurityInsights/${rule?.id}`);
    expect(text).toContain("string(parameters('companyDomains'))");
    expect(text.match(/string\(parameters\('companyDomains'\)\)/g)).toHaveLength(1);
  });
});

it("the YAML of each rule is read as it is meant", () => {
  const folder = new URL("../../content/sentinel/rules/", import.meta.url);
  const files = readdirSync(folder);
  expect(files).toHaveLength(cards.length);
  for (const card of cards) {
    const rule = parse(readFileSync(new URL(`${card.name}.yaml`, folder), "utf8"));
    expect(rule).toMatchObject({ id: card.id, name: card.title, kind: "Scheduled" });
    expect(rule.query.trimEnd()).toBe(analyticRule(card).query);
  }
});
