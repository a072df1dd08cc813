import { expect, test } from "vitest";
import { memo } from "../../src/event/memo.ts";

test("memo makes once what it is asked for again", () => {
  let made = 0;
  const length = memo((text) => ({ length: text.length, made: ++made }));
  expect(length("abc")).toBe(length("abc"));
  expect(made).toBe(1);
});

test("memo forgets when it is full and never keeps a long text", () => {
  const made: string[] = [];
  const echo = memo((text) => {
    made.push(text);
    return text;
  }, 2);
  for (const text of ["a", "b", "a", "c", "a"]) expect(echo(text)).toBe(text);
  expect(made).toEqual(["a", "b", "c", "a"]);
  const long = "x".repeat(257);
  expect([echo(long), echo(long), made.length]).toEqual([long, long, 6]);
});
