import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type DetectionCard, detectionCards } from "../../bin/detection-card.ts";
import { actionTable } from "../../src/event/action-table.ts";
import { aboutNobody } from "../../src/simulate/attack.ts";
import { type Correlation, windowsThatSlide, windowsThatStand } from "./correlation.ts";
import { forms } from "./documents.ts";
import { pipeline } from "./pipeline.ts";
import { referenceSearch } from "./reference.ts";
import { eventOf, type Happening, scenarios } from "./scenarios.ts";
import { type Arrived, alertsOf, durationMs, type Search } from "./schedule.ts";
import { type Detection, matches } from "./sigma.ts";

const cards = detectionCards();
const formNames = Object.keys(forms) as (keyof typeof forms)[];
type Form = keyof typeof forms;

interface Taken extends Arrived {
  readonly isMatch: (detection: Detection, service: string) => boolean;
}

function taken(form: Form, happening: Happening, place: number, arrived: number, replayId?: string): Taken {
  const { pipeline: name, fields } = forms[form];
  const through = pipelines[form];
  const event = fields(eventOf(happening, place.toString(16).padStart(32, "0"), arrived, replayId));
  if (through === undefined) throw new Error(`no pipeline ${name}`);
  return {
    at: happening.at,
    arrived,
    value(field) {
      const here = through.columns(field).find((column) => event.has(column));
      return here === undefined ? undefined : String(event.get(here));
    },
    isMatch: (detection, service) => matches(detection, service, event, through),
  };
}

const pipelines = Object.fromEntries(
  formNames.map((form) => [form, pipeline(forms[form].pipeline)]),
) as Record<Form, ReturnType<typeof pipeline>>;

interface SigmaPart {
  readonly name?: string;
  readonly detection?: Detection;
  readonly correlation?: {
    "group-by": string[];
    timespan: string;
    condition?: { field: string; gte: number };
  };
}

function partsOf({ name }: DetectionCard): readonly SigmaPart[] {
  const file = new URL(`../../content/sigma/${name}.yml`, import.meta.url);
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS());
}

/** The events that the rules of a correlation match, and the correlation over them. */
function correlated({ service }: DetectionCard, parts: readonly SigmaPart[]) {
  const spec = parts.at(-1)?.correlation;
  if (spec === undefined) return undefined;
  const rules = parts.flatMap(({ name, detection }) =>
    detection === undefined ? [] : [{ name, detection }],
  );
  const ruleOf = (event: Arrived) =>
    rules.find(({ detection }) => (event as Taken).isMatch(detection, service))?.name;
  const { condition } = spec;
  const correlation: Correlation = {
    groupBy: spec["group-by"],
    windowMs: durationMs(spec.timespan),
    atLeast: condition?.gte ?? rules.length,
    counted: condition === undefined ? ruleOf : (event) => event.value(condition.field),
  };
  return {
    correlation,
    matching: (events: readonly Arrived[]) => events.filter((event) => ruleOf(event) !== undefined),
  };
}

function searchOf(card: DetectionCard): Search {
  const { name, service, suppress, sigma } = card;
  if (sigma === undefined) return referenceSearch(name, suppress.by);
  const parts = partsOf(card);
  const whom = (event: Arrived) => suppress.by.map((field) => event.value(field));
  const together = correlated(card, parts);
  if (together === undefined) {
    const detection = parts[0]?.detection as Detection;
    return (events) => events.filter((event) => (event as Taken).isMatch(detection, service)).map(whom);
  }
  return (events) => windowsThatSlide(together.matching(events), together.correlation).map(whom);
}

function alerts(card: DetectionCard, events: readonly Taken[], goesOn = "6h") {
  // Baselines and absences have a past, which has arrived long before.
  const past = card.kind === "baseline" ? durationMs(card.window ?? "0m") + durationMs("31d") : 0;
  const lookBackMs = durationMs(card.lateness) + past + (card.kind === "absence" ? durationMs("35d") : 0);
  return alertsOf(events, {
    search: searchOf(card),
    lookBackMs,
    suppressMs: durationMs(card.suppress.for),
    ...(card.kind === "absence" && { goesOnMs: durationMs(goesOn) }),
  });
}

