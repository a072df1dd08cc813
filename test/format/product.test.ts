import { expect, it } from "vitest";
import { cefStart, oncePerProduct, productOf } from "../../src/format/product.ts";
import { ownOrigin } from "../../src/own/own-origin.ts";
import { origin } from "./arbitrary-event.ts";

it("is W&B for every source but our own", () => {
  expect(cefStart(productOf(origin))).toBe("CEF:0|Weights & Biases|wandb|");
  expect(cefStart(productOf(ownOrigin))).toBe("CEF:0|wandb-audit-forwarder|wandb-audit-forwarder|");
  const made = oncePerProduct(({ nested }) => ({ nested }));
  expect(made(ownOrigin)).toBe(made({ ...ownOrigin }));
  expect([made(origin).nested, made(ownOrigin).nested]).toEqual(["wandb", "forwarder"]);
});
