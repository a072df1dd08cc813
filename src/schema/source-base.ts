import { z } from "zod";
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
  role: z
    .enum(["primary", "verify"])
    .default("primary")
    .describe(
      "`primary` delivers. `verify` is a witness of another source of the same `instance`: it is read as any other, nothing of it is delivered, and what it shows is compared with what that instance has.",
    ),
};

/** The `instance` of a source. */
export const instanceName = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "use printable characters without blanks, at most 255");

/** The `organization` of a source. */
export const organization = z
  .strictObject({ id: z.string().min(1).optional(), name: z.string().min(1).optional() })
  .describe("The W&B organization, copied into the events.");

/** What the program may read of any source's configuration: durations in milliseconds. */
export type SourceConfig = Readonly<z.output<z.ZodObject<typeof sourceBase>>> & {
  /** Kinds that begin somewhere, have TLS or proxies name their keys so. */
  readonly start?: Start | undefined;
  readonly tls?: TlsConfig | undefined;
  readonly proxy?: string | undefined;
};
