import type { OwnedSecret } from "../config/config.ts";
import type { Tell } from "../report/report.ts";

/** Whose files they are, and who is told of them. */
export interface PartFilesOptions {
  /** Name of the source or output. */
  readonly owner: string;
  readonly secrets: readonly OwnedSecret[];
  /** Reads TLS files again; true when they had changed. Throws an Error that names what cannot be used. */
  readonly reload: () => boolean;
  readonly tell: Tell;
}

/**
 * The secret and TLS files of one source or output. What they hold is compared with what is in use, not their
 * times: so it does not matter how they are replaced, and to look again costs little.
 */
export class PartFiles {
  readonly #options: PartFilesOptions;
  #trouble = "";

  constructor(options: PartFilesOptions) {
    this.#options = options;
  }

  /**
   * Takes over what has changed; true when anything had. What cannot be used, such as a key that does not
   * belong to its certificate yet, leaves the old in use and is told once, or again to who `asked`.
   */
  look(asked = false): boolean {
    const { owner, tell } = this.#options;
    const changed = [this.#lookAtSecrets(), this.#lookAtTls()];
    const troubles = [...this.#secretTroubles(), ...changed.filter((one) => typeof one === "string")];
    const text = troubles.join("; ");
    if (text !== "" && (asked || text !== this.#trouble)) tell({ type: "files_rejected", owner, text });
    this.#trouble = text;
    return changed.includes(true);
  }

  #lookAtSecrets(): boolean {
    const { secrets, tell } = this.#options;
    const changed = secrets.filter(({ secret }) => secret.reload());
    for (const { owner } of changed) tell({ type: "secret_reloaded", owner });
    return changed.length > 0;
  }

  #secretTroubles(): string[] {
    return this.#options.secrets.flatMap(({ path, secret: { trouble } }) =>
      trouble === undefined ? [] : [`${path}: ${trouble}`],
    );
  }

  /** What is wrong with them, in words, or whether they had changed. */
  #lookAtTls(): boolean | string {
    const { owner, reload, tell } = this.#options;
    try {
      const changed = reload();
      if (changed) tell({ type: "tls_reloaded", owner });
      return changed;
    } catch (error) {
      return error instanceof Error ? error.message : "unknown error";
    }
  }
}
