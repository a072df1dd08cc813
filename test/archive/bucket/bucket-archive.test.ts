import { expect, it } from "vitest";
import { archiveStoreContract } from "../../contract/archive-store-contract.ts";
import { schemes, standIn, unkept } from "./stand-ins.ts";

const never = new AbortController().signal;
const day = { ...unkept, retain: 86_400_000, legalHold: true };

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

it.each(schemes)("%s: a file from before retain was set is kept from when it was stored", async (scheme) => {
  const { store, archive, close } = await standIn(scheme);
  try {
    store.put("audit/a", "x", Date.now() - 3_600_000);
    expect(await archive(day).put("a", Buffer.from("x"), never)).toBe("stored");
    const { until = 0 } = store.get("audit/a") ?? {};
    expect(Math.round((Date.now() - 3_600_000 + day.retain - until) / 60_000)).toBe(0);
  } finally {
    await close();
  }
});
