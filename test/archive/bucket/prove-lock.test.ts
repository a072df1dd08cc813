import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { proveLock } from "../../../src/archive/bucket/prove-lock.ts";
import { schemes, standIn, unkept } from "./stand-ins.ts";

const never = new AbortController().signal;
const retention = { ...unkept, retain: { years: 0, ms: 86_400_000 } };

it.each(schemes)(
  "%s: a lock that holds is proven, one that was dropped or keeps nothing is a problem",
  async (scheme) => {
    const { store, access, close } = await standIn(scheme);
    const options = { access, remover: access, retention, environment: {}, now: Date.now, guid: randomUUID };
    try {
      expect(await proveLock(options, never)).toMatchObject([
        { level: "ok", text: expect.stringContaining("credentials given for that") },
      ]);
      const [locked = "", free = ""] = store.written.keys();
      expect(locked).toMatch(/^audit\/lock-probe\/[^/]*$/);
      expect([store.get(locked), store.get(free)]).toMatchObject([{ name: locked }, undefined]);
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

it.each(schemes)(
  "%s: what may remove nothing proves no lock, whatever words it is refused in",
  async (scheme) => {
    const { store, access, close } = await standIn(scheme);
    const options = { access, remover: access, retention, environment: {}, now: Date.now, guid: randomUUID };
    store.removeUnlocked = () => false;
    try {
      expect(await proveLock(options, never)).toMatchObject([
        { level: "warning", text: expect.stringContaining("neither was one without a lock") },
      ]);
      const add = store.add.bind(store);
      store.add = (name, body, keeping) => add(name, body, { until: Date.now() + 60_000, ...keeping });
      expect(await proveLock(options, never)).toMatchObject([
        { level: "warning", text: expect.stringContaining("locks every file by itself") },
      ]);
    } finally {
      await close();
    }
  },
);

it.each(schemes)("%s: a store that is not reached for the removal has refused nothing", async (scheme) => {
  const { access, close } = await standIn(scheme);
  const gone = await standIn(scheme);
  await gone.close();
  const options = {
    access,
    remover: gone.access,
    retention,
    environment: {},
    now: Date.now,
    guid: randomUUID,
  };
  try {
    expect(await proveLock(options, never)).toMatchObject([
      { level: "problem", text: expect.stringMatching(/ECONNREFUSED|reach|connect/i) },
    ]);
  } finally {
    await close();
  }
});
