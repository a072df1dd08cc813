import type { z } from "zod";
import { duration, partName, type TlsConfig } from "./parts.ts";
import type { Start } from "./start.ts";

/** The keys every source takes. Spread it into a source's schema. */
export const sourceBase = {
  name: partName(
    "Name of the source in events, metrics, logs and state. Renaming it begins again as at the first run.",
  ),
  poll_interval: duration({ min: "1s", max: "1d" })
    .prefault("5m")
    .describe("Time between polls. W&B writes its log every ten minutes, so less than 1m gains nothing."),
};

/** What the program may read of any source's configuration: durations in milliseconds. */
export type SourceConfig = Readonly<z.output<z.ZodObject<typeof sourceBase>>> & {
  /** Kinds that begin somewhere, have TLS or proxies name their keys so. */
  readonly start?: Start | undefined;
  readonly tls?: TlsConfig | undefined;
  readonly proxy?: string | undefined;
};
