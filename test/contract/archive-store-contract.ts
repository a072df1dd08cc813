import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ArchiveStore } from "../../src/archive/archive-store.ts";

/** What goes wrong with a write, where a subject can do it: `cut` stores it, `late` stores it later, `lost` never. */
export type StoreTrouble = "cut" | "late" | "lost";

/** A store that is tried, empty at first. */
export interface ArchiveStoreSubject {
  readonly store: ArchiveStore;
  /** Of the next writes; absent where nothing can be made to go wrong. */
  trouble?(troubles: readonly StoreTrouble[]): void;
  /** What was late arrives. */
  land?(): void;
  /** How often a name was written; absent where nobody counts. */
  written?(name: string): number;
  close(): Promise<void>;
}

const never = new AbortController().signal;
const name = "year=2026/month=08/day=01/a b+日.ndjson";

async function listed(store: ArchiveStore, prefix: string) {
  const names: string[] = [];
  for await (const file of store.list(prefix, never)) names.push(`${file.name} ${file.size}`);
  return names.sort();
}

/** What every place of an archive promises. */
export function archiveStoreContract(
  of: string,
  start: () => Promise<ArchiveStoreSubject>,
  { runs }: { readonly runs: number },
): void {
  const using = async (tell: (subject: ArchiveStoreSubject) => Promise<void>) => {
    const subject = await start();
    try {
      await tell(subject);
    } finally {
      await subject.store.close();
      await subject.close();
    }
  };

  describe(`the archive's place: ${of}`, () => {
    it("stores a file whole and never over another", () =>
      using(async ({ store }) => {
        const bytes = Buffer.from([0, 13, 10, 255, 10, 13]);
        expect(await store.read(name, never)).toBeUndefined();
        expect(await store.put(name, bytes, never)).toBe("stored");
        expect(await store.put(name, bytes, never)).toBe("stored");
        expect(await store.put(name, Buffer.from("other!"), never)).toBe("exists");
        expect(await store.read(name, never)).toEqual(bytes);
        expect(await listed(store, "year=2026/")).toEqual([`${name} 6`]);
        expect(await listed(store, "none/")).toEqual([]);
      }));

    it("of many that come at once, has one, and tells all others", () =>
      using(async ({ store }) => {
        const puts = Array.from({ length: 9 }, (_, n) =>
          store.put(name, Buffer.from(`${n % 3}`.repeat(5000)), never),
        );
        const results = await Promise.all(puts);
        const there = (await store.read(name, never))?.toString() ?? "";
        expect(there).toHaveLength(5000);
        expect(results).toEqual(results.map((_, n) => (`${n % 3}` === there[0] ? "stored" : "exists")));
      }));

    it("ends when it should, with the reason for that", () =>
      using(async ({ store }) => {
        const over = AbortSignal.abort(new DOMException("no time", "TimeoutError"));
        await expect(store.put(name, Buffer.from("x"), over)).rejects.toThrow("no time");
        await expect(store.read(name, over)).rejects.toThrow("no time");
      }));

    it("can be looked at, and has no file more than before", () =>
      using(async ({ store }) => {
        await store.findings(never);
        expect(await listed(store, "")).toEqual([]);
        await store.put(name, Buffer.from("x"), never);
        const findings = await store.findings(never);
        expect(findings.filter(({ level }) => level === "problem")).toEqual([]);
        expect(await listed(store, "")).toEqual([`${name} 1`]);
      }));

    it("whatever fails, has one file of a name and never other bytes than those it said it has", {
      timeout: 60_000,
    }, async () => {
      const trouble = fc.array(fc.constantFrom<StoreTrouble>("cut", "late", "lost"), { maxLength: 2 });
      const step = fc.record({ body: fc.constantFrom("one", "two"), trouble, land: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) =>
          using(async (subject) => {
            let known: string | undefined;
            for (const { body, trouble: troubles, land } of steps) {
              subject.trouble?.(troubles);
              const result = await subject.store.put(name, Buffer.from(body), never).catch(() => undefined);
              subject.trouble?.([]);
              if (land) subject.land?.();
              if (result === "stored") known ??= body;
              if (result === "stored") expect(body).toBe(known);
              const there = (await subject.store.read(name, never))?.toString();
              if (known !== undefined || result === "exists") expect(there).toBeDefined();
              known ??= there;
              expect(there).toBe(known);
            }
            subject.land?.();
            const there = (await subject.store.read(name, never))?.toString();
            expect(there).toBe(known ?? there);
            expect(subject.written?.(name) ?? 0).toBeLessThanOrEqual(1);
          }),
        ),
        { numRuns: runs },
      );
    });
  });
}
