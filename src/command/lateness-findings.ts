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
import type { Terminal } from "./command.ts";
import type { Subject } from "./findings.ts";
import { openState } from "./state-access.ts";

/**
 * Whether `lookback` of each source reaches as far back as its records came late: as the running daemon knows
 * it, or the state where none runs. Nothing where neither can be asked: what keeps it from that is found
 * elsewhere.
 */
export async function latenessFindings(
  config: Config,
  { running, timeoutMs }: { readonly running: boolean; readonly timeoutMs: number },
  terminal: Terminal,
): Promise<Subject[]> {
  const known = running ? await daemonKnows(config, timeoutMs) : stateKnows(config, terminal);
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

function stateKnows(config: Config, terminal: Terminal): Known {
  let store: ReturnType<typeof openState>;
  try {
    store = openState(config, terminal);
    const states = store?.sources() ?? [];
    return new Map(
      config.sources.flatMap((source) => {
        const { name } = source.config;
        const found = latenessStatus(
          source,
          states.find((each) => each.source === name),
        );
        return found === null ? [] : [[name, found] as const];
      }),
    );
  } catch {
    return new Map();
  } finally {
    store?.close();
  }
}
