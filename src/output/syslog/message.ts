import type { Agent } from "../../agent.ts";
import { actionSpec } from "../../event/actions.ts";
import { severityOf, syslogSeverity } from "../../event/derive.ts";
import type { AuditEvent } from "../../event/event.ts";
import { memo } from "../../event/memo.ts";
import { formats } from "../../format/all.ts";
import { headerField } from "../../format/cef-text.ts";
import type { Format } from "../../format/format.ts";
import { cefStart, oncePerProduct } from "../../format/product.ts";
import { oncePerOrigin } from "../../record/origin.ts";
import { partOf } from "../../text/part-of.ts";
import { constant } from "../../text/writer.ts";
import { printUsAscii, rest5424, timestamp3164, writeTimestamp5424 } from "./header.ts";
import { structuredData } from "./structured-data.ts";

/** What a message is made with. */
export interface MessageOptions {
  readonly format: "cef" | "ecs" | "json" | "ocsf";
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

/** Makes a syslog message of an event: header, structured data and text. */
export function syslogMessage(options: MessageOptions): Format {
  const { facility, hostname } = options;
  const appName = printUsAscii(options.appName, limits.appName);
  const writeText = textOf(options);
  const hostOf = (instance: string) => printUsAscii(hostname ?? instance, limits.hostname);
  const priOf = (event: AuditEvent) =>
    facility * 8 + syslogSeverity(severityOf(event, actionSpec(event.action)));
  if (options.header === "rfc3164") {
    // ArcSight's form of CEF has no tag: `CEF:` follows the host name.
    const tag = options.format === "cef" ? "" : appName;
    const rest = oncePerOrigin(({ instance }) => constant(`${hostOf(instance)} ${tag}`));
    const afterTag = constant(tag === "" ? "" : ": ");
    return (event, into) => {
      into.fixed(`<${priOf(event)}>`);
      into.part(time3164, event);
      into.constant(rest(event.origin));
      // The text is the record, which has no place for it; a tag may have a number (RFC 3164 §5.3).
      if (options.format === "json" && event.replayId !== undefined) into.text(`[${event.replayId}]`);
      into.constant(afterTag);
      writeText(event, into);
    };
  }
  const json = options.format === "json";
  const data = structuredData(options.enterpriseNumber);
  const mark = options.bom && options.format !== "cef" ? byteOrderMark : "";
  const afterData = constant(` ${mark}`);
  const rest = oncePerOrigin(({ instance }) =>
    memo((action) => {
      const messageId = printUsAscii(action, limits.messageId);
      return constant(rest5424(hostOf(instance), appName, messageId) + (json ? "" : `- ${mark}`));
    }),
  );
  return (event, into) => {
    into.fixed(`<${priOf(event)}>1 `);
    into.part(time5424, event);
    into.constant(rest(event.origin)(event.action));
    if (json) {
      data(event, into);
      into.constant(afterData);
    }
    writeText(event, into);
  };
}

const time3164 = partOf<AuditEvent>("time", (into, { time, observed }) => {
  into.text(`${timestamp3164(time ?? observed)} `);
  return true;
});
const space = 0x20;
const time5424 = partOf<AuditEvent>("time", (into, { time, observed }) => {
  writeTimestamp5424(into, time ?? observed);
  into.byte(space);
  return true;
});

function textOf({ format, agent, deviceVersion }: MessageOptions): Format {
  if (format === "json") return formats.raw(agent);
  const write = formats[format](agent);
  const version = headerField(deviceVersion, 31);
  if (format !== "cef" || version === defaultVersion) return write;
  const startOf = oncePerProduct((product) => {
    const start = cefStart(product);
    return { ours: `${start}${version}|`, usual: Buffer.byteLength(`${start}${defaultVersion}|`) };
  });
  return (event, into) => {
    const { ours, usual } = startOf(event.origin);
    const from = into.size;
    write(event, into);
    const text = into.toText(from + usual);
    into.takeBack(from);
    into.text(ours + text);
  };
}

/** The Device Version as the format writes it. */
const defaultVersion = "1.0";
