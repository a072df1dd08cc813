import { expect, it } from "vitest";
import { DayUsers } from "../../../src/spool/chunk/day-users.ts";
import { rawRecords } from "../../fake/kept-lines.ts";

function see(users: DayUsers, at: number, second: number, line: string): void {
  const [{ entry } = {}] = rawRecords([line]);
  if (entry === undefined) throw new Error("no entry");
  users.see(at, second, entry.bytes, entry.spans, entry.base);
}
const all = (users: DayUsers) =>
  Array.from(users.all(), ({ user, second, name }) => ({ user, second, name }));

it("gives each user one place, whatever batch has the user", () => {
  const users = new DayUsers(3);
  const [one, other] = [users.placeOf(7), users.placeOf("x")];
  expect(one).not.toBe(other);
  users.clear();
  expect([users.placeOf("x"), users.placeOf(7), users.known, users.generation]).toEqual([other, one, 2, 3]);
});

it("has those of a batch, when each of them was last and by what name first", () => {
  const users = new DayUsers(1);
  const [one, other] = [users.placeOf(7), users.placeOf("x")];
  expect(users.any).toBe(false);
  see(users, one, 9, '{"actor_email":"a@b.example"}');
  see(users, other, 5, "{}");
  see(users, one, 4, '{"actor_email":"new@b.example"}');
  expect(all(users)).toEqual([
    { user: "7", second: 9, name: "a@b.example" },
    { user: "x", second: 5, name: undefined },
  ]);
  users.clear();
  expect([users.any, all(users)]).toEqual([false, []]);
  see(users, one, 2, '{"actor_email":"new@b.example"}');
  expect(all(users)).toEqual([{ user: "7", second: 2, name: "new@b.example" }]);
});
