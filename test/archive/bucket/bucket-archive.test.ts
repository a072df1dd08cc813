import { expect, it } from "vitest";
import { bucketArchive } from "../../../src/archive/bucket/bucket-archive.ts";
import { archiveStoreContract } from "../../contract/archive-store-contract.ts";
import { schemes, standIn, unkept } from "./stand-ins.ts";

const never = new AbortController().signal;
const day = { ...unkept, retain: { years: 0, ms: 86_400_000 }, legalHold: true };

for (const scheme of schemes)
  archiveStoreContract(
    scheme,
    async () => {
      const { store, archive, close } = await standIn(scheme);
      return {
        store: archive(),
        // Each is tried three times by the vendor's client.
        trouble: (troubles) => void store.writeFaults.splice(0, Number.POSITIVE_INFINITY, ...troubles),
        land: () => store.land(),
        written: (name) => store.written.get(`audit/${name}`) ?? 0,
        close,
      };
      // Two of the clients wait for seconds before they try again.
    },
    { runs: scheme === "s3" ? 20 : 2 },
  );

it.each(schemes)(
  "%s: a lock that was dropped is set again; if it is dropped again, nothing is stored",
  async (scheme) => {
    const { store, archive, close } = await standIn(scheme);
    try {
      store.writeFaults.push("drop_lock");
      expect(await archive(day).put("a", Buffer.from("x"), never)).toBe("stored");
      expect(store.get("audit/a")).toMatchObject({ held: true, until: expect.any(Number) });
      store.writeFaults.push(...Array.from({ length: 3 }, () => "drop_lock" as const));
      await expect(archive(day).put("b", Buffer.from("x"), never)).rejects.toMatchObject({
        ...{ reason: "configuration", hold: true },
      });
    } finally {
      await close();
    }
  },
);

it.each(schemes)("%s: the mark of a folder that a console has made is no file", async (scheme) => {
  const { store, archive, close } = await standIn(scheme);
  try {
    for (const name of ["audit/", "audit/year=2026/", "audit/year=2026/a", "audit/empty"])
      store.put(name, "", 0);
    store.put("audit/year=2027/", "not empty", 0);
    const found: string[] = [];
    for await (const { name } of archive().list("", never)) found.push(name);
    expect(found.sort()).toEqual(["empty", "year=2026/a", "year=2027/"]);
  } finally {
    await close();
  }
});

it.each(schemes)("%s: a file from before retain was set is kept from when it was stored", async (scheme) => {
  const { store, archive, close } = await standIn(scheme);
  try {
    store.put("audit/a", "x", Date.now() - 3_600_000);
    expect(await archive(day).put("a", Buffer.from("x"), never)).toBe("stored");
    const { until = 0 } = store.get("audit/a") ?? {};
    expect(Math.round((Date.now() - 3_600_000 + day.retain.ms - until) / 60_000)).toBe(0);
  } finally {
    await close();
  }
});

it.each(schemes)(
  "%s: what is there is not overwritten, even by a store that knows no conditions",
  async (scheme) => {
    const { store, archive, close } = await standIn(scheme);
    try {
      expect(await archive().put("a", Buffer.from("one"), never)).toBe("stored");
      store.writeFaults.push("unconditional");
      expect(await archive().put("a", Buffer.from("two"), never)).toBe("exists");
      expect(store.get("audit/a")?.body.toString()).toBe("one");
    } finally {
      await close();
    }
  },
);

it.each(schemes)("%s: what is shown with other bytes is not stored", async (scheme) => {
  const { store, archive, close } = await standIn(scheme);
  try {
    store.writeFaults.push("garble");
    await expect(archive().put("a", Buffer.from("one"), never)).rejects.toMatchObject({
      ...{ reason: "bad_answer", message: expect.stringContaining("not shown with the bytes") },
    });
    expect(await archive().put("a", Buffer.from("one"), never)).toBe("exists");
  } finally {
    await close();
  }
});

it.each(schemes)("%s: an empty bucket is looked at without leaving anything", async (scheme) => {
  const { store, archive, close } = await standIn(scheme);
  const first = async () => (await archive().findings(never))[0];
  const names = () => store.page("", "").objects.map(({ name }) => name);
  try {
    expect(await first()).toMatchObject({
      level: "ok",
      text: expect.stringContaining("tried once there is"),
    });
    store.writeFaults.push("unconditional");
    expect(await first()).toMatchObject({ level: "ok", text: expect.stringMatching(/never overwritten$/) });
    store.writeFaults.push("unconditional", "unconditional");
    expect(await first()).toMatchObject({ level: "problem", text: expect.stringContaining("stored twice)") });
    expect(names()).toEqual([]);
    store.writeFaults.push("denied");
    expect(await first()).toMatchObject({
      level: "problem",
      fix: expect.stringMatching(/[Pp]ut|create|add/),
    });
    store.put("audit/a", "x", 0);
    store.writeFaults.push("unconditional");
    expect(await first()).toMatchObject({ level: "problem", text: expect.stringContaining("audit/a was") });
  } finally {
    await close();
  }
});

it("a key file that cannot be used holds, and says what it is", async () => {
  const { access, close } = await standIn("gs");
  try {
    const withKey = { ...access, key_file: "/nowhere/key.json" };
    const archive = bucketArchive({ access: withKey, retention: unkept, environment: {}, now: Date.now });
    await expect(archive.put("a", Buffer.from("x"), never)).rejects.toMatchObject({
      ...{ reason: "unauthorized", hold: true, fix: expect.stringContaining("key_file") },
      message: "/nowhere/key.json cannot be read: ENOENT",
    });
  } finally {
    await close();
  }
});
