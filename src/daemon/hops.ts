import type { ConfiguredOutput } from "../output/configured.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { OutputHop, SourceHop } from "../status/runtime-view.ts";

/** A source as people and monitors see it: what was configured, whether a daemon runs or not. */
export function sourceHop({
  type,
  config,
  origin,
  lookbackMs,
  owes,
  learned,
  otherLog,
  started,
  closing,
}: ConfiguredSource): SourceHop {
  return {
    name: config.name,
    type,
    instance: origin.instance,
    role: config.role,
    pollIntervalMs: config.poll_interval,
    lookbackMs,
    anonymize: origin.anonymize,
    insecureTls: config.tls?.insecure_skip_verify === true,
    owes,
    learned,
    otherLog,
    started,
    closing,
  };
}

/** The same for an output. */
export function outputHop({ type, config, guarantee, rolls }: ConfiguredOutput): OutputHop {
  return {
    name: config.name,
    type,
    guarantee,
    rollMs: rolls ? config.batch.max_wait : 0,
    insecureTls: config.tls?.insecure_skip_verify === true,
  };
}
