import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pipelineNames } from "../../bin/card-condition.ts";
import { detectionCards } from "../../bin/detection-card.ts";
import { examples } from "../../bin/example-events.ts";
import { fieldsOf } from "../../bin/payload-fields.ts";
import { searchOf } from "../../bin/splunk/app.ts";
import { parseAddresses } from "../../src/event/address.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { agent } from "../format/arbitrary-event.ts";
import { formats } from "../format/texts.ts";
import { eventOf } from "./scenarios.ts";

// What the add-on makes of CEF and of W&B's own records has the names that the searches ask for.

type Values = ReadonlyMap<string, string | undefined>;

const conf = (name: string) =>
  readFileSync(new URL(`../../content/splunk/TA_wandb_audit/default/${name}.conf`, import.meta.url), "utf8");
const props = conf("props");
const macro = (name: string) =>
  new RegExp(`^\\[${name}\\]\ndefinition = (.*)$`, "m").exec(conf("macros"))?.[1] ?? "";
const stanza = (name: string) => props.split(/^\[/m).find((each) => each.startsWith(`${name}]`)) ?? "";

/** Each alias of a source type: what it is made of, and its name. */
function aliasesOf(sourcetype: string): readonly (readonly [from: string, to: string])[] {
  const [, list = ""] = /^FIELDALIAS-\w+ = (.*)$/m.exec(stanza(sourcetype)) ?? [];
  return [...list.matchAll(/(\S+) ASNEW (\S+)/g)].map(([, from = "", to = ""]) => [from, to] as const);
}

function evalsOf(sourcetype: string): readonly string[] {
  return [...stanza(sourcetype).matchAll(/^EVAL-(\S+) = /gm)].map(([, name = ""]) => name);
}

/** One for each action, and one with a key that W&B's documentation gives to none. */
const events = [
  ...examples().map(({ event }) => event),
  eventOf({ at: 0, record: { action: "run:delete", run_asset: 7 } }, "0".repeat(32), 0),
];
const names = pipelineNames("splunk");
/** What a field of Splunk is in the format `json`. */
const jsonNames = new Map(Object.entries(names).map(([json, splunk]) => [splunk, json]));
const plain: Readonly<Record<string, (event: AuditEvent) => Values>> = {
  "wandb:audit:cef": (event) =>
    new Map([...fieldsOf("cef", event)].map(([name, [value]]) => [name, value] as const)),
  "wandb:audit:raw": (event) =>
    new Map(Object.entries(JSON.parse(formats.raw(agent)(event))).map(([name, of]) => [name, String(of)])),
};
/** What a record by itself does not have. */
const missing: Readonly<Record<string, readonly string[]>> = {
  "wandb:audit:cef": [],
  "wandb:audit:raw": ["replay_id"],
};
const asked = new Set([
  ...["app", "replay_id"],
  ...detectionCards().flatMap((card) =>
    Object.values(names).filter((name) => new RegExp(`(?<![\\w.])${name}(?![\\w.])`).test(searchOf(card))),
  ),
]);

describe.each(Object.keys(plain))("%s", (sourcetype) => {
  const aliases = aliasesOf(sourcetype);

  it.each(aliases.filter(([, to]) => jsonNames.has(to)))("has in %s what is asked for as %s", (from, to) => {
    let found = 0;
    for (const event of events) {
      const [wanted] = fieldsOf("json", event).get(jsonNames.get(to) as string) ?? [];
      const value = plain[sourcetype]?.(event).get(from);
      if (value !== undefined && wanted !== undefined) found++;
      expect(value).toBe(wanted);
    }
    expect(found).toBeGreaterThan(0);
  });

  it("makes every field that a search asks for", () => {
    const same = events.flatMap((event) => [...(plain[sourcetype]?.(event).keys() ?? [])]);
    const made = new Set([...aliases.map(([, to]) => to), ...evalsOf(sourcetype), ...same]);
    for (const name of missing[sourcetype] ?? []) made.add(name);
    for (const name of asked) expect([...made]).toContain(name);
  });
});

it.each([
  ["wandb_audit", "team-deletion"],
  ["wandb_forwarder", "forwarder-held"],
])("the macro %s asks for what Sigma's own backend does, of every source type", (name, card) => {
  const theirs = readFileSync(
    new URL(`../../content/sigma/converted/splunk/${card}.spl`, import.meta.url),
    "utf8",
  );
  const [first = ""] = theirs.split(" signature_id");
  expect(macro(name)).toBe(`\`wandb_audit_index\` ${first.replace('"wandb:audit"', '"wandb:audit*"')}`);
});

it("takes the same for no value in W&B's own records as in what the forwarder makes of them", () => {
  const taken = (sourcetype: string) =>
    [...stanza(sourcetype).matchAll(/^EVAL-(wandb\.\w+) = if\(in\('\1', .*\), null\(\), '\1'\)$/gm)].map(
      ([line]) => line,
    );
  expect(taken("wandb:audit").length).toBeGreaterThan(0);
  expect(taken("wandb:audit:raw")).toEqual(taken("wandb:audit"));
});

it.each([
  ...[
    [200, "success"] as const,
    [302, "success"] as const,
    [401, "failure"] as const,
    [599, "failure"] as const,
  ],
  ...[
    [0, undefined] as const,
    [100, undefined] as const,
    [600, undefined] as const,
    ["null", undefined] as const,
  ],
])("says of a record's code %s that it ended as the other formats do", (code, status) => {
  const [, line = ""] = /^EVAL-status = case\((.*)\)$/m.exec(stanza("wandb:audit:raw")) ?? [];
  const [bounds = "", , ...ends] = line.split(", ");
  const [above, below] = /(\d+) OR tonumber\(response_code\)<(\d+)$/.exec(bounds)?.slice(1).map(Number) ?? [];
  const number = Number(code);
  const isCode = number < (above ?? 0) && number >= (below ?? 0);
  const least = ends.findIndex((each) => number >= Number(/>=(\d+)$/.exec(each)?.[1]));
  expect(isCode ? JSON.parse(ends[least + 1] ?? "") : undefined).toBe(status);
  expect(line).not.toContain("true()");
});

it("leaves out tests wherever a format has their label", () => {
  const labels = [["wandb_rehearsal", "team-deletion"]] as const;
  const event = examples()[0]?.event as AuditEvent;
  const rehearsed = { ...event, origin: { ...event.origin, labels } } as AuditEvent;
  const places = new Set(
    (["cef", "cim", "raw"] as const).map((format) =>
      formats[format](agent)(rehearsed).includes('"labels":{"wandb_rehearsal"')
        ? "labels.wandb_rehearsal"
        : "wandb_rehearsal",
    ),
  );
  for (const place of places) expect(macro("wandb_no_tests").split(" ")).toContain(`${place}=*`);
});

it.each([
  ...[
    "203.0.113.24",
    "198.51.100.7:51324",
    "203.0.113.24, 10.0.0.3",
    '"203.0.113.24"',
    "::ffff:203.0.113.24",
  ],
  ...["2001:DB8::1", "[2001:db8::1]:44", "2001:db8::1, 10.0.0.3", "::1"],
])("gives of the record's %j the address that the other formats have", (text) => {
  const [, line = ""] = /^EVAL-src = (.*)$/m.exec(stanza("wandb:audit:raw")) ?? [];
  const found = [...line.matchAll(/"(\^.*?\$)", "\\1"/g)].reduce(
    (rest, [, pattern = ""]) => rest.replace(new RegExp(pattern), "$1"),
    text,
  );
  expect(found.toLowerCase()).toBe(parseAddresses(text).ips[0]);
});
