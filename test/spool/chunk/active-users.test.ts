import fc from "fast-check";
import { expect, it } from "vitest";
import { slots } from "../../../src/record/entry.ts";
import { ActiveUsers } from "../../../src/spool/chunk/active-users.ts";
import { rawRecords } from "../../fake/kept-lines.ts";

type Seen = readonly [line: string, day?: number, second?: number];

function seen(...entries: readonly Seen[]): ActiveUsers {
  return see(new ActiveUsers(), ...entries);
}

function see(active: ActiveUsers, ...entries: readonly Seen[]): ActiveUsers {
  for (const [line, day = 1, second = 0] of entries) {
    const [{ entry } = {}] = rawRecords([line]);
    if (entry === undefined) throw new Error("no entry");
    active.see(entry.bytes, entry.spans, entry.base, day, second);
  }
  return active;
}
const all = (active: ActiveUsers) =>
  Object.fromEntries(
    [...active.days()].map(([day, users]) => [
      day,
      Array.from(users, ({ user, second, name }) => ({ user, second, name })),
    ]),
  );

it("gives each user once a day, with the latest second and the first name", () => {
  const active = seen(
    ['{"actor_user_id":7,"actor_email":"a@b.example"}', 1, 50],
    ['{"actor_user_id":7,"actor_email":"new@b.example"}', 1, 70],
    ['{"actor_user_id":7}', 1, 60],
    ['{"actor_user_id":8}', 1, 1],
    ['{"actor_user_id":7}', 2, 3],
  );
  expect(all(active)).toEqual({
    1: [
      { user: "7", second: 70, name: "a@b.example" },
      { user: "8", second: 1, name: undefined },
    ],
    2: [{ user: "7", second: 3, name: undefined }],
  });
  active.clear();
  expect(all(active)).toEqual({});
});

it("takes a number and the text of its digits for one user, and any other text for what it is", () => {
  const ids = ["7", '"7"', '"007"', '"VXNlcjoxMDc3"', '"\\u0041"', "9007199254740993", "1.5"];
  const active = seen(...ids.map((id) => [`{"actor_user_id":${id}}`] as const));
  expect(all(active)[1]?.map(({ user }) => user)).toEqual([
    ...["7", "007", "VXNlcjoxMDc3", "A", "9007199254740993", "1.5"],
  ]);
});

it("counts nobody who is not named", () => {
  const ids = ["null", "0", '""', "true", "{}", "[1]", `"${"x".repeat(201)}"`];
  expect(all(seen(...ids.map((id) => [`{"actor_user_id":${id}}`] as const), ['{"action":"a"}']))).toEqual({});
});

it("is not misled by an id that looks like no id, however often it was met", () => {
  const active = seen(
    ['{"actor_user_id":"null"}', 1, 5],
    ['{"actor_user_id":null}', 1, 9],
    ['{"actor_user_id":"true"}', 1, 1],
    ['{"actor_user_id":true}', 1, 9],
    ['{"actor_user_id":"null"}', 2, 3],
    ['{"actor_user_id":"null"}', 1, 6],
  );
  expect(all(active)).toEqual({
    1: [
      { user: "null", second: 6, name: undefined },
      { user: "true", second: 1, name: undefined },
    ],
    2: [{ user: "null", second: 3, name: undefined }],
  });
});

it("tells of each batch what one that knows nothing would, whatever the batches before had", () => {
  const user = fc.oneof(fc.integer({ min: 1, max: 12 }).map(String), fc.constantFrom('"a"', '"7"', '"x y"'));
  const name = fc.constantFrom(undefined, "a@b.example", "ü@b.example", "n".repeat(199), "n".repeat(201));
  const entry = fc.record({ user, name, day: fc.integer({ min: 1, max: 3 }), second: fc.nat(99) });
  const line = ({ user, name }: { user: string; name: string | undefined }) =>
    `{"actor_user_id":${user}${name === undefined ? "" : `,"actor_email":"${name}"`}}`;
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 6 }), (batches) => {
      const active = new ActiveUsers();
      for (const batch of batches) {
        const entries = batch.map((each) => [line(each), each.day, each.second] as const);
        expect(all(see(active, ...entries))).toEqual(all(seen(...entries)));
        active.clear();
      }
    }),
  );
});

it("does not grow with all the users and days that ever were", () => {
  const active = new ActiveUsers();
  const many = Array.from({ length: 9_000 }, (_, n) => [`{"actor_user_id":${n + 1}}`] as const);
  see(active, ...many);
  active.clear();
  expect(all(see(active, many[5] as Seen))).toEqual({ 1: [{ user: "6", second: 0, name: undefined }] });
  for (let day = 0; day < 99; day++) see(active, ['{"actor_user_id":7}', day, day]);
  active.clear();
  expect(all(see(active, ['{"actor_user_id":7}', 5, 1]))).toEqual({
    5: [{ user: "7", second: 1, name: undefined }],
  });
});

it("keeps names of any number of users", () => {
  const lines = Array.from(
    { length: 5000 },
    (_, n) => [`{"actor_user_id":${n + 1},"actor_email":"user${n}@ü.example"}`] as const,
  );
  const users = all(seen(...lines))[1] ?? [];
  expect(users).toHaveLength(5000);
  expect(users[4321]).toEqual({ user: "4322", second: 0, name: "user4321@ü.example" });
});

it("knows who was created as a service account", () => {
  const active = seen(
    ['{"action":"team:create_service_account","actor_user_id":1,"user_asset":1091}'],
    ['{"action":"team:create_service_accounx","actor_user_id":1,"user_asset":5}'],
    ['{"action":"team:create_service_account","actor_user_id":1}'],
  );
  expect([...active.serviceAccounts()]).toEqual(["1091"]);
  expect(slots).toBeGreaterThan(0);
});
