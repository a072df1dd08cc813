import { expect, it } from "vitest";
import { samePeople } from "../../src/event/same-people.ts";
import { place } from "../../src/record/known-keys.ts";
import { viewOf } from "../../src/text/copy.ts";

type Key = "actor_user_id" | "actor_email" | "user_asset" | "user_email";

function same(values: Partial<Record<Key, string>>): number {
  const starts = new Int32Array(32);
  const ends = new Int32Array(32);
  let present = 0;
  let text = "x";
  for (const [key, value] of Object.entries(values)) {
    present |= 1 << place[key as Key];
    starts[place[key as Key]] = text.length;
    text += value;
    ends[place[key as Key]] = text.length;
  }
  return samePeople({ present, starts, ends, view: viewOf(Buffer.from(text)) });
}

it("tells each two of the keys that name people whose values are the same, by a bit of its own", () => {
  expect(same({})).toBe(0);
  expect(same({ actor_user_id: "a", actor_email: "b" })).toBe(0);
  expect(same({ actor_user_id: "a", actor_email: "a" })).toBe(1);
  const pairs: readonly (readonly [Key, Key])[] = [
    ["actor_user_id", "actor_email"],
    ["actor_user_id", "user_asset"],
    ["actor_user_id", "user_email"],
    ["actor_email", "user_asset"],
    ["actor_email", "user_email"],
    ["user_asset", "user_email"],
  ];
  const all = { actor_user_id: "1", actor_email: "2", user_asset: "3", user_email: "44" };
  expect(same(all)).toBe(0);
  for (const [bit, [one, other]] of pairs.entries())
    expect(same({ ...all, [one]: "same", [other]: "same" })).toBe(1 << bit);
  expect(same({ actor_user_id: "7", user_asset: "7" })).toBe(2);
});
