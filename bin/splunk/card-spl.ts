import { type Comparison, type Detection, pipelineNames, secondsOf, selectionOf } from "../card-condition.ts";
import type { DetectionCard } from "../detection-card.ts";

const fields = pipelineNames("splunk");

/** The field in Splunk that a field of the format `json` is in. */
export function splunkField(field: string): string {
  const found = fields[field] ?? (field === "source" ? "wandb_source" : undefined);
  if (found === undefined) throw new Error(`the pipeline knows no ${field}`);
  return found;
}

/** What is looked at: macros, so that whoever installs them says once which index it is. */
const macros = { audit: "`wandb_audit`", "audit-forwarder": "`wandb_forwarder`" } as const;
/** A search runs every five minutes and looks at what was indexed in the ten before. */
const arrived = "_index_earliest=-10m@m _index_latest=now";
const fresh = 'relative_time(now(), "-10m@m")';

/** A rule or a correlation as a search of Splunk, as the card says it. */
export function cardSpl(card: DetectionCard): string {
  const { sigma, service } = card;
  if (sigma === undefined) throw new Error(`${card.name} has no Sigma: its search is written by hand`);
  const macro = macros[service];
  if ("detection" in sigma) {
    const { terms, tests } = conditionOf(sigma.detection);
    return [
      `${macro} ${arrived} ${terms}`,
      ...tests.map((test) => `| where ${test}`),
      "| dedup event_uid",
      `| table ${shown.join(" ")}`,
    ].join("\n");
  }
  const { rules, correlation } = sigma;
  const groups = correlation["group-by"].map(splunkField);
  const parts = Object.entries(rules).map(([name, detection]) => ({ name, terms: termsAlone(detection) }));
  const seconds = secondsOf(correlation.timespan);
  const counted = correlation.condition === undefined ? "part" : splunkField(correlation.condition.field);
  const cases = parts.map(({ name, terms }) => `searchmatch(${text(terms)}), ${text(name)}`);
  return [
    `${macro} ${parts.length === 1 ? parts[0]?.terms : `(${parts.map(({ terms }) => `(${terms})`).join(" OR ")})`}${groups.map((group) => ` ${group}=*`).join("")}`,
    "| dedup event_uid",
    ...(parts.length === 1 ? [] : [`| eval part=case(${cases.join(", ")})`]),
    `\`\`\` Windows that overlap by half: what takes half a window at most lies within one of them. \`\`\``,
    `| eval arrived=_indextime, begin=mvappend(floor(_time/${seconds})*${seconds}, floor((_time+${seconds / 2})/${seconds})*${seconds}-${seconds / 2})`,
    "| mvexpand begin",
    `| stats dc(${counted}) AS found, min(_time) AS began, max(_time) AS ended, max(arrived) AS latest, values(src) AS src, values(wandb.actor_email) AS actor_email BY ${groups.join(" ")} begin`,
    `| where found>=${correlation.condition?.gte ?? parts.length} AND latest>=${fresh}`,
    `| stats max(found) AS found, min(began) AS began, max(ended) AS ended, values(src) AS src, values(actor_email) AS actor_email BY ${groups.join(" ")}`,
  ].join("\n");
}

const shown = [
  ..."_time event_uid signature_id status result_id dvc src wandb.actor_user_id wandb.actor_email".split(" "),
  ..."wandb.user_asset wandb.user_email wandb.entity_name wandb.project_name wandb.cli_version signature".split(
    " ",
  ),
];

function termsAlone(detection: Detection): string {
  const { terms, tests } = conditionOf(detection);
  if (tests.length > 0) throw new Error("a correlation compares no fields");
  return terms;
}

/** The terms of a search, and what only `where` can compare. */
function conditionOf(detection: Detection): { terms: string; tests: string[] } {
  const tests: string[] = [];
  const terms = detection.condition
    .replace(/\b(?:(not) )?(\w+)\b/g, (_, not: string | undefined, word: string) => {
      if (word === "and" || word === "or") return word.toUpperCase();
      const parts = selectionOf(detection, word).flatMap((comparison) => {
        const term = termOf(comparison);
        if (term !== undefined) return [term];
        const test = `'${splunkField(comparison.field)}'='${splunkField(String(comparison.value))}'`;
        tests.push(not === undefined ? test : `NOT ${test}`);
        return [];
      });
      if (parts.length === 0) return "()";
      return `${not === undefined ? "" : "NOT "}(${parts.join(" ")})`;
    })
    .replaceAll(/ AND \(\)/g, "")
    .replaceAll(" AND ", " ");
  return { terms, tests };
}

/** Undefined where two fields are compared. */
function termOf({ field: name, how, value, values }: Comparison): string | undefined {
  const field = splunkField(name);
  const any = (texts: readonly string[]) =>
    texts.length === 1 ? (texts[0] as string) : `(${texts.join(" OR ")})`;
  switch (how) {
    case "":
      if (value === null) return `NOT ${field}=*`;
      return values.length === 1
        ? `${field}=${literal(values[0])}`
        : `${field} IN (${values.map(literal).join(", ")})`;
    case "contains":
      return any(values.map((each) => `${field}=${text(`*${each}*`)}`));
    case "startswith":
      return any(values.map((each) => `${field}=${text(`${each}*`)}`));
    case "endswith":
      return any(values.map((each) => `${field}=${text(`*${each}`)}`));
    case "endswith|expand":
      return `\`${String(value).replaceAll("%", "")}(${field})\``;
    case "exists":
      return value === true ? `${field}=*` : `NOT ${field}=*`;
    case "fieldref":
      return undefined;
    case "re":
      if (value === ".+") return `${field}=*`;
      throw new Error(`no term for ${String(value)}`);
    default:
      throw new Error(`no words for ${how}`);
  }
}

function literal(value: string | number | undefined): string {
  return typeof value === "number" ? String(value) : text(String(value));
}

function text(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
