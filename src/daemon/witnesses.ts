import type { IngestOptions } from "../ingest/ingest.ts";
import type { ConfiguredSource } from "../source/configured.ts";

/** What a source's role means for its loop: who it is a witness of, or what it sweeps and closes. */
export function roleOf(
  source: ConfiguredSource,
  sources: readonly ConfiguredSource[],
): Pick<IngestOptions, "closing" | "lookbackMs" | "started" | "sweepReach" | "witnessOf"> {
  const { closing, lookbackMs, sweepReach, started } = source;
  const primaries = primariesOf(source, sources);
  const common = { started, ...(lookbackMs !== undefined && { lookbackMs }) };
  if (primaries.length > 0)
    return {
      ...common,
      witnessOf: primaries.map((each) => ({ source: each.config.name, started: each.started })),
    };
  return { ...common, closing, ...(lookbackMs !== undefined && { sweepReach }) };
}

/** The sources of its instance that deliver, those that show the whole log first; none for one of these. */
function primariesOf(
  { config, origin }: ConfiguredSource,
  sources: readonly ConfiguredSource[],
): readonly ConfiguredSource[] {
  if (config.role !== "verify") return [];
  return sources
    .filter((each) => each.config.role === "primary" && each.origin.instance === origin.instance)
    .sort((a, b) => Number(b.wholeLog) - Number(a.wholeLog));
}

/** The witnesses, each with the primary that reads once more what is owed to it. */
export function witnessesAmong(sources: readonly ConfiguredSource[]): ReadonlyMap<string, string> {
  return new Map(
    sources.flatMap((source) => {
      const [first] = primariesOf(source, sources);
      return first === undefined ? [] : [[source.config.name, first.config.name]];
    }),
  );
}
