import fs, {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { testAction } from "../../../src/event/own-actions.ts";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { fileOutputKind } from "../../../src/output/file/kind.ts";
import type { Output } from "../../../src/output/output.ts";
import { type FileReceiver, startFileReceiver } from "../../../src/simulate/file-receiver.ts";
import type { Clock } from "../../../src/time/clock.ts";
import { outputContract, type Remote, skipsWithoutReceiver } from "../../contract/output-contract.ts";
import { sampleEvent, sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { encoded, payloadsOf } from "../../fake/payloads.ts";

const never = new AbortController().signal;
const kind = anyOutputKind(fileOutputKind);
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

function outputTo(path: string, more: object = {}, clock: Clock = outputContext.clock, uid?: number): Output {
  const config = kind.schema.parse({ name: "lines", type: "file", path, format: "json", ...more });
  return config.create({ ...outputContext, clock, uid });
}

function place(
  more: object = {},
  clock?: Clock,
): { receiver: FileReceiver; output: Output; again(): Output } {
  const receiver = startFileReceiver();
  opened.push(receiver);
  const again = () => {
    const output = outputTo(receiver.path, more, clock);
    opened.push(output);
    return output;
  };
  return { receiver, output: again(), again };
}

const send = (output: Output, events: readonly ReturnType<typeof sampleEvent>[]) =>
  output.send(payloadsOf(output, events), never);
const uids = (receiver: FileReceiver) => receiver.taken().map((line) => JSON.parse(line).uid);
const wanted = (count: number, from = 1) => sampleEvents(count, from).map(({ uid }) => uid);
const delivered = { status: "delivered", rejected: [] };
const held = (reason: string) => ({ status: "retry", hold: true, reason, fix: expect.any(String) });

outputContract("file", {
  kind,
  folder: new URL("../../../src/output/file/", import.meta.url),
  secrets: [],
  skips: {
    ...skipsWithoutReceiver("nobody reads what is written before it counts"),
    nobody_listens: "a file is made where there is none",
    cut: "it has no connection",
    hanging: "a disk that hangs is in `test/output/file/file-output.test.ts`",
  },
  remote: async () => {
    const receiver = startFileReceiver();
    return {
      receiver,
      behave: (behaviour) => {
        if (behaviour !== "wrong_destination") throw new Error(`a file cannot do this: ${behaviour}`);
        receiver.behave("link");
      },
      taken: () =>
        receiver
          .taken()
          .map((line) => JSON.parse(line))
          .map(({ uid, project_name }) => ({ uid, name: project_name })),
      close: async () => receiver.close(),
    } as Remote & { receiver: FileReceiver };
  },
  output: (remote) => outputTo((remote as Remote & { receiver: FileReceiver }).receiver.path),
});

describe("a line", () => {
  it.each(fileOutputKind.formats)("is one event in %s", async (format) => {
    const { receiver, output } = place({ format });
    await send(output, [sampleEvent(1, "two\nlines\r\u2028and more")]);
    expect(readFileSync(receiver.path, "utf8").split(/[\n\r\u2028]/)).toHaveLength(2);
  });

  it("is written with the permissions that are configured, whatever the process takes away", async () => {
    const { receiver, output } = place({ mode: "0660" });
    await send(output, sampleEvents(1));
    expect(lstatSync(receiver.path).mode & 0o777).toBe(0o660);
  });

  it("goes to a file that is there, which loses permissions beyond those", async () => {
    const { receiver, output } = place();
    writeFileSync(receiver.path, "", { mode: 0o666 });
    chmodSync(receiver.path, 0o666);
    expect(await send(output, sampleEvents(2))).toEqual(delivered);
    expect(lstatSync(receiver.path).mode & 0o777).toBe(0o640);
  });
});

describe("what was there when it begins", () => {
  const lines = (count: number, from = 1) =>
    Buffer.concat(sampleEvents(count, from).map((event) => encoded(place().output, event)));

  it("is not written twice, wherever the program ended in it", async () => {
    const whole = lines(3);
    for (let cut = 0; cut <= whole.length; cut += 7) {
      const { receiver, output } = place();
      writeFileSync(receiver.path, Buffer.concat([lines(2, 100), whole.subarray(0, cut)]));
      // Batches are made anew after a start: others than before.
      expect(await send(output, sampleEvents(2))).toEqual(delivered);
      expect(await send(output, sampleEvents(3, 3))).toEqual(delivered);
      expect(uids(receiver)).toEqual([...wanted(2, 100), ...wanted(5)]);
      expect(readdirSync(receiver.folder)).toEqual(["audit.ndjson"]);
      await output.close();
      receiver.close();
    }
  });

  it("is found in a file that gave its name away, too", async () => {
    const { receiver, output, again } = place({ rotate: { max_bytes: "4KB", min_interval: "0s" } });
    for (let from = 1; from <= 60; from += 4) await send(output, sampleEvents(4, from));
    await output.close();
    const next = again();
    for (let from = 41; from <= 70; from += 5)
      expect(await send(next, sampleEvents(5, from))).toEqual(delivered);
    expect(uids(receiver)).toEqual(wanted(70));
  });

  it("keeps half a line of another event out of the way of what comes", async () => {
    const { receiver, output } = place();
    const half = lines(1, 7).subarray(0, -3);
    writeFileSync(receiver.path, Buffer.concat([lines(1), half]));
    expect(await send(output, sampleEvents(2, 3))).toEqual(delivered);
    expect(
      readFileSync(receiver.path, "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).uid),
    ).toEqual(wanted(2, 3));
    const [rotated] = readdirSync(receiver.folder).filter((name) => name !== "audit.ndjson");
    expect(readFileSync(`${receiver.folder}/${rotated}`)).toEqual(Buffer.concat([lines(1), half]));
  });

  it("waits with half a line while all that comes is there already", async () => {
    const { receiver, output } = place();
    const third = encoded(output, sampleEvent(3));
    writeFileSync(receiver.path, Buffer.concat([lines(2), third.subarray(0, 40)]));
    expect(await send(output, sampleEvents(2))).toEqual(delivered);
    expect(await send(output, sampleEvents(2, 3))).toEqual(delivered);
    expect(uids(receiver)).toEqual(wanted(4));
  });

  it("is believed only where a line says which event it is: twins in `raw` stay two", async () => {
    const { receiver, output, again } = place({ format: "raw" });
    const twin = sampleEvent(1);
    await send(output, [twin]);
    await output.close();
    expect(await send(again(), [{ ...twin, uid: "f".repeat(32) }])).toEqual(delivered);
    expect(receiver.taken()).toHaveLength(2);
  });

  it("is forgotten after a while, so that what is sent again on purpose is written", async () => {
    const { receiver, output, again } = place();
    await send(output, sampleEvents(1));
    await output.close();
    const next = again();
    for (let from = 2; from <= 17; from++) await send(next, sampleEvents(1, from));
    await send(next, sampleEvents(1));
    expect(uids(receiver).filter((uid) => uid === sampleEvent(1).uid)).toHaveLength(2);
  });
});

describe("rotation", () => {
  const at = (text: string): Clock & { time: string } => {
    const clock = { ...outputContext.clock, time: text, now: () => Date.parse(clock.time) };
    return clock;
  };

  it("gives the name to a new file before the old one grows too large, and loses no line", async () => {
    const { receiver, output } = place({ rotate: { max_bytes: "4KB", min_interval: "0s" } });
    for (let from = 1; from <= 100; from += 5)
      expect(await send(output, sampleEvents(5, from))).toEqual(delivered);
    const files = readdirSync(receiver.folder);
    expect(files.length).toBeGreaterThan(3);
    expect(files.every((file) => lstatSync(`${receiver.folder}/${file}`).size <= 4000)).toBe(true);
    expect(uids(receiver)).toEqual(wanted(100));
  });

  it("goes by the time, in UTC, and names the file by it", async () => {
    const clock = at("2026-08-01T23:59:00Z");
    const { receiver, output } = place({ rotate: { every: "1d" } }, clock);
    await send(output, sampleEvents(1));
    clock.time = "2026-08-01T23:59:59Z";
    await send(output, sampleEvents(1, 2));
    clock.time = "2026-08-02T00:00:01Z";
    await send(output, sampleEvents(1, 3));
    expect(readdirSync(receiver.folder).sort()).toEqual(["audit.ndjson", "audit.ndjson.20260802T000001Z"]);
    expect(uids(receiver)).toEqual(wanted(3));
  });

  it("keeps so many files, none shorter than its least age, and none longer than its greatest", async () => {
    const clock = at("2026-08-01T10:00:00Z");
    const rotate = { every: "1m", keep: 3, min_age: "10m", max_age: "1h" };
    const { receiver, output } = place({ rotate }, clock);
    const rotated = () => readdirSync(receiver.folder).filter((name) => name.includes("T"));
    writeFileSync(`${receiver.path}.notes`, "of somebody else");
    for (let minute = 10; minute < 20; minute++) {
      clock.time = `2026-08-01T10:${minute}:00Z`;
      await send(output, sampleEvents(1, minute));
    }
    expect(rotated()).toHaveLength(9);
    clock.time = "2026-08-01T10:40:00Z";
    await send(output, sampleEvents(1, 20));
    expect(rotated()).toHaveLength(3);
    clock.time = "2026-08-01T12:40:00Z";
    await send(output, sampleEvents(1, 21));
    expect(rotated()).toEqual(["audit.ndjson.20260801T124000Z"]);
    expect(readdirSync(receiver.folder)).toContain("audit.ndjson.notes");
  });

  it("is told where an old file cannot be removed", async () => {
    const clock = at("2026-08-01T10:00:00Z");
    const { receiver, output } = place({ rotate: { every: "1m", keep: 1, min_age: "0s" } }, clock);
    writeFileSync(`${receiver.path}.20250101T000000Z`, "");
    writeFileSync(`${receiver.path}.20250102T000000Z`, "");
    const mayNot = Object.assign(new Error("EACCES"), { code: "EACCES" });
    vi.spyOn(fs.promises, "unlink").mockRejectedValueOnce(mayNot);
    expect(await send(output, sampleEvents(1))).toMatchObject({
      status: "delivered",
      warning: expect.stringContaining("cannot be removed"),
    });
  });
});

describe("what others do to the file", () => {
  it.each([
    ["removes it", (path: string) => rmSync(path), /removed the file/],
    ["renames it", (path: string) => renameSync(path, `${path}.1`), /renamed the file/],
    [
      "puts another in its place",
      (path: string) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, "");
      },
      /renamed the file/,
    ],
    ["cuts it", (path: string) => truncateSync(path, 10), /cut \d+ bytes off the file/],
    ["writes to it", (path: string) => appendFileSync(path, "forged\n"), /wrote 7 bytes to the file/],
  ])("somebody %s: it holds once, and goes on with the next try", async (_, harm, words) => {
    const { receiver, output } = place();
    await send(output, sampleEvents(2));
    harm(receiver.path);
    const result = await send(output, sampleEvents(2, 3));
    expect(result).toMatchObject({ ...held("file_changed"), detail: expect.stringMatching(words) });
    expect(await send(output, sampleEvents(2, 3))).toEqual(delivered);
    expect(readFileSync(receiver.path, "utf8")).toContain(sampleEvent(4).uid);
  });

  it("takes what `check --send-test-event` wrote for what it is, and nothing else for that", async () => {
    const { receiver, output, again } = place();
    await send(output, sampleEvents(2));
    const { keys, ...rest } = sampleEvent(3);
    const test = { ...rest, action: testAction, keys: { ...keys, action: testAction } };
    await send(again(), [test]);
    expect(await send(output, sampleEvents(2, 4))).toEqual(delivered);
    appendFileSync(receiver.path, `{"action":"project:delete","project_name":"wandb_rehearsal"}\n`);
    expect(await send(output, sampleEvents(2, 6))).toMatchObject(held("file_changed"));
    expect(await send(output, sampleEvents(2, 6))).toEqual(delivered);
    appendFileSync(receiver.path, `{"action":"${testAction}"}`);
    expect(await send(output, sampleEvents(2, 8))).toMatchObject(held("file_changed"));
  });

  it("follows a file that others rotate, where that is agreed", async () => {
    const { receiver, output } = place({ rotate: { by: "others", max_bytes: "4KB" } });
    await send(output, sampleEvents(20));
    renameSync(receiver.path, `${receiver.path}.1`);
    expect(await send(output, sampleEvents(2, 21))).toEqual(delivered);
    renameSync(receiver.path, `${receiver.path}.2`);
    writeFileSync(receiver.path, "");
    expect(await send(output, sampleEvents(2, 23))).toEqual(delivered);
    expect(new Set(uids(receiver))).toEqual(new Set(wanted(24)));
  });

  it("writes a batch to the new file too when others rotate, compress and remove meanwhile", async () => {
    const { receiver, output } = place({ rotate: { by: "others" } });
    await send(output, sampleEvents(2));
    const handle = await fs.promises.open(receiver.path);
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const write = files.write as unknown as (this: FileHandle, ...args: unknown[]) => Promise<unknown>;
    vi.spyOn(files, "write").mockImplementationOnce(function (this: FileHandle, ...args: unknown[]) {
      rmSync(receiver.path);
      return write.apply(this, args);
    } as never);
    expect(await send(output, sampleEvents(2, 3))).toEqual(delivered);
    expect(uids(receiver)).toEqual(wanted(2, 3));
  });

  it("warns where others copy and cut, and leaves no hole", async () => {
    const { receiver, output } = place({ rotate: { by: "others" } });
    await send(output, sampleEvents(2));
    truncateSync(receiver.path, 0);
    expect(await send(output, sampleEvents(2, 3))).toMatchObject({
      status: "delivered",
      warning: expect.stringContaining("copytruncate"),
    });
    expect(receiver.taken().length).toBe(2);
    expect(readFileSync(receiver.path).includes(0)).toBe(false);
  });

  it.each([
    ["a symbolic link", "wrong_destination", (path: string) => symlinkSync(`${path}.else`, path)],
    ["a folder", "wrong_destination", (path: string) => mkdirSync(path)],
    [
      "a hard link",
      "wrong_destination",
      (path: string) => {
        writeFileSync(`${path}.else`, "");
        linkSync(`${path}.else`, path);
      },
    ],
    [
      "no folder around it",
      "not_found",
      (path: string) => rmSync(path.slice(0, path.lastIndexOf("/")), { recursive: true }),
    ],
  ])("holds at %s, in a send and in `check`", async (_, reason, harm) => {
    const { receiver, output } = place();
    harm(receiver.path);
    expect(await send(output, sampleEvents(1))).toMatchObject(held(reason));
    expect(await output.probe(never)).toMatchObject([{ level: "problem", fix: expect.any(String) }]);
  });

  it("passes over links that are named like files which gave their name away", async () => {
    const { receiver, output } = place();
    symlinkSync("/nowhere", `${receiver.path}.99991231T235959Z`);
    expect(await send(output, sampleEvents(1))).toEqual(delivered);
    expect(uids(receiver)).toEqual(wanted(1));
  });

  it("believes no file of another user of what is there already", async () => {
    const { receiver } = place();
    const of = (uid: number) => {
      const output = outputTo(receiver.path, {}, outputContext.clock, uid);
      opened.push(output);
      return output;
    };
    const { uid } = lstatSync(receiver.folder);
    await send(of(uid), sampleEvents(1));
    renameSync(receiver.path, `${receiver.path}.20260801T000000Z`);
    const other = of(uid + 1);
    // The file that it makes belongs to whoever runs this test, which it holds at only later.
    expect(await send(other, sampleEvents(1))).toEqual(delivered);
    expect(readFileSync(receiver.path, "utf8")).not.toBe("");
  });

  it("holds at a file of another user", async () => {
    const { receiver } = place();
    writeFileSync(receiver.path, "");
    const output = outputTo(receiver.path, {}, outputContext.clock, lstatSync(receiver.path).uid + 1);
    opened.push(output);
    expect(await send(output, sampleEvents(1))).toMatchObject({
      ...held("wrong_destination"),
      detail: expect.stringContaining("belongs to user"),
    });
  });

  it("holds while the folder is away, and goes on when it is back", async () => {
    const { receiver, output } = place();
    await send(output, sampleEvents(2));
    receiver.behave("gone");
    expect(await send(output, sampleEvents(2, 3))).toMatchObject({ status: "retry", hold: true });
    expect(await send(output, sampleEvents(2, 3))).toMatchObject(held("not_found"));
    receiver.behave("accept");
    expect(await send(output, sampleEvents(2, 3))).toEqual(delivered);
    expect(uids(receiver)).toEqual(wanted(4));
  });
});

describe("a disk", () => {
  afterEach(() => vi.restoreAllMocks());

  it("OUT-HANG: that hangs costs the time of one send, and no line comes twice", async () => {
    const { receiver, output } = place();
    await send(output, sampleEvents(1));
    const { promise, resolve } = Promise.withResolvers<void>();
    const { lstat } = fs.promises;
    vi.spyOn(fs.promises, "lstat").mockImplementationOnce(async (path) => {
      await promise;
      return lstat(path);
    });
    const batch = payloadsOf(output, sampleEvents(2, 2));
    for (let round = 0; round < 3; round++)
      expect(await output.send(batch, AbortSignal.timeout(10))).toMatchObject({ reason: "timeout" });
    resolve();
    expect(await output.send(batch, never)).toEqual(delivered);
    expect(uids(receiver)).toEqual(wanted(3));
  });

  it.each([
    ["ENOSPC", "disk_full"],
    ["EDQUOT", "disk_full"],
    ["EFBIG", "disk_full"],
    ["EACCES", "forbidden"],
    ["EROFS", "forbidden"],
    ["EIO", "disk_error"],
    ["EMFILE", "disk_error"],
    ["ESTALE", "disk_error"],
  ])(
    "that says %s in the middle of a batch holds, and the batch goes on from there",
    async (code, reason) => {
      const { receiver, output } = place();
      await send(output, sampleEvents(1));
      const handle = await fs.promises.open(receiver.path);
      const files = Object.getPrototypeOf(handle) as FileHandle;
      await handle.close();
      const write = files.write as unknown as (this: FileHandle, ...args: unknown[]) => Promise<unknown>;
      let calls = 0;
      vi.spyOn(files, "write").mockImplementation(function (this: FileHandle, ...args: unknown[]) {
        if (++calls === 2) throw Object.assign(new Error(code), { code });
        const [bytes] = args as [Buffer];
        return calls === 1 ? write.call(this, bytes.subarray(0, 700)) : write.apply(this, args);
      } as never);
      const batch = payloadsOf(output, sampleEvents(4, 2));
      expect(await output.send(batch, never)).toMatchObject(held(reason));
      // While it holds one event is tried.
      expect(await send(output, sampleEvents(1, 2))).toEqual(delivered);
      expect(await send(output, sampleEvents(3, 3))).toEqual(delivered);
      expect(uids(receiver)).toEqual(wanted(5));
      expect(readdirSync(receiver.folder)).toEqual(["audit.ndjson"]);
    },
  );

  it.each(["bytes", "files"])(
    "that has room for no more %s gets it from the files that are too many",
    async (what) => {
      const rotate = { max_bytes: "4KB", min_interval: "0s", min_age: "0s" };
      const { receiver, output } = place({ rotate: { ...rotate, keep: 5 } });
      for (let from = 1; from <= 31; from += 6) await send(output, sampleEvents(6, from));
      expect(readdirSync(receiver.folder)).toHaveLength(6);
      const full = () => readdirSync(receiver.folder).length > 3;
      const enospc = () => Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      const { open } = fs.promises;
      vi.spyOn(fs.promises, "open").mockImplementation(async (path, flags, mode) => {
        if (what === "files" && Number(flags) & fs.constants.O_CREAT && full()) throw enospc();
        const handle = await open(path, flags, mode);
        const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<never>;
        handle.write = async (...args: unknown[]) => {
          if (what === "bytes" && args.length === 3 && full()) throw enospc();
          return write(...args);
        };
        return handle;
      });
      const less = outputTo(receiver.path, { rotate: { ...rotate, keep: 2 } });
      opened.push(less);
      const batch = payloadsOf(less, sampleEvents(6, 37));
      if (what === "files") expect(await less.send(batch, never)).toMatchObject(held("disk_full"));
      expect(await less.send(batch, never)).toEqual(delivered);
      expect(uids(receiver).slice(-6)).toEqual(wanted(6, 37));
    },
  );

  it("that fails to sync is given the same bytes again, in the same place", async () => {
    const { receiver, output } = place();
    await send(output, sampleEvents(1));
    const handle = await fs.promises.open(receiver.path);
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    vi.spyOn(files, "datasync").mockRejectedValueOnce(Object.assign(new Error("EIO"), { code: "EIO" }));
    const writes = vi.spyOn(files, "write");
    const batch = payloadsOf(output, sampleEvents(2, 2));
    expect(await output.send(batch, never)).toMatchObject(held("disk_error"));
    writes.mockClear();
    expect(await output.send(batch, never)).toEqual(delivered);
    const { size } = lstatSync(receiver.path);
    expect(writes.mock.calls.map((args) => (args as unknown[]).slice(2))).toEqual([[size, 0]]);
    expect(uids(receiver)).toEqual(wanted(3));
  });
});

describe("check", () => {
  it("says what it saw, and makes no file", async () => {
    const { receiver, output } = place({ rotate: { max_bytes: "4KB", min_interval: "0s" } });
    expect(await output.probe(never)).toMatchObject([
      { level: "ok", text: expect.stringContaining("will be made") },
      { level: "ok" },
    ]);
    expect(readdirSync(receiver.folder)).toEqual([]);
    await send(output, sampleEvents(1));
    expect(await output.probe(never)).toMatchObject([
      { text: expect.stringContaining("can be written") },
      { level: "ok" },
    ]);
  });

  it("warns of a folder that everybody may write to, and of too little room", async () => {
    const { receiver, output } = place({ rotate: { max_bytes: "1TiB" } });
    chmodSync(receiver.folder, 0o777);
    expect((await output.probe(never)).map(({ level }) => level)).toEqual(["ok", "warning", "warning"]);
  });
});

describe("the schema", () => {
  const problems = (written: object) =>
    kind.schema
      .safeParse({ name: "o", type: "file", path: "/a/b", ...written })
      .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

  it.each([
    [{ path: "audit.ndjson" }, "path: must be absolute"],
    [{ path: "/var/log/" }, "path: must name a file"],
    [{ path: "/var/../log" }, "path: must name a file"],
    [{ mode: "0666" }, "mode: must be"],
    [{ mode: 0o640 }, "mode: must be"],
    [{ mode: "0740" }, "mode: must be"],
    [{ rotate: { every: "10s" } }, "rotate.every: must be at least 1m"],
    [{ rotate: { max_age: "5m" } }, "rotate.max_age: must not be less than min_age"],
  ])("refuses %j", (written, message) => {
    expect(problems(written)).toEqual([expect.stringContaining(message)]);
  });

  it.each(["0640", "640", 640, "0600", "0644", "0660"])("takes %j for permissions", (mode) => {
    expect(problems({ mode })).toEqual([]);
  });
});
