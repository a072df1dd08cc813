import { describe, expect, it, test } from "vitest";
import { byteMemo, lastMemo, memo, smallMemo } from "../../src/event/memo.ts";

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

test("lastMemo makes a text once however long it is, while it is asked for nothing else", () => {
  const made: string[] = [];
  const echo = lastMemo((text) => {
    made.push(text);
    return text;
  });
  const long = "x".repeat(1_000_000);
  for (const text of [long, long, "a", "a", long, ""]) expect(echo(text)).toBe(text);
  expect(made.map(({ length }) => length)).toEqual([1_000_000, 1, 1_000_000, 0]);
});

describe("byteMemo", () => {
  it("makes a text once while it is remembered, whatever bytes it stands in", () => {
    let made = 0;
    const lengthOf = byteMemo((text) => {
      made++;
      return text.length;
    });
    for (const line of ["<abc>", "xxabc>>", "abc"]) {
      const bytes = Buffer.from(line);
      const at = bytes.indexOf("abc");
      expect(lengthOf(bytes, at, at + 3)).toBe(3);
    }
    expect(made).toBe(1);
  });

  it("never takes one text for another, and forgets rather than grow", () => {
    const same = byteMemo((text) => text, 2);
    const texts = Array.from({ length: 200 }, (_, at) => `${"é".repeat(at % 50)}${at}`);
    for (let round = 0; round < 2; round++)
      for (const text of texts) {
        const bytes = Buffer.from(text);
        expect(same(bytes, 0, bytes.length)).toBe(text);
      }
  });

  it("keeps no bytes that are not its own", () => {
    const same = byteMemo((text) => text);
    const bytes = Buffer.from("abc");
    same(bytes, 0, 3);
    bytes.write("xyz");
    expect(same(Buffer.from("abc"), 0, 3)).toBe("abc");
    expect(same(bytes, 0, 3)).toBe("xyz");
    // Of one place, and as long.
    const [one, other] = ["Aa", "BB"].map((text) => Buffer.from(text)) as [Buffer, Buffer];
    expect(same(one, 0, 2)).toBe("Aa");
    one.write("BB");
    expect(same(other, 0, 2)).toBe("BB");
    expect(same(one, 0, 2)).toBe("BB");
  });
});

test("smallMemo makes once what it is asked for again, and begins anew when it is full", () => {
  const made: number[] = [];
  const echo = smallMemo((key: number) => {
    made.push(key);
    return key;
  }, 2);
  for (const key of [1, 2, 1, 3, 1]) expect(echo(key)).toBe(key);
  expect(made).toEqual([1, 2, 3, 1]);
});
