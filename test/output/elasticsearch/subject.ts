import { anyOutputKind } from "../../../src/output/configured.ts";
import { elasticsearchKind } from "../../../src/output/elasticsearch/kind.ts";
import type { Output, OutputContext } from "../../../src/output/output.ts";
import { outputContext } from "../../fake/output-context.ts";

export const kind = anyOutputKind(elasticsearchKind);

/** An output as a person would configure it. */
export function elasticOutput(written: object, context: Partial<OutputContext> = {}): Output {
  const parsed = kind.schema.parse({ name: "elastic", type: "elasticsearch", ...written });
  return parsed.create({ ...outputContext, ...context });
}
