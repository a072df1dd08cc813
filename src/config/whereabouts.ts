import { dirname, resolve } from "node:path";
import { type DaemonPlace, daemonPlace } from "./daemon-place.ts";
import { fileText } from "./file-text.ts";
import type { Surroundings } from "./interpolate.ts";
import type { NamedOptions } from "./load-named.ts";
import { plainConfig } from "./plain-config.ts";
import { readText } from "./read-text.ts";

/**
 * Where the daemon of a configuration is to be found, whatever else is wrong in the file: a mistake made
 * after its start, or secrets that only the service gets, must not hide a running daemon. `stateDir` is an
 * absolute path. Rejects with ConfigError when even this cannot be told.
 */
export async function whereabouts(path: string, options: NamedOptions): Promise<DaemonPlace> {
  const file = resolve(path);
  const surroundings = { ...options, readFile: options.readFile ?? readText };
  const { text } = fileText(file, surroundings);
  const found = daemonPlace(plainConfig(text) ?? (await parsed(text, surroundings)));
  if (found !== undefined) return { ...found, stateDir: resolve(dirname(file), found.stateDir) };
  // Says what is wrong, in the words of every other command.
  const { loadNamed } = await import("./load-named.ts");
  const { stateDir, admin } = await loadNamed(path, options);
  return { stateDir, listen: admin.listen };
}

async function parsed(text: string, surroundings: Surroundings): Promise<unknown> {
  const { configDocument } = await import("./document.ts");
  return configDocument(text, surroundings).value;
}
