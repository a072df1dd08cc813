import type { GetBucketLifecycleConfigurationCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { builtin } from "../builtin.ts";
import type { Environment } from "../net/http/proxy.ts";
import { isLoopback } from "../net/loopback.ts";
import type { BucketAccess } from "./bucket-keys.ts";
import type { BucketGuards } from "./guards.ts";
import { loadSdk } from "./load-sdk.ts";
import type { StoreRefusal } from "./refusal.ts";

/** The vendor's package and a client made with it. */
export interface S3 {
  readonly sdk: Awaited<ReturnType<typeof loadSdk<"@aws-sdk/client-s3">>>;
  readonly client: S3Client;
}

const timeouts = { connectionTimeout: 10_000, requestTimeout: 60_000 };

/** How this client is told who it is. */
export const s3Login =
  "set access_key_id and secret_access_key, or give what the AWS SDK looks for: environment, profile, web identity, or a role of the instance or pod";

/** Rejects with MissingSdk. */
export async function openS3(access: BucketAccess, environment: Environment): Promise<S3> {
  const sdk = await loadSdk("@aws-sdk/client-s3");
  const requestHandler = { ...timeouts, ...agentsOf(access, environment) };
  return { sdk, client: new sdk.S3Client({ ...s3Options(access), requestHandler }) };
}

/** By itself this SDK, unlike the others, takes no notice of HTTPS_PROXY and its like. */
function agentsOf({ endpoint }: BucketAccess, environment: Environment) {
  if (endpoint !== undefined && isLoopback(endpoint.hostname)) return {};
  const [http, https] = [builtin("node:http"), builtin("node:https")];
  const options = { keepAlive: true, maxSockets: 50, proxyEnv: { ...environment } };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}

function s3Options(config: BucketAccess) {
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

/** What this client threw. */
export function s3Refusal(error: unknown): StoreRefusal {
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

/** What keeps the objects of a bucket. Rejects where one of the settings may not be read. */
export async function s3Guards(
  { sdk, client }: S3,
  Bucket: string,
  stop: AbortSignal,
): Promise<BucketGuards> {
  const options = { abortSignal: stop };
  // Compatible stores answer that they have no such thing.
  const unset = /NoSuchLifecycleConfiguration|ObjectLockConfigurationNotFoundError|NotImplemented/;
  const orUnset = (error: unknown) => {
    if (unset.test(s3Refusal(error).code)) return undefined;
    throw error;
  };
  const { Status } = await client.send(new sdk.GetBucketVersioningCommand({ Bucket }), options);
  const lock = await client
    .send(new sdk.GetObjectLockConfigurationCommand({ Bucket }), options)
    .catch(orUnset);
  const lifecycle = await client
    .send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }), options)
    .catch(orUnset);
  const locked = lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled";
  return {
    versioned: Status === "Enabled",
    locked,
    lockable: locked,
    removedAfterDays: shortestRule(lifecycle),
  };
}

function shortestRule(
  lifecycle: GetBucketLifecycleConfigurationCommandOutput | undefined,
): number | undefined {
  const days = (lifecycle?.Rules ?? [])
    .filter(({ Status }) => Status === "Enabled")
    .flatMap(({ Expiration }) => Expiration?.Days ?? []);
  return days.length === 0 ? undefined : Math.min(...days);
}
