import { detectionCards } from "../detection-card.ts";
import { box, type Picture, text } from "./drawing.ts";

/** One stop on the way from the forwarder to an alert; its first line is its name. */
interface Stop {
  readonly lines: readonly [string, ...string[]];
  /** Ours: the forwarder, and what this project brings. */
  readonly ours?: boolean;
}

/** The way into one SIEM, as its page tells it. */
interface Way {
  readonly siem: string;
  readonly stops: readonly Stop[];
}

const forwarder = (...lines: readonly string[]): Stop => ({ lines: ["forwarder", ...lines], ours: true });

const rules = detectionCards().length;

/** By the name of the page. */
const ways: Readonly<Record<string, Way>> = {
  splunk: {
    siem: "Splunk",
    stops: [
      forwarder("output splunk_hec", "format cim"),
      { lines: ["Event Collector", "HEC, port 8088", "index wandb_audit"] },
      { lines: ["TA_wandb_audit", "fields, CIM tags,", "lookups, macros"], ours: true },
      { lines: [`${rules} searches`, "what was indexed in", "the last 10 minutes"], ours: true },
      { lines: ["alert", "notable event", "and risk"] },
    ],
  },
  elastic: {
    siem: "Elastic Security",
    stops: [
      forwarder("output elasticsearch", "format ecs"),
      { lines: ["pipeline", "wandb-audit-arrival", "event.ingested"] },
      { lines: ["data stream", "logs-wandb.audit-", "default, by setup"], ours: true },
      { lines: [`${rules} rules`, "rules.ndjson, what", "arrived since"], ours: true },
      { lines: ["alert", "Security, Alerts"] },
    ],
  },
  sentinel: {
    siem: "Microsoft Sentinel",
    stops: [
      forwarder("syslog with cef, or", "file with json"),
      { lines: ["agent", "Azure Monitor Agent", "and collection rule"] },
      { lines: ["table", "CommonSecurityLog", "or WandbAudit_CL"] },
      { lines: ["WandbAudit()", `and ${rules} rules, by`, "azuredeploy.json"], ours: true },
      { lines: ["incident", "Microsoft Sentinel,", "Incidents"] },
    ],
  },
  qradar: {
    siem: "IBM QRadar",
    stops: [
      forwarder("output syslog", "format cef"),
      { lines: ["log source", "Universal CEF,", "TLS Syslog 6514"] },
      { lines: ["Map Event", "action to QID,", "custom properties"] },
      { lines: ["event rules", "AQL filter, one per", "W&B Uid"] },
      { lines: ["offense", "Offenses tab"] },
    ],
  },
  chronicle: {
    siem: "Google SecOps",
    stops: [
      forwarder("http with json, or", "syslog with cef"),
      { lines: ["import API", "or a collector of", "yours"] },
      { lines: ["parser", "custom log type", "to UDM"] },
      { lines: ["rules", "YARA-L, matched", "over the uid"] },
      { lines: ["detection", "Alerts & IOCs"] },
    ],
  },
  loki: {
    siem: "Grafana Loki",
    stops: [
      forwarder("output otlp", "http/protobuf"),
      { lines: ["Loki", "/otlp/v1/logs"] },
      { lines: ["stream", 'service_name="wandb"', "rest: metadata"] },
      { lines: ["ruler", "LogQL over 27 hours"] },
      { lines: ["alert", "Alertmanager"] },
    ],
  },
};

const [left, wide, gap, top, high] = [24, 160, 28, 64, 92];

/** From the forwarder to the alert, and below it the way of a rehearsal, by the name of the page. */
export function wayPictures(): Readonly<Record<string, Picture>> {
  return Object.fromEntries(Object.entries(ways).map(([page, way]) => [page, drawn(way)]));
}

function drawn({ siem, stops }: Way): Picture {
  const at = (index: number) => left + index * (wide + gap);
  const middle = top + high / 2;
  const end = at(stops.length - 1) + wide / 2;
  const body = stops.flatMap(({ lines, ours }, index) => {
    const x = at(index);
    const first = middle + 5 - (lines.length - 1) * 9;
    return [
      box(ours === true ? "ours" : "box", { x, y: top, width: wide, height: high }),
      ...lines.map((line, row) =>
        text(row === 0 ? "name" : "note", x + wide / 2, first + row * 18 + (row > 0 ? 2 : 0), line),
      ),
      ...(index === 0
        ? []
        : [`<path class="way" d="M${x - gap + 2} ${middle}H${x - 4}" marker-end="url(#arrow)"/>`]),
    ];
  });
  const low = top + high + 30;
  return {
    title: `From the forwarder to an alert in ${siem}`,
    description: `${stops.map(({ lines }) => lines.join(" ")).join("; then ")}. A rehearsal by simulate --attack goes the whole way.`,
    width: left * 2 + stops.length * wide + (stops.length - 1) * gap,
    height: low + 30,
    body: [
      text("name", left, 34, siem, "start"),
      text("note", left + 190, 34, "blue: what this project brings", "start"),
      ...body,
      `<path class="trial" d="M${left + wide / 2} ${top + high + 4}V${low}H${end}V${top + high + 6}" marker-end="url(#arrow)"/>`,
      text(
        "note",
        (left + wide / 2 + end) / 2,
        low + 18,
        "simulate --attack NAME: a rehearsal of the whole way",
      ),
    ],
  };
}
