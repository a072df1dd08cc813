import type { LetterFilter } from "../spool/spool.ts";
import type { LetterReport, LetterRow } from "../status/letter-report.ts";
import { counted, countText } from "../text/amounts.ts";
import { excerpt } from "../text/excerpt.ts";
import { printable } from "../text/printable.ts";
import { type Command, type DeadLettersOptions, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { type LetterAccess, letterAccess } from "./letter-access.ts";
import { rows } from "./rows.ts";
import { withState } from "./with-state.ts";

/** Characters of a receiver's answer in the table. */
const wordsInTable = 80;

/** Shows dead letters, sends them again, or drops them. */
export const deadLetters: Command<DeadLettersOptions> = async (options, terminal) => {
  const { config, action, filter, all } = options;
  if (!all && Object.keys(filter).length === 0 && action !== "list") {
    terminal.stderr.write(
      `wandb-audit-forwarder: dead-letters ${action} needs a filter (--output, --reason, --day, --uid), or --all\n`,
    );
    return exitCodes.usage;
  }
  const act = acting[action];
  return withState(letterAccess(config, terminal), (access) => act(access, options, terminal), terminal);
};

type Act = (access: LetterAccess, options: DeadLettersOptions, terminal: Terminal) => Promise<ExitCode>;

const acting: Readonly<Record<DeadLettersOptions["action"], Act>> = {
  async list(access, { filter, all, limit, json }, { stdout, stderr }) {
    const shown: LetterRow[] = [];
    let more = false;
    for await (const letter of each(access, filter)) {
      more = !all && shown.length >= limit;
      if (more) break;
      const row = withoutRecord(letter);
      if (json) stdout.write(`${JSON.stringify(row)}\n`);
      shown.push(row);
    }
    const rest = `the first ${countText(limit)}; --limit and --all show more, filters fewer`;
    // Documents that are missing look like documents that are not there.
    if (json && more) stderr.write(`wandb-audit-forwarder: ${rest}\n`);
    if (json) return exitCodes.done;
    stdout.write(
      shown.length === 0
        ? `no dead letters${filter.output === undefined ? "" : ` of an output ${filter.output}`}\n`
        : `${table(shown).join("\n")}\n`,
    );
    if (more) stdout.write(`  ${rest}\n`);
    return exitCodes.done;
  },

  async show(access, { filter }, terminal) {
    let shown = 0;
    for await (const letter of each(access, filter)) {
      terminal.stdout.write(`${shown++ === 0 ? "" : "\n"}${wholeText(letter)}\n`);
    }
    return shown === 0 ? nothing(terminal) : exitCodes.done;
  },

  async export(access, { filter, all }, terminal) {
    let exported = 0;
    for await (const letter of each(access, filter)) {
      terminal.stdout.write(`${JSON.stringify(letter)}\n`);
      exported++;
    }
    // An empty list is a right answer, also for what runs every night; a filter with a slip is to be seen.
    if (exported === 0 && !all) nothing(terminal);
    return exitCodes.done;
  },

  async retry(access, { filter }, terminal) {
    const letters = await untilNone((which) => access.retry(which), filter, terminal);
    if (letters === 0) return nothing(terminal);
    const when = access.daemon ? "on their way again" : "sent again by the next run";
    terminal.stdout.write(`${counted(letters, "dead letter")}: ${when}, under the same uids\n`);
    return exitCodes.done;
  },

  async drop(access, { filter }, terminal) {
    const letters = await untilNone((which) => access.drop(which), filter, terminal);
    if (letters === 0) return nothing(terminal);
    terminal.stdout.write(`${counted(letters, "dead letter")} dropped for good, and counted as dropped\n`);
    return exitCodes.done;
  },
};

async function* each(access: LetterAccess, filter: LetterFilter): AsyncGenerator<LetterReport> {
  let found = await access.list(filter);
  while (found.length > 0) {
    yield* found;
    const last = found.at(-1);
    found = last === undefined ? [] : await access.list(filter, { output: last.output, seq: last.seq });
  }
}

/** Those that die again meanwhile are left. */
async function untilNone(
  act: (filter: LetterFilter) => Promise<number>,
  filter: LetterFilter,
  { clock }: Terminal,
): Promise<number> {
  const before = Math.floor(clock.now()) + 1;
  let sum = 0;
  for (;;) {
    const letters = await act({ ...filter, before });
    if (letters === 0) return sum;
    sum += letters;
  }
}

function nothing({ stderr }: Terminal): ExitCode {
  stderr.write(
    "wandb-audit-forwarder: no dead letter fits that; dead-letters list shows what there is. Those of an output that is not configured any more can be exported and dropped\n",
  );
  return exitCodes.failed;
}

function table(letters: readonly LetterRow[]): string[] {
  return rows(
    ["output", "day", "uid", "reason", "given up", "the answer, or why it was not sent"],
    letters.map(({ output, day, uid, reason, given_up, detail }) => [
      output,
      day,
      uid,
      reason,
      `${given_up.slice(0, 19)}Z`,
      printable(excerpt(detail, wordsInTable)),
    ]),
  );
}

function wholeText({ record_base64, ...letter }: LetterReport): string {
  const record = printable(Buffer.from(record_base64, "base64").toString());
  const facts = Object.entries(letter).map(([key, value]) => `${key.padEnd(9)} ${printable(String(value))}`);
  return [...facts, `record    ${record}`].join("\n");
}

function withoutRecord({ record_base64: _, ...letter }: LetterReport): LetterRow {
  return letter;
}
