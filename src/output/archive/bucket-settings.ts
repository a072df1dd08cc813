import { z } from "zod";
import { proveLock } from "../../archive/bucket/prove-lock.ts";
import { type Retention, retentionKeys } from "../../archive/bucket/retention.ts";
import type { ArchivePlace } from "../../archive/place.ts";
import { type BucketAccess, bucketKeys, checkBucketKeys, checkPlaintext } from "../../bucket/bucket-keys.ts";
import type { Finding } from "../../finding.ts";
import { secret } from "../../schema/parts.ts";
import type { OutputContext } from "../output.ts";

const text = () => z.string().min(1).optional();
const forTrial = "For `check --prove-lock` alone, which tries to remove its own probe";

const proveKeys = {
  prove_access_key_id: text().describe(`S3: access key that may remove versions. ${forTrial}.`),
  prove_secret_access_key: secret().optional().describe("S3: secret of `prove_access_key_id`."),
  prove_key_file: text().describe(
    `Google Cloud: JSON file with the key of a service account that may remove objects. ${forTrial}.`,
  ),
  prove_account_key: secret()
    .optional()
    .describe(`Azure: key of the storage account, where the output itself has a signature. ${forTrial}.`),
  prove_sas_token: secret()
    .optional()
    .describe(`Azure: shared access signature that may remove blobs. ${forTrial}.`),
};

const proveStores = {
  prove_access_key_id: "s3",
  prove_secret_access_key: "s3",
  prove_key_file: "gs",
  prove_account_key: "az",
  prove_sas_token: "az",
} as const;

/** What the configuration says of an archive in a bucket: to be spread into a schema. */
export const bucketSettings = {
  ...bucketKeys,
  sas_token: bucketKeys.sas_token.describe(
    "Azure: shared access signature that may list, read and create. Without it and `account_key`: the identity of the machine or pod, or what the environment says (`@azure/identity`).",
  ),
  ...retentionKeys,
  ...proveKeys,
  allow_plaintext: z
    .boolean()
    .default(false)
    .describe("Store over http:// to another machine: whoever is in between sees the log and can change it."),
};

/** What the schema makes of it. */
export type BucketSettings = z.output<z.ZodObject<typeof bucketSettings>> & { readonly url: ArchivePlace };

/** Tells keys that mean nothing where the archive stands, or without each other. */
export function checkBucketSettings(
  config: BucketSettings,
  issue: (path: string, message: string) => void,
): void {
  const { url, retain, lock } = config;
  if (url.store === "file") {
    for (const key of Object.keys(bucketSettings))
      if (![undefined, false].includes(config[key as keyof typeof bucketSettings] as undefined))
        issue(key, "belongs to a bucket and not to file://");
    return;
  }
  checkBucketKeys({ ...config, url }, issue);
  for (const [key, store] of Object.entries(proveStores))
    if (store !== url.store && config[key as keyof typeof proveStores] !== undefined)
      issue(key, `belongs to ${store}:// and not to ${url.store}://`);
  if ((config.prove_access_key_id === undefined) !== (config.prove_secret_access_key === undefined))
    issue("prove_access_key_id", "prove_access_key_id and prove_secret_access_key belong together");
  if (lock !== undefined && retain === undefined) issue("lock", "means nothing without retain");
  checkPlaintext(config, issue);
}

/** How files are to be kept. */
export function retentionOfSettings({ retain, lock, legal_hold }: BucketSettings): Retention {
  return { retain, lock: lock ?? "compliance", legalHold: legal_hold };
}

/** As `Output.proveLock`; undefined where there is no bucket, or no file is kept. */
export function lockProof(
  config: BucketSettings,
  { clock, environment, guid }: Pick<OutputContext, "clock" | "environment" | "guid">,
): ((deadline: AbortSignal) => Promise<readonly Finding[]>) | undefined {
  const { url } = config;
  if (url.store === "file" || config.retain === undefined) return undefined;
  const access = { ...config, url };
  return (deadline) =>
    proveLock(
      {
        ...{ access, remover: removerOf(access), retention: retentionOfSettings(config) },
        ...{ environment, now: () => clock.now(), guid },
      },
      deadline,
    );
}

/** Undefined where no credentials are given for the trial. */
function removerOf(access: BucketSettings & BucketAccess): BucketAccess | undefined {
  const { prove_access_key_id, prove_secret_access_key, prove_key_file } = access;
  const { prove_account_key, prove_sas_token } = access;
  if (prove_access_key_id !== undefined)
    return {
      ...{ ...access, profile: undefined, session_token: undefined },
      ...{ access_key_id: prove_access_key_id, secret_access_key: prove_secret_access_key },
    };
  if (prove_key_file !== undefined) return { ...access, key_file: prove_key_file };
  if (prove_account_key ?? prove_sas_token)
    return { ...access, account_key: prove_account_key, sas_token: prove_sas_token };
  return undefined;
}
