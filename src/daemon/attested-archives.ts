import { join } from "node:path";
import { readAttestKey, readOrMakeAttestKey } from "../archive/attest-key.ts";
import type { Config } from "../config/config.ts";
import type { OutputContext } from "../output/output.ts";
import type { AttestedArchive } from "./attestations.ts";
import { created } from "./created.ts";

/** Of the key that is made where no file is named, in the state directory. */
const attestKeyName = "attest-key.pem";

/**
 * The archives of the configuration whose content is attested, each with its key, which is made where none is
 * named and none is there. The state directory must be there. Throws ConfigError.
 */
export function attestedArchives(
  { file, stateDir, outputs }: Pick<Config, "file" | "stateDir" | "outputs">,
  context: Pick<OutputContext, "clock" | "environment" | "guid">,
): AttestedArchive[] {
  return outputs.flatMap((configured, index) => {
    const archive = configured.archive(context);
    if (archive?.attest === undefined) return [];
    const { store, attest, failed } = archive;
    const { keyFile } = attest;
    const { name, timeout } = configured.config;
    const key = created(file, `outputs[${index}].attest_key_file`, () =>
      keyFile === undefined ? readOrMakeAttestKey(join(stateDir, attestKeyName)) : readAttestKey(keyFile),
    );
    return [{ output: name, store, key, timeoutMs: timeout, failed }];
  });
}
