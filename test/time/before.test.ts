import { expect, it } from "vitest";
import { before, late } from "../../src/time/before.ts";

const never = new AbortController().signal;
const hanging = new Promise<never>(() => {});

it("gives the work's result, or its failure", async () => {
  expect(await before(never, Promise.resolve(7))).toBe(7);
  await expect(before(never, Promise.reject(new Error("no")))).rejects.toThrow("no");
});

it("gives up when the deadline comes, or has come", async () => {
  const deadline = new AbortController();
  const waiting = before(deadline.signal, hanging);
  deadline.abort();
  expect(await waiting).toBe(late);
  expect(await before(deadline.signal, hanging)).toBe(late);
});
