import { styleText } from "node:util";
import type { Finding } from "../finding.ts";
import { printable } from "../text/printable.ts";

/** What was looked at, and what was found. */
export interface Subject {
  readonly name: string;
  readonly findings: readonly Finding[];
}

const marks = {
  ok: { mark: "✓", color: "green" },
  warning: { mark: "!", color: "yellow" },
  problem: { mark: "✗", color: "red" },
} as const;

/** A line for each finding, the fix below it, a summary at the end. */
export function asLines(subjects: readonly Subject[], colors: boolean): string {
  const width = Math.max(...subjects.map(({ name }) => name.length));
  const lines = subjects.flatMap(({ name, findings }) =>
    findings.flatMap(({ level, text, fix }) => {
      const { mark, color } = marks[level];
      const head = `${colors ? styleText(color, mark, { validateStream: false }) : mark} ${level.padEnd(7)}  ${name.padEnd(width)}  `;
      const indent = " ".repeat(width + 13);
      return [
        head + oneLine(text),
        ...(fix === undefined || level === "ok" ? [] : [`${indent}fix: ${oneLine(fix)}`]),
      ];
    }),
  );
  return `${[...lines, "", summary(subjects)].join("\n")}\n`;
}

/** `{"config", "ok", "findings": [{"subject", "level", "text", "fix"}]}` */
export function asJson(config: string, subjects: readonly Subject[]): string {
  const findings = subjects.flatMap(({ name, findings }) =>
    findings.map((finding) => ({ subject: name, ...finding })),
  );
  const ok = findings.every(({ level }) => level !== "problem");
  return `${printable(JSON.stringify({ config, ok, findings }, null, 2))}\n`;
}

function summary(subjects: readonly Subject[]): string {
  const count = (level: Finding["level"]) =>
    subjects.flatMap(({ findings }) => findings.filter((finding) => finding.level === level)).length;
  const problems = count("problem");
  const warnings = count("warning");
  const parts = [
    problems === 0 ? "No problems" : `${problems} ${problems === 1 ? "problem" : "problems"}`,
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`]),
  ];
  return `${parts.join(", ")}.`;
}

function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, " "));
}
