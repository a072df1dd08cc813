import { printable } from "../text/printable.ts";
import type { Terminal } from "./command.ts";

/**
 * Asks a person at the terminal whether to go on in spite of these; where there is none, says that `--yes` is
 * needed. Anything but y or yes is a no.
 */
export async function confirmed(questions: readonly string[], terminal: Terminal): Promise<boolean> {
  const { stdin, stderr, stderrIsTTY } = terminal;
  for (const question of questions) stderr.write(`wandb-audit-forwarder: ${printable(question)}\n`);
  if (!stderrIsTTY || !("isTTY" in stdin && stdin.isTTY === true)) {
    stderr.write("  fix: if that is wanted, say so with --yes; nobody can be asked here\n");
    return false;
  }
  stderr.write("Go on? [y/N] ");
  const answer = await firstLine(stdin as AsyncIterable<Buffer | string>);
  return /^y(es)?$/i.test(answer.trim());
}

/** What a person writes, up to the line's end or the end of input. */
async function firstLine(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = "";
  for await (const piece of input) {
    text += piece;
    if (text.includes("\n") || text.length > 1_000) break;
  }
  return text.split("\n", 1)[0] ?? "";
}
