import { resolve } from "node:path";

/** What is asked of the bundler about a module, by its path. */
interface Modules {
  getModuleInfo(
    id: string,
  ): { readonly importedIds: readonly string[]; readonly dynamicallyImportedIds: readonly string[] } | null;
}

/** So many kinds of output share what all of them may be loaded with. */
const manyKinds = 3;

/**
 * Names the file of what each thread of a daemon loads in any case: all that the one that delivers begins with, and what many
 * kinds of output share. Else every set of kinds that share something has a file of its own. What `--version` and a health
 * check load stays apart: they load nothing else.
 */
export function deliveryChunk(): (id: string, modules: Modules) => string | null {
  let chosen: ReadonlySet<string> | undefined;
  return (id, modules) => {
    chosen ??= choose(modules);
    return chosen.has(id) ? "delivery" : null;
  };
}

function choose(modules: Modules): ReadonlySet<string> {
  const under = (path: string) => reached(resolve("src", path), modules);
  const kinds = modules.getModuleInfo(resolve("src/output/by-type.ts"))?.dynamicallyImportedIds ?? [];
  const shares = new Map<string, number>();
  for (const kind of kinds)
    for (const id of reached(kind, modules)) shares.set(id, (shares.get(id) ?? 0) + 1);
  const shared = [...shares].filter(([, count]) => count >= manyKinds).map(([id]) => id);
  const apart = new Set([...under("main.ts"), ...under("command/healthcheck.ts")]);
  return new Set([...under("daemon/remote/serve-delivery.ts"), ...shared].filter((id) => !apart.has(id)));
}

/** What is loaded with a module, itself included. */
function reached(id: string, modules: Modules): Set<string> {
  const found = new Set<string>();
  const look = (one: string) => {
    if (found.has(one)) return;
    found.add(one);
    for (const next of modules.getModuleInfo(one)?.importedIds ?? []) look(next);
  };
  look(id);
  return found;
}
