import type { SourceKind } from "../source.ts";
import { apiClosing } from "./closing.ts";
import { type WandbApiConfig, wandbApiSchema } from "./config.ts";
import { originOf } from "./origin.ts";
import { learned, otherLog, owes, started } from "./owes.ts";
import { sweepReach } from "./sweep-reach.ts";
import { wandbApi } from "./wandb-api.ts";

/** The audit log of a W&B server, over its API. */
export const wandbApiKind: SourceKind<WandbApiConfig> = {
  type: "wandb_api",
  schema: wandbApiSchema,
  wholeLog: true,
  origin: originOf,
  maxRecordBytes: ({ read }) => read.max_line,
  owes,
  noDays: () => undefined,
  lookback: ({ lookback }) => lookback,
  sweepReach,
  closing: apiClosing,
  learned,
  otherLog,
  started,
  create: wandbApi,
};
