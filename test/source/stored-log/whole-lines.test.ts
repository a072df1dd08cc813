import { expect, it } from "vitest";
import { WholeLines } from "../../../src/source/stored-log/whole-lines.ts";

const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString();

it("lets lines go on when they have ended", () => {
  const lines = new WholeLines(100);
  expect(text(lines.push(Buffer.from('{"a":')))).toBe("");
  expect(text(lines.push(Buffer.from('1}\n{"b"')))).toBe('{"a":1}\n');
  expect(text(lines.push(Buffer.from(":2}")))).toBe("");
  const { rest, closed } = lines.end();
  expect([rest.toString(), closed]).toEqual(['{"b":2}', true]);
});

it("says of what is left whether it is whole", () => {
  const lines = new WholeLines(100);
  lines.push(Buffer.from('{"b":'));
  expect(lines.end().closed).toBe(false);
  expect(lines.end()).toEqual({ rest: Buffer.alloc(0), closed: false });
});

it("holds no more than a record may take", () => {
  const lines = new WholeLines(10);
  expect(text(lines.push(Buffer.from("short\n0123456")))).toBe("short\n");
  expect(lines.passing).toBe(false);
  expect(text(lines.push(Buffer.from("789abcdef")))).toBe("0123456789abcdef");
  expect(lines.passing).toBe(true);
  expect(text(lines.push(Buffer.from("more")))).toBe("more");
  expect(text(lines.push(Buffer.from("\nnext")))).toBe("\n");
  expect(lines.passing).toBe(false);
  expect(lines.end().rest.toString()).toBe("next");
});
