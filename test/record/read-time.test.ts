import { expect, it } from "vitest";
import { isReadTime } from "../../src/record/read-time.ts";

it.each([
  ["project_name", true],
  ["actor_email", true],
  ["actor_user_id", false],
  ["anything_else", false],
])("%s is filled in when it is read: %s", (key, filled) => {
  expect(isReadTime(key)).toBe(filled);
});
