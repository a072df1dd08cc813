/** A part of the workbook: what it is called, its query, and how the answer is shown. */
interface Part {
  readonly title: string;
  readonly query: string;
  readonly show: "table" | "timechart" | "barchart" | "piechart";
}

const audit = 'WandbAudit()\n| where Service == "audit" and isempty(ReplayId)';
const own = 'WandbAudit()\n| where Service == "audit-forwarder"';

/** What is shown, in this order. */
export const workbookParts: readonly Part[] = [
  {
    title: "Events by outcome",
    query: `${audit}\n| summarize Events = count_distinct(Uid) by Outcome, bin(EventTime, 1h)`,
    show: "timechart",
  },
  {
    title: "Actions",
    query: `${audit}\n| summarize Events = count_distinct(Uid) by Action\n| top 20 by Events`,
    show: "barchart",
  },
  {
    title: "Most active",
    query: `${audit}\n| where isnotempty(ActorUserId)\n| summarize Events = count_distinct(Uid), Addresses = count_distinct(ActorIp), Last = max(EventTime), take_any(ActorEmail) by ActorUserId\n| top 25 by Events`,
    show: "table",
  },
  {
    title: "Addresses",
    query: `${audit}\n| where isnotempty(ActorIp)\n| summarize Events = count_distinct(Uid), Users = count_distinct(ActorUserId), First = min(EventTime), Last = max(EventTime) by ActorIp\n| extend Country = tostring(geo_info_from_ip_address(ActorIp).country)\n| top 25 by Events`,
    show: "table",
  },
  {
    title: "API keys made and deleted",
    query: `${audit}\n| where Action in~ ("user:create_api_key", "user:delete_api_key")\n| project EventTime, Action, Outcome, ActorEmail, ActorUserId, UserAsset, ActorIp, CliVersion\n| order by EventTime desc`,
    show: "table",
  },
  {
    title: "Refused",
    query: `${audit}\n| where ResponseCode in (401, 403)\n| summarize Events = count_distinct(Uid), Projects = count_distinct(ProjectAsset) by ActorUserId, ActorIp\n| top 25 by Events`,
    show: "table",
  },
  {
    title: "Deleted",
    query: `${audit}\n| where Action has "delete" and Outcome != "failure"\n| summarize Events = count_distinct(Uid) by Action, bin(EventTime, 1h)`,
    show: "timechart",
  },
  {
    title: "Artifacts read",
    query: `${audit}\n| where Action =~ "artifact:read" and Outcome != "failure"\n| summarize Events = count_distinct(Uid), Artifacts = count_distinct(ArtifactAsset) by ActorUserId, bin(EventTime, 1h)\n| top 50 by Events`,
    show: "table",
  },
  {
    title: "The forwarder: what it tells of itself",
    query: `${own}\n| where Action !~ "wandb-audit-forwarder:heartbeat"\n| project EventTime, Action, Severity, Source, Message\n| order by EventTime desc`,
    show: "table",
  },
  {
    title: "The forwarder: how late events arrive, minutes",
    query: `${audit}\n| extend Minutes = (Arrived - EventTime) / 1m\n| summarize Half = percentile(Minutes, 50), Most = percentile(Minutes, 95) by bin(Arrived, 1h)`,
    show: "timechart",
  },
];

const logs = { queryType: 0, resourceType: "microsoft.operationalinsights/workspaces" } as const;

/** As Azure Monitor has it. */
export const workbook = {
  version: "Notebook/1.0",
  items: [
    {
      type: 9,
      name: "time",
      content: {
        version: "KqlParameterItem/1.0",
        parameters: [
          {
            ...{
              id: "6b5d8c0e-2f6a-4d53-9f0b-1c7f0e8a4c01",
              version: "KqlParameterItem/1.0",
              name: "TimeRange",
            },
            ...{ type: 4, isRequired: true, value: { durationMs: 86_400_000 } },
            typeSettings: {
              selectableValues: [3_600_000, 86_400_000, 604_800_000, 2_592_000_000].map((durationMs) => ({
                durationMs,
              })),
            },
          },
        ],
        style: "pills",
        ...logs,
      },
    },
    ...workbookParts.map(({ title, query, show }) => ({
      type: 3,
      name: title,
      content: {
        ...{ version: "KqlItem/1.0", query, size: 0, title, visualization: show, ...logs },
        timeContextFromParameter: "TimeRange",
      },
    })),
  ],
  fallbackResourceIds: [],
};
