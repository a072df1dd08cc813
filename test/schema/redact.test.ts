import { expect, it } from "vitest";
import { redact } from "../../src/schema/redact.ts";

const refused = (written: unknown) =>
  redact.safeParse(written).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
const pseudonymize = ["actor_email"];

it("takes a key, or keys with ids and days", () => {
  expect(refused({ pseudonymize, key: "pepper" })).toEqual([]);
  const keys = [{ id: "k2", key: "salt" }, { id: "k1", key: "pepper", until: "2026-12-01" }, { key: "old" }];
  expect(redact.parse({ pseudonymize, keys }).keys?.map(({ id, until }) => [id, until])).toEqual([
    ["k2", undefined],
    ["k1", Date.UTC(2026, 11, 1) / 1000],
    [undefined, undefined],
  ]);
});

it.each([
  [{ pseudonymize }, "keys: needed with pseudonymize: a list of id and key, or key alone"],
  [
    { pseudonymize, key: "a", keys: [{ id: "k1", key: "b" }] },
    "keys: has no meaning beside key: make that the last of keys, without an id",
  ],
  [
    { keys: [{ id: "k1", key: "b", until: "2026-12-01" }] },
    "keys.0.until: the first key makes the pseudonyms: put the new one in front of it",
  ],
  [
    {
      keys: [
        { id: "k1", key: "b" },
        { id: "k1", key: "c" },
      ],
    },
    "keys.1.id: is another key's id",
  ],
  [{ keys: [{ key: "b" }, { key: "c" }] }, "keys.1.id: only one key may be without an id"],
  [{ keys: [{ id: "K-1", key: "b" }] }, "keys.0.id: use 1 to 16 of a-z and 0-9"],
  [
    {
      keys: [
        { id: "k2", key: "b" },
        { key: "c", until: "soon" },
      ],
    },
    "keys.1.until: must be a day, such as 2026-12-01",
  ],
  [
    {
      keys: [
        { id: "k2", key: "b" },
        { key: "c", until: "2026-02-30" },
      ],
    },
    "keys.1.until: is no day of the calendar",
  ],
])("says what is wrong: %j", (written, message) => {
  expect(refused(written)).toEqual([message]);
});
