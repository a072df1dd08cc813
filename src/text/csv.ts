/** What a spreadsheet takes for the beginning of a formula, in some languages also where it is wide. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/** A text that programs compare with another: it stays what it is, whatever a spreadsheet makes of it. */
export interface CsvKey {
  readonly key: string | null;
}

/** What stands in a line. */
export type CsvCell = string | number | null | CsvKey;

/**
 * A line of RFC 4180 with its CRLF. Texts stand in quotation marks, and one that a spreadsheet would run
 * begins with an apostrophe; numbers and keys stand as they are.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(written).join(",")}\r\n`;
}

function written(cell: CsvCell): string {
  if (typeof cell === "number") return String(cell);
  if (cell === null || typeof cell === "string") return quoted(guarded(cell ?? ""));
  return quoted(cell.key ?? "");
}

/** What is put in front of a text is no part of it. */
function guarded(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A row, and the line that it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows of a text as RFC 4180 has it, with any kind of line end, a byte order mark in front or not. Blank
 * lines are no rows. Throws where a quotation mark is never closed, or something follows one.
 */
export function csvRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let began = 1;
  const end = () => {
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: began, cells });
    cells = [];
    began = line;
  };
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  for (;;) {
    const found = cell.exec(text);
    if (found === null)
      throw new Error(`line ${line} is no CSV: a quotation mark is not closed, or misplaced`);
    const [, inQuotes, plain = "", separator = ""] = found;
    cells.push(inQuotes === undefined ? plain : inQuotes.replaceAll('""', '"'));
    line += inQuotes?.match(/\r\n|\r|\n/g)?.length ?? 0;
    if (separator === ",") continue;
    line += separator === "" ? 0 : 1;
    end();
    if (separator === "" || cell.lastIndex >= text.length) return rows;
  }
}
