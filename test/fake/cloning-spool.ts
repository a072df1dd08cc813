import type { Spool } from "../../src/spool/spool.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import type { Store } from "../../src/spool/store.ts";

/** The spool over `store` as another thread would have it: every argument and every answer is a copy that went through a structured clone. */
export function cloningSpool(store: Store): Spool {
  const spool = spoolOfStore(store);
  return new Proxy(spool, {
    get(target, key) {
      const method = Reflect.get(target, key) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) =>
        structuredClone(await Reflect.apply(method, target, structuredClone(args)));
    },
  });
}
