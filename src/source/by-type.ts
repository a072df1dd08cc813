import { type AnySourceKind, anySourceKind } from "./configured.ts";

/**
 * Every kind of source the configuration may name, by its type: each is loaded when it is asked for. A new
 * one is one more line, as in `all.ts`.
 */
export const sourceKindsByType: Readonly<Record<string, () => Promise<AnySourceKind>>> = {
  wandb_api: async () => anySourceKind((await import("./wandb-api/kind.ts")).wandbApiKind),
  bucket: async () => anySourceKind((await import("./bucket/kind.ts")).bucketKind),
  file: async () => anySourceKind((await import("./file/kind.ts")).fileKind),
  archive: async () => anySourceKind((await import("./archive/kind.ts")).archiveSourceKind),
};
