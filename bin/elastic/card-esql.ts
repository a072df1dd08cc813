import { type Comparison, type Detection, pipelineNames, secondsOf, selectionOf } from "../card-condition.ts";
import type { DetectionCard } from "../detection-card.ts";

const fields = pipelineNames("ecs");

/** The field of ECS that a field of the format `json` is in. */
export function ecsField(field: string): string {
  const found = fields[field];
  if (found === undefined) throw new Error(`the pipeline knows no ${field}`);
  return found;
}

/** What every query begins with. `arrived` is when a document came, by the ingest pipeline, or was seen first. */
export const source = "FROM logs-wandb.audit-* METADATA _id, _index, _version";
const arrival = "| EVAL arrived = COALESCE(event.ingested, event.created)";
const datasets = { audit: "wandb.audit", "audit-forwarder": "wandb_audit_forwarder.event" } as const;
/** A rule runs every five minutes; what arrived since the run before the last one makes it look. */
const fresh = "NOW() - 10 minutes";

/**
 * A rule or a correlation as a query of ES|QL. Made of the card and not converted, as a correlation has to look at what
 * has just arrived, and to count it with what came before.
 */
export function cardEsql(card: DetectionCard): string {
  const { sigma } = card;
  if (sigma === undefined) throw new Error(`${card.name} has no Sigma: its query is written by hand`);
  const start = [source, `| WHERE event.dataset == "${datasets[card.service]}" AND labels.replay_id IS NULL`];
  if ("detection" in sigma) return [...start, `| WHERE ${conditionOf(sigma.detection)}`].join("\n");
  const { rules, correlation } = sigma;
  const groups = correlation["group-by"].map(ecsField);
  const cases = Object.entries(rules).map(([name, detection]) => `${conditionOf(detection)}, "${name}"`);
  const seconds = secondsOf(correlation.timespan);
  const bucket = (shift: string) => `DATE_TRUNC(${seconds} seconds, @timestamp${shift})`;
  const counted = correlation.condition === undefined ? "part" : ecsField(correlation.condition.field);
  return [
    ...start,
    arrival,
    `| EVAL part = CASE(${cases.join(", ")}, NULL)`,
    `| WHERE part IS NOT NULL${groups.map((group) => ` AND ${group} IS NOT NULL`).join("")}`,
    "// Windows that overlap by half: what takes half a window at most lies within one of them.",
    `| EVAL window_start = MV_APPEND(${bucket("")}, ${bucket(` + ${seconds / 2} seconds`)} - ${seconds / 2} seconds)`,
    "| MV_EXPAND window_start",
    `| STATS found = COUNT_DISTINCT(${counted}), began = MIN(@timestamp), ended = MAX(@timestamp), latest = MAX(arrived),`,
    `    addresses = VALUES(source.ip), users = VALUES(wandb.audit.actor_email) BY ${groups.join(", ")}, window_start`,
    `| WHERE found >= ${correlation.condition?.gte ?? Object.keys(rules).length} AND latest >= ${fresh}`,
    `| STATS found = MAX(found), began = MIN(began), ended = MAX(ended), addresses = VALUES(addresses), users = VALUES(users) BY ${groups.join(", ")}`,
  ].join("\n");
}

function conditionOf(detection: Detection): string {
  return detection.condition.replace(/\b\w+\b/g, (word) => {
    if (word === "and" || word === "or" || word === "not") return word.toUpperCase();
    return `(${selectionOf(detection, word).map(comparison).join(" AND ")})`;
  });
}

/** Sigma makes no difference between capitals and small letters, and in actions W&B need not; ES|QL does. */
function caseless({ field, values, ...rest }: Comparison): Comparison & { readonly inQuery: string } {
  if (field !== "action") return { field, values, ...rest, inQuery: ecsField(field) };
  const lowered = values.map((each) => String(each).toLowerCase());
  return { field, ...rest, values: lowered, inQuery: `TO_LOWER(${ecsField(field)})` };
}

function comparison(written: Comparison): string {
  const { inQuery: field, how, value, values } = caseless(written);
  // What is not there is not equal to anything, and not unequal either: it has to be false.
  const sure = (test: string) => `COALESCE(${test}, false)`;
  const each = (test: (text: string) => string) =>
    sure(`(${values.map((one) => test(JSON.stringify(String(one)))).join(" OR ")})`);
  switch (how) {
    case "":
      if (value === null) return `${field} IS NULL`;
      return sure(
        values.length === 1
          ? `${field} == ${literal(values[0])}`
          : `${field} IN (${values.map(literal).join(", ")})`,
      );
    case "contains":
      return each((text) => `LOCATE(${field}, ${text}) > 0`);
    case "startswith":
      return each((text) => `STARTS_WITH(${field}, ${text})`);
    case "endswith":
      return each((text) => `ENDS_WITH(${field}, ${text})`);
    case "endswith|expand":
      return each(() => `ENDS_WITH(TO_LOWER(${field}), "@example.com")`);
    case "exists":
      return `${field} IS ${value === true ? "NOT NULL" : "NULL"}`;
    case "fieldref":
      return sure(`${field} == ${ecsField(String(value))}`);
    case "re":
      return value === ".+"
        ? `${field} IS NOT NULL`
        : sure(`${field} RLIKE ${JSON.stringify(String(value))}`);
    default:
      throw new Error(`no words for ${how}`);
  }
}

function literal(value: string | number | undefined): string {
  return JSON.stringify(value);
}
