import type { OwnedSecret } from "../config/config.ts";
import type { Tell } from "../report/report.ts";
import type { WiredOutput, WiredSource } from "./wiring.ts";

/** Reads secrets and certificates again from where they came. */
export interface Reloader {
  /** Those of one output, which waits for them to be mended. */
  of(output: string): void;
  everything(): void;
}

export function reloader(
  secrets: readonly OwnedSecret[],
  sources: readonly WiredSource[],
  outputs: readonly WiredOutput[],
  tell: Tell,
): Reloader {
  function secretsOf(owned: readonly OwnedSecret[]): void {
    for (const { owner, secret } of owned) if (secret.reload()) tell({ type: "secret_reloaded", owner });
  }

  function certificatesOf({ name, output }: WiredOutput): void {
    const trouble = troubleOf(() => output.reload?.());
    if (trouble !== undefined) tell({ type: "delivery_warning", output: name, text: trouble });
  }

  return {
    of(name) {
      for (const wired of outputs) if (wired.name === name) certificatesOf(wired);
      secretsOf(secrets.filter(({ owner }) => owner === name));
    },
    everything() {
      secretsOf(secrets);
      for (const wired of outputs) certificatesOf(wired);
      for (const { name, source } of sources) {
        const trouble = troubleOf(() => source.reload());
        if (trouble !== undefined) tell({ type: "source_notice", source: name, text: trouble });
      }
    },
  };
}

/** A certificate file that cannot be read now must not end the daemon: the one in use goes on. */
function troubleOf(reload: () => unknown): string | undefined {
  try {
    reload();
    return undefined;
  } catch (error) {
    return `not reloaded, the old files stay in use: ${error instanceof Error ? error.message : "unknown error"}`;
  }
}
