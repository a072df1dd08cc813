import { wandbApiKind } from "./wandb-api/kind.ts";

/** Every kind of source the configuration may name. */
export const sourceKinds = [wandbApiKind];
