import { dayMs, dayText } from "../time/clock.ts";

/** Where a search for a day is written for. */
export const searchLanguages = ["splunk", "elastic", "kql", "otel"] as const;
/** One of them. */
export type SearchLanguage = (typeof searchLanguages)[number];

/** Which events are to be counted: those of a UTC day of an instance. */
export interface SearchedDay {
  readonly instance: string;
  readonly day: number;
  /** Where Splunk keeps them; absent: it is asked everywhere. */
  readonly index?: string | undefined;
}

/** The search that counts a day in a SIEM: how many events, and how many without those that came twice. */
export function searchFor(language: SearchLanguage, { instance, day, index = "*" }: SearchedDay): string {
  const [from, to] = [day, day + 1].map((each) => `${dayText(each)}T00:00:00Z`);
  const [since, until] = [(day * dayMs) / 1000, ((day + 1) * dayMs) / 1000];
  switch (language) {
    case "splunk":
      return [
        `index=${index} sourcetype="wandb:audit*" host=${quoted(instance)} earliest=${since} latest=${until}`,
        "| stats count AS copies BY event_uid",
        "| stats sum(copies) AS events, count AS uids",
      ].join("\n");
    case "elastic":
      return [
        "FROM logs-wandb.audit-*",
        `| WHERE @timestamp >= "${from}" AND @timestamp < "${to}" AND observer.hostname == ${quoted(instance)}`,
        "| STATS copies = COUNT(*) BY event.id",
        "| STATS events = SUM(copies), uids = COUNT(*)",
      ].join("\n");
    case "kql":
      return [
        "CommonSecurityLog",
        `| where DeviceVendor == "Weights & Biases" and DeviceName == ${quoted(instance)}`,
        "| extend at = coalesce(unixtime_milliseconds_todatetime(tolong(ReceiptTime)), todatetime(ReceiptTime), TimeGenerated)",
        `| where at >= datetime(${from}) and at < datetime(${to})`,
        "| summarize copies = count() by ExtID",
        "| summarize events = sum(copies), uids = count()",
      ].join("\n");
    case "otel":
      return [
        "SELECT count() AS events, uniqExact(LogAttributes['log.record.uid']) AS uids",
        "FROM otel_logs",
        `WHERE Timestamp >= toDateTime('${from?.slice(0, 19).replace("T", " ")}', 'UTC')`,
        `  AND Timestamp < toDateTime('${to?.slice(0, 19).replace("T", " ")}', 'UTC')`,
        `  AND ResourceAttributes['server.address'] = '${instance.replace(/['\\]/g, "\\$&")}'`,
      ].join("\n");
  }
}

/** The same in all of them: a backslash before what would end the text. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
