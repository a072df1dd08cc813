import { stringify } from "yaml";
import type { Deployment } from "./deployments.ts";
import type { Placement } from "./placement.ts";
import type { Answers } from "./question.ts";
import type { Siem } from "./siems.ts";

/** What was answered, and where it is laid. */
export interface DraftOptions {
  readonly deployment: Deployment;
  readonly siem: Siem;
  readonly answers: Answers;
  /** Of the SIEM's secret; undefined: it asks for none. */
  readonly siemSecret: string | undefined;
  /** PEM files of authorities, where no public one has signed. */
  readonly wandbCa: string | undefined;
  readonly siemCa: string | undefined;
  readonly placement: Placement;
}

/** The text of the configuration. */
export function draft({
  deployment,
  siem,
  answers,
  siemSecret,
  wandbCa,
  siemCa,
  placement,
}: DraftOptions): string {
  const reference = (name: string) => placement.reference(name);
  const source = deployment.source(answers, reference(deployment.secret.name));
  const output = siem.output(answers, siemSecret === undefined ? undefined : reference(siemSecret));
  const { stateDir } = placement;
  return `# The W&B audit log (${deployment.name}) into ${siem.name}. Every key: docs/configuration.md; the other side: ${siem.page}.
# After a change: wandb-audit-forwarder check; the daemon takes it over by itself.

${stringify({
  ...(stateDir === undefined ? {} : { state_dir: stateDir }),
  sources: [withAuthority(source, wandbCa)],
  outputs: [withAuthority(output, siemCa)],
})}`;
}

function withAuthority(part: object, ca: string | undefined): object {
  return ca === undefined ? part : { ...part, tls: { ca } };
}
