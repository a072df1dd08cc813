import { builtin } from "../builtin.ts";
import type { Siem } from "./choices.ts";
import type { Placement } from "./placement.ts";
import type { Answers } from "./question.ts";
import { noCredentials } from "./unit-lines.ts";

const { existsSync, readFileSync } = builtin("node:fs");

/** What was written, and how it was tried. */
export interface NextStepsOptions {
  readonly siem: Siem;
  readonly answers: Answers;
  /** What the unit of the service lacks. */
  readonly unitLines: readonly string[];
  readonly placement: Placement;
  /** That of the service; undefined: there is none. */
  readonly group: number | undefined;
  /** What of the log on this machine the service may not read; undefined: nothing. */
  readonly closed: string | undefined;
  /** Nothing was found wrong. */
  readonly isFine: boolean;
}

/** What a person has to do now, in commands that a shell takes. */
export function nextSteps({
  siem,
  answers,
  unitLines,
  placement,
  group,
  closed,
  isFine,
}: NextStepsOptions): string {
  const { config, dropIn, environment } = placement;
  const variables = Object.entries(environment)
    .map(([name, value]) => `${name}=${value} `)
    .join("");
  const where = dropIn !== undefined ? "" : ` -c ${inShell(config)}`;
  const again = `${variables}wandb-audit-forwarder check${where}`;
  const start =
    dropIn === undefined
      ? `wandb-audit-forwarder run${where}`
      : "systemctl daemon-reload && systemctl enable --now wandb-audit-forwarder";
  const first = [
    ...lacksGroup(placement, group),
    ...lacksLines(placement, unitLines),
    ...lacksCredentials(placement),
    ...lacksFolder(placement, unitLines, siem.writes?.(answers)),
    ...lacksLog(placement, closed),
  ].map((text) => `\nFirst: ${text}`);
  return isFine
    ? `${first.join("")}\nNext: ${start}\nThe other side, and a first alert: ${siem.page}\n`
    : `\nThe files are written. Mend what is wrong, then: ${again}${first.join("")}\nNext: ${start}\nThe other side: ${siem.page}\n`;
}

/** The service could not read what root alone may. */
function lacksGroup({ config, dropIn }: Placement, group: number | undefined): readonly string[] {
  if (dropIn === undefined || group !== undefined) return [];
  // Whose its folder is, the service's tmpfiles.d says.
  return [
    `there is no group wandb-audit-forwarder yet: install the service, then chgrp wandb-audit-forwarder ${config} && chmod 0640 ${config}`,
  ];
}

/** What a drop-in that was there does not say. */
function lacksLines({ dropIn }: Placement, lines: readonly string[]): readonly string[] {
  if (dropIn === undefined || lines.length === 0) return [];
  const there = readFileSync(dropIn, "utf8")
    .split("\n")
    .map((line) => line.trim());
  return lines
    .filter((line) => !there.includes(line))
    .map(
      (line) =>
        `${dropIn} was there, and is kept: add the line ${line}${line === noCredentials ? " before all others of this kind" : ""}`,
    );
}

/** A drop-in that was there hands over what is gone: a unit with such a line does not start. */
function lacksCredentials({ dropIn }: Placement): readonly string[] {
  if (dropIn === undefined || !existsSync(dropIn)) return [];
  const handed = readFileSync(dropIn, "utf8").matchAll(/^[ \t]*LoadCredential=[^:\n]+:(\/.*\S)/gm);
  return [...handed]
    .map(([, file = ""]) => file)
    .filter((file) => !existsSync(file))
    .map(
      (file) =>
        `${dropIn} hands over ${file}, which is not there, and the service would not start: remove that line`,
    );
}

/** Only a folder right under /var/log is made by systemd; one that is there may be somebody else's. */
function lacksFolder(
  { dropIn }: Placement,
  lines: readonly string[],
  folder: string | undefined,
): readonly string[] {
  const isMade = lines.some((line) => line.startsWith("LogsDirectory="));
  if (dropIn === undefined || folder === undefined || isMade) return [];
  return existsSync(folder)
    ? [
        `let the service's user write there, such as by setfacl -m u:wandb-audit-forwarder:rwx ${inShell(folder)}`,
      ]
    : [`install -d -m 0750 -o wandb-audit-forwarder -g wandb-audit-forwarder ${inShell(folder)}`];
}

/** An access list, of which modes say nothing, may let it in already. */
function lacksLog({ dropIn }: Placement, closed: string | undefined): readonly string[] {
  if (dropIn === undefined || closed === undefined) return [];
  return [
    `let the service's user read the log, such as by setfacl -m u:wandb-audit-forwarder:rX ${inShell(closed)}, unless that was done`,
  ];
}

/** As a shell takes it for one word. */
function inShell(path: string): string {
  return /^[\w/.,:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
