import { expect, it } from "vitest";
import { systemRandom } from "../src/random.ts";

it("chance is a part of one, bytes as many as asked, and a UUID, and never the same", () => {
  const { number, bytes, uuid } = systemRandom;
  expect([number(), number()].every((each) => each >= 0 && each < 1)).toBe(true);
  expect(bytes(16)).toHaveLength(16);
  expect(bytes(16).equals(bytes(16))).toBe(false);
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuid()).not.toBe(uuid());
});
