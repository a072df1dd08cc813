import { readFileSync } from "node:fs";
import { tableColumns } from "./columns.ts";
import { type AnalyticRule, ruleProperties } from "./rules.ts";
import { workbook } from "./workbook.ts";

/** Parameters of ASIM's filtering parsers, as a saved function has them. */
const functionParameters: Readonly<Record<string, string>> = {
  WandbAudit: "",
  vimAuditEventWandb:
    "starttime:datetime=datetime(null),endtime:datetime=datetime(null),srcipaddr_has_any_prefix:dynamic=dynamic([]),eventtype_in:dynamic=dynamic([]),eventresult:string='*',actorusername_has_any:dynamic=dynamic([]),operation_has_any:dynamic=dynamic([]),object_has_any:dynamic=dynamic([]),newvalue_has_any:dynamic=dynamic([]),disabled:bool=false",
  vimAuthenticationWandb:
    "starttime:datetime=datetime(null),endtime:datetime=datetime(null),username_has_any:dynamic=dynamic([]),targetappname_has_any:dynamic=dynamic([]),srcipaddr_has_any_prefix:dynamic=dynamic([]),srchostname_has_any:dynamic=dynamic([]),eventtype_in:dynamic=dynamic([]),eventresultdetails_in:dynamic=dynamic([]),eventresult:string='*',disabled:bool=false",
};

/** A function of `content/sentinel/functions`. */
export interface SavedFunction {
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
}

/** Each after those that it calls. */
export function savedFunctions(): readonly SavedFunction[] {
  return Object.entries(functionParameters).map(([name, parameters]) => ({
    ...{ name, parameters },
    body: readFileSync(
      new URL(`../../content/sentinel/functions/${name}.kql`, import.meta.url),
      "utf8",
    ).trimEnd(),
  }));
}

const location = "[parameters('location')]";
const workspaceId = "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace'))]";
const stream = "Custom-WandbAudit";

/** What stands in the stream: the members of the format `json`, and what the agent adds. */
const streamColumns = [
  { name: "time", type: "datetime" },
  ...tableColumns.map(({ field, type }) => ({ name: field, type })),
];

/**
 * The members of `json` under the names of the table. Of what is older than two days, Azure writes its own time of arrival
 * into `TimeGenerated`: so the event's has a column of its own.
 */
export const transform = [
  "source",
  `| project TimeGenerated = coalesce(['time'], observed), EventTime = ['time'], ${tableColumns
    .map(({ field, name }) => `${name} = ['${field}']`)
    .join(", ")}`,
].join(" ");

/** Table, collection, functions, rules and workbook, in one template for Azure Resource Manager. */
export function sentinelTemplate(rules: readonly AnalyticRule[]) {
  return {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    metadata: { description: "Made by bin/generate-docs.ts from content/detections; do not edit." },
    parameters: {
      workspace: {
        type: "string",
        metadata: { description: "Name of the workspace that Sentinel is enabled on." },
      },
      location: {
        type: "string",
        defaultValue: "[resourceGroup().location]",
        metadata: { description: "Region of the workspace." },
      },
      filePattern: {
        type: "string",
        defaultValue: "/var/log/wandb/*.ndjson",
        metadata: {
          description:
            "Where the forwarder's output of type file, format json, writes; for the custom table alone.",
        },
      },
      companyDomains: {
        type: "array",
        defaultValue: ["@example.com"],
        metadata: { description: "The company's own e-mail domains, in small letters, each with its @." },
      },
    },
    resources: [
      table,
      collection,
      ...savedFunctions().map(functionResource),
      ...rules.map(ruleResource),
      workbookResource(),
    ],
  };
}

const table = {
  type: "Microsoft.OperationalInsights/workspaces/tables",
  apiVersion: "2022-10-01",
  name: "[concat(parameters('workspace'), '/WandbAudit_CL')]",
  properties: {
    plan: "Analytics",
    schema: {
      name: "WandbAudit_CL",
      columns: [
        { name: "TimeGenerated", type: "datetime" },
        { name: "EventTime", type: "datetime" },
        ...tableColumns.map(({ name, type }) => ({ name, type })),
      ],
    },
  },
};

const collection = {
  type: "Microsoft.Insights/dataCollectionRules",
  apiVersion: "2023-03-11",
  name: "wandb-audit",
  location,
  kind: "Linux",
  dependsOn: [
    "[resourceId('Microsoft.OperationalInsights/workspaces/tables', parameters('workspace'), 'WandbAudit_CL')]",
  ],
  properties: {
    streamDeclarations: { [stream]: { columns: streamColumns } },
    dataSources: {
      logFiles: [
        {
          name: "wandb-audit",
          streams: [stream],
          filePatterns: ["[parameters('filePattern')]"],
          format: "json",
        },
      ],
    },
    destinations: { logAnalytics: [{ name: "workspace", workspaceResourceId: workspaceId }] },
    dataFlows: [
      {
        streams: [stream],
        destinations: ["workspace"],
        transformKql: transform,
        outputStream: "Custom-WandbAudit_CL",
      },
    ],
  },
};

function functionResource({ name, parameters, body }: SavedFunction) {
  return {
    type: "Microsoft.OperationalInsights/workspaces/savedSearches",
    apiVersion: "2020-08-01",
    name: `[concat(parameters('workspace'), '/${name}')]`,
    dependsOn: [
      name === "WandbAudit"
        ? "[resourceId('Microsoft.OperationalInsights/workspaces/tables', parameters('workspace'), 'WandbAudit_CL')]"
        : "[resourceId('Microsoft.OperationalInsights/workspaces/savedSearches', parameters('workspace'), 'WandbAudit')]",
    ],
    properties: {
      etag: "*",
      displayName: name,
      category: "W&B audit log",
      functionAlias: name,
      query: literal(body),
      ...(parameters === "" ? {} : { functionParameters: literal(parameters) }),
      version: 2,
    },
  };
}

function ruleResource(rule: AnalyticRule) {
  const properties = ruleProperties(rule);
  return {
    type: "Microsoft.OperationalInsights/workspaces/providers/alertRules",
    apiVersion: "2023-02-01",
    name: `[concat(parameters('workspace'), '/Microsoft.SecurityInsights/${rule.id}')]`,
    kind: "Scheduled",
    dependsOn: [
      "[resourceId('Microsoft.OperationalInsights/workspaces/savedSearches', parameters('workspace'), 'WandbAudit')]",
    ],
    properties: { ...properties, query: queryText(rule.query) },
  };
}

const domains = 'dynamic(["@example.com"])';

/** The query, with the company's domains in their place. */
function queryText(query: string): string {
  if (!query.includes(domains)) return literal(query);
  return `[replace('${quoted(query)}', '${quoted(domains)}', concat('dynamic(', string(parameters('companyDomains')), ')'))]`;
}

function workbookResource() {
  return {
    type: "Microsoft.Insights/workbooks",
    apiVersion: "2022-04-01",
    name: "[guid(resourceGroup().id, 'wandb-audit')]",
    location,
    kind: "shared",
    properties: {
      displayName: "W&B audit log",
      category: "sentinel",
      sourceId: workspaceId,
      version: "1.0",
      serializedData: literal(JSON.stringify(workbook)),
    },
  };
}

/** A text that begins with a bracket would be an expression. */
function literal(text: string): string {
  return text.startsWith("[") ? `[${text}` : text;
}

/** As a text within an expression. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
