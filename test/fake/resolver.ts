import promises from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";

/** Names with the addresses they have, or with the code of the error that asking for them ends with. */
export type Names = Readonly<Record<string, readonly string[] | string>>;

/** Puts these names in place of the system's resolver; gives back what undoes it. */
export function resolver(names: Names): () => void {
  const before = promises.lookup;
  const replace = (lookup: unknown) => {
    Object.assign(promises, { lookup });
    syncBuiltinESMExports();
  };
  replace(async (host: string) => {
    const known = names[host] ?? "ENOTFOUND";
    if (typeof known === "string")
      throw Object.assign(new Error(`getaddrinfo ${known} ${host}`), { code: known });
    return known.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  });
  return () => replace(before);
}
