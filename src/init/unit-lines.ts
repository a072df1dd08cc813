import { dirname, join } from "node:path";
import type { Placement } from "./placement.ts";
import type { Answers } from "./question.ts";
import type { Siem } from "./siems.ts";

/** What the service's unit lacks for what was answered. */
export interface UnitLinesOptions {
  readonly placement: Pick<Placement, "credentials">;
  readonly siem: Pick<Siem, "writes">;
  readonly answers: Answers;
  /** The file of the SIEM's secret; undefined: it asks for none. */
  readonly siemSecret: string | undefined;
}

/**
 * The lines of a drop-in (systemd.exec(5)): a secret is handed over, and a folder that an output writes into
 * may be written; one that is not there yet does not keep the service from starting. One right under /var/log
 * systemd makes itself, for the service's user.
 */
export function unitLines({ placement, siem, answers, siemSecret }: UnitLinesOptions): readonly string[] {
  const file = siem.writes?.(answers);
  return [
    ...(siemSecret === undefined
      ? []
      : [`LoadCredential=${siemSecret}:${join(placement.credentials, siemSecret)}`]),
    ...(file === undefined ? [] : writable(dirname(file))),
  ];
}

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
