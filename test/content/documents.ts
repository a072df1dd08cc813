import { readFileSync } from "node:fs";
import type { AuditEvent } from "../../src/event/event.ts";
import { formatted } from "../../src/format/format.ts";
import { hecEncoder } from "../../src/output/splunk-hec/encoder.ts";
import { agent } from "../format/arbitrary-event.ts";
import { formats } from "../format/texts.ts";

/** What a SIEM has of an event, by the names that it searches by. */
export type Fields = ReadonlyMap<string, unknown>;

const hec = formatted(
  hecEncoder({
    index: undefined,
    sourcetype: "wandb:audit",
    source: undefined,
    host: undefined,
    format: "cim",
    agent,
  }),
);

/** Our own output in each form for which there is a pipeline, and the pipeline's name. */
export const forms = {
  ecs: { pipeline: "ecs", fields: (event: AuditEvent) => flat(JSON.parse(formats.ecs(agent)(event))) },
  cim: { pipeline: "splunk", fields: splunkFields },
  cef: {
    pipeline: "sentinel-cef",
    fields: (event: AuditEvent) => commonSecurityLog(formats.cef(agent)(event)),
  },
  table: { pipeline: "sentinel-table", fields: tableRow },
} as const;

function splunkFields(event: AuditEvent): Fields {
  const { event: payload, fields, ...envelope } = JSON.parse(hec(event));
  const found = flat({ ...envelope, ...fields, ...payload });
  // Splunk finds values where there are none, which the add-on takes away.
  for (const [name, nothing] of taken) if (nothing.includes(String(found.get(name)))) found.delete(name);
  for (const [name, value] of found) if (value === null) found.set(name, "null");
  return found;
}

const props = readFileSync(
  new URL("../../content/splunk/TA_wandb_audit/default/props.conf", import.meta.url),
  "utf8",
);
/** Which values the add-on takes for none, by the field. */
const taken = [
  ...(props.split(/^\[/m).find((each) => each.startsWith("wandb:audit]")) ?? "").matchAll(
    /^EVAL-(\S+) = if\(in\('\1', (.*)\), null\(\), '\1'\)$/gm,
  ),
].map(([, name = "", list = ""]): readonly [string, readonly string[]] => [name, JSON.parse(`[${list}]`)]);

function tableRow(event: AuditEvent): Fields {
  const columns = Object.entries(JSON.parse(formats.json(agent)(event))).map(([name, value]) => [
    name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return new Map(columns as [string, unknown][]);
}

function flat(value: object, prefix = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) found.set(prefix + name, inner);
    else for (const [path, leaf] of flat(inner, `${prefix}${name}.`)) found.set(path, leaf);
  }
  return found;
}

/** Columns of CommonSecurityLog by the keys of CEF, as Microsoft documents them. */
const columns: Readonly<Record<string, string>> = {
  act: "DeviceAction",
  outcome: "EventOutcome",
  reason: "Reason",
  suser: "SourceUserName",
  suid: "SourceUserID",
  duser: "DestinationUserName",
  duid: "DestinationUserID",
  src: "SourceIP",
  c6a2: "DeviceCustomIPv6Address2",
  dvchost: "DeviceName",
  deviceExternalId: "DeviceExternalID",
  requestClientApplication: "RequestClientApplication",
  filePath: "FilePath",
  fileId: "FileID",
  fileHash: "FileHash",
  cn1: "FieldDeviceCustomNumber1",
  cn2: "FieldDeviceCustomNumber2",
  cn2Label: "DeviceCustomNumber2Label",
  flexString1: "FlexString1",
  flexString2: "FlexString2",
  externalId: "ExtID",
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`cs${n}`, `DeviceCustomString${n}`])),
};

function commonSecurityLog(line: string): Fields {
  const [, vendor = "", product = "", , , , , extension = ""] = line.split(/(?<!\\)\|/);
  const found = new Map<string, unknown>([
    ["DeviceVendor", vendor],
    ["DeviceProduct", product],
  ]);
  for (const [, key = "", value = ""] of extension.matchAll(
    /(?:^| )([A-Za-z0-9]+)=((?:\\=|[^=])*)(?= [A-Za-z0-9]+=|$)/g,
  )) {
    const column = columns[key];
    if (column !== undefined) found.set(column, value.replaceAll(/\\(.)/g, "$1"));
  }
  return found;
}
