import { type AnySourceKind, anySourceKind } from "./configured.ts";
import { wandbApiKind } from "./wandb-api/kind.ts";

/** Every kind of source the configuration may name. A new one is one more line. */
export const sourceKinds: readonly AnySourceKind[] = [anySourceKind(wandbApiKind)];
