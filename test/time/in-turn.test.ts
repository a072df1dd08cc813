import { expect, it } from "vitest";
import { InTurn } from "../../src/time/in-turn.ts";

it("begins the first at once, and each further one when those before it are done, whatever came of them", async () => {
  const turns = new InTurn();
  const order: string[] = [];
  const first = Promise.withResolvers<string>();
  const one = turns.do(() => {
    order.push("first begins");
    return first.promise;
  });
  const two = turns.do(async () => {
    order.push("second begins");
    throw new Error("no");
  });
  const three = turns.do(async () => {
    order.push("third begins");
    return 3;
  });
  expect(order).toEqual(["first begins"]);
  expect(turns.busy).toBe(true);
  first.resolve("done");
  expect(await one).toBe("done");
  await expect(two).rejects.toThrow("no");
  expect(await three).toBe(3);
  expect(order).toEqual(["first begins", "second begins", "third begins"]);
  await expect.poll(() => turns.busy, { timeout: 30_000 }).toBe(false);
});
