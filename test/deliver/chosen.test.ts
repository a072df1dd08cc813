import { expect, it } from "vitest";
import { chosen } from "../../src/deliver/chosen.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { eventWith } from "../format/arbitrary-event.ts";

const span = { from: 1_000, to: 2_000 };
const at = (ms: number, more: Partial<AuditEvent> = {}): AuditEvent => ({
  ...eventWith({ action: "user:login", keys: { actor_user_id: "42", actor_email: "Ann@example.com" } }),
  time: { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 },
  ...more,
});

it("takes the events of a time, its beginning but not its end", () => {
  expect([999, 1_000, 1_999, 2_000].map((ms) => chosen(span)(at(ms)))).toEqual([false, true, true, false]);
});

it("takes none without a time: nobody knows of which day it is", () => {
  const { time: _, ...undated } = at(1_500);
  expect(chosen(span)(undated)).toBe(false);
});

it.each([
  [{ actions: ["user:*"] }, true],
  [{ actions: ["run:*", "team:*"] }, false],
  [{ users: ["ann@EXAMPLE.com"] }, true],
  [{ users: ["42"] }, true],
  [{ users: ["4"] }, false],
  [{ uids: [at(0).uid] }, true],
  [{ uids: ["other"] }, false],
  [{ actions: ["user:*"], users: ["bob"] }, false],
])("%j: %s", (wanted, expected) => {
  expect(chosen({ ...span, ...wanted })(at(1_500))).toBe(expected);
});
