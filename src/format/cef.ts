import { actionSpec } from "../event/actions.ts";
import { cutTag } from "../event/cut.ts";
import { outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { lateTag } from "../event/kind.ts";
import { memo, smallMemo } from "../event/memo.ts";
import { knownKeys, place } from "../record/known-keys.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Part, type Section, type Writer } from "../text/writer.ts";
import { msOfInstant } from "../time/clock.ts";
import { writeRest } from "./cef-rest.ts";
import {
  extensionValue,
  headerField,
  isPlainExtension,
  isTrimmed,
  textPair,
  writeExtension,
} from "./cef-text.ts";
import { writeMessage } from "./message.ts";
import { cefStart, oncePerProduct, productOf } from "./product.ts";
import { seenAgent } from "./seen-agent.ts";
import { shownTags } from "./shown-tags.ts";
import { has, textOf, writeAddress, writeUid } from "./values.ts";

const space = 0x20;
const equals = 0x3d;
/** What a receiver keeps of a custom string, in code points. */
const customLimit = 4000;
const textLimit = 1023;

/** A key of CEF, the longest value that receivers keep, and the label that goes with it. */
interface Pair {
  readonly name: Buffer;
  readonly key: number;
  readonly limit: number;
  readonly label: Buffer;
}

function pair(name: string, key: number, limit = textLimit, label = ""): Pair {
  return {
    name: constant(` ${name}=`),
    key,
    limit,
    label: constant(label === "" ? "" : ` ${name}Label=${label}`),
  };
}

const actorPairs = [pair("suser", place.actor_email), pair("suid", place.actor_user_id)];
const affectedPairs = [pair("duser", place.user_email), pair("duid", place.user_asset)];
const filePairs = [
  pair("filePath", place.artifact_qualified_name),
  pair("fileId", place.artifact_asset),
  pair("fileHash", place.artifact_digest, 255),
];
const customPairs = [
  pair("cs1", place.entity_name, customLimit, "entityName"),
  pair("cs2", place.project_name, customLimit, "projectName"),
  pair("cs3", place.report_name, customLimit, "reportName"),
  pair("cs4", place.entity_asset, customLimit, "entityId"),
  pair("cs5", place.project_asset, customLimit, "projectId"),
];
const flexPairs = [
  pair("flexString1", place.run_asset, textLimit, "runId"),
  pair("flexString2", place.artifact_sequence_asset, textLimit, "artifactSequenceId"),
];
const agentKey = " requestClientApplication=";
const agentName = "wandb-python/";
const names = {
  agent: constant(agentKey + agentName),
  fileType: constant(" fileType=artifact"),
  uid: constant(" externalId="),
  message: constant(" msg="),
  bar: constant("|"),
  time: constant("|rt="),
  ipv4: constant(" src="),
  ipv6: constant(" c6a2="),
  ipv6Label: constant(" c6a2Label=Source IPv6 Address"),
} as const;

/**
 * ArcSight Common Event Format, version 0: the only one that QRadar and Splunk Connect for Syslog take. Keys
 * and limits are those of the CEF Implementation Standard; a key without a value is left out, with its label.
 */
export function cef(event: AuditEvent, into: Writer): void {
  const { code, fault } = event;
  const spec = actionSpec(event.action);
  const start = startOf(event.origin)(event.action);
  const outcome = outcomeOf(event);
  into.constant(start.header);
  into.fixed(String(severityOf(event, spec)));
  into.constant(event.time === undefined ? names.bar : names.time);
  if (event.time !== undefined) {
    into.part(milliseconds, event);
    into.byte(space);
  }
  into.constant(start.act);
  if (fault === undefined) into.constant(start.cat);
  into.fixed(outcome === "failure" ? ` outcome=failure reason=HTTP ${code}` : ` outcome=${outcome}`);
  writePairs(into, event, actorPairs);
  writeSource(into, event);
  writePairs(into, event, affectedPairs);
  into.constant(originPairs(event.origin));
  writeAgent(into, event);
  writePairs(into, event, filePairs);
  if (has(event, place.artifact_qualified_name) || has(event, place.artifact_asset))
    into.constant(names.fileType);
  if (code !== undefined) into.fixed(` cn1=${code} cn1Label=responseCode`);
  if (event.replayId !== undefined) into.text(` cn2=${event.replayId} cn2Label=replayId`);
  writePairs(into, event, customPairs);
  writeRest(into, event);
  writePairs(into, event, flexPairs);
  into.constant(names.uid);
  writeUid(into, event);
  writeTags(into, event);
  into.constant(labelPairs(event.origin));
  writeSentence(into, event);
}

/** All that there is room for in the shortest messages; what else was odd of such an event is in `cs6`. */
const tagsOfCut: ReadonlySet<string> = new Set([lateTag, cutTag]);

function writeTags(into: Writer, event: AuditEvent): void {
  const tags = shownTags(event);
  if (tags.length === 0) return;
  const shown = tags.includes(cutTag) ? tags.filter((tag) => tagsOfCut.has(tag)) : tags;
  into.fixed(` tags=${shown.join(",")}`);
}

/** Keys of our own, which no dictionary has: consumers keep them under their names. */
const labelPairs = oncePerOrigin(({ labels = [] }) =>
  constant(labels.map(([name, value]) => textPair(` ${name}=`, value, textLimit)).join("")),
);

function writePairs(into: Writer, event: AuditEvent, pairs: readonly Pair[]): void {
  for (const { name, key, limit, label } of pairs) {
    if (!has(event, key)) continue;
    const begun = into.size;
    into.constant(name);
    if (writeValue(into, event, key, limit)) into.constant(label);
    else into.takeBack(begun);
  }
}

/** False when nothing is left of it. */
function writeValue(into: Writer, event: AuditEvent, key: number, limit: number): boolean {
  return into.part(values(limit)[key] as Part<AuditEvent>, event);
}

/** For values up to a length, by the place of their key. */
const values = smallMemo((limit: number) => knownKeys.map((_, key) => valuePart(key, limit)));

function valuePart(key: number, limit: number): Part<AuditEvent> {
  return partOf({ type: "trimmed", key, limit, special: equals }, (into, event) => {
    if (copyValue(into, event, key, limit)) return true;
    const value = extensionValue(textOf(event, key), limit);
    into.text(value);
    return value !== "";
  });
}

/** False when it cannot be copied as it was written. */
function copyValue(into: Writer, { asWritten }: AuditEvent, key: number, limit: number): boolean {
  if (!asWritten?.isCopyable(key)) return false;
  const start = asWritten.start(key);
  const end = asWritten.end(key);
  if (end - start > limit || !isTrimmed(asWritten.memory, start, end)) return false;
  writeExtension(into, asWritten.view, start, end);
  return true;
}

function writeAgent(into: Writer, event: AuditEvent): void {
  const seen = seenAgent(event);
  if (seen !== undefined) {
    into.text(textPair(agentKey, seen, textLimit));
    return;
  }
  if (!has(event, place.cli_version)) return;
  const begun = into.size;
  into.constant(names.agent);
  if (into.part(copiedVersion, event)) return;
  into.takeBack(begun);
  into.text(textPair(agentKey, agentName + textOf(event, place.cli_version), textLimit));
}

const versionLimit = textLimit - agentName.length;
const copiedVersion = partOf<AuditEvent>(
  { type: "trimmed", key: place.cli_version, limit: versionLimit, special: equals },
  (into, event) => copyValue(into, event, place.cli_version, versionLimit),
);

function writeSentence(into: Writer, event: AuditEvent): void {
  const begun = into.size;
  into.constant(names.message);
  const from = into.open(sentence);
  writeMessage(into, event, actionSpec(event.action), "text");
  if (into.close(sentence, from)) return;
  const message = into.toText(from);
  into.takeBack(begun);
  into.text(textPair(" msg=", message, textLimit));
}

/** What is a value as it is. */
const sentence: Section = {
  reserve: 0,
  of: { type: "plain", most: textLimit },
  close: ({ bytes, size }, begun) => size - begun <= textLimit && isPlainExtension(bytes, begun, size),
};

const milliseconds = partOf<AuditEvent>("time", (into, { time }) => {
  if (time !== undefined) into.digits(msOfInstant(time));
  return time !== undefined;
});

type Start = Readonly<Record<"header" | "act" | "cat", Buffer>>;

/** The parts that depend on the action alone. */
const startOf = oncePerProduct((product) =>
  memo((action): Start => {
    const spec = actionSpec(action);
    const names = `${headerField(action, 1023) || "unknown"}|${headerField(spec.name, 512)}`;
    return {
      header: constant(`${cefStart(product)}1.0|${names}|`),
      act: constant(`act=${extensionValue(action, 63) || "unknown"}`),
      cat: constant(` cat=${spec.category[0]}`),
    };
  }),
);

/** `src` is for IPv4 only. */
function writeSource(into: Writer, event: AuditEvent): void {
  const { ip, port } = event;
  const isIpv6 = ip?.includes(":") === true;
  if (ip !== undefined && !isIpv6) {
    into.constant(names.ipv4);
    writeAddress(into, event);
  }
  if (port !== undefined) into.text(` spt=${port}`);
  if (!isIpv6) return;
  into.constant(names.ipv6);
  writeAddress(into, event);
  into.constant(names.ipv6Label);
}

const originPairs = oncePerOrigin((origin) =>
  constant(
    ` destinationServiceName=${productOf(origin).service}${textPair(" dvchost=", origin.instance, 100)}${textPair(" deviceExternalId=", origin.source, 255)}`,
  ),
);
