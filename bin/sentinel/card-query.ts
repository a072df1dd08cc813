import { type Comparison, type Detection, secondsOf, selectionOf } from "../card-condition.ts";
import type { DetectionCard } from "../detection-card.ts";
import { columnName } from "./columns.ts";

/** What Sentinel's rules may look back, hours. */
const longestHours = 14 * 24;

/** How far back a card's rule looks, hours: with a past as far as Sentinel lets it. */
export function periodHours({ kind, lateness, name }: DetectionCard): number {
  // Of the past it asks only whether there was a heartbeat in the last day.
  if (name === "forwarder-heartbeat-missing") return 24;
  return kind === "baseline" || kind === "absence" ? longestHours : Math.min(hoursOf(lateness), longestHours);
}

/**
 * So often a card's rule runs, and so much of what has arrived it looks at each time. Sentinel runs no rule that looks
 * back two days or more oftener than once an hour.
 */
export function everyOf(card: DetectionCard): "5m" | "1h" {
  return periodHours(card) >= 48 ? "1h" : "5m";
}

/** `90m` is 2. */
export function hoursOf(duration: string): number {
  return Math.ceil(secondsOf(duration) / 3600);
}

/**
 * A rule or a correlation as a query of Kusto, over the function `WandbAudit`. Sigma's own backend has no words for
 * correlations and for fields that are compared with each other: so all are made of the card alike.
 */
export function cardQuery(card: DetectionCard): string {
  const { sigma } = card;
  if (sigma === undefined) throw new Error(`${card.name} has no Sigma: its query is written by hand`);
  const lines = "detection" in sigma ? ruleLines(card, sigma.detection) : correlationLines(card, sigma);
  return lines.join("\n");
}

function selected({ service, lateness }: DetectionCard): string[] {
  return [
    "WandbAudit()",
    `| where Service == ${text(service)} and isempty(ReplayId) and EventTime > ago(${lateness})`,
  ];
}

function ruleLines(card: DetectionCard, detection: Detection): string[] {
  return [
    ...companyLines([detection]),
    ...selected(card),
    `| where ${conditionOf(detection)}`,
    // First who came when, then what is new: what came before and comes again is not.
    "| summarize arg_min(Arrived, *) by Uid",
    `| where Arrived > ago(${everyOf(card)})`,
  ];
}

type Correlated = Extract<NonNullable<DetectionCard["sigma"]>, { correlation: unknown }>;

function correlationLines(card: DetectionCard, { rules, correlation }: Correlated): string[] {
  const groups = correlation["group-by"].map(columnName);
  const by = groups.join(", ");
  const others = ["ActorUserId", "ActorEmail", "ActorIp"].filter((name) => !groups.includes(name));
  const parts = Object.entries(rules).map(([name, detection]) => `${conditionOf(detection)}, ${text(name)}`);
  const { condition, timespan } = correlation;
  const counted = condition === undefined ? "Part" : columnName(condition.field);
  return [
    ...companyLines(Object.values(rules)),
    `let Window = ${timespan};`,
    "let Events = materialize(",
    ...[
      ...selected(card),
      `| extend Part = case(${parts.join(", ")}, "")`,
      `| where isnotempty(Part)${groups.map((group) => ` and isnotempty(${group})`).join("")}`,
      "| summarize arg_min(Arrived, *) by Uid",
    ].map((line) => `  ${line}`),
    ");",
    "Events",
    `| join kind=leftsemi (Events | where Arrived > ago(${everyOf(card)})) on ${by}`,
    "// Windows that overlap by half: what takes half a window at most lies within one of them.",
    "| mv-expand Begin = pack_array(bin(EventTime, Window), bin(EventTime + Window / 2, Window) - Window / 2) to typeof(datetime)",
    `| summarize Found = count_distinct(${counted}), First = min(EventTime), Last = max(EventTime),`,
    `    Addresses = make_set(ActorIp, 20), Uids = make_set(Uid, 100), take_any(${others.join(", ")}) by ${by}, Begin`,
    `| where Found >= ${condition?.gte ?? Object.keys(rules).length}`,
    `| summarize arg_max(Found, *) by ${by}`,
  ];
}

const company = "wandb_company_domains";

/** The domains of the company stand at the beginning, where whoever installs a rule finds them. */
function companyLines(detections: readonly Detection[]): string[] {
  const asks = detections.some((detection) => JSON.stringify(detection).includes(`%${company}%`));
  return asks ? ['let CompanyDomains = dynamic(["@example.com"]);'] : [];
}

/** `selection and not failed` with each name in the place of what it says. */
function conditionOf(detection: Detection): string {
  return detection.condition.replace(/\b\w+\b/g, (word) => {
    if (word === "and" || word === "or" || word === "not") return word;
    return `(${selectionOf(detection, word).map(comparison).join(" and ")})`;
  });
}

function comparison({ field, how, value, values }: Comparison): string {
  const column = columnName(field);
  switch (how) {
    case "":
      return value === null ? `isempty(${column})` : equals(column, values);
    case "contains":
    case "startswith":
    case "endswith":
      return anyOf(values.map((each) => `${column} ${how} ${text(String(each))}`));
    case "exists":
      return `${value === true ? "isnotempty" : "isempty"}(${column})`;
    case "fieldref":
      return `${column} =~ ${columnName(String(value))}`;
    case "endswith|expand":
      return `set_has_element(CompanyDomains, tolower(strcat("@", tostring(split(${column}, "@")[-1]))))`;
    case "re":
      if (value === ".+") return `isnotempty(${column})`;
      return `${column} matches regex ${text(String(value))}`;
    default:
      throw new Error(`no words for ${how}`);
  }
}

function equals(column: string, values: readonly (string | number)[]): string {
  const [first] = values;
  if (typeof first === "number") return `${column} in (${values.join(", ")})`;
  if (values.length === 1) return `${column} =~ ${text(String(first))}`;
  return `${column} in~ (${values.map((each) => text(String(each))).join(", ")})`;
}

function anyOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" or ")})`;
}

function text(value: string): string {
  return JSON.stringify(value);
}