const late = (delay: string) => (happening: Happening, place: number, form: Form) => [
  taken(form, happening, place, happening.at + durationMs(delay)),
];

/** How records arrive. */
const arrivals: Readonly<Record<string, (happening: Happening, place: number, form: Form) => Taken[]>> = {
  "at once": late("0m"),
  "15 minutes late": late("15m"),
  "26 hours late": late("26h"),
  "half of them 15 minutes, half 26 hours late": (happening, place, form) =>
    late(place % 2 === 0 ? "15m" : "26h")(happening, place, form),
  "twice, a day apart": (happening, place, form) => [
    ...late("15m")(happening, place, form),
    ...late("24h")(happening, place, form),
  ],
  "and again by a replay": (happening, place, form) => [
    ...late("15m")(happening, place, form),
    taken(form, happening, place, happening.at + durationMs("25h"), "20260805100000"),
  ],
};

/** What is missing cannot be told from what is late; a minute of absence is compared with the clock. */
function mayArrive(card: DetectionCard): readonly string[] {
  return card.kind === "absence" ? ["at once", "15 minutes late"] : Object.keys(arrivals);
}

function siem(happenings: readonly Happening[], how: string, form: Form): readonly Taken[] {
  return happenings.flatMap((happening, place) => arrivals[how]?.(happening, place, form) ?? []);
}

describe.each(cards.map((card) => [card.name, card] as const))("%s", (name, card) => {
  const hits = scenarios(name, "hits");
  const nearMisses = scenarios(name, "near-misses");
  const seeing = formNames.filter((form) => card.blind_formats?.[form] === undefined);

  it("has something that it fires on, and something near to that", () => {
    expect(hits.size).toBeGreaterThan(0);
    expect(nearMisses.size).toBeGreaterThan(0);
  });

  it.each(mayArrive(card))("fires once on each scenario that arrives %s", (how) => {
    for (const [scenario, happenings] of hits)
      expect(alerts(card, siem(happenings, how, "table")), scenario).toHaveLength(1);
  });

  it.each(mayArrive(card))("stays silent on each near miss that arrives %s", (how) => {
    for (const [scenario, happenings] of nearMisses)
      expect(alerts(card, siem(happenings, how, "table"), "30m"), scenario).toEqual([]);
  });

  it.each(formNames)("sees in %s what its card says that it sees", (form) => {
    const expected = seeing.includes(form) ? 1 : 0;
    for (const [scenario, happenings] of hits)
      expect(alerts(card, siem(happenings, "15 minutes late", form)), scenario).toHaveLength(expected);
    for (const [scenario, happenings] of nearMisses)
      expect(alerts(card, siem(happenings, "15 minutes late", form), "30m"), scenario).toEqual([]);
  });

  it("fires on the same about nobody, as a rehearsal sends it", () => {
    for (const [scenario, happenings] of hits) {
      const rehearsed = happenings.map(({ at, record }) => {
        const [moved] = aboutNobody([{ scenario, record }]);
        return { at, record: moved?.record ?? {} };
      });
      expect(alerts(card, siem(rehearsed, "at once", "cim")), scenario).toHaveLength(
        seeing.includes("cim") ? 1 : 0,
      );
    }
  });

  it.each(seeing)("has in %s every field that it is suppressed by", (form) => {
    for (const happenings of hits.values())
      for (const alert of alerts(card, siem(happenings, "at once", form)))
        expect(alert).not.toContain(undefined);
  });

  if (card.kind === "correlation" && card.sigma !== undefined)
    it("fires wherever the windows begin", () => {
      const together = correlated(card, partsOf(card));
      if (together === undefined) throw new Error("no correlation");
      const { correlation, matching } = together;
      for (const [scenario, happenings] of hits) {
        const events = matching(siem(happenings, "at once", "table"));
        for (let part = 0; part < 8; part++)
          expect(
            windowsThatStand(events, correlation, (part * correlation.windowMs) / 8).length,
            `${scenario}, ${part}/8`,
          ).toBeGreaterThan(0);
      }
    });

  for (const form of card.sigma === undefined ? [] : formNames)
    it(`leaves out in ${form} what a replay alone brings`, () => {
      for (const [scenario, happenings] of hits) {
        const replayed = happenings.map((each, place) =>
          taken(form, each, place, each.at + durationMs("15m"), "20260805100000"),
        );
        expect(alerts(card, replayed), scenario).toEqual([]);
      }
    });

  it("looks back far enough, and is quiet for longer than records are late", () => {
    if (card.kind === "absence") return;
    const window = card.kind === "correlation" ? durationMs(card.window ?? "0m") : 0;
    expect(durationMs(card.lateness)).toBeGreaterThanOrEqual(durationMs("26h") + window);
    if (card.kind === "correlation")
      expect(durationMs(card.suppress.for)).toBeGreaterThanOrEqual(durationMs(card.lateness));
  });
});

