import { loadNamed } from "../config/load-named.ts";
import type { Finding } from "../finding.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import { scrubber } from "../secret/scrub.ts";
import { printable } from "../text/printable.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { type Command, exitCodes, type Terminal } from "./command.ts";
import { asJson, asLines } from "./findings.ts";

/** What is asked of the command. */
export interface SetupCommandOptions {
  readonly config: string;
  /** Names of outputs; empty: all of them. */
  readonly outputs: readonly string[];
  /** Shows what would be installed, and asks nobody. */
  readonly print: boolean;
  readonly json: boolean;
  /** How long each output gets, milliseconds. */
  readonly timeoutMs: number;
}

/** Installs what outputs need at their receivers, or shows it. */
export const setup: Command<SetupCommandOptions> = async (options, terminal) => {
  const config = await loadNamed(options.config, terminal);
  const scrub = scrubber(config.secrets.map(({ secret }) => secret));
  terminal.useScrub(scrub);
  const named = (name: string) => config.outputs.find((output) => output.config.name === name);
  const unknown = options.outputs.filter((name) => named(name) === undefined);
  if (unknown.length > 0) {
    const there = config.outputs.map((output) => output.config.name).join(", ");
    terminal.stderr.write(
      `wandb-audit-forwarder: there is no output ${printable(unknown.join(", "))}; there are: ${there}\n`,
    );
    return exitCodes.usage;
  }
  const all = options.outputs.length === 0;
  const chosen = config.outputs.filter(({ config: { name } }) => all || options.outputs.includes(name));
  const needing = chosen.filter((output) => output.setupText() !== undefined);
  if (needing.length === 0) {
    terminal.stdout.write("None of these outputs needs anything installed.\n");
    return exitCodes.done;
  }
  if (options.print) {
    for (const output of needing) terminal.stdout.write(output.setupText() ?? "");
    return exitCodes.done;
  }
  const subjects = await Promise.all(
    needing.map(async (output) => ({
      name: `output ${output.config.name}`,
      findings: (await installed(output, options.timeoutMs, terminal)).map((found) => cleaned(found, scrub)),
    })),
  );
  terminal.stdout.write(options.json ? asJson(config.file, subjects) : asLines(subjects, terminal.colors));
  const bad = subjects.some(({ findings }) => findings.some(({ level }) => level === "problem"));
  return bad ? exitCodes.failed : exitCodes.done;
};

async function installed(
  configured: ConfiguredOutput,
  timeoutMs: number,
  { clock, agent, environment, random, stdout, uid }: Terminal,
): Promise<readonly Finding[]> {
  const deadline = deadlineAfter(clock, timeoutMs, new AbortController().signal);
  try {
    const output = configured.create({ clock, agent, environment, guid: random.uuid, stdout, uid });
    const findings = (await output.setup?.(deadline.signal)) ?? [];
    await output.close();
    return findings;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return [{ level: "problem", text, fix: "correct this where it is set, or put the file there" }];
  } finally {
    deadline.clear();
  }
}

function cleaned({ text, fix, ...rest }: Finding, scrub: (text: string) => string): Finding {
  return { ...rest, text: scrub(text), ...(fix !== undefined && { fix: scrub(fix) }) };
}
