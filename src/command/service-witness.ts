import { usualStateDir } from "../config/daemon-place.ts";
import { witnessFolder } from "../spool/witness.ts";

/** Where the shipped unit has what a run leaves outside the state: `CacheDirectory=`. */
const usualFolder = "/var/cache/wandb-audit-forwarder";

/** The folder of the daemon that has this state, as far as whoever only looks can know it. */
export function serviceWitness(
  stateDir: string,
  environment: Parameters<typeof witnessFolder>[0],
): string | undefined {
  return witnessFolder(environment) ?? (stateDir === usualStateDir ? usualFolder : undefined);
}
