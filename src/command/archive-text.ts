import { createPublicKey } from "node:crypto";
import type { CheckedChain } from "../archive/chain.ts";
import type { ChainFault } from "../archive/chain-fault.ts";
import { fingerprintOf } from "../archive/manifest.ts";
import { smallFile } from "../small-file.ts";
import { counted } from "../text/amounts.ts";

/** So many faults are named; all of them with `--json`. */
const mostShown = 50;

/** What was given to compare with. */
interface Given {
  readonly key: boolean;
  readonly head: boolean;
}

/** Whether an archive is what its manifests say. */
export function isComplete({ faults, manifests }: CheckedChain): boolean {
  return faults.length === 0 && manifests > 0;
}

/** What was found, as people read it. */
export function archiveText(where: string, found: CheckedChain, given: Given): string {
  const { manifests, files, records, newest, fingerprints, unattested, faults } = found;
  if (newest === undefined)
    return [
      `${where}: there is no manifest, so nothing is proven (attest: true makes them)`,
      ...faultLines(faults),
    ].join("\n");
  return [
    `${where}: ${counted(manifests, "manifest")} ${manifests === 1 ? "names" : "name"} ${counted(files, "file")} with ${counted(records, "record")}`,
    `  newest: manifest ${newest.number} of ${newest.date}, ${newest.hash}`,
    ...fingerprints.map((each) => `  signed with the key ${each}`),
    ...(unattested > 0
      ? [`  ${counted(unattested, "file")} younger than that: the next manifest has to name what is there`]
      : []),
    ...faultLines(faults),
    ...(faults.length > 0 ? ["this archive was changed"] : wholeLines(given)),
  ].join("\n");
}

function faultLines(faults: readonly ChainFault[]): string[] {
  const shown = faults
    .slice(0, mostShown)
    .map(({ what, name, detail }) => `  ${words[what]}: ${name}: ${detail}`);
  return faults.length > mostShown ? [...shown, `  and ${faults.length - mostShown} more`] : shown;
}

const words: Readonly<Record<ChainFault["what"], string>> = {
  edited: "edited",
  missing: "missing",
  extra: "extra",
  gap: "gap",
  reordered: "reordered",
  unsigned: "not signed",
  other_key: "another key",
  head: "another end",
};

function wholeLines({ key, head }: Given): string[] {
  return [
    head
      ? "complete: the manifest that was told elsewhere is in the chain, and nothing up to the newest is missing"
      : "complete up to the newest manifest; whether newer ones were removed shows with --head, the hash that the SIEM was told",
    ...(key ? [] : ["signed by a key that you have not vouched for: give it with --key"]),
  ];
}

/** The fingerprints that somebody gives, or those of keys in files; in words where one is neither. */
export function keysGiven(given: readonly string[] | undefined): readonly string[] | undefined | string {
  const keys: string[] = [];
  for (const each of given ?? []) {
    const found = fingerprintIn(each);
    if (typeof found === "object") return found.text;
    keys.push(found);
  }
  return given && keys;
}

function fingerprintIn(given: string): string | { readonly text: string } {
  if (/^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  try {
    const key = createPublicKey(smallFile(given).bytes);
    if (key.asymmetricKeyType === "ed25519") return fingerprintOf(key);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "EACCES")
      return { text: `${given} cannot be read, and is no fingerprint of 64 hexadecimal digits` };
  }
  return {
    text: `${given} is neither a PEM file with an Ed25519 key nor a fingerprint of 64 hexadecimal digits`,
  };
}
