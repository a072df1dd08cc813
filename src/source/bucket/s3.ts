import type { GetBucketLifecycleConfigurationCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { builtin } from "../../builtin.ts";
import type { Finding } from "../../finding.ts";
import type { Environment } from "../../net/http/proxy.ts";
import { isLoopback } from "../../net/loopback.ts";
import type { Volume } from "../stored-log/volume.ts";
import type { BucketConfig } from "./config.ts";
import { loadSdk } from "./load-sdk.ts";
import { guardFinding, lifecycleFinding, type StoreClient, unknownGuards } from "./store-client.ts";
import type { StoreRefusal } from "./store-faults.ts";

type S3Sdk = Awaited<ReturnType<typeof loadSdk<"@aws-sdk/client-s3">>>;

const timeouts = { connectionTimeout: 10_000, requestTimeout: 60_000 };

/** A bucket of S3, or of a store that speaks as S3 does. Rejects with SourceError without its package. */
export async function s3Store(config: BucketConfig, environment: Environment): Promise<StoreClient> {
  const sdk = await loadSdk("@aws-sdk/client-s3");
  const { bucket, prefix } = config.url;
  const requestHandler = { ...timeouts, ...agentsOf(config, environment) };
  const client = new sdk.S3Client({ ...s3Options(config), requestHandler });
  const Bucket = bucket;
  return {
    words: {
      where: `s3://${bucket}`,
      list: `s3:ListBucket on arn:aws:s3:::${bucket}`,
      read: `s3:GetObject on arn:aws:s3:::${bucket}/${prefix}*`,
      login:
        "set access_key_id and secret_access_key, or give what the AWS SDK looks for: environment, profile, web identity, or a role of the instance or pod",
    },
    async *list(stop) {
      let ContinuationToken: string | undefined;
      do {
        const command = new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken });
        const page = await client.send(command, { abortSignal: stop });
        for (const { Key = "", ETag = "", Size = 0, LastModified } of page.Contents ?? [])
          yield volumeOf(Key, ETag, Size, LastModified?.getTime() ?? 0);
        ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },
    async read({ name, version, size }, { from, to }, stop) {
      const whole = from === 0 && to === size;
      const Range = whole ? undefined : `bytes=${from}-${to - 1}`;
      const command = new sdk.GetObjectCommand({ Bucket, Key: name, IfMatch: version, Range });
      const { Body } = await client.send(command, { abortSignal: stop });
      return Body as unknown as AsyncIterable<Uint8Array>;
    },
    refusalOf: s3Refusal,
    guards: (stop) => s3Guards(sdk, client, Bucket, stop),
    close: () => client.destroy(),
  };
}

/** By itself this SDK, unlike the others, takes no notice of HTTPS_PROXY and its like. */
function agentsOf({ endpoint }: BucketConfig, environment: Environment) {
  if (endpoint !== undefined && isLoopback(endpoint.hostname)) return {};
  const [http, https] = [builtin("node:http"), builtin("node:https")];
  const options = { keepAlive: true, maxSockets: 50, proxyEnv: { ...environment } };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}

function s3Options(config: BucketConfig) {
  const { endpoint, region, path_style: pathStyle, profile, access_key_id: id } = config;
  const { secret_access_key: secret, session_token: token } = config;
  return {
    maxAttempts: 3,
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    ...(endpoint !== undefined && { endpoint: endpoint.href }),
    // Compatible stores have none, and a signature wants one.
    ...((region ?? endpoint) !== undefined && { region: region ?? "us-east-1" }),
    ...(profile !== undefined && { profile }),
    ...(id !== undefined &&
      secret !== undefined && {
        credentials: {
          accessKeyId: id,
          secretAccessKey: secret.reveal(),
          ...(token !== undefined && { sessionToken: token.reveal() }),
        },
      }),
  };
}

function volumeOf(name: string, version: string, size: number, changedAt: number): Volume {
  return { name, id: name, version, size, changedAt };
}

function s3Refusal(error: unknown): StoreRefusal {
  const { name, Code, message, $metadata } = error as {
    readonly name?: string;
    readonly Code?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (message === "Region is missing") return { status: 400, code: "PermanentRedirect", message };
  return { status, code: Code ?? name ?? "", message: message ?? "" };
}

async function s3Guards(
  sdk: S3Sdk,
  client: S3Client,
  Bucket: string,
  abortSignal: AbortSignal,
): Promise<Finding[]> {
  const unset = /NoSuchLifecycleConfiguration|ObjectLockConfigurationNotFoundError/;
  const orUnset = (error: unknown) => {
    if (unset.test(s3Refusal(error).code)) return undefined;
    throw error;
  };
  try {
    const { Status } = await client.send(new sdk.GetBucketVersioningCommand({ Bucket }), { abortSignal });
    const lock = await client
      .send(new sdk.GetObjectLockConfigurationCommand({ Bucket }), { abortSignal })
      .catch(orUnset);
    const lifecycle = await client
      .send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }), { abortSignal })
      .catch(orUnset);
    const locked = lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled";
    return [guardFinding(Status === "Enabled", locked), lifecycleFinding(shortestRule(lifecycle))];
  } catch {
    return [
      unknownGuards(
        "s3:GetBucketVersioning, s3:GetBucketObjectLockConfiguration and s3:GetLifecycleConfiguration",
      ),
    ];
  }
}

function shortestRule(
  lifecycle: GetBucketLifecycleConfigurationCommandOutput | undefined,
): number | undefined {
  const days = (lifecycle?.Rules ?? [])
    .filter(({ Status }) => Status === "Enabled")
    .flatMap(({ Expiration }) => Expiration?.Days ?? []);
  return days.length === 0 ? undefined : Math.min(...days);
}
