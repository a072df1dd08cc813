import { readFileSync } from "node:fs";
import { lookupCsv } from "../../src/command/activity-csv.ts";
import { actionTable } from "../../src/event/action-table.ts";
import { severityCaption } from "../../src/format/severity-caption.ts";
import { type DetectionCard, detectionCards } from "../detection-card.ts";
import { cardSpl, splunkField } from "./card-spl.ts";
import { dashboardView } from "./dashboard.ts";

const app = "content/splunk/TA_wandb_audit";

/** The files of the add-on that are made of tables and cards, by their paths. */
export function splunkPages(): Readonly<Record<string, string>> {
  return {
    [`${app}/default/savedsearches.conf`]: savedSearches(detectionCards()),
    [`${app}/default/eventtypes.conf`]: conf(eventTypes.map(({ name, search }) => [name, { search }])),
    [`${app}/default/tags.conf`]: conf(
      eventTypes
        .filter(({ tags }) => tags.length > 0)
        .map(({ name, tags }) => [
          `eventtype=${name}`,
          Object.fromEntries(tags.map((tag) => [tag, "enabled"])),
        ]),
    ),
    [`${app}/default/data/ui/views/wandb_audit.xml`]: dashboardView,
    [`${app}/lookups/wandb_actions.csv`]: actionsLookup(),
    [`${app}/lookups/wandb_users.csv`]: lookupCsv([]),
  };
}

const note = "# Made by bin/generate-docs.ts; do not edit. Changes of your own belong into local/.\n";

function conf(stanzas: readonly (readonly [name: string, keys: Readonly<Record<string, string>>])[]): string {
  const parts = stanzas.map(
    ([name, keys]) =>
      `[${name}]\n${Object.entries(keys)
        .map(([key, value]) => `${key} = ${value.replaceAll("\n", " \\\n")}`)
        .join("\n")}\n`,
  );
  return `${note}\n${parts.join("\n")}`;
}

/** An event type, and the tags by which data models of CIM find its events. */
export interface EventType {
  readonly name: string;
  readonly search: string;
  readonly tags: readonly string[];
}

const ofWandb = 'sourcetype="wandb:audit*" app="wandb"';

/** Each data model asks for its tags. A sign-in that has only begun is none. */
export const eventTypes: readonly EventType[] = [
  { name: "wandb_audit", search: ofWandb, tags: [] },
  {
    name: "wandb_audit_authentication",
    search: `${ofWandb} cim_dataset="Authentication" NOT action="pending"`,
    tags: ["authentication"],
  },
  {
    name: "wandb_audit_account_management",
    search: `${ofWandb} cim_dataset="Account_Management"`,
    tags: ["change", "account"],
  },
  { name: "wandb_audit_change", search: `${ofWandb} cim_dataset="All_Changes"`, tags: ["change"] },
  {
    name: "wandb_audit_data_access",
    search: `${ofWandb} cim_dataset="Data_Access"`,
    tags: ["data", "access"],
  },
  {
    name: "wandb_audit_forwarder",
    search: 'sourcetype="wandb:audit*" app="wandb-audit-forwarder"',
    tags: [],
  },
];

/** What each documented action is, for searches over formats that say less than `cim`. */
function actionsLookup(): string {
  const rows = actionTable.map(({ action, name, severity, category, objectType, cim }) =>
    [
      ...[action, name, severity, severityCaption(severity).caption.toLowerCase(), category.join(" ")],
      ...[objectType ?? "", cim.dataset, cim.action ?? "", cim.changeType ?? "", cim.objectCategory ?? ""],
    ]
      .map((cell) => (/[",]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : cell))
      .join(","),
  );
  const head =
    "signature_id,signature,severity_id,severity,wandb_category,object_type,cim_dataset,cim_action,change_type,object_category";
  return `${[head, ...rows].join("\n")}\n`;
}

/** A card's search: made of it, or written by hand. */
export function searchOf(card: DetectionCard): string {
  if (card.sigma !== undefined) return cardSpl(card);
  const file = new URL(`../../content/splunk/spl/${card.name}.spl`, import.meta.url);
  return readFileSync(file, "utf8").trimEnd();
}

/** How much of the past a search is given, by the events' time. */
function pastOf({ kind, lateness, name, window = "0m" }: DetectionCard): string {
  const past = pasts[name] ?? (kind === "rule" || kind === "correlation" ? lateness : window);
  return `-${past}@m`;
}

/** What is written by hand says itself how much it needs. */
const pasts: Readonly<Record<string, string>> = {
  "api-key-used-from-new-address": "32d",
  "artifact-read-burst": "30d",
  "artifact-read-from-new-address": "32d",
  "audit-log-silence": "29d",
  "forwarder-heartbeat-missing": "24h",
  "login-two-networks": "28h",
  "off-hours-admin": "27h",
};

function savedSearches(cards: readonly DetectionCard[]): string {
  return conf(cards.map((card) => [card.title, savedSearch(card)]));
}

function savedSearch(card: DetectionCard): Readonly<Record<string, string>> {
  const { title, why, level, suppress, entities, risk, tags, name } = card;
  const search = searchOf(card);
  const groups = suppress.by.map(splunkField);
  const techniques = tags.flatMap((tag) => /^attack\.(t.*)$/.exec(tag)?.[1]?.toUpperCase() ?? []);
  const objects = Object.entries(entities).flatMap(([entity, field]) => {
    const column = field === "source" ? "source" : splunkField(field);
    if (!search.includes(column)) return [];
    const type = entity === "address" || entity === "instance" || entity === "forwarder" ? "system" : "user";
    return [{ risk_object_field: column, risk_object_type: type, risk_score: risk }];
  });
  return {
    search,
    description: `${why.trim()} What to do: docs/detections.md#${name}`,
    disabled: "1",
    enableSched: "1",
    // What looks at weeks runs once an hour, and looks at what was indexed since.
    cron_schedule: search.includes("-70m@m") ? "17 * * * *" : "*/5 * * * *",
    "dispatch.earliest_time": pastOf(card),
    "dispatch.latest_time": "now",
    schedule_window: "auto",
    counttype: "number of events",
    relation: "greater than",
    quantity: "0",
    "alert.track": "1",
    "alert.digest_mode": "0",
    "alert.severity": { low: "3", medium: "4", high: "5", critical: "6" }[level],
    "alert.suppress": "1",
    "alert.suppress.fields": groups.join(","),
    "alert.suppress.period": suppress.for,
    "action.correlationsearch.enabled": "1",
    "action.correlationsearch.label": title,
    "action.correlationsearch.annotations": JSON.stringify({ mitre_attack: techniques }),
    "action.notable": "1",
    "action.notable.param.rule_title": title,
    "action.notable.param.severity": level,
    "action.notable.param.security_domain": name.startsWith("login") ? "access" : "audit",
    "action.risk": objects.length === 0 ? "0" : "1",
    "action.risk.param._risk": JSON.stringify(objects),
    "action.risk.param._risk_message": title,
  };
}
