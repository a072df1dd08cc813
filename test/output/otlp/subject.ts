import { otlpKind } from "../../../src/output/otlp/kind.ts";
import type { Output } from "../../../src/output/output.ts";
import type { OtlpLogRecord } from "../../../src/simulate/otlp-decode.ts";
import { outputContext } from "../../fake/output-context.ts";

export const agent = { name: "wandb-audit-forwarder", version: "0.0.0" };

/** An output made from a configuration as a person would write it. */
export function otlpOutput(
  written: Record<string, unknown>,
  environment: Record<string, string> = {},
): Output {
  const config = otlpKind.schema.parse({ name: "collector", type: "otlp", ...written });
  return otlpKind.create(config, { ...outputContext, agent, environment }) as Output;
}

/** The text of one attribute. */
export function attributeText(record: OtlpLogRecord, key: string): string | undefined {
  const value = record.attributes.find((attribute) => attribute.key === key)?.value;
  return value !== undefined && "stringValue" in value ? (value.stringValue as string) : undefined;
}
