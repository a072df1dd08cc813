import { actionSpec } from "../event/actions.ts";
import { messageOf, outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo } from "../event/memo.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { msOfInstant } from "../time/clock.ts";
import { additional } from "./additional.ts";
import { codePoints, extensionValue, headerField } from "./cef-text.ts";

/** What a receiver keeps of a custom string, in code points. */
const customLimit = 4000;

/**
 * ArcSight Common Event Format, version 0: the only one that QRadar and Splunk Connect for Syslog take. Keys
 * and their limits are those of the CEF Implementation Standard; a key without a value is left out, label
 * included.
 */
export function cef(event: AuditEvent): string {
  const { keys, code, ip, port, fault } = event;
  const spec = actionSpec(event.action);
  const start = startOf(event.action);
  const outcome = outcomeOf(event);
  const { actor_email, actor_user_id, user_email, user_asset, cli_version } = keys;
  const { artifact_qualified_name, artifact_asset, artifact_digest } = keys;
  return (
    start.header +
    severityOf(event, spec) +
    (event.time === undefined ? "|" : `|rt=${msOfInstant(event.time)} `) +
    start.act +
    (fault === undefined ? start.cat : "") +
    ` outcome=${outcome}` +
    (outcome === "failure" ? ` reason=HTTP ${code}` : "") +
    pair(" suser=", actor_email, 1023) +
    pair(" suid=", actor_user_id, 1023) +
    addressPairs(ip, port) +
    pair(" duser=", user_email, 1023) +
    pair(" duid=", user_asset, 1023) +
    originPairs(event.origin) +
    pair(
      " requestClientApplication=",
      cli_version === undefined ? undefined : `wandb-python/${cli_version}`,
      1023,
    ) +
    pair(" filePath=", artifact_qualified_name, 1023) +
    pair(" fileId=", artifact_asset, 1023) +
    pair(" fileHash=", artifact_digest, 255) +
    (artifact_qualified_name === undefined && artifact_asset === undefined ? "" : " fileType=artifact") +
    (code === undefined ? "" : ` cn1=${code} cn1Label=responseCode`) +
    pair(" cs1=", keys.entity_name, customLimit, " cs1Label=entityName") +
    pair(" cs2=", keys.project_name, customLimit, " cs2Label=projectName") +
    pair(" cs3=", keys.report_name, customLimit, " cs3Label=reportName") +
    pair(" cs4=", keys.entity_asset, customLimit, " cs4Label=entityId") +
    pair(" cs5=", keys.project_asset, customLimit, " cs5Label=projectId") +
    pair(
      " cs6=",
      fault === undefined ? additionalData(event) : event.raw,
      customLimit,
      " cs6Label=additionalData",
    ) +
    pair(" flexString1=", keys.report_asset, 1023, " flexString1Label=reportId") +
    pair(" flexString2=", keys.artifact_sequence_asset, 1023, " flexString2Label=artifactSequenceId") +
    ` externalId=${event.uid}` +
    pair(" msg=", messageOf(event, spec), 1023)
  );
}

/** Nothing for an absent value or one that is empty once it is clean. */
function pair(name: string, text: string | undefined, limit: number, label = ""): string {
  if (text === undefined) return "";
  const value = extensionValue(text, limit);
  return value === "" ? "" : name + value + label;
}

interface Start {
  readonly header: string;
  readonly act: string;
  readonly cat: string;
}

/** The parts that depend on the action alone. */
const startOf = memo((action): Start => {
  const spec = actionSpec(action);
  const classId = headerField(action, 1023) || "unknown";
  return {
    header: `CEF:0|Weights & Biases|wandb|1.0|${classId}|${headerField(spec.name, 512)}|`,
    act: `act=${extensionValue(action, 63) || "unknown"}`,
    cat: ` cat=${spec.category[0]}`,
  };
});

/** `src` is for IPv4 only. */
function addressPairs(ip: string | undefined, port: number | undefined): string {
  const portPair = port === undefined ? "" : ` spt=${port}`;
  if (ip === undefined) return portPair;
  return ip.includes(":") ? `${portPair} c6a2=${ip} c6a2Label=Source IPv6 Address` : ` src=${ip}${portPair}`;
}

const originPairs = oncePerOrigin(
  ({ instance, source }) =>
    ` destinationServiceName=wandb${pair(" dvchost=", instance, 100)}${pair(" deviceExternalId=", source, 255)}`,
);

/**
 * One JSON object of what CEF has no key for. When it does not fit, whole keys are left out and counted: JSON
 * is never cut.
 */
function additionalData(event: AuditEvent): string | undefined {
  const pairs = additional(event);
  if (pairs.length === 0) return undefined;
  const members = pairs.map(([key, json]) => `${quote(key)}:${json}`);
  const whole = `{${members.join(",")}}`;
  if (codePoints(whole) <= customLimit) return whole;
  const room = customLimit - `{"_omitted":${members.length}}`.length;
  const kept: string[] = [];
  let used = 0;
  for (const member of members) {
    used += codePoints(member) + 1;
    if (used > room) break;
    kept.push(member);
  }
  return `{${[...kept, `"_omitted":${members.length - kept.length}`].join(",")}}`;
}
