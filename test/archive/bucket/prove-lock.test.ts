import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { proveLock } from "../../../src/archive/bucket/prove-lock.ts";
import { schemes, standIn, unkept } from "./stand-ins.ts";

const never = new AbortController().signal;
const retention = { ...unkept, retain: 86_400_000 };

it.each(schemes)(
  "%s: a lock that holds is proven, one that was dropped or keeps nothing is a problem",
  async (scheme) => {
    const { store, access, close } = await standIn(scheme);
    const options = { access, remover: access, retention, environment: {}, now: Date.now, guid: randomUUID };
    try {
      expect(await proveLock(options, never)).toMatchObject([
        { level: "ok", text: expect.stringContaining("credentials given for that") },
      ]);
      expect([...store.written.keys()]).toEqual([expect.stringMatching(/^audit\/lock-probe\//)]);
      store.writeFaults.push("drop_lock");
      expect(await proveLock(options, never)).toMatchObject([
        { level: "problem", text: expect.stringContaining("has no lock") },
      ]);
      store.removeUnlocked = () => true;
      expect(await proveLock({ ...options, remover: undefined }, never)).toMatchObject([
        { level: "problem", text: expect.stringContaining("the writer's own credentials") },
      ]);
    } finally {
      await close();
    }
  },
);