describe("the cards", () => {
  it("are many, each with events of its own, and no file is left over", () => {
    expect(cards.length).toBeGreaterThanOrEqual(22);
    expect(cards.filter(({ sigma }) => sigma !== undefined).length).toBeGreaterThanOrEqual(20);
    expect(new Set(cards.map(({ id }) => id)).size).toBe(cards.length);
    const events = new URL("../../content/events/", import.meta.url);
    expect(readdirSync(events).sort()).toEqual(cards.map(({ name }) => name));
    const sigma = readdirSync(new URL("../../content/sigma/", import.meta.url)).filter((file) =>
      file.endsWith(".yml"),
    );
    const named = cards.filter((card) => card.sigma !== undefined).map(({ name }) => `${name}.yml`);
    expect(sigma.sort()).toEqual(named);
    expect(existsSync(new URL("../../content/detections/card.schema.json", import.meta.url))).toBe(true);
  });

  it("tell what somebody without a name has changed, where others count it by who did it", () => {
    const listed = (name: string) => JSON.stringify(cards.find((card) => card.name === name)?.sigma);
    const counted = cards.filter(
      ({ sigma }) =>
        sigma !== undefined && "rules" in sigma && sigma.correlation["group-by"].includes("actor_user_id"),
    );
    const succeeded = counted.filter(({ sigma }) => JSON.stringify(sigma).includes("failed"));
    const changes = succeeded.flatMap(
      ({ sigma }) => JSON.stringify(sigma).match(/"\w+:(?!read|login)\w+"/g) ?? [],
    );
    expect(changes.length).toBeGreaterThan(4);
    for (const action of changes) expect(listed("actor-missing")).toContain(action);
    const page = readFileSync(new URL("../../docs/detections.md", import.meta.url), "utf8");
    for (const { name } of counted)
      expect(page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0]).toContain("is counted for nobody");
  });

  it("say of what brings events together by an id that instances share ids", () => {
    const page = readFileSync(new URL("../../docs/detections.md", import.meta.url), "utf8");
    const elastic = new URL("../../content/elastic/rules/", import.meta.url);
    for (const { name, kind, suppress } of cards) {
      const joins = kind === "correlation" || kind === "baseline" || suppress.by.includes("actor_user_id");
      const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
      const rule = readFileSync(new URL(`${name}.toml`, elastic), "utf8");
      for (const text of [section, rule])
        expect(text.includes("Several W&B instances in one index"), name).toBe(joins);
    }
  });

  it("know as known actions exactly those that the forwarder knows", () => {
    const unknown = cards.find(({ name }) => name === "unknown-action")?.sigma;
    if (unknown === undefined || !("detection" in unknown)) throw new Error("no rule for unknown actions");
    const known = unknown.detection.known as unknown as { readonly action: readonly string[] };
    expect([...known.action].sort()).toEqual(actionTable.map(({ action }) => action).sort());
  });
});
