import { readFileSync } from "node:fs";
import { Document, Scalar } from "yaml";
import type { DetectionCard } from "../detection-card.ts";
import { cardQuery, everyOf, hoursOf, periodHours } from "./card-query.ts";
import { columnName } from "./columns.ts";

/** A rule of Sentinel, in the form of its repository of content. */
export interface AnalyticRule {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: "Low" | "Medium" | "High";
  readonly queryFrequency: string;
  readonly queryPeriod: string;
  readonly tactics: readonly string[];
  readonly relevantTechniques: readonly string[];
  readonly query: string;
  readonly entityMappings: readonly EntityMapping[];
  readonly customDetails: Readonly<Record<string, string>>;
  /** Alerts with the same values of these details, within the time, are one incident. */
  readonly groupBy: readonly string[];
  readonly groupFor: string;
}

interface EntityMapping {
  readonly entityType: "Account" | "IP";
  readonly fieldMappings: readonly { readonly identifier: string; readonly columnName: string }[];
}

const severities = { low: "Low", medium: "Medium", high: "High", critical: "High" } as const;

/** A rule of what stands on a card. */
export function analyticRule(card: DetectionCard): AnalyticRule {
  const { id, title, why, level, tags, suppress } = card;
  const query = card.sigma === undefined ? writtenQuery(card.name) : cardQuery(card);
  return {
    ...{ id, name: title, description: `${why.trim()} See docs/detections.md#${card.name}.` },
    severity: severities[level],
    queryFrequency: isoDuration(everyOf(card)),
    queryPeriod: isoHours(periodHours(card)),
    tactics: tags.flatMap((tag) => tacticOf(tag) ?? []),
    relevantTechniques: [
      ...new Set(tags.flatMap((tag) => /^attack\.(t\d{4})/.exec(tag)?.[1]?.toUpperCase() ?? [])),
    ],
    query,
    entityMappings: entitiesOf(card),
    customDetails: Object.fromEntries(suppress.by.map((field) => [columnName(field), columnName(field)])),
    groupBy: suppress.by.map(columnName),
    groupFor: isoDuration(suppress.for),
  };
}

function writtenQuery(name: string): string {
  return readFileSync(new URL(`../../content/sentinel/kql/${name}.kql`, import.meta.url), "utf8").trimEnd();
}

/** ATT&CK's names of tactics as Sentinel writes them. */
function tacticOf(tag: string): string | undefined {
  const name = tag.replace(/^attack\./, "");
  return /^[a-z-]+$/.test(name)
    ? name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : undefined;
}

/** Whom the alert is about. Every query gives these columns where the card names them. */
function entitiesOf({ entities }: DetectionCard): EntityMapping[] {
  const account: EntityMapping = {
    entityType: "Account",
    fieldMappings: [
      { identifier: "Name", columnName: "ActorUserId" },
      { identifier: "FullName", columnName: "ActorEmail" },
    ],
  };
  const address: EntityMapping = {
    entityType: "IP",
    fieldMappings: [{ identifier: "Address", columnName: "ActorIp" }],
  };
  return [...("actor" in entities ? [account] : []), ...("address" in entities ? [address] : [])];
}

/** ISO 8601, as `PT5M` and `P1DT3H`. */
function isoDuration(duration: string): string {
  return duration.endsWith("m") ? `PT${duration.toUpperCase()}` : isoHours(hoursOf(duration));
}

function isoHours(hours: number): string {
  const [days, rest] = [Math.floor(hours / 24), hours % 24];
  return `P${days > 0 ? `${days}D` : ""}${rest > 0 ? `T${rest}H` : ""}`;
}

/** A rule's properties, as the management API has them. */
export function ruleProperties(rule: AnalyticRule) {
  const { name, groupBy, groupFor, customDetails, entityMappings } = rule;
  return {
    displayName: name,
    description: rule.description,
    severity: rule.severity,
    // Whoever has read its card switches it on.
    enabled: false,
    query: rule.query,
    queryFrequency: rule.queryFrequency,
    queryPeriod: rule.queryPeriod,
    triggerOperator: "GreaterThan",
    triggerThreshold: 0,
    suppressionDuration: "PT5H",
    suppressionEnabled: false,
    tactics: rule.tactics,
    techniques: rule.relevantTechniques,
    eventGroupingSettings: { aggregationKind: "AlertPerResult" },
    incidentConfiguration: {
      createIncident: true,
      groupingConfiguration: {
        enabled: true,
        reopenClosedIncident: false,
        lookbackDuration: groupFor,
        matchingMethod: "Selected",
        groupByEntities: [],
        groupByAlertDetails: [],
        groupByCustomDetails: groupBy,
      },
    },
    customDetails,
    entityMappings,
  };
}

/** The same as YAML, in the form of Sentinel's repository of content. */
export function ruleYaml(rule: AnalyticRule): string {
  const {
    displayName,
    enabled,
    techniques,
    incidentConfiguration,
    suppressionDuration,
    suppressionEnabled,
    ...rest
  } = ruleProperties(rule);
  const shown = {
    id: rule.id,
    name: displayName,
    ...rest,
    triggerOperator: "gt",
    relevantTechniques: techniques,
    incidentConfiguration,
    requiredDataConnectors: [
      { connectorId: "CefAma", dataTypes: ["CommonSecurityLog"] },
      { connectorId: "CustomLogsAma", dataTypes: ["WandbAudit_CL"] },
    ],
    status: "Available",
    version: "1.0.0",
    kind: "Scheduled",
  };
  return `# Made by bin/generate-docs.ts from content/detections; do not edit.\n${blockText(shown)}`;
}

/** Queries keep their lines. */
function blockText(value: object): string {
  const document = new Document(value);
  const query = document.get("query", true);
  if (query instanceof Scalar) query.type = "BLOCK_LITERAL";
  return document.toString({ lineWidth: 110 });
}
