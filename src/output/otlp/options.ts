import type { Agent } from "../../agent.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { LogsProtocol } from "../../net/otlp-environment.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Clock } from "../../time/clock.ts";
import type { Packing } from "../packed.ts";

/** What an OTLP output is made with; times in milliseconds. */
export interface OtlpOptions {
  /** Send the W&B record itself along. */
  readonly original: boolean;
  readonly agent: Agent;
  /** `url` is the whole address. */
  readonly http: HttpOptions;
  readonly protocol: LogsProtocol;
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly compression: Packing;
  readonly timeoutMs: number;
  readonly clock: Clock;
}
