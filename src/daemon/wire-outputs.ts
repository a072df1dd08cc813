import type { ConfiguredOutput } from "../output/configured.ts";
import type { Output, OutputContext } from "../output/output.ts";
import { created } from "./created.ts";

/** An output, and what it was made from. */
export interface WiredOutput {
  readonly configured: ConfiguredOutput;
  readonly output: Output;
}

/**
 * Makes the outputs of the configuration in `file`, or those that are `wanted`. They do not connect yet.
 * Throws ConfigError.
 */
export function wireOutputs(
  { file, outputs }: { readonly file: string; readonly outputs: readonly ConfiguredOutput[] },
  context: OutputContext,
  wanted: (configured: ConfiguredOutput) => boolean = () => true,
): WiredOutput[] {
  return outputs.flatMap((configured, index) =>
    wanted(configured)
      ? [{ configured, output: created(file, `outputs[${index}]`, () => configured.create(context)) }]
      : [],
  );
}

/** Standard output is the main thread's: what another one writes there waits in memory. */
export function leavesStdout({ writesToStdout }: ConfiguredOutput): boolean {
  return !writesToStdout;
}
