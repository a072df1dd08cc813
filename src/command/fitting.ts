/** What a terminal shows at once. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

const colours = /\u001b\[[\d;]*m/g;

/**
 * The beginning of a text, as far as it fits above the line with the cursor: what is longer would scroll, and
 * the first lines would be gone. How many lines are left out is said in the last one.
 */
export function fitting(text: string, { columns, rows }: Screen): string {
  const lines = text.split("\n");
  const heights = lines.map((line) => Math.max(1, Math.ceil(line.replace(colours, "").length / columns)));
  const room = Math.max(2, rows - 1);
  if (heights.reduce((sum, height) => sum + height, 0) <= room) return text;
  let shown = 0;
  for (let left = room - 1; left >= (heights[shown] as number); shown++) left -= heights[shown] as number;
  const rest = `… ${lines.length - shown} more lines: without --watch, on a larger terminal or on the page`;
  return [...lines.slice(0, shown), rest.slice(0, columns)].join("\n");
}
