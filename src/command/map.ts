import { createReadStream } from "node:fs";
import { type LoadedWithoutSecrets, loadWithoutSecrets } from "../config/look.ts";
import { ConfigError } from "../config/problem.ts";
import { scrubber } from "../secret/scrub.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, exitCodes, type MapOptions, type Terminal } from "./command.ts";
import { lineMapper } from "./line-mapper.ts";
import { type Mapping, mapping } from "./mapping.ts";

/** Shows what records become, without a daemon and without sending anything. */
export const map: Command<MapOptions> = async (options, terminal) => {
  const loaded = await configurationOf(options, terminal);
  if (loaded !== undefined)
    terminal.useScrub(scrubber(loaded.config.secrets.map(({ secret }) => secret).filter(loaded.isKnown)));
  const wanted = mapping(options, loaded, terminal);
  if ("refusal" in wanted) {
    terminal.stderr.write(`wandb-audit-forwarder: ${wanted.refusal}\n`);
    return exitCodes.usage;
  }
  return mapFiles(options.files, wanted, terminal);
};

/**
 * The configuration as far as it is needed. One that nobody named, and of which no output is wanted, is that
 * of the service on this machine: where it cannot be used here, `map` goes on without it. Rejects with
 * ConfigError.
 */
async function configurationOf(
  { config, configNamed, output }: MapOptions,
  terminal: Terminal,
): Promise<LoadedWithoutSecrets | undefined> {
  if (config === undefined) return undefined;
  try {
    return await loadWithoutSecrets(config, terminal);
  } catch (error) {
    if (!(error instanceof ConfigError) || configNamed || output !== undefined) throw error;
    terminal.stderr.write(
      `wandb-audit-forwarder: ${printable(config)} cannot be used here, so defaults are shown; "check -c ${printable(config)}" says why\n`,
    );
    return undefined;
  }
}

async function mapFiles(files: readonly string[], wanted: Mapping, terminal: Terminal): Promise<ExitCode> {
  const { stdin, stdout, stderr, clock } = terminal;
  const mapper = lineMapper({ output: stdout, clock, ...wanted });
  try {
    for (const file of files) {
      const input = file === "-" ? stdin : createReadStream(file);
      try {
        if (!(await mapper.map(input))) return exitCodes.io;
      } catch (error) {
        const reason = systemCode(error);
        if (reason === undefined) throw error;
        const name = file === "-" ? "standard input" : printable(file);
        stderr.write(`wandb-audit-forwarder: cannot read ${name}: ${reason}\n`);
        return exitCodes.failed;
      }
    }
    return exitCodes.done;
  } finally {
    mapper.close();
  }
}

/** `ENOENT` and the like; undefined for anything that the system did not say. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
