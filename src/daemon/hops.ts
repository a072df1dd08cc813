import type { ConfiguredOutput } from "../output/configured.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { Condition } from "../status/condition.ts";
import type { OutputHop, SourceHop } from "../status/runtime-view.ts";

/** A source as people and monitors see it: what was configured, whether a daemon runs or not, and how its loop is doing. */
export function sourceHop({ type, config, origin }: ConfiguredSource, condition: () => Condition): SourceHop {
  return {
    name: config.name,
    type,
    instance: origin.instance,
    pollIntervalMs: config.poll_interval,
    anonymize: origin.anonymize,
    insecureTls: config.tls?.insecure_skip_verify === true,
    condition,
  };
}

/** The same for an output. */
export function outputHop(
  { type, config, guarantee }: ConfiguredOutput,
  condition: () => Condition,
): OutputHop {
  return {
    name: config.name,
    type,
    guarantee,
    insecureTls: config.tls?.insecure_skip_verify === true,
    condition,
  };
}
