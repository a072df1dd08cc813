import { unicodeEscape } from "../text/hostile.ts";

/**
 * Lines of a table with aligned columns; the columns in `numbers` to the right. What would move the next cell
 * is escaped.
 */
export function rows(
  titles: readonly string[],
  raw: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string[] {
  const cells = raw.map((row) => row.map((cell) => cell.replace(/[\t\n]/g, unicodeEscape)));
  const widths = titles.map((title, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]) =>
    `  ${row
      .map((cell, column) =>
        numbers.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")}`.trimEnd();
  return [line(titles), ...cells.map(line)];
}
