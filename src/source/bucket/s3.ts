import { guardFindings } from "../../bucket/guards.ts";
import { ListPlace } from "../../bucket/list-place.ts";
import { openS3, s3Guards, s3Login, s3Refusal } from "../../bucket/s3-client.ts";
import type { Environment } from "../../net/http/proxy.ts";
import type { Volume } from "../stored-log/volume.ts";
import type { BucketConfig } from "./config.ts";
import type { StoreClient } from "./store-client.ts";

/** A bucket of S3, or of a store that speaks as S3 does. Rejects with MissingSdk. */
export async function s3Store(config: BucketConfig, environment: Environment): Promise<StoreClient> {
  const s3 = await openS3(config, environment);
  const { sdk, client } = s3;
  const { bucket, prefix } = config.url;
  const Bucket = bucket;
  return {
    words: {
      where: `s3://${bucket}`,
      list: `s3:ListBucket on arn:aws:s3:::${bucket}`,
      read: `s3:GetObject on arn:aws:s3:::${bucket}/${prefix}*`,
      login: s3Login,
    },
    async *list(stop) {
      const place = new ListPlace();
      let ContinuationToken: string | undefined;
      do {
        const command = new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken });
        const page = await client.send(command, { abortSignal: stop });
        for (const { Key = "", ETag = "", Size = 0, LastModified } of page.Contents ?? [])
          yield volumeOf(Key, ETag, Size, LastModified?.getTime() ?? 0);
        ContinuationToken = place.after(page.NextContinuationToken, page.IsTruncated === true);
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
    guards: (stop) =>
      guardFindings(
        () => s3Guards(s3, Bucket, stop),
        "s3:GetBucketVersioning, s3:GetBucketObjectLockConfiguration and s3:GetLifecycleConfiguration",
      ),
    close: () => client.destroy(),
  };
}

function volumeOf(name: string, version: string, size: number, changedAt: number): Volume {
  return { name, id: name, version, size, changedAt };
}
