import { z } from "zod";
import { isLoopback } from "../net/loopback.ts";
import { httpUrl, secret } from "../schema/parts.ts";
import type { Secret } from "../secret/secret.ts";
import type { BucketPlace, StoreName } from "./bucket-place.ts";

const keysOf: Readonly<Record<StoreName, readonly string[]>> = {
  s3: ["region", "path_style", "profile", "access_key_id", "secret_access_key", "session_token"],
  gs: ["key_file"],
  az: ["account_key", "sas_token"],
};

/** What the configuration says of how a bucket is reached: to be spread into a schema. */
export const bucketKeys = {
  endpoint: httpUrl()
    .optional()
    .describe("Address of an S3-compatible store, or of a private endpoint. Default: that of the cloud."),
  region: z
    .string()
    .min(1)
    .optional()
    .describe("S3: region of the bucket. Default: AWS_REGION, or the profile's."),
  path_style: z
    .boolean()
    .optional()
    .describe(
      "S3: the bucket's name stands in the path and not in the host. Default: true with an `endpoint`.",
    ),
  profile: z
    .string()
    .min(1)
    .optional()
    .describe("S3: profile in the AWS configuration files. Default: AWS_PROFILE."),
  access_key_id: z
    .string()
    .min(1)
    .optional()
    .describe(
      "S3: access key. Without it the AWS SDK looks where it always does: environment, profile, web identity, the role of the instance or pod.",
    ),
  secret_access_key: secret().optional().describe("S3: secret of the access key."),
  session_token: secret().optional().describe("S3: token of temporary credentials."),
  key_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Google Cloud: JSON file with the key of a service account, read again when it changes. Without it: application default credentials.",
    ),
  account_key: secret().optional().describe("Azure: key of the storage account."),
  sas_token: secret()
    .optional()
    .describe(
      "Azure: shared access signature that may list and read. Without it and `account_key`: the identity of the machine or pod, or what the environment says (`@azure/identity`).",
    ),
};

/** What the schema makes of it, and the place. */
export type BucketAccess = z.output<z.ZodObject<typeof bucketKeys>> & { readonly url: BucketPlace };

/** Tells keys of another store, and those that want each other. */
export function checkBucketKeys(config: BucketAccess, issue: (path: string, message: string) => void): void {
  const { store } = config.url;
  for (const [other, keys] of Object.entries(keysOf))
    for (const key of keys)
      if (other !== store && (config as Record<string, unknown>)[key] !== undefined)
        issue(key, `belongs to ${other}:// and not to ${store}://`);
  if ((config.access_key_id === undefined) !== (config.secret_access_key === undefined))
    issue("access_key_id", "access_key_id and secret_access_key belong together");
}

/** Tells where the log would go over a network for everybody to see. */
export function checkPlaintext(
  {
    endpoint,
    allow_plaintext: allowed,
  }: Pick<BucketAccess, "endpoint"> & { readonly allow_plaintext: boolean },
  issue: (path: string, message: string) => void,
): void {
  if (endpoint?.protocol === "http:" && !isLoopback(endpoint.hostname) && !allowed)
    issue(
      "endpoint",
      "http:// shows the log to whoever is in between: use https://, or set allow_plaintext: true",
    );
}

/** The secrets of a bucket, those that are configured. */
export function bucketSecrets(config: BucketAccess): readonly Secret[] {
  const { secret_access_key, session_token, account_key, sas_token } = config;
  return [secret_access_key, session_token, account_key, sas_token].filter((secret) => secret !== undefined);
}

/** Keys of others that do not reach into a vendor's SDK: why, and what does. */
export const ofTheSdk: z.core.$ZodErrorMap = ({ code, keys }) =>
  code === "unrecognized_keys" && (keys as string[]).some((key) => /^(tls|proxy|proxy_tls)$/.test(key))
    ? "the vendor's SDK makes these connections: name a private authority in NODE_EXTRA_CA_CERTS, and a proxy in HTTPS_PROXY and NO_PROXY, in the environment of this program (docs/sources.md)"
    : undefined;
