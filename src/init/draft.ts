import { stringify } from "yaml";
import type { Deployment, Siem } from "./choices.ts";
import type { Placement } from "./placement.ts";
import type { Answers, SecretQuestion } from "./question.ts";

/** What was answered, and where it is laid. */
export interface DraftOptions {
  readonly deployment: Deployment;
  readonly siem: Siem;
  readonly answers: Answers;
  /** The secrets that there are, by the names of their files. */
  readonly held: ReadonlySet<string>;
  /** PEM files of authorities, where no public one has signed. */
  readonly wandbCa: string | undefined;
  readonly siemCa: string | undefined;
  readonly placement: Placement;
}

/** The text of the configuration. */
export function draft({ deployment, siem, answers, held, wandbCa, siemCa, placement }: DraftOptions): string {
  const reference = (secret: SecretQuestion | undefined) => {
    if (secret === undefined || !held.has(secret.name)) return undefined;
    return secret.isFile === true ? placement.path(secret.name) : placement.reference(secret.name);
  };
  const reach = siem.reach === undefined ? {} : { start: siem.reach };
  const source = { ...deployment.source(answers, reference(deployment.secret)), ...reach };
  const output = siem.output(answers, reference(siem.secret));
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
