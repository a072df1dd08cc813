import { expect, it } from "vitest";
import { lookedAgain } from "../../src/time/turn.ts";

it("everything that waits already has its turn before the loop has gone round", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("what waited"));
  await lookedAgain();
  order.push("after the turn");
  expect(order).toEqual(["what waited", "after the turn"]);
});
