import { z } from "zod";
import { isLoopback } from "../../net/loopback.ts";
import { httpUrl, secret } from "../../schema/parts.ts";
import { start } from "../../schema/start.ts";
import { storedKeys, storedLimits } from "../stored-log/stored-keys.ts";

/** Which store a URL's scheme stands for. */
export type StoreName = "s3" | "gs" | "az";

/** Where in a store the log lies. `account` is of Azure alone. */
export interface BucketPlace {
  readonly store: StoreName;
  readonly account: string;
  readonly bucket: string;
  /** Every name begins with it; `""` is all of the bucket. */
  readonly prefix: string;
}

/** Keys that one store alone has. */
const keysOf: Readonly<Record<StoreName, readonly string[]>> = {
  s3: ["region", "path_style", "profile", "access_key_id", "secret_access_key", "session_token"],
  gs: ["key_file"],
  az: ["account_key", "sas_token"],
};

const place = z
  .string()
  .transform((text, context): BucketPlace => {
    const found = placeOf(text);
    if (found !== undefined) return found;
    context.addIssue(
      "not a bucket: write s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://ACCOUNT/CONTAINER/PREFIX",
    );
    return { store: "s3", account: "", bucket: "", prefix: "" };
  })
  .describe(
    "Where W&B writes its audit log: s3://BUCKET/wandb-audit-logs (also S3-compatible stores, with `endpoint`), gs://BUCKET/wandb-audit-logs or az://ACCOUNT/CONTAINER/wandb-audit-logs. A path of the W&B bucket stands before wandb-audit-logs.",
  );

/** Keys of other sources that do not reach into a vendor's SDK: why, and what does. */
const ofTheSdk: z.core.$ZodErrorMap = ({ code, keys }) =>
  code === "unrecognized_keys" && (keys as string[]).some((key) => /^(tls|proxy|proxy_tls)$/.test(key))
    ? "the vendor's SDK makes these connections: name a private authority in NODE_EXTRA_CA_CERTS, and a proxy in HTTPS_PROXY and NO_PROXY, in the environment of this program (docs/sources.md)"
    : undefined;

/** What a source of this kind takes in the configuration. */
export const bucketSchema = z
  .strictObject(
    {
      ...storedKeys,
      type: z
        .literal("bucket")
        .describe(
          "The audit log that W&B writes to a bucket every ten minutes: Self-Managed and Dedicated Cloud.",
        ),
      url: place,
      start,
      read: storedLimits("object"),
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
          "Google Cloud: JSON file with the key of a service account. Without it: application default credentials.",
        ),
      account_key: secret().optional().describe("Azure: key of the storage account."),
      sas_token: secret()
        .optional()
        .describe(
          "Azure: shared access signature that may list and read. Without it and `account_key`: the identity of the machine or pod, or what the environment says (`@azure/identity`).",
        ),
      allow_plaintext: z
        .boolean()
        .default(false)
        .describe(
          "Read over http:// from another machine: whoever is in between sees the log and can change it.",
        ),
    },
    { error: ofTheSdk },
  )
  .superRefine((config, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const { store } = config.url;
    for (const [other, keys] of Object.entries(keysOf))
      for (const key of keys)
        if (other !== store && (config as Record<string, unknown>)[key] !== undefined)
          issue(key, `belongs to ${other}:// and not to ${store}://`);
    if ((config.access_key_id === undefined) !== (config.secret_access_key === undefined))
      issue("access_key_id", "access_key_id and secret_access_key belong together");
    const { endpoint, allow_plaintext: allowed } = config;
    if (endpoint?.protocol === "http:" && !isLoopback(endpoint.hostname) && !allowed)
      issue(
        "endpoint",
        "http:// shows the log to whoever is in between: use https://, or set allow_plaintext: true",
      );
  });

/** What the schema makes of it. */
export type BucketConfig = z.output<typeof bucketSchema>;

function placeOf(text: string): BucketPlace | undefined {
  const [, store, path] = /^(s3|gs|az):\/\/([^?#@]+)$/.exec(text) ?? [];
  if (store === undefined || path === undefined) return undefined;
  const [first = "", ...others] = path.split("/");
  const [account, bucket, names] =
    store === "az" ? [first, others[0] ?? "", others.slice(1)] : ["", first, others];
  if (bucket === "" || !/^[A-Za-z0-9$][A-Za-z0-9._-]*$/.test(bucket) || (store === "az" && account === ""))
    return undefined;
  const folder = names.join("/").replace(/\/+$/, "");
  // As a folder: `wandb-audit-logs-old` is another one.
  return { store: store as StoreName, account, bucket, prefix: folder === "" ? "" : `${folder}/` };
}
