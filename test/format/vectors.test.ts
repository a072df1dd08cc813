import { describe, expect, it } from "vitest";
import { formatted } from "../../src/format/format.ts";
import { hecEncoder } from "../../src/output/splunk-hec/encoder.ts";
import { structuredData } from "../../src/output/syslog/structured-data.ts";
import { agent } from "./arbitrary-event.ts";
import { ecsProblems } from "./ecs-schema.ts";
import { ecs, otlpJson, raw } from "./texts.ts";
import { eventOf, vectors } from "./vectors.ts";

const toEcs = ecs(agent);
const toHec = formatted(
  hecEncoder({
    index: undefined,
    sourcetype: "wandb:audit",
    source: undefined,
    host: undefined,
    format: "cim",
    agent,
  }),
);

describe.each(vectors.map((vector, at) => ({ at: at + 1, vector })))("golden vector $at", ({ vector }) => {
  const event = eventOf(vector.input, vector.uid);

  it("is the ECS document", () => {
    const document = JSON.parse(toEcs(event));
    expect(document).toEqual(vector.ecs);
    expect(ecsProblems(document)).toEqual([]);
  });

  it("is the OTLP log record", () => {
    expect(JSON.parse(otlpJson(event))).toEqual(vector.otlp);
  });

  it("is the HEC event, to the byte", () => {
    const envelope = toHec(event);
    expect(JSON.parse(envelope)).toEqual(JSON.parse(vector.hec));
    expect(envelope).toBe(vector.hec);
    expect(envelope).toContain(`"wandb":${vector.input}}`);
  });

  it("is the structured data and message of syslog", () => {
    const text = `${formatted(structuredData(32473))(event)} ${raw(event)}`;
    expect(vector.syslog5424_json.endsWith(` ${text}`)).toBe(true);
  });
});
