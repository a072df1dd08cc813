// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { assemble, readDocument } from "../../src/config/assemble.ts";
import type { Config } from "../../src/config/config.ts";
import type { Surroundings } from "../../src/config/interpolate.ts";
import { ConfigError } from "../../src/config/problem.ts";
import type { Kinds } from "../../src/config/settings.ts";
import { standInKinds } from "./stand-in-kinds.ts";

export interface Around {
  readonly environment?: Record<string, string>;
  readonly files?: Record<string, string | { text: string; mode: number }>;
  /** When the configuration is read, and when it was written. */
  readonly now?: number;
  readonly writtenAt?: number;
  /** Default: stand-ins. */
  readonly kinds?: Kinds;
}

/** Loads a configuration that stands in a string. */
export function loadText(
  text: string,
  { environment = {}, files = {}, now = Date.UTC(2026, 7, 20), writtenAt, kinds = standInKinds }: Around = {},
): Config {
  const own = { text, mode: 0o600, ...(writtenAt !== undefined && { writtenAt }) };
  const surroundings: Surroundings = {
    environment,
    readFile: (path) => {
      const file = path === "/etc/forwarder/config.yaml" ? own : files[path];
      if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return typeof file === "string" ? { text: file, mode: 0o600 } : file;
    },
  };
  const read = readDocument("/etc/forwarder/config.yaml", surroundings);
  return assemble(read, kinds, surroundings, { now: () => now });
}

/** The problems as they are printed, `line:column: ...`. */
export function problemsIn(text: string, around: Around = {}): string[] {
  try {
    loadText(text, around);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) =>
      new ConfigError("", [problem]).message.replace(/^:/, "").trimStart(),
    );
  }
  return [];
}

/** A configuration that is right, with what is around it. */
export const good = `
state_dir: /var/lib/forwarder
sources:
  - name: prod
    type: feed
    url: https://acme.example
    api_key: \${WANDB_API_KEY}
outputs:
  - name: siem
    type: collector
    token: \${file:/run/secrets/token}
`;
export const around = {
  environment: { WANDB_API_KEY: "key-of-the-source" },
  files: { "/run/secrets/token": "token-of-the-output\n" },
};
