import { openFilesFix } from "../system-code.ts";
import { type FileText, reasonOf, type Surroundings } from "./interpolate.ts";
import { ConfigError } from "./problem.ts";

const byName = "name the configuration with -c FILE or WANDB_AUDIT_FORWARDER_CONFIG";
const forTheUser = "the user who runs this must be able to read it: chgrp to that user's group, chmod 0640";

/** The file as it is now. Throws ConfigError that says why it cannot be read, and what to do. */
export function fileText(file: string, { readFile }: Surroundings): FileText {
  try {
    return readFile(file);
  } catch (error) {
    const reason = reasonOf(error);
    const problem = {
      path: "",
      line: 0,
      column: 0,
      message: `cannot be read: ${reason}`,
      hint: openFilesFix(error) ?? (reason === "permission denied" ? forTheUser : byName),
    };
    throw new ConfigError(file, [problem], error);
  }
}
