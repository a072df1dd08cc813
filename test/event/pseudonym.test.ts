import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { pseudonymKeys, pseudonymOf } from "../../src/event/pseudonym.ts";
import { Secret } from "../../src/secret/secret.ts";

const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 32);
const key = new Secret("pepper");

it("is 16 bytes of HMAC-SHA-256, behind the id of the key", () => {
  expect(pseudonymOf("ada", { id: undefined, key, until: undefined })).toBe(hmac("pepper", "ada"));
  expect(pseudonymOf("ada", { id: "k2", key, until: undefined })).toBe(`k2_${hmac("pepper", "ada")}`);
});

it("is made with the key as it is now: its file may have changed", () => {
  const changing = new Secret("pepper", () => "salt");
  const made = () => pseudonymOf("ada", { id: undefined, key: changing, until: undefined });
  expect(made()).toBe(hmac("pepper", "ada"));
  changing.reload();
  expect(made()).toBe(hmac("salt", "ada"));
});

it("has the keys in the order of the configuration, the first of which makes it", () => {
  expect(pseudonymKeys({ key })).toEqual([{ id: undefined, key, until: undefined }]);
  const keys = [
    { id: "k2", key: new Secret("salt") },
    { key, until: 5 },
  ];
  expect(pseudonymKeys({ keys }).map(({ id, until }) => [id, until])).toEqual([
    ["k2", undefined],
    [undefined, 5],
  ]);
  expect(pseudonymKeys({})).toEqual([]);
});
