import { builtin } from "../builtin.ts";
import { handedOver } from "./lay-down.ts";
import type { Placement } from "./placement.ts";
import type { Siem } from "./siems.ts";

const { readFileSync } = builtin("node:fs");

/** What was written, and how it was tried. */
export interface NextStepsOptions {
  readonly siem: Siem;
  /** Of the SIEM's secret; undefined: it asks for none. */
  readonly siemSecret: string | undefined;
  readonly placement: Placement;
  /** That of the service; undefined: there is none. */
  readonly group: number | undefined;
  /** Nothing was found wrong. */
  readonly isFine: boolean;
}

/** What a person has to do now, in commands that a shell takes. */
export function nextSteps({ siem, siemSecret, placement, group, isFine }: NextStepsOptions): string {
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
  const first = [...lacksGroup(placement, group), ...lacksLine(placement, siemSecret)].map(
    (text) => `\nFirst: ${text}`,
  );
  return isFine
    ? `${first.join("")}\nNext: ${start}\nThe other side, and a first alert: ${siem.page}\n`
    : `\nThe files are written. Mend what is wrong, then: ${again}${first.join("")}\nThe other side: ${siem.page}\n`;
}

/** The service could not read what root alone may. */
function lacksGroup({ config, dropIn }: Placement, group: number | undefined): readonly string[] {
  if (dropIn === undefined || group !== undefined) return [];
  // Whose its folder is, the service's tmpfiles.d says.
  return [
    `there is no group wandb-audit-forwarder yet: install the service, then chgrp wandb-audit-forwarder ${config} && chmod 0640 ${config}`,
  ];
}

/** What a drop-in that was there does not hand over. */
function lacksLine(placement: Placement, secret: string | undefined): readonly string[] {
  const { dropIn } = placement;
  if (dropIn === undefined || secret === undefined) return [];
  const text = readFileSync(dropIn, "utf8");
  return handedOver(placement, [secret])
    .filter((line) => !text.includes(line))
    .map((line) => `${dropIn} was there, and is kept: add the line ${line.trim()}`);
}

/** As a shell takes it for one word. */
function inShell(path: string): string {
  return /^[\w/.,:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
