import { readFileSync } from "node:fs";

/** The tables of the runbook that explain reasons, and what their places on the status page begin with. */
const tables = [
  ["Ready, with something to look at", "look"],
  ["Not ready: a source", "source"],
  ["Not ready: the spool", "spool"],
  ["Not ready: an output", "output"],
  ["Dead letters", "letter"],
  ["Past incidents", "daemon"],
] as const;

/** A reason as the status page explains it. */
export interface ReasonRow {
  readonly section: string;
  readonly places: readonly string[];
  readonly reason: string;
  /** `Meaning` and the like, and what the runbook says; code between backticks. */
  readonly facts: readonly (readonly [name: string, text: string])[];
}

/** From `docs/operate.md`, for `src/admin/page/reasons.json`: the page must work where the docs are not. */
export function reasonRows(): ReasonRow[] {
  const runbook = readFileSync(new URL("../docs/operate.md", import.meta.url), "utf8");
  const rows = tables.flatMap(([section, prefix]) => rowsOf(runbook, section, prefix));
  const of = (prefix: string) => rows.filter(({ places: [place = ""] }) => place.startsWith(`${prefix}-`));
  const letters = of("letter").map(({ reason }) => reason);
  // An event may be given up for any reason of a delivery: each is explained once, for both.
  return rows
    .filter((row) => !(of("output").includes(row) && letters.includes(row.reason)))
    .map((row) => {
      const { reason, places } = row;
      if (of("letter").includes(row)) return { ...row, places: [...places, `output-${reason}`] };
      return of("output").includes(row) ? { ...row, places: [...places, `letter-${reason}`] } : row;
    });
}

function rowsOf(runbook: string, section: string, prefix: string): ReasonRow[] {
  const text = runbook.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const lines = text.split("\n");
  const head = lines.findIndex((line) => line.startsWith("| reason |"));
  if (head === -1) throw new Error(`docs/operate.md has no table of reasons in "${section}"`);
  const [, ...names] = cells(lines[head] ?? "");
  const end = lines.findIndex((line, at) => at > head && !line.startsWith("|"));
  return lines.slice(head + 2, end).flatMap((line) => {
    const [reasons = "", ...texts] = cells(line);
    const facts = names.flatMap((name, at): [string, string][] => {
      const fact = plain(texts[at] ?? "");
      return fact === "" || fact === "–" ? [] : [[`${name[0]?.toUpperCase()}${name.slice(1)}:`, fact]];
    });
    return [...reasons.matchAll(/`(\w+)`/g)].map(([, reason = ""]) => {
      return { section, places: [`${prefix}-${reason}`], reason, facts };
    });
  });
}

function cells(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** Without links and emphasis. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*\*([^*]*)\*\*/g, "$1")
    .replaceAll(/(?<![\w`])\*([^*`]+)\*/g, "$1");
}
