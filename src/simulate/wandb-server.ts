import type { Clock } from "../time/clock.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { type WandbLogServer, type WandbRequest, wandbAnswer } from "./wandb-answer.ts";
import { faultless, type WandbBehaviour } from "./wandb-behaviour.ts";
import type { WandbDialect } from "./wandb-dialect.ts";
import { WandbLog } from "./wandb-log.ts";

/** What the server is like from the start. */
export interface WandbServerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly dialect?: WandbDialect;
  /** Default 0: a free port. */
  readonly port?: number;
  /** The only API key that is let in; without it every key is. */
  readonly apiKey?: string;
}

/** A stand-in W&B server that runs. */
export interface WandbServer {
  readonly port: number;
  /** What to write as `url` in the configuration. */
  readonly url: string;
  readonly log: WandbLog;
  behave(behaviour: Partial<WandbBehaviour>): void;
  /** The requests so far, oldest first. */
  taken(): readonly WandbRequest[];
  /** Bytes of logs that were sent, before compression. */
  sent(): number;
  close(): Promise<void>;
}

/**
 * Starts a stand-in W&B server on loopback, which shows `log`
 * in the form of any documented version and fails on demand.
 */
export async function startWandbServer(options: WandbServerOptions): Promise<WandbServer> {
  const { clock, random, port: wanted, dialect = "v5", apiKey } = options;
  const behaviour: WandbBehaviour = { ...faultless, dialect, apiKey };
  const shown: WandbLogServer = {
    clock,
    random,
    log: new WandbLog(random),
    behaviour,
    requests: [],
    sent: 0,
  };
  const { port, url, close } = await startLoopbackServer(
    (request, response) => {
      wandbAnswer(shown, request, response).catch(() => response.destroy());
    },
    { port: wanted, keepAliveMs: 60_000 },
  );
  return {
    port,
    get url() {
      const multiTenant = behaviour.dialect === "v5-multi-tenant" || behaviour.dialect === "v2";
      return `${url}${multiTenant ? "/audit_logs" : ""}`;
    },
    log: shown.log,
    behave: (changes) =>
      void Object.assign(
        behaviour,
        changes.fault !== undefined && { faultTimes: Number.POSITIVE_INFINITY },
        changes,
      ),
    taken: () => shown.requests,
    sent: () => shown.sent,
    close,
  };
}
