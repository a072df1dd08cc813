import { z } from "zod";
import type { AnyOutputKind } from "../output/configured.ts";
import { byteSize, duration, secret } from "../schema/parts.ts";
import type { AnySourceKind } from "../source/configured.ts";
import { activitySettings } from "./activity-settings.ts";
import { logFormats, logLevels } from "./config.ts";
import { listenAddress, usualListen, usualStateDir } from "./daemon-place.ts";

/** The kinds of source and output a configuration may name. */
export interface Kinds {
  readonly sources: readonly AnySourceKind[];
  readonly outputs: readonly AnyOutputKind[];
}

const listen = z
  .string()
  .transform((text, context) => {
    const address = listenAddress(text);
    if (address === "off") return undefined;
    if (address === undefined)
      context.addIssue("not an address: write host:port, such as 127.0.0.1:9464 or [::1]:9464, or off");
    return address;
  })
  .describe(
    "Where metrics, health, status and the status page are served; `off`: nowhere. Port 0 takes a free one.",
  );

const admin = z
  .strictObject({
    listen: listen.prefault(usualListen),
    token: secret()
      .optional()
      .describe("Bearer token that requests must carry. Needed when `listen` is not a loopback address."),
    metrics: z
      .enum(["token", "open"])
      .default("token")
      .describe(
        "Who may read `/metrics`: `token`, whoever carries the token; `open`, whoever reaches the listener, such as a Prometheus that asks by the pod's address. They name sources and outputs and say nothing of what events say.",
      ),
    allowed_hosts: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "Further names by which clients may ask (`Host` header), such as `forwarder.monitoring.svc`. The address itself and `localhost` always may.",
      ),
  })
  .prefault({})
  .describe("The HTTP listener for people and monitoring.");

const spool = z
  .strictObject({
    // An append is about a megabyte at most, and needs its size
    // twice: less room than a few of them would block for good.
    max_bytes: byteSize({ min: "16MiB" })
      .prefault("10GiB")
      .describe(
        "Disk the state may take. At this size the sources are not read until outputs have caught up; nothing is dropped.",
      ),
    max_dead_letters: byteSize({ min: "64KiB" })
      .prefault("256MiB")
      .describe(
        "Disk that the dead letters of one output may take, beside `max_bytes`. There the output holds until some are retried or dropped; one batch may pass it.",
      ),
    keep_delivered: duration({ max: "3650d" })
      .prefault("7d")
      .describe(
        "How long records stay in the spool after every output is done with them. At `max_bytes`, or on a full disk, the oldest of them make room earlier.",
      ),
    // Days are read once more when they are three and seven days old: less would send them again then.
    keep_ledger: duration({ min: "14d", max: "3650d" })
      .prefault("400d")
      .describe(
        "How long the records of a UTC day stay known after the last read that showed one of them. What a source shows, or `backfill` reads, later than that is sent again under the same uids.",
      ),
  })
  .prefault({})
  .describe("The durable store between sources and outputs.");

/** Everything but the sources and outputs. */
export const settings = {
  state_dir: z
    .string()
    .min(1)
    .default(usualStateDir)
    .describe(
      "Folder of all state. One daemon at a time. A relative path counts from the folder of the configuration file.",
    ),
  spool,
  activity: activitySettings,
  admin,
  log: z
    .strictObject({
      level: z.enum(logLevels).default("info").describe("The least important lines to write."),
      format: z
        .enum(logFormats)
        .default("auto")
        .describe(
          "`json`: one object a line, for programs. `text`: lines for people. `auto`: text on a terminal, JSON elsewhere.",
        ),
    })
    .prefault({})
    .describe("Log lines, on standard output; on standard error when an output writes to standard output."),
  shutdown_timeout: duration({ min: "100ms", max: "1h" })
    .prefault("30s")
    .describe(
      "How long a stop may take to deliver what is at hand. What is left is delivered after the next start.",
    ),
};

/**
 * The whole configuration as one schema: for the JSON Schema,
 * the documentation and the keys that may stand at a place.
 */
export function configSchema({ sources, outputs }: Kinds): z.ZodType {
  return z.strictObject({
    ...settings,
    sources: z
      .array(z.union(sources.map(({ schema }) => schema)))
      .min(1)
      .describe("The audit logs to read."),
    outputs: z
      .array(z.union(outputs.map(({ schema }) => schema)))
      .min(1)
      .describe(
        "Where the events go. Each output has its own position; one that is down delays only itself.",
      ),
  });
}
