import { z } from "zod";
import { labels } from "./labels.ts";
import { byteSize, duration, partName, type TlsConfig } from "./parts.ts";
import { redact } from "./redact.ts";

const filter = z
  .strictObject({
    actions: z
      .array(z.string().min(1))
      .optional()
      .describe("Deliver only these actions; `*` stands for any text, as in `user:*`."),
    exclude_actions: z.array(z.string().min(1)).optional().describe("Deliver all but these actions."),
    outcome: z
      .array(z.enum(["success", "failure", "unknown"]))
      .optional()
      .describe("Deliver only events with one of these outcomes."),
    min_severity: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe("Deliver only events of at least this severity, 0 to 10 (CEF scale)."),
  })
  .describe(
    "Which events this output gets. What is left out is counted as filtered. Unparseable records always pass.",
  );
/** What the schema makes of `filter`. */
export type FilterConfig = z.output<typeof filter>;

/** The batch limits of an output; each kind brings its own defaults. */
export function batch(defaults: { maxEvents: number; maxBytes: string; maxWait: string }) {
  return z
    .strictObject({
      max_events: z
        .int()
        .min(1)
        .max(100_000)
        .default(defaults.maxEvents)
        .describe("Events in one send, at most."),
      max_bytes: byteSize({ min: "1KB" })
        .prefault(defaults.maxBytes)
        .describe("Bytes in one send before compression, at most."),
      max_wait: duration({ max: "5m" })
        .prefault(defaults.maxWait)
        .describe("How long a batch that is not full waits for more."),
    })
    .prefault({});
}

const retry = z
  .strictObject({
    min_backoff: duration({ min: "10ms", max: "1h" })
      .prefault("1s")
      .describe("First wait after a failed send; doubles with every failure, with full jitter."),
    max_backoff: duration({ min: "10ms", max: "1h" })
      .prefault("1m")
      .describe("Longest wait between two tries of a failing output."),
    hold_interval: duration({ min: "10ms", max: "1h" })
      .prefault("1m")
      .describe(
        "How often an output on hold is tried: one that waits for a person (token, address, index, certificate).",
      ),
  })
  .prefault({})
  .describe("How a failing output is tried again. It is tried for ever; nothing is dropped.");

/**
 * The keys every output takes, but for `batch`, whose
 * defaults are the kind's. Spread it into an output's schema.
 */
export const outputBase = {
  name: partName("Name of the output in metrics, logs and state. Its position belongs to its destination."),
  filter: filter.optional(),
  redact: redact.optional(),
  labels: labels.optional(),
  retry,
  replay_window: duration({ max: "1h" })
    .prefault("0s")
    .describe(
      "When a connection is lost, cannot be made or falls silent, what was delivered in this time before is sent once more, under the same uids: for what only the next hop confirmed. `0s`: nothing.",
    ),
  heartbeat: duration({ min: "1m", max: "1d" })
    .optional()
    .describe(
      "How often this output gets an event that says that the forwarder is alive, with lag, backlog and the newest event's time. Absent: never. At most one waits while the output takes nothing.",
    ),
  timeout: duration({ min: "100ms", max: "10m" }).prefault("30s").describe("How long one send may take."),
};

/** What the program may read of any output's configuration: durations in milliseconds, sizes in bytes. */
export type OutputConfig = Readonly<z.output<z.ZodObject<typeof outputBase>>> & {
  readonly batch: Readonly<z.output<ReturnType<typeof batch>>>;
  /** Kinds that have TLS and proxies name their keys so. */
  readonly tls?: TlsConfig | undefined;
  readonly proxy?: string | undefined;
};
