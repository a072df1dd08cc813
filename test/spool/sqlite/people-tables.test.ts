import { expect, it } from "vitest";
import { peopleTables } from "../../../src/spool/migrations/007-people.ts";
import { peopleColumns } from "../../../src/spool/sqlite/people-tables.ts";

it("seals every column of its tables", () => {
  for (const [, table = "", body = ""] of peopleTables.matchAll(/CREATE TABLE (\w+) \((.*?)\) STRICT/gs)) {
    const key = table.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase());
    const columns = body
      .split(",")
      .flatMap((part) => /^\s*(\w+) (?:TEXT|INTEGER|BLOB)/.exec(part)?.[1] ?? []);
    expect(columns.filter((column) => column !== "sum")).toEqual(
      Object.entries(peopleColumns).find(([name]) => name === key)?.[1],
    );
  }
});
