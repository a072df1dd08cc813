import type { Agent } from "../../agent.ts";
import { actionSpec } from "../../event/actions.ts";
import { severityOf, syslogSeverity } from "../../event/derive.ts";
import type { AuditEvent } from "../../event/event.ts";
import { formats } from "../../format/all.ts";
import { headerField } from "../../format/cef-text.ts";
import { type Header, header3164, header5424, printUsAscii } from "./header.ts";
import { structuredData } from "./structured-data.ts";

/** What a message is made with. */
export interface MessageOptions {
  readonly format: "cef" | "ecs" | "json";
  readonly header: "rfc5424" | "rfc3164";
  /** Code of the facility. */
  readonly facility: number;
  /** Instead of the event's instance. */
  readonly hostname: string | undefined;
  readonly appName: string;
  readonly enterpriseNumber: number;
  /** A byte order mark before JSON; never before CEF, whose parsers want `CEF:` first. */
  readonly bom: boolean;
  readonly deviceVersion: string;
  readonly agent: Agent;
}

const byteOrderMark = "\uFEFF";
/** RFC 5424 §6: how long HOSTNAME, APP-NAME and MSGID may be. */
const limits = { hostname: 255, appName: 48, messageId: 32 } as const;

/** Makes a syslog message of an event: header, structured data and text. Pure; never throws. */
export function syslogMessage(options: MessageOptions): (event: AuditEvent) => string {
  const appName = printUsAscii(options.appName, limits.appName);
  const text = textOf(options);
  const hostnames = new Map<string, string>();

  function hostnameOf(instance: string): string {
    let hostname = hostnames.get(instance);
    if (hostname === undefined) {
      hostname = printUsAscii(options.hostname ?? instance, limits.hostname);
      hostnames.set(instance, hostname);
    }
    return hostname;
  }

  function headerOf(event: AuditEvent): Header {
    return {
      pri: options.facility * 8 + syslogSeverity(severityOf(event, actionSpec(event.action))),
      time: event.time ?? event.observed,
      hostname: hostnameOf(event.origin.instance),
      appName,
      messageId: printUsAscii(event.action, limits.messageId),
    };
  }

  if (options.header === "rfc3164") {
    // ArcSight's form of CEF has no tag: `CEF:` follows the host name.
    const tag = options.format === "cef" ? "" : `${appName}: `;
    return (event) => header3164(headerOf(event)) + tag + text(event);
  }
  const mark = options.bom && options.format !== "cef" ? byteOrderMark : "";
  const data =
    options.format === "json"
      ? (event: AuditEvent) => structuredData(event, options.enterpriseNumber)
      : () => "-";
  return (event) => header5424(headerOf(event), data(event)) + mark + text(event);
}

function textOf({ format, agent, deviceVersion }: MessageOptions): (event: AuditEvent) => string {
  if (format === "json") return formats.raw(agent);
  const text = formats[format](agent);
  const version = headerField(deviceVersion, 31);
  if (format !== "cef" || version === defaultVersion) return text;
  const start = `${cefStart}${version}|`;
  return (event) => start + text(event).slice(cefStart.length + defaultVersion.length + 1);
}

/** What every CEF line begins with: the fields before the Device Version, which the format writes as 1.0. */
const cefStart = "CEF:0|Weights & Biases|wandb|";
const defaultVersion = "1.0";
