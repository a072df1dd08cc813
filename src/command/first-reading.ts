import type { Config } from "../config/config.ts";
import { loadNamed } from "../config/load-named.ts";
import type { Terminal } from "./command.ts";
import { ConfigFiles } from "./config-files.ts";

/** The configuration that a service starts with. */
export interface FirstReading {
  readonly config: Config;
  /** What it was made of. */
  readonly files: ConfigFiles;
  /** How it is read, and read again. */
  readonly load: typeof loadNamed;
  /** Somebody asked to read it again while it was read: the file may have changed since. */
  readonly asked: boolean;
}

/** Rejects with ConfigError. */
export async function firstReading(
  path: string,
  terminal: Terminal,
  load = loadNamed,
): Promise<FirstReading> {
  const { environment, clock } = terminal;
  const files = new ConfigFiles();
  let asked = false;
  const forget = terminal.onSignal("SIGHUP", () => {
    asked = true;
  });
  try {
    const config = await load(path, { environment, clock, readFile: files.readFile });
    return { config, files, load, asked };
  } finally {
    forget();
  }
}
