import { controlPath, queryDaemon } from "../admin/ask.ts";
import type { Config } from "../config/config.ts";
import type { Finding } from "../finding.ts";
import {
  type LatenessStatus,
  latenessStatus,
  latenessText,
  withLookback,
} from "../status/lateness-status.ts";
import type { StatusReport } from "../status/status-report.ts";
import type { Subject } from "./findings.ts";
import { latenessOf } from "./state-access.ts";

/**
 * Whether `lookback` of each source reaches as far back as its records came late: as the running daemon knows
 * it, or the state where none runs. Nothing where neither can be asked: what keeps it from that is found
 * elsewhere.
 */
export async function latenessFindings(
  config: Config,
  { running, timeoutMs }: { readonly running: boolean; readonly timeoutMs: number },
): Promise<Subject[]> {
  const known = running ? await daemonKnows(config, timeoutMs) : stateKnows(config);
  return config.sources.flatMap(({ config: { name }, lookbackMs }) => {
    const found = known.get(name);
    if (found === undefined || lookbackMs === undefined) return [];
    return [{ name: `source ${name}`, findings: [latenessFinding(withLookback(found, lookbackMs))] }];
  });
}

function latenessFinding(status: LatenessStatus): Finding {
  const text = latenessText(status);
  if (status.enough) return { level: "ok", text };
  return {
    level: "warning",
    text,
    fix:
      status.advised_lookback === null
        ? "nothing is lost that W&B shows within a week: ask why it shows records so late"
        : `set lookback: ${status.advised_lookback}; until then what is later comes with a sweep, days after it happened`,
  };
}

type Known = ReadonlyMap<string, LatenessStatus>;

async function daemonKnows({ stateDir }: Config, timeoutMs: number): Promise<Known> {
  try {
    const answer = await queryDaemon({ socketPath: controlPath(stateDir) }, "/status", timeoutMs);
    if (answer?.status !== 200) return new Map();
    const { sources }: StatusReport = JSON.parse(answer.body);
    return new Map(sources.flatMap(({ name, lateness }) => (lateness ? [[name, lateness] as const] : [])));
  } catch {
    return new Map();
  }
}

function stateKnows(config: Config): Known {
  const known = new Map<string, LatenessStatus>();
  for (const source of config.sources) {
    const { name } = source.config;
    try {
      const lateness = latenessOf(config, name);
      const found = latenessStatus(source, lateness && { lateness });
      if (found !== null) known.set(name, found);
    } catch {
      return known;
    }
  }
  return known;
}
