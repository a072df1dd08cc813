import type { Agent } from "../agent.ts";
import type { Origin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { productOf } from "./product.ts";
import { constantField, constantMessage, messageStart } from "./protobuf.ts";

const schemaUrl = "https://opentelemetry.io/schemas/1.44.0";

/** The W&B server, or this program: the resource that the records tell about, and the output's labels. */
function resourceAttributes(origin: Origin): readonly (readonly [name: string, value: string])[] {
  const { instance, source, labels = [] } = origin;
  return [
    ["service.name", productOf(origin).service],
    ["service.instance.id", instance],
    ["wandb.source.id", source],
    ...labels,
  ];
}

/** Log records that are from one place, each as it is written into the request, one behind the other. */
export interface OriginRecords {
  readonly origin: Origin;
  readonly records: readonly Buffer[];
}

/**
 * A request in protobuf (ExportLogsServiceRequest, opentelemetry/proto/collector/logs/v1): one ResourceLogs
 * for each origin, with this program as its scope. In parts, one behind the other: so the records are not
 * copied once more.
 */
export function protobufRequest(agent: Agent, groups: readonly OriginRecords[]): Buffer[] {
  const scope = constantMessage(1, constantField(1, agent.name), constantField(2, agent.version));
  const url = constantField(3, schemaUrl);
  return groups.flatMap(({ origin, records }) => {
    const attributes = resourceAttributes(origin).map(([name, value]) =>
      constantMessage(1, constantField(1, name), constantMessage(2, constantField(1, value))),
    );
    const inScope = [scope, ...records, url];
    const scopeLogs = [messageStart(2, inScope), ...inScope];
    const resourceLogs = [constantMessage(1, ...attributes), ...scopeLogs, url];
    return [messageStart(1, resourceLogs), ...resourceLogs];
  });
}

/** The same in JSON; each record ends with a comma. */
export function jsonRequest(agent: Agent, groups: readonly OriginRecords[]): Buffer[] {
  const scope = `{"name":${quote(agent.name)},"version":${quote(agent.version)}}`;
  const parts: Buffer[] = [];
  for (const { origin, records } of groups) {
    const attributes = resourceAttributes(origin).map(
      ([name, value]) => `{"key":"${name}","value":{"stringValue":${quote(value)}}}`,
    );
    parts.push(
      Buffer.from(
        `${parts.length === 0 ? "" : ","}{"resource":{"attributes":[${attributes.join(",")}]}` +
          `,"scopeLogs":[{"scope":${scope},"logRecords":[`,
      ),
      ...records.slice(0, -1),
      ...records.slice(-1).map((last) => last.subarray(0, -1)),
      Buffer.from(`],"schemaUrl":"${schemaUrl}"}],"schemaUrl":"${schemaUrl}"}`),
    );
  }
  return [Buffer.from('{"resourceLogs":['), ...parts, Buffer.from("]}")];
}
