import type { Terminal } from "./command.ts";

/** The configuration that is used where nobody names one. */
export const usualConfig = "/etc/wandb-audit-forwarder/config.yaml";

/** The configuration file that is meant, given or not given `-c`. */
export function configPath(
  given: string | undefined,
  { environment }: Pick<Terminal, "environment">,
): string {
  const named = environment.WANDB_AUDIT_FORWARDER_CONFIG;
  return given ?? (named === undefined || named === "" ? usualConfig : named);
}
