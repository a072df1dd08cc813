// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what stands in a configuration
import { dirname, join } from "node:path";

/** Where the configuration and its secrets are laid, and how the one refers to the others. */
export interface Placement {
  readonly config: string;
  /** The folder of files with one secret each. */
  readonly credentials: string;
  /** What the configuration has in the place of a secret. */
  readonly reference: (name: string) => string;
  /** And where it names the file itself. */
  readonly path: (name: string) => string;
  /** Absent: where a service's is. */
  readonly stateDir?: string;
  /** Variables that the configuration needs to be read by hand. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of systemd: where it is told what the unit lacks. */
  readonly dropIn?: string;
}

/** As the systemd unit has it: systemd hands the secrets over as credentials. */
export function servicePlacement(
  config: string,
  dropIn = "/etc/systemd/system/wandb-audit-forwarder.service.d/init.conf",
): Placement {
  const credentials = join(dirname(config), "credentials");
  return {
    ...{ config, credentials, dropIn, environment: { CREDENTIALS_DIRECTORY: credentials } },
    reference: (name) => `\${file:\${CREDENTIALS_DIRECTORY}/${name}}`,
    path: (name) => `\${CREDENTIALS_DIRECTORY}/${name}`,
  };
}

/** For who starts it from a terminal: everything beside the configuration. */
export function folderPlacement(config: string): Placement {
  const credentials = join(dirname(config), "credentials");
  return {
    ...{ config, credentials, stateDir: "./state", environment: {} },
    reference: (name) => `\${file:${join(credentials, name)}}`,
    path: (name) => join(credentials, name),
  };
}
