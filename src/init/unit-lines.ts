import { join } from "node:path";

/** What the unit has to be told beside what it has. */
export interface UnitNeeds {
  /** The folder of the credentials, and which of them are handed over. */
  readonly credentials: string;
  readonly names: readonly string[];
  /** A folder that an output writes into; undefined: none does. */
  readonly folder: string | undefined;
}

/** The lines of a drop-in that say so (systemd.exec(5)). */
export function unitLines({ credentials, names, folder }: UnitNeeds): readonly string[] {
  const handed = names.map((name) => `LoadCredential=${name}:${join(credentials, name)}`);
  // A folder that is not there yet must not keep the service from starting: the output says so.
  return folder === undefined ? handed : [...handed, `ReadWritePaths=-${folder}`];
}

/**
 * What is wrong with a drop-in that is there already, and stays; undefined: nothing. `isThere` says whether a
 * file is there, or will be.
 */
export function wrongWith(
  dropIn: string,
  lines: readonly string[],
  isThere: (file: string) => boolean,
): string | undefined {
  const given = dropIn.split("\n").map((line) => line.trim());
  for (const line of lines) {
    // However else a credential of that name is given, it is given.
    const name = /^LoadCredential=([^:]+):/.exec(line)?.[1];
    const same = (one: string) =>
      name === undefined
        ? one.replace("=-", "=") === line.replace("=-", "=")
        : /^(?:Load|Set)Credential(?:Encrypted)?=([^:]+)/.exec(one)?.[1] === name;
    if (!given.some(same)) return `it lacks the line ${line}`;
  }
  for (const line of given) {
    const file = /^LoadCredential=[^:]+:(\/.*)$/.exec(line)?.[1];
    if (file !== undefined && !isThere(file))
      return `it hands over ${file}, which is not there: the service would not start`;
  }
  return undefined;
}
