import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { SpooledRecord } from "../../../src/record/record.ts";
import { chunkMemory, chunkMemoryBytes } from "../../../src/spool/chunk/chunk-memory.ts";
import { remoteSpool } from "../../../src/spool/remote/remote-spool.ts";
import { serveSpool } from "../../../src/spool/remote/serve-spool.ts";
import type { DeliverySpool } from "../../../src/spool/spool.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { spoolOfStore } from "../../../src/spool/spool-of-store.ts";
import { lineOver } from "../../../src/thread/line.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { all, everyOne, keep, move, record, settled } from "../../fake/records.ts";

const open: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of open.splice(0)) port1.close();
});

/** The same spool as it is seen from here and from the far end of a line. */
function pair(store = new MemoryStore(["siem"]), change: Partial<DeliverySpool> = {}) {
  const channel = new MessageChannel();
  open.push(channel);
  const here = { ...spoolOfStore(store), ...change };
  serveSpool(here, lineOver(channel.port1, "spool"));
  return { store, here, there: remoteSpool(lineOver(channel.port2, "spool")) };
}

const plain = (records: readonly SpooledRecord[]) =>
  records.map((each) => ({ ...each, bytes: Buffer.from(each.bytes).toString("hex") }));

describe("a spool asked from another thread", () => {
  it("gives the records that it has", async () => {
    const { store, here, there } = pair();
    keep(store, "prod", [record("a"), record("b", { fault: "not_json", late: true })]);
    keep(store, "bucket", [record("c")], { at: 1_785_592_800_123 });
    const read = [...everyOne(await there.read(0, all)), ...everyOne(await there.read(2, all))];
    expect(plain(read)).toEqual(plain(everyOne(await here.read(0, all))));
    expect(everyOne(await there.read(3, all))).toEqual([]);
    expect(plain(await there.readAgain("siem", 1, all))).toEqual(plain(await here.readAgain("siem", 1, all)));
  });

  it("gives the memory of a large chunk back to be written anew, and keeps none of others", async () => {
    const store = new MemoryStore(["siem"]);
    const chunk = async (after: number) => {
      const found = store.chunk(after);
      if (found === undefined) return undefined;
      const bytes = new Uint8Array(chunkMemory.take(found.bytes.length), 0, found.bytes.length);
      bytes.set(found.bytes);
      return { ...found, bytes };
    };
    const { there } = pair(store, { chunk });
    keep(store, "prod", [record("large", { bytes: Buffer.alloc(1_200_000, "x") })]);
    keep(store, "bucket", [record("little", { bytes: Buffer.alloc(10, "x") })]);
    for (const after of [0, 1]) {
      const read = await there.read(after, all);
      expect(read.at(0)?.bytes.includes(120)).toBe(true);
      read.done?.();
    }
    there.rest();
    // The answer to this comes behind what came back.
    await there.standing("siem");
    const [back, another] = [chunkMemory.take(chunkMemoryBytes), chunkMemory.take(chunkMemoryBytes)];
    chunkMemory.rest();
    expect(new Uint8Array(back).includes(120)).toBe(true);
    expect(new Uint8Array(another).includes(120)).toBe(false);
  });

  it("settles, with dead letters and suspects that are whole", async () => {
    const { store, here, there } = pair();
    keep(store, "prod", [record("a"), record("b"), record("c")]);
    const records = everyOne(await there.read(0, all));
    const { counts, dead } = settled(records.slice(0, 2), ({ seq }) => (seq === 1 ? "dead" : "delivered"));
    const suspects = [{ record: records[2] as SpooledRecord, reason: "bad_event", detail: "no", at: 1 }];
    const answer = await there.settle("siem", move(3, counts, dead, suspects));
    expect(answer).toMatchObject({ status: "settled", standing: { position: 3, suspects: 1 } });
    expect(await there.standing("siem")).toEqual(await here.standing("siem"));
    const [suspect] = await there.side("siem", "suspect", 0, all);
    expect(Buffer.from(suspect?.record.bytes ?? [])).toEqual(record("c").bytes);
    expect(suspect?.record.bytes.buffer.byteLength).toBe(record("c").bytes.length);
  });

  it("answers several questions at once, each with its own answer", async () => {
    const { store, there } = pair();
    keep(
      store,
      "prod",
      Array.from({ length: 50 }, (_, at) => record(`${at}`)),
    );
    const found = await Promise.all(
      Array.from({ length: 50 }, (_, after) => there.read(after, { events: 1, bytes: 1e6 })),
    );
    expect(found.map((read) => read.at(0)?.seq)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
  });

  it("rejects with what the state failed with, and with bugs as what they are", async () => {
    const failing = async () => {
      throw new SpoolError("io", "the disk is gone", "look at the disk");
    };
    const { there } = pair(undefined, { resend: failing });
    await expect(there.resend("siem", 0)).rejects.toMatchObject({
      name: "SpoolError",
      failure: "io",
      message: "the disk is gone",
      fix: "look at the disk",
    });
    await expect(there.settle("siem", move(7, []))).rejects.toThrow(/back or past the head/);
  });
});
