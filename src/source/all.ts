import { archiveSourceKind } from "./archive/kind.ts";
import { bucketKind } from "./bucket/kind.ts";
import { type AnySourceKind, anySourceKind } from "./configured.ts";
import { fileKind } from "./file/kind.ts";
import { wandbApiKind } from "./wandb-api/kind.ts";

/** Every kind of source the configuration may name. A new one is one more line. */
export const sourceKinds: readonly AnySourceKind[] = [
  anySourceKind(wandbApiKind),
  anySourceKind(bucketKind),
  anySourceKind(fileKind),
  anySourceKind(archiveSourceKind),
];
