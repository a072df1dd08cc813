import { expect, it } from "vitest";
import { NoRoomForPast, noRoomInSpool, PastRoom } from "../../src/ingest/past-room.ts";
import type { ReadFor } from "../../src/spool/replays.ts";
import { MemoryStore } from "../fake/memory-store.ts";

function room(backlog = 1) {
  const store = new MemoryStore(["siem"]);
  let usage = { bytes: 0, maxBytes: 100, full: false, diskFull: false };
  store.usage = () => usage;
  store.backlog = () => ({ events: backlog, suspects: 0 });
  const past = new PastRoom(store);
  const at = (bytes: number, full = false) => {
    usage = { ...usage, bytes, full };
    return past.lack(undefined);
  };
  return { past, at };
}

it("leaves half of the spool to what is new, and begins again where there is room for more than a little", () => {
  const { at } = room();
  expect([at(50), at(51), at(50), at(26), at(25), at(50)]).toEqual([
    ...[undefined, noRoomInSpool, noRoomInSpool, noRoomInSpool, undefined, undefined],
  ]);
});

it("waits for nobody where nothing is to be delivered, but for a full disk", () => {
  const { at } = room(0);
  expect([at(99), at(99, true)]).toEqual([undefined, noRoomInSpool]);
});

it("waits for the output that has not taken what it gets again", () => {
  const { past } = room();
  const lack = (bytes: number) =>
    past.lack({ output: "siem", bytes, mostBytes: 40 } as Partial<ReadFor> as ReadFor);
  expect([lack(40), lack(11), lack(10)]).toEqual([undefined, undefined, undefined]);
  expect([lack(41), lack(11)]).toEqual([
    "waits until siem has taken what it gets again",
    "waits until siem has taken what it gets again",
  ]);
  expect(lack(10)).toBeUndefined();
});

it("says what is waited for", () => {
  expect(new NoRoomForPast("room").message).toBe("room");
});
