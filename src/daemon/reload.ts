import type { OwnedSecret } from "../config/config.ts";
import type { Tell } from "../report/report.ts";

/**
 * Takes over what files hold now. A certificate file that cannot be read must not end the daemon: the one in
 * use goes on.
 */
export function reloaded(reload: () => unknown, complain: (text: string) => void): void {
  try {
    reload();
  } catch (error) {
    complain(
      `not reloaded, the old files stay in use: ${error instanceof Error ? error.message : "unknown error"}`,
    );
  }
}

/** Reads the secrets of `owners` again from where they came, and tells which changed. */
export function reloadSecrets(
  secrets: readonly OwnedSecret[],
  owns: (owner: string) => boolean,
  tell: Tell,
): void {
  for (const { owner, secret } of secrets)
    if (owns(owner) && secret.reload()) tell({ type: "secret_reloaded", owner });
}
