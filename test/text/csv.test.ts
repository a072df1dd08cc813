import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine, csvRows } from "../../src/text/csv.ts";

it("writes texts in quotation marks, numbers without, and lines with CRLF", () => {
  expect(csvLine(["a", 1.5, 'say "x", y', null, "two\nlines"])).toBe(
    '"a",1.5,"say ""x"", y","","two\nlines"\r\n',
  );
});

it.each([
  "=HYPERLINK(1)",
  "+1",
  "-1",
  "@x",
  "\tx",
  "\rx",
  "\nx",
  " =1",
  "\u00a0@x",
  "＝1",
  "＋1",
  "－1",
  "＠x",
])("keeps %j from being run", (text) => {
  expect(csvLine([text])).toBe(`"'${text}"\r\n`);
});

it.each(["@x", "-1", "+1", '=a "b"', ""])("leaves the key %j as it is", (key) => {
  expect(csvRows(csvLine([{ key }, 1]))).toEqual([{ line: 1, cells: [key, "1"] }]);
  expect(csvLine([{ key: null }])).toBe('""\r\n');
});

it("reads what it writes, whatever that is", () => {
  const text = fc
    .string({ unit: "grapheme" })
    .filter((each) => !/^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/.test(each));
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 4 })), (rows) => {
      expect(csvRows(rows.map(csvLine).join("")).map(({ cells }) => cells)).toEqual(rows);
    }),
  );
});

it("reads any line end, a mark of byte order, blank lines and plain cells, and knows where rows are", () => {
  const rows = csvRows('\ufeffa,b\n"x\r\ny","z"\r\n\r\nlast,\r1,2');
  expect(rows).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ["x\r\ny", "z"] },
    { line: 5, cells: ["last", ""] },
    { line: 6, cells: ["1", "2"] },
  ]);
  expect(csvRows("")).toEqual([]);
});

it.each(['a\n"b', 'a\nb"c', 'a\n"b"c'])("says where %j is no CSV", (text) => {
  expect(() => csvRows(text)).toThrow("line 2 is no CSV");
});
