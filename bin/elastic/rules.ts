import { readFileSync } from "node:fs";
import type { DetectionCard } from "../detection-card.ts";
import { blindOf } from "../detection-pages.ts";
import { cardEsql, ecsField } from "./card-esql.ts";

/** What a rule asks: a query of ES|QL, or which values are new. */
export type Asked =
  | { readonly type: "esql"; readonly language: "esql"; readonly query: string }
  | {
      readonly type: "new_terms";
      readonly language: "kuery";
      readonly query: string;
      readonly index: readonly string[];
      readonly new_terms_fields: readonly string[];
      readonly history_window_start: string;
    };

/** A rule, with the names of Kibana's detection engine. */
export type ElasticRule = ReturnType<typeof elasticRule>;

const index = ["logs-wandb.audit-*"];

/** What asks for a value that nobody has seen is a rule of its own type: it keeps no state in a query. */
const newTerms: Readonly<
  Record<string, { readonly query: string; readonly fields: readonly string[]; readonly days: number }>
> = {
  "api-key-used-from-new-address": {
    query: 'event.dataset: "wandb.audit" and user_agent.version: * and not labels.replay_id: *',
    fields: ["wandb.audit.actor_user_id", "source.ip"],
    days: 30,
  },
  "artifact-read-from-new-address": {
    // Of actions that alone is `artifact:read`, in whatever letters W&B has written it.
    query:
      'event.dataset: "wandb.audit" and event.category: file and event.type: access and not event.outcome: failure and not labels.replay_id: *',
    fields: ["source.ip"],
    days: 30,
  },
};

function askedOf(card: DetectionCard): Asked {
  const terms = newTerms[card.name];
  if (terms !== undefined)
    return {
      ...{ type: "new_terms" as const, language: "kuery" as const, query: terms.query, index },
      ...{ new_terms_fields: terms.fields, history_window_start: `now-${terms.days}d` },
    };
  const query = card.sigma === undefined ? written(card.name) : cardEsql(card);
  return { type: "esql", language: "esql", query };
}

function written(name: string): string {
  return readFileSync(new URL(`../../content/elastic/esql/${name}.esql`, import.meta.url), "utf8").trimEnd();
}

/** How far back a rule looks, by arrival: single events are looked at once, and what counts needs the others too. */
function lookBack({ kind, lateness, name, window = "0m" }: DetectionCard): string {
  if (kind === "rule" || newTerms[name] !== undefined) return "now-10m";
  return `now-${kind === "correlation" ? lateness : (longPast[name] ?? window)}`;
}

/** What is written by hand says itself what it needs; its card's lateness is of single events. */
const longPast: Readonly<Record<string, string>> = {
  "audit-log-silence": "35d",
  "forwarder-heartbeat-missing": "24h",
  "artifact-read-burst": "30d",
  "login-two-networks": "28h",
  "off-hours-admin": "10m",
};

/** A rule of what stands on a card. Switched off: whoever has read the card switches it on. */
export function elasticRule(card: DetectionCard) {
  const { id, title, why, level, tags, suppress, response, false_positives, tuning } = card;
  return {
    rule_id: id,
    name: title,
    description: why.trim(),
    ...askedOf(card),
    severity: level,
    risk_score: card.risk,
    from: lookBack(card),
    interval: "5m",
    // What comes late is looked at when it comes.
    timestamp_override: "event.ingested",
    enabled: false,
    author: ["wandb-audit-forwarder"],
    license: "Apache-2.0",
    tags: ["Domain: Cloud", "Data Source: Weights & Biases", `Content: ${card.name}`],
    threat: threatsOf(tags),
    false_positives,
    note: [
      "## Triage and response",
      ...response.map((step, at) => `${at + 1}. ${step}`),
      "## Tuning",
      tuning.trim(),
      "## Blind",
      ...blindOf(card).map((each) => `- ${each}`),
    ].join("\n"),
    alert_suppression: {
      // What is new is in the same fields of every event that is looked at.
      group_by: newTerms[card.name]?.fields ?? suppress.by.map(ecsField),
      duration: { value: Number.parseInt(suppress.for, 10), unit: suppress.for.at(-1) },
      missing_fields_strategy: "suppress",
    },
    version: 1,
  };
}

const tacticIds: Readonly<Record<string, readonly [id: string, name: string]>> = {
  "initial-access": ["TA0001", "Initial Access"],
  execution: ["TA0002", "Execution"],
  persistence: ["TA0003", "Persistence"],
  "privilege-escalation": ["TA0004", "Privilege Escalation"],
  "defense-evasion": ["TA0005", "Defense Evasion"],
  "credential-access": ["TA0006", "Credential Access"],
  discovery: ["TA0007", "Discovery"],
  "lateral-movement": ["TA0008", "Lateral Movement"],
  collection: ["TA0009", "Collection"],
  exfiltration: ["TA0010", "Exfiltration"],
  "command-and-control": ["TA0011", "Command and Control"],
  impact: ["TA0040", "Impact"],
};

function threatsOf(tags: readonly string[]) {
  const parts = tags.map((tag) => tag.replace(/^attack\./, ""));
  const techniques = parts.filter((part) => /^t\d/.test(part)).map((part) => part.toUpperCase());
  return parts
    .filter((part) => !/^t\d/.test(part))
    .map((part) => {
      const [id, name] = tacticIds[part] ?? [];
      if (id === undefined || name === undefined) throw new Error(`no id for the tactic ${part}`);
      return {
        framework: "MITRE ATT&CK",
        tactic: { id, name, reference: `https://attack.mitre.org/tactics/${id}/` },
        technique: techniques.map((each) => techniqueOf(each)),
      };
    });
}

function techniqueOf(text: string) {
  const [parent = "", sub] = text.split(".");
  const reference = `https://attack.mitre.org/techniques/${parent}/`;
  const own = { id: parent, name: parent, reference };
  if (sub === undefined) return own;
  return { ...own, subtechnique: [{ id: text, name: text, reference: `${reference}${sub}/` }] };
}
