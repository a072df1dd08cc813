import { join } from "node:path";
import type { Siem } from "./choices.ts";
import type { Placement } from "./placement.ts";
import type { Answers } from "./question.ts";

/** What the service's unit lacks for what was answered. */
export interface UnitLinesOptions {
  readonly placement: Pick<Placement, "credentials">;
  readonly siem: Pick<Siem, "writes">;
  readonly answers: Answers;
  /** The secrets that there are, by the names of their files. */
  readonly held: ReadonlySet<string>;
}

/**
 * The lines of a drop-in (systemd.exec(5)): a secret is handed over, and a folder that an output writes into
 * may be written; one that is not there yet does not keep the service from starting. One right under /var/log
 * systemd makes itself, for the service's user.
 */
export function unitLines({ placement, siem, answers, held }: UnitLinesOptions): readonly string[] {
  const folder = siem.writes?.(answers);
  const handed = [...held].filter((name) => name !== ofTheUnit);
  return [
    // It hands over a file that is not there otherwise, and does not start.
    ...(held.has(ofTheUnit) ? [] : [noCredentials]),
    ...handed.map((name) => `LoadCredential=${name}:${join(placement.credentials, name)}`),
    ...(folder === undefined ? [] : writable(folder)),
  ];
}

/** What the unit itself hands over. */
const ofTheUnit = "wandb-api-key";

/** Forgets what stands before it. */
export const noCredentials = "LoadCredential=";

function writable(folder: string): readonly string[] {
  const [, name] = /^\/var\/log\/([\w.-]+)$/.exec(folder) ?? [];
  return name === undefined
    ? [`ReadWritePaths=${inUnit(`-${folder}`)}`]
    : [`LogsDirectory=${name}`, "LogsDirectoryMode=0750"];
}

/** As a unit has a path (systemd.syntax(7)): quoted, with no specifiers in it. */
function inUnit(path: string): string {
  const plain = path.replaceAll("%", "%%");
  return /^[\w/.,:@+%-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, "\\$&")}"`;
}
