import { createHash } from "node:crypto";
import type { BucketAccess } from "../../bucket/bucket-keys.ts";
import { ListPlace } from "../../bucket/list-place.ts";
import { openS3, type S3, s3Guards, s3Login, s3Refusal } from "../../bucket/s3-client.ts";
import type { Environment } from "../../net/http/proxy.ts";
import type { ArchiveBucket, ArchiveWords } from "./archive-bucket.ts";
import type { Keeping } from "./retention.ts";

/** A bucket of S3, or of a store that speaks as S3 does. Rejects with MissingSdk. */
export async function s3Archive(access: BucketAccess, environment: Environment): Promise<ArchiveBucket> {
  const s3 = await openS3(access, environment);
  const { sdk, client } = s3;
  const { bucket: Bucket, prefix } = access.url;
  return {
    words: wordsOf(Bucket, prefix),
    async *list(Prefix, abortSignal) {
      const place = new ListPlace();
      let ContinuationToken: string | undefined;
      do {
        const command = new sdk.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken });
        const page = await client.send(command, { abortSignal });
        for (const { Key = "", Size = 0, LastModified } of page.Contents ?? [])
          yield { name: Key, size: Size, changedAt: LastModified?.getTime() ?? 0 };
        ContinuationToken = place.after(page.NextContinuationToken, page.IsTruncated === true);
      } while (ContinuationToken !== undefined);
    },
    async read(Key, abortSignal) {
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }), { abortSignal });
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async look(Key, abortSignal) {
      const head = await client.send(new sdk.HeadObjectCommand({ Bucket, Key }), { abortSignal });
      const { ObjectLockMode: mode, VersionId: version } = head;
      return {
        ...{ size: head.ContentLength ?? 0, storedAt: head.LastModified?.getTime() ?? 0, version },
        until: head.ObjectLockRetainUntilDate?.getTime(),
        lock: mode === "COMPLIANCE" ? "compliance" : mode === "GOVERNANCE" ? "governance" : undefined,
        held: head.ObjectLockLegalHoldStatus === "ON",
      };
    },
    async create(Key, bytes, keeping, abortSignal) {
      const digest = createHash("sha256").update(bytes).digest();
      const command = new sdk.PutObjectCommand({
        ...{ Bucket, Key, Body: bytes, ContentLength: bytes.length, IfNoneMatch: "*" },
        ChecksumSHA256: digest.toString("base64"),
        Metadata: { sha256: digest.toString("hex") },
        ...(keeping.until !== undefined && {
          ObjectLockMode: modeOf(keeping),
          ObjectLockRetainUntilDate: new Date(keeping.until),
        }),
        ...(keeping.held && { ObjectLockLegalHoldStatus: "ON" }),
      });
      await client.send(command, { abortSignal });
    },
    async replaceNone(Key, Body, abortSignal) {
      const IfMatch = `"${"0".repeat(32)}"`;
      await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, IfMatch }), { abortSignal });
    },
    keep: (name, keeping, stop) => keep(s3, { Bucket, Key: name }, keeping, stop),
    async remove(Key, VersionId, abortSignal) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key, VersionId }), { abortSignal });
    },
    refusalOf: s3Refusal,
    isThere: ({ status }) => status === 412,
    guards: (stop) => s3Guards(s3, Bucket, stop),
    close: () => client.destroy(),
  };
}

function modeOf({ lock }: Keeping) {
  return lock === "governance" ? "GOVERNANCE" : "COMPLIANCE";
}

async function keep(
  { sdk, client }: S3,
  object: { readonly Bucket: string; readonly Key: string },
  keeping: Keeping,
  abortSignal: AbortSignal,
): Promise<void> {
  if (keeping.until !== undefined) {
    const Retention = { Mode: modeOf(keeping), RetainUntilDate: new Date(keeping.until) } as const;
    await client.send(new sdk.PutObjectRetentionCommand({ ...object, Retention }), { abortSignal });
  }
  if (!keeping.held) return;
  const LegalHold = { Status: "ON" } as const;
  await client.send(new sdk.PutObjectLegalHoldCommand({ ...object, LegalHold }), { abortSignal });
}

function wordsOf(bucket: string, prefix: string): ArchiveWords {
  const objects = `arn:aws:s3:::${bucket}/${prefix}*`;
  return {
    where: `s3://${bucket}/${prefix}`,
    list: `s3:ListBucket on arn:aws:s3:::${bucket}`,
    read: `s3:GetObject on ${objects}`,
    write: `s3:PutObject on ${objects} (and kms:GenerateDataKey, where the bucket has a key of its own)`,
    keep: `s3:PutObjectRetention, s3:PutObjectLegalHold, s3:GetObjectRetention and s3:GetObjectLegalHold on ${objects}`,
    guards:
      "s3:GetBucketVersioning, s3:GetBucketObjectLockConfiguration and s3:GetLifecycleConfiguration on the bucket",
    enable: "switch on Object Lock of the bucket (which switches on versioning)",
    login: s3Login,
  };
}
