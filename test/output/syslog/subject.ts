import type { Output } from "../../../src/output/output.ts";
import { type SyslogConfig, syslogKind } from "../../../src/output/syslog/kind.ts";
import { outputContext } from "../../fake/output-context.ts";

export const agent = { name: "wandb-audit-forwarder", version: "0.0.0" };

/** A configuration as a person would write it, made complete by the schema. */
export function syslogConfig(written: Record<string, unknown>): SyslogConfig {
  return syslogKind.schema.parse({ name: "soc", type: "syslog", ...written });
}

export function syslogOutput(written: Record<string, unknown>): Output {
  return syslogKind.create(syslogConfig(written), { ...outputContext, agent }) as Output;
}

export interface Parsed5424 {
  readonly pri: string;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly messageId: string;
  readonly structuredData: string;
  readonly text: string;
}

/** Reads RFC 5424's grammar and nothing else; undefined when the message is outside it. */
export function parse5424(message: string): Parsed5424 | undefined {
  const header =
    /^<(0|[1-9]\d{0,2})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) (-|(?:\[[!#-<>-\\^-~]{1,32}(?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\])+)(?: ([\s\S]*))?$/u;
  const match = header.exec(message);
  if (match === null || Number(match[1]) > 191) return undefined;
  const [
    ,
    pri = "",
    timestamp = "",
    hostname = "",
    appName = "",
    procId = "",
    messageId = "",
    structuredData = "",
    text = "",
  ] = match;
  return { pri, timestamp, hostname, appName, procId, messageId, structuredData, text };
}

/** One parameter of the structured data, unescaped. */
export function parameter(structuredData: string, name: string): string | undefined {
  return new RegExp(` ${name}="((?:[^"\\\\\\]]|\\\\.)*)"`, "u")
    .exec(structuredData)?.[1]
    ?.replace(/\\(["\\\]])/g, "$1");
}
