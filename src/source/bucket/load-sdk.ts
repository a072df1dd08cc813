import { SourceError } from "../source.ts";

/**
 * The vendors' packages, each loaded when a configured bucket needs it and not before. All names stand here,
 * as they are, so that a bundler finds them. They are installed by whoever uses them: together they are four
 * times as large as the rest.
 */
const sdks = {
  "@aws-sdk/client-s3": () => import("@aws-sdk/client-s3"),
  "@google-cloud/storage": () => import("@google-cloud/storage"),
  "@azure/storage-blob": () => import("@azure/storage-blob"),
  "@azure/identity": () => import("@azure/identity"),
} as const;

/** Their names, as the registry has them. */
export type SdkName = keyof typeof sdks;

/** Rejects with SourceError, whose fix is the command that installs what is missing. */
export async function loadSdk<Name extends SdkName>(
  name: Name,
  load: () => Promise<unknown> = sdks[name],
): Promise<Awaited<ReturnType<(typeof sdks)[Name]>>> {
  try {
    return (await load()) as Awaited<ReturnType<(typeof sdks)[Name]>>;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code !== "ERR_MODULE_NOT_FOUND" || !String(message).includes(name)) throw error;
    throw new SourceError(
      "missing_package",
      `${name}, with which this bucket is read, is not installed`,
      `npm install -g ${name}, beside this program (without -g where it is part of a project), then restart it`,
    );
  }
}
