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

/** A vendor's package is not installed. */
export class MissingSdk extends Error {
  readonly package: SdkName;
  /** The command that installs it. */
  readonly fix: string;

  constructor(name: SdkName) {
    super(`${name} is not installed`);
    this.name = "MissingSdk";
    this.package = name;
    this.fix = `npm install -g ${name}, beside this program (without -g where it is part of a project), then restart it`;
  }
}

/** Rejects with MissingSdk. */
export async function loadSdk<Name extends SdkName>(
  name: Name,
  load: () => Promise<unknown> = sdks[name],
): Promise<Awaited<ReturnType<(typeof sdks)[Name]>>> {
  try {
    return (await load()) as Awaited<ReturnType<(typeof sdks)[Name]>>;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code !== "ERR_MODULE_NOT_FOUND" || !String(message).includes(name)) throw error;
    throw new MissingSdk(name);
  }
}
