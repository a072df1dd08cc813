import type { TapOf } from "../admin/tap.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import { outputTap, type Tap } from "../deliver/output-tap.ts";
import type { Spool } from "../spool/spool.ts";

/** The taps of the configured outputs, each made when it is asked for first. */
export function tapsOf(
  { sources, outputs }: Pick<Config, "sources" | "outputs">,
  agent: Agent,
  spool: Pick<Spool, "standing" | "readAgain">,
): TapOf {
  const origins = sources.map(({ origin }) => origin);
  const made = new Map<string, Tap>();
  return (name) => {
    const configured = outputs.find(({ config }) => config.name === name);
    if (configured === undefined) return undefined;
    const known =
      made.get(name) ??
      outputTap({ config: configured.config, preview: configured.preview(agent), origins, spool });
    made.set(name, known);
    return known;
  };
}
