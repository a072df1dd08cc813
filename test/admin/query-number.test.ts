import { expect, it } from "vitest";
import { queryNumber } from "../../src/admin/query-number.ts";

it("takes digits, as many as asked for, and nothing else", () => {
  expect(["0", "7", "123"].map((text) => queryNumber(text, 3))).toEqual([0, 7, 123]);
  for (const text of [null, "", "1234", "-1", "1.5", "1e2", " 1", "1\n", "٣"])
    expect(queryNumber(text, 3), String(text)).toBeUndefined();
});
