import { anyOutputKind } from "../../../src/output/configured.ts";
import { httpKind } from "../../../src/output/http/kind.ts";
import type { Output, OutputContext } from "../../../src/output/output.ts";
import { outputContext } from "../../fake/output-context.ts";

export const kind = anyOutputKind(httpKind);

/** An output as a person would configure it. */
export function endpointOutput(written: object, context: Partial<OutputContext> = {}): Output {
  const parsed = kind.schema.parse({ name: "web", type: "http", format: "json", ...written });
  return parsed.create({ ...outputContext, ...context });
}
